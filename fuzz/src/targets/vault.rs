//! What the wallet reads from its folder: header, catalogue pages, records, and keys of parts.

use wallet_core::vault::fuzzing;

use crate::{
    keys::Always,
    written::{lines, seed},
};

const LISTING: usize = 35;

/// A kind and octets of that kind.
pub fn run(data: &[u8]) -> bool {
    let Some([kind, rest]) = lines(data) else {
        return false;
    };
    match kind {
        b"header" => header(rest),
        b"page" => page(rest),
        b"record" => record(rest),
        b"part" => part(rest),
        _ => false,
    }
}

/// With a checksum that is right; without, it is no header.
fn header(octets: &[u8]) -> bool {
    let _raw = fuzzing::is_header(octets);
    let Ok(body) = std::str::from_utf8(octets) else {
        return false;
    };
    let Ok(json) = fuzzing::header(body) else {
        return false;
    };
    let again = fuzzing::header(&format!("osaamislompakko vault 1\n{json}\n"));
    assert_eq!(again, Ok(json));
    true
}

/// Whole listings and nothing else; and what nobody sealed does not open.
fn page(octets: &[u8]) -> bool {
    assert!(!fuzzing::opens(1, octets));
    let listings = fuzzing::page(1, octets, &Always(3));
    let whole = octets.len().is_multiple_of(LISTING);
    assert_eq!(listings, whole.then_some(octets.len() / LISTING));
    whole && !octets.is_empty()
}

fn record(octets: &[u8]) -> bool {
    let Some((key, value)) = fuzzing::record(octets) else {
        return false;
    };
    let Some(written) = fuzzing::lay_out(&key, &value) else {
        return false;
    };
    let again = fuzzing::record(&written).expect("what we laid out");
    crate::written::has_fraction(&value) || again == (key, value)
}

fn part(octets: &[u8]) -> bool {
    let Some(written) = fuzzing::part_key(octets) else {
        return false;
    };
    assert_eq!(written, octets);
    true
}

/// A header as it is written, a page of two listings, a record, and the key of a part.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let octets = |octet, count| credential_core::encoding::base64url(vec![octet; count]);
    let header = format!(
        r#"{{"id":"{}","keys":[{{"by":{{"kind":"passphrase","salt":"{}","cost":{{"memory_kib":262144,"passes":2,"lanes":1}}}},"wrapped":"{}"}}]}}"#,
        octets(1, 16),
        octets(2, 16),
        octets(3, 76)
    );
    let of = |kind: &str, rest: &[u8]| [kind.as_bytes(), b"\n", rest].concat();
    let (key, value) = (
        "03030303".into(),
        serde_json::json!({"title": "Kokki", "n": [1, null]}),
    );
    let record = fuzzing::lay_out(&key, &value).expect("a small record");
    let part = [[2; 17].as_slice(), &[0, 1]].concat();
    vec![
        (
            "accepted-header",
            seed(&["header", "osaamislompakko vault 1", &header, ""]),
        ),
        (
            "refused-newer",
            seed(&["header", "osaamislompakko vault 2", "{}", ""]),
        ),
        (
            "refused-cost",
            seed(&[
                "header",
                "osaamislompakko vault 1",
                &header.replace("262144", "4294967295"),
                "",
            ]),
        ),
        ("accepted-page", of("page", &[5; 2 * LISTING])),
        ("refused-page", of("page", &[5; 2 * LISTING + 1])),
        ("accepted-record", of("record", &record)),
        ("accepted-part", of("part", &part)),
    ]
}
