//! The reader of Open Badges: JSON, signed, and baked into pictures.

use flate2::Crc;
use issuer_adapters::source::openbadges::OpenBadges;

use super::documents;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A document; or `chunks`, and after it a text chunk of a picture, whose check sums are made here: a
/// fuzzer does not find them.
pub fn run(data: &[u8]) -> bool {
    match data.strip_prefix(b"chunks\n") {
        Some(text) => documents::read(&OpenBadges, &picture(text)),
        None => documents::read(&OpenBadges, data),
    }
}

fn picture(text: &[u8]) -> Vec<u8> {
    let (kind, text) = text.split_at_checked(4).unwrap_or((b"iTXt", text));
    let header = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    [PNG, &header, &chunk(kind, text), &chunk(b"IEND", b"")].concat()
}

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length, kind, data, &crc.sum().to_be_bytes()].concat()
}

/// The project's own documents, which are invented, alone, signed and in pictures.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/fixtures/openbadges/", $name)).to_vec()
        };
    }
    let small = br#"{"type":"Assertion","issuedOn":"2026-02-03T00:00:00Z","badge":{"name":"Oma osaaminen","issuer":{"name":"Lehtoranta"}}}"#;
    // {"alg":"ES256"}, the same assertion, "a signature".
    let token = b"eyJhbGciOiJFUzI1NiJ9.eyJ0eXBlIjoiQXNzZXJ0aW9uIiwiaXNzdWVkT24iOiIyMDI2LTAyLTAzVDAwOjAwOjAwWiIsImJhZGdlIjp7Im5hbWUiOiJPbWEgb3NhYW1pbmVuIiwiaXNzdWVyIjp7Im5hbWUiOiJMZWh0b3JhbnRhIn19fQ.YSBzaWduYXR1cmU";
    let baked = [b"iTXtopenbadges\0\0\0\0\0".as_slice(), small].concat();
    let drawn = [
        br#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="http://openbadges.org"><o:assertion><![CDATA["#.as_slice(),
        small,
        b"]]></o:assertion></svg>",
    ]
    .concat();
    vec![
        ("accepted-credential", fixture!("credential.json")),
        ("accepted-assertion", fixture!("assertion.json")),
        ("accepted-token", token.to_vec()),
        ("accepted-picture", picture(&baked)),
        ("accepted-chunks", [b"chunks\n".as_slice(), &baked].concat()),
        ("accepted-drawing", drawn),
        (
            "refused-address",
            b"chunks\niTXtopenbadges\0\0\0\0\0https://example.org/1".to_vec(),
        ),
        (
            "refused-packed",
            b"chunks\nzTXtopenbadges\0\0not deflate".to_vec(),
        ),
    ]
}
