//! The fixture is written and signed by the tests of `credential_core::pades`.

use credential_core::record::{NotChecked, NoticeKind, SourceSignature};

use super::Pdf;
use crate::source::{
    Understood,
    tests::{
        corpus::corpus,
        examples::check_table,
        support::{check_fixture, mapped},
    },
};

mod properties;

const CERTIFICATE: &[u8] = include_bytes!("../../../../tests/fixtures/pdf/certificate.pdf");
const TABLE: &str = include_str!("../../../../tests/fixtures/pdf/corpus.tsv");
const PLAIN: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n%%EOF\n";

fn signature(understood: &Understood) -> &SourceSignature {
    understood.records[0].signature()
}

/// The kinds of notices and their places.
fn notices(understood: &Understood) -> Vec<(NoticeKind, &str)> {
    let notices = understood.records[0].notices().iter();
    notices.map(|it| (it.kind, it.pointer.as_str())).collect()
}

fn changed(words: &str, by: &str) -> Vec<u8> {
    assert_eq!(words.len(), by.len());
    let mut windows = CERTIFICATE.windows(words.len());
    let at = windows.position(|it| it == words.as_bytes()).unwrap();
    let (before, after) = (&CERTIFICATE[..at], &CERTIFICATE[at + words.len()..]);
    [before, by.as_bytes(), after].concat()
}

#[test]
fn a_signed_certificate_is_kept_with_the_name_of_its_signer_and_gives_no_claims() {
    let understood = check_fixture(&Pdf, CERTIFICATE);
    let named = "CN=Test Signer, O=Example Institution".to_owned();
    assert_eq!(signature(&understood), &SourceSignature::Fits { named });
    assert_eq!(notices(&understood), [(NoticeKind::NotData, "")]);
    assert!(understood.records[0].attainments().is_empty());
    assert!(mapped(&understood).credentials.is_empty());
    let total = understood.coverage.total();
    assert_eq!((total.mapped, total.kept_raw), (1, 1));
}

#[test]
fn a_certificate_that_is_not_signed_says_so() {
    let understood = check_fixture(&Pdf, PLAIN);
    assert_eq!(signature(&understood), &SourceSignature::Absent);
    assert_eq!(notices(&understood), [(NoticeKind::NotData, "")]);
}

#[test]
fn a_tampered_certificate_says_so_with_a_notice() {
    let understood = check_fixture(&Pdf, &changed("arvosana 5", "arvosana 1"));
    assert_eq!(signature(&understood), &SourceSignature::Invalid);
    let notice = (NoticeKind::SignatureInvalid, "/signature");
    assert!(notices(&understood).contains(&notice));
}

#[test]
fn a_certificate_with_something_added_says_so_with_a_notice() {
    let added = b"9 0 obj\n<< /Type /Annot >>\nendobj\n";
    let understood = check_fixture(&Pdf, &[CERTIFICATE, added].concat());
    assert_eq!(
        signature(&understood).code(),
        "signature-changed-after-signing"
    );
    let notice = (NoticeKind::SignatureInvalid, "/signature");
    assert!(notices(&understood).contains(&notice));
}

#[test]
fn a_signature_that_cannot_be_checked_says_why() {
    let kind = changed("ETSI.CAdES.detached", "ETSI.RFC3161.stamps");
    let range = changed("/ByteRange", "/ByteRanga");
    for (pdf, why) in [
        (kind, NotChecked::KindNotSupported),
        (range, NotChecked::Unclear),
    ] {
        let understood = check_fixture(&Pdf, &pdf);
        assert_eq!(signature(&understood), &SourceSignature::NotChecked(why));
        let notice = (NoticeKind::SignatureNotChecked, "/signature");
        assert!(notices(&understood).contains(&notice));
    }
}

#[test]
fn every_document_of_the_corpus_gives_what_the_table_says() {
    if let Some(documents) = corpus(&["koski/todistus-pdf"]) {
        check_table(TABLE, &documents);
    }
}
