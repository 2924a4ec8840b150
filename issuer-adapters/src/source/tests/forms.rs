//! The outer form of documents: XML within limits, packing within limits.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};

use crate::source::{Document, MAX_BYTES, MAX_NESTING, SourceError, SyntaxProblem};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn refused(bytes: &[u8]) -> SourceError {
    Document::open(bytes).unwrap_err()
}

fn problem(bytes: &[u8]) -> SyntaxProblem {
    match refused(bytes) {
        SourceError::Syntax { problem, .. } => problem,
        other => panic!("{other}"),
    }
}

#[test]
fn a_document_type_declaration_is_refused_whatever_it_declares() {
    let bomb = br#"<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>"#;
    let outside = br#"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>"#;
    assert_eq!(problem(bomb), SyntaxProblem::Dtd);
    assert_eq!(problem(outside), SyntaxProblem::Dtd);
    assert_eq!(problem(b"<a>&undeclared;</a>"), SyntaxProblem::NotXml);
}

#[test]
fn xml_that_is_not_well_formed_says_where() {
    assert_eq!(
        refused(b"<a>\n  <b></c>\n</a>"),
        SourceError::Syntax {
            line: 2,
            column: 6,
            problem: SyntaxProblem::NotXml
        }
    );
    assert_eq!(problem(b"<a><b>"), SyntaxProblem::CutOff);
    assert_eq!(problem(b"<a x='1' x='2'/>"), SyntaxProblem::NotXml);
    assert_eq!(problem(b"<p:a/>"), SyntaxProblem::NotXml);
}

#[test]
fn only_utf8_is_read() {
    assert_eq!(problem(b"<a>\xe4</a>"), SyntaxProblem::NotUtf8);
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>";
    assert_eq!(problem(latin), SyntaxProblem::NotUtf8);
    assert!(Document::open(b"\xef\xbb\xbf<?xml version='1.0' encoding=\"utf-8\"?><a/>").is_ok());
}

#[test]
fn elements_nested_too_deep_are_refused_with_the_line() {
    let nested = |depth: usize| format!("{}{}", "<a>\n".repeat(depth), "</a>".repeat(depth));
    assert!(Document::open(nested(MAX_NESTING).as_bytes()).is_ok());
    assert_eq!(
        refused(nested(MAX_NESTING + 1).as_bytes()),
        SourceError::TooDeep {
            line: MAX_NESTING + 1
        }
    );
    assert!(matches!(
        refused(nested(100_000).as_bytes()),
        SourceError::TooDeep { .. }
    ));
}

#[test]
fn more_nodes_than_are_held_are_refused() {
    let many = format!("<a>{}</a>", "<b/>".repeat(400_001));
    assert_eq!(refused(many.as_bytes()).reason(), "document-too-many-parts");
}

#[test]
fn a_packed_document_is_unpacked_and_a_bomb_is_not() {
    let packed = gzip(b"<a/>");
    let in_base64 = STANDARD.encode(&packed);
    let wrapped = format!("\n{}\n{}", &in_base64[..20], &in_base64[20..]);
    for form in [&packed[..], in_base64.as_bytes(), wrapped.as_bytes()] {
        let document = Document::open(form).unwrap();
        assert_eq!(document.xml_root().unwrap().local, "a");
        assert_eq!(document.bytes(), form);
    }
    let bomb = gzip(&vec![b' '; MAX_BYTES * 8]);
    assert!(bomb.len() < MAX_BYTES / 50);
    assert_eq!(refused(&bomb), SourceError::TooLarge);
    assert_eq!(
        refused(STANDARD.encode(&bomb).as_bytes()),
        SourceError::TooLarge
    );
}

#[test]
fn a_damaged_packed_document_says_so() {
    let packed = gzip(b"<a>some more words than one</a>");
    assert_eq!(refused(&packed[..packed.len() - 9]), SourceError::Packing);
    assert_eq!(refused(b"H4sI****"), SourceError::Packing);
}

#[test]
fn what_a_soap_envelope_carries_is_the_document() {
    let soap = br#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
        <s:Header/><s:Body><a xmlns="urn:x"/></s:Body></s:Envelope>"#;
    let document = Document::open(soap).unwrap();
    let root = document.xml_root().unwrap();
    assert_eq!(
        (root.local.as_str(), root.namespace.as_deref()),
        ("a", Some("urn:x"))
    );
    assert!(Document::open(&vec![b' '; MAX_BYTES + 1]).is_err());
}
