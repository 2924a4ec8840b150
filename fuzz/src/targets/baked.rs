//! Badges in pictures: whatever comes out fits the limit, and is what the picture says.

use credential_core::baked::{MAX_TEXT, baked, is_picture};

/// A picture.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = baked(data) else {
        return false;
    };
    assert!(text.len() <= MAX_TEXT);
    assert!(is_picture(data) || data.len() > 4096);
    true
}

/// Pictures of one element or a few chunks.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let svg = |within: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">{within}</svg>"#
        )
        .into_bytes()
    };
    vec![
        (
            "accepted-svg",
            svg("<openbadges:credential><![CDATA[{}]]></openbadges:credential>"),
        ),
        (
            "accepted-svg-signed",
            svg(r#"<openbadges:credential verify="eyJh.eyJi.c"/>"#),
        ),
        (
            "accepted-png",
            png(b"iTXt", b"openbadgecredential\0\0\0\0\0{}"),
        ),
        ("accepted-png-plain", png(b"tEXt", b"openbadges\0{}")),
        ("svg-empty", svg("<g/>")),
        ("png-damaged", png(b"zTXt", b"openbadges\0\0{}")),
    ]
}

fn png(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut whole = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", &[0; 13][..]), (kind, data), (b"IEND", b"")] {
        let length = u32::try_from(data.len()).expect("a short chunk");
        let checked = [kind.as_slice(), data].concat();
        whole.extend(length.to_be_bytes());
        whole.extend(&checked);
        whole.extend(crc32(&checked).to_be_bytes());
    }
    whole
}

/// CRC-32 as PNG has it (third edition, annex D).
fn crc32(octets: &[u8]) -> u32 {
    let step = |sum: u32, _bit: u8| match sum & 1 {
        1 => 0xedb8_8320 ^ (sum >> 1),
        _ => sum >> 1,
    };
    let whole = octets.iter().fold(u32::MAX, |sum, octet| {
        (0..8).fold(sum ^ u32::from(*octet), step)
    });
    !whole
}
