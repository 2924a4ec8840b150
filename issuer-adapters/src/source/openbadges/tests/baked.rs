//! Pictures that carry a badge, whole and damaged. They are made here, chunk by chunk.

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};
use serde_json::Value;

use super::{ASSERTION, CREDENTIAL, only};
use crate::source::{MAX_BYTES, RecordSource as _, SourceError, openbadges::OpenBadges, recognise};

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

fn picture(chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let inner = chunks.concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        header,
        inner,
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn text_chunk(keyword: &str, text: &[u8]) -> Vec<u8> {
    chunk(b"iTXt", &[keyword.as_bytes(), b"\0\0\0\0\0", text].concat())
}

pub(super) fn png(text: &[u8]) -> Vec<u8> {
    picture(&[text_chunk("openbadgecredential", text)])
}

fn svg(head: &str, element: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">{element}<script>fetch("https://elsewhere.example")</script><image href="https://elsewhere.example/a.png"/></svg>"#
    )
    .into_bytes()
}

fn svg_element() -> String {
    let credential = std::str::from_utf8(CREDENTIAL).unwrap();
    format!("<openbadges:credential><![CDATA[{credential}]]></openbadges:credential>")
}

fn title(document: &[u8]) -> Option<String> {
    assert_eq!(recognise(document).unwrap().name(), "openbadges");
    let record = OpenBadges.read(document).unwrap();
    assert_eq!(record.raw(), document, "the picture itself is kept");
    let title = &only(&record).title;
    title.en.clone().or(title.fi.clone())
}

#[test]
fn a_badge_is_read_out_of_each_kind_of_text_chunk() {
    let packed = zlib(CREDENTIAL);
    let documents = [
        png(CREDENTIAL),
        picture(&[chunk(
            b"tEXt",
            &[b"openbadgecredential\0", CREDENTIAL].concat(),
        )]),
        picture(&[chunk(
            b"zTXt",
            &[b"openbadgecredential\0\0", &packed[..]].concat(),
        )]),
        picture(&[chunk(
            b"iTXt",
            &[b"openbadgecredential\0\x01\0en\0name\0", &packed[..]].concat(),
        )]),
    ];
    for document in documents {
        assert_eq!(title(&document).as_deref(), Some("Digital safety"));
    }
    let older = picture(&[
        chunk(b"tEXt", b"Author\0nobody"),
        text_chunk("openbadges", ASSERTION),
    ]);
    assert_eq!(title(&older).as_deref(), Some("Huonekalujen kunnostus"));
}

#[test]
fn a_picture_cut_off_or_changed_anywhere_is_refused() {
    let whole = png(CREDENTIAL);
    for end in (8..whole.len()).step_by(97) {
        assert_eq!(
            OpenBadges.read(&whole[..end]).unwrap_err(),
            SourceError::Packing,
            "{end}"
        );
    }
    for at in (8..whole.len()).step_by(61) {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        assert_eq!(
            OpenBadges.read(&changed).unwrap_err(),
            SourceError::Packing,
            "{at}"
        );
    }
}

#[test]
fn a_text_that_unpacks_to_more_than_a_document_may_have_is_refused() {
    let bomb = zlib(&vec![b' '; MAX_BYTES + 1]);
    assert!(bomb.len() < 100_000);
    let document = picture(&[chunk(
        b"iTXt",
        &[b"openbadgecredential\0\x01\0\0\0", &bomb[..]].concat(),
    )]);
    assert_eq!(
        OpenBadges.read(&document).unwrap_err(),
        SourceError::TooLarge
    );
    let damaged = &[b"openbadgecredential\0\0", &bomb[..bomb.len() / 2]].concat();
    let document = picture(&[chunk(b"zTXt", damaged)]);
    assert_eq!(
        OpenBadges.read(&document).unwrap_err(),
        SourceError::Packing
    );
}

#[test]
fn a_picture_with_two_badges_or_too_many_chunks_is_refused() {
    let two = picture(&[
        text_chunk("openbadges", ASSERTION),
        text_chunk("openbadgecredential", CREDENTIAL),
    ]);
    let too_many = OpenBadges.read(&two).unwrap_err();
    assert_eq!(too_many.reason(), "document-too-many-parts");
    let many = picture(&vec![chunk(b"tEXt", b"a\0b"); 10_001]);
    assert_eq!(
        OpenBadges.read(&many).unwrap_err().reason(),
        "document-too-many-parts"
    );
}

#[test]
fn a_picture_without_badge_or_with_its_address_alone_says_so() {
    for document in [
        picture(&[]),
        picture(&[text_chunk("Comment", CREDENTIAL)]),
        png(b"https://merkit.lehtoranta.example/assertions/5"),
        svg("", ""),
        svg(
            "",
            "<credential>not in the namespace of badges</credential>",
        ),
    ] {
        assert_eq!(
            OpenBadges.read(&document).unwrap_err().reason(),
            "document-other-kind"
        );
    }
    assert_eq!(
        OpenBadges.read(&png(b"{\"a\": ")).unwrap_err().reason(),
        "document-cut-off"
    );
}

#[test]
fn a_badge_is_read_out_of_a_drawing_as_text_or_as_signature() {
    assert_eq!(
        title(&svg("", &svg_element())).as_deref(),
        Some("Digital safety")
    );
    let value: Value = serde_json::from_slice(CREDENTIAL).unwrap();
    let token = super::signed::token(r#"{"alg":"ES256"}"#, &value.to_string());
    let element = format!(r#"<openbadges:credential verify="{token}"/>"#);
    assert_eq!(title(&svg("", &element)).as_deref(), Some("Digital safety"));
    let two = format!("{}{}", svg_element(), svg_element());
    let error = OpenBadges.read(&svg("", &two)).unwrap_err();
    assert_eq!(error.pointer(), Some("/svg/credential[2]"));
}

#[test]
fn a_drawing_may_name_its_dtd_but_not_bring_one() {
    let named = r#"<!-- drawn --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">"#;
    assert!(title(&svg(named, &svg_element())).is_some());
    for brought in [
        r#"<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">]>"#,
        r#"<!DOCTYPE svg SYSTEM "a.dtd" [<!ENTITY a SYSTEM "file:///etc/passwd">]>"#,
        r#"<!DOCTYPE elmo SYSTEM "a.dtd">"#,
    ] {
        let error = OpenBadges.read(&svg(brought, &svg_element())).unwrap_err();
        assert_eq!(error.reason(), "document-dtd", "{brought}");
    }
}
