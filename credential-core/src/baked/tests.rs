use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};
use proptest::prelude::*;

use super::{BakedError, MAX_TEXT, baked, is_picture};

const BADGE: &str = r#"{"@context":["https://www.w3.org/ns/credentials/v2"]}"#;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut checked = kind.to_vec();
    checked.extend(data);
    let mut sum = Crc::new();
    sum.update(&checked);
    let mut whole = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    whole.extend(checked);
    whole.extend(sum.sum().to_be_bytes());
    whole
}

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut whole = b"\x89PNG\r\n\x1a\n".to_vec();
    whole.extend(chunk(b"IHDR", &[0; 13]));
    whole.extend(chunks.concat());
    whole.extend(chunk(b"IEND", b""));
    whole
}

fn itxt(keyword: &str, text: &[u8]) -> Vec<u8> {
    let mut data = keyword.as_bytes().to_vec();
    data.extend([0, 0, 0, 0, 0]);
    data.extend(text);
    chunk(b"iTXt", &data)
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn ztxt(text: &[u8]) -> Vec<u8> {
    let mut data = b"openbadgecredential\0\0".to_vec();
    data.extend(packed(text));
    chunk(b"zTXt", &data)
}

fn svg(head: &str, within: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">{within}</svg>"#
    )
}

fn element(text: &str) -> String {
    format!("<openbadges:credential><![CDATA[{text}]]></openbadges:credential>")
}

#[test]
fn a_badge_is_taken_out_of_either_kind_of_picture() {
    for picture in [
        png(&[itxt("openbadgecredential", BADGE.as_bytes())]),
        png(&[
            itxt("openbadges", BADGE.as_bytes()),
            itxt("Title", b"a badge"),
        ]),
        png(&[ztxt(BADGE.as_bytes())]),
        svg("", &element(BADGE)).into_bytes(),
    ] {
        assert!(is_picture(&picture));
        assert_eq!(baked(&picture), Ok(BADGE.as_bytes().to_vec()));
    }
    let signed = r#"<openbadges:credential verify="eyJh.eyJi.c"/>"#;
    assert_eq!(
        baked(svg("", signed).as_bytes()),
        Ok(b"eyJh.eyJi.c".to_vec())
    );
}

#[test]
fn c45_a_text_that_unpacks_to_more_than_a_badge_can_be_is_refused() {
    let bomb = png(&[ztxt(&vec![b' '; 64 * MAX_TEXT])]);
    assert!(bomb.len() < MAX_TEXT);
    assert_eq!(baked(&bomb), Err(BakedError::TooLarge));
    let long = png(&[itxt("openbadges", &vec![b' '; MAX_TEXT + 1])]);
    assert_eq!(baked(&long), Err(BakedError::TooLarge));
    let many = png(&vec![chunk(b"tEXt", b"a\0b"); 10_000]);
    assert_eq!(baked(&many), Err(BakedError::TooManyParts));
}

#[test]
fn two_badges_none_or_a_damaged_picture_are_refused() {
    let one = itxt("openbadges", BADGE.as_bytes());
    assert_eq!(
        baked(&png(&[one.clone(), one.clone()])),
        Err(BakedError::Several)
    );
    assert_eq!(baked(&png(&[])), Err(BakedError::NoBadge));
    let twice = format!("{}{}", element(BADGE), element(BADGE));
    assert_eq!(baked(svg("", &twice).as_bytes()), Err(BakedError::Several));
    assert_eq!(baked(svg("", "").as_bytes()), Err(BakedError::NoBadge));
    // Deeper than directly within the outermost, it is somebody else's.
    let deep = format!("<g>{}</g>", element(BADGE));
    assert_eq!(baked(svg("", &deep).as_bytes()), Err(BakedError::NoBadge));
    let whole = png(&[one]);
    for length in 8..whole.len() {
        assert!(baked(whole.get(..length).unwrap()).is_err(), "{length}");
    }
    let mut turned = whole;
    turned[60] ^= 1;
    assert_eq!(baked(&turned), Err(BakedError::Damaged));
}

#[test]
fn scripts_and_addresses_of_a_picture_stay_in_it_and_declarations_are_refused() {
    let within = format!(
        r#"<script>fetch("https://elsewhere.example")</script><image href="https://elsewhere.example/a.png"/>{}"#,
        element(BADGE)
    );
    assert_eq!(
        baked(svg("", &within).as_bytes()),
        Ok(BADGE.as_bytes().to_vec())
    );
    let named = r#"<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">"#;
    assert!(baked(svg(named, &within).as_bytes()).is_ok());
    for declared in [
        r#"<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">]>"#,
        r#"<!DOCTYPE svg SYSTEM "a.dtd" [<!ENTITY a SYSTEM "file:///etc/passwd">]>"#,
    ] {
        let picture = svg(declared, &within);
        assert!(is_picture(picture.as_bytes()), "{declared}");
        assert_eq!(
            baked(picture.as_bytes()),
            Err(BakedError::Dtd),
            "{declared}"
        );
    }
}

#[test]
fn what_is_no_picture_is_not_taken_for_one() {
    for other in [
        "",
        "{}",
        "<html><svg/></html>",
        "<?xml",
        "<svga/>",
        "%PDF-1.7",
    ] {
        assert!(!is_picture(other.as_bytes()), "{other}");
    }
}

proptest! {
    #[test]
    fn no_octets_make_the_reader_of_pictures_panic(
        octets in prop::collection::vec(any::<u8>(), 0..300), text in "[<>!a-z\\[\\]/ \"=:&;-]{0,120}",
    ) {
        let _answered = baked(&octets);
        let _answered = baked(&png(&[chunk(b"iTXt", &octets), chunk(b"zTXt", &octets)]));
        let mut keyed = b"openbadges\0".to_vec();
        keyed.extend(&octets);
        let _answered = baked(&png(&[chunk(b"iTXt", &keyed)]));
        let _answered = baked(svg(&text, &text).as_bytes());
        let _known = is_picture(text.as_bytes());
    }
}
