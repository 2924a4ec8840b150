//! Bitstring status lists: the credential around the list, the compressed list inside, and the places that
//! credentials name.

use std::io::Write as _;

use chrono::TimeDelta;
use credential_core::{
    encoding::base64url,
    linked_data::{ProofOptions, SecuredDocument, secure},
    status_list::{
        MAX_OCTETS,
        bitstring::{BitstringEntry, BitstringList, MIN_ENTRIES, Purpose},
    },
};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Map, Value, json};

use crate::{
    keys::Key,
    parties::{ISSUER, noon, parties},
    written::{self, lines, seed},
};

const URL: &str = "https://lumo-opisto.example/status/1/revocation";

/// A `credentialStatus`; a list as a credential, signed here; and the gzip stream (RFC 1952), for which
/// `#list` stands.
pub fn run(data: &[u8]) -> bool {
    let Some([status, document, stream]) = lines(data) else {
        return false;
    };
    let places = places(status);
    let filled = written::filled(document, &[("#list", &base64url(stream))]);
    let Ok(Value::Object(document)) = serde_json::from_slice(&filled) else {
        return false;
    };
    let Some(text) = signed(document) else {
        return false;
    };
    let read = |url, issuer, key: &Key| {
        let key_of = |_: &SecuredDocument| Some(key.verifying());
        BitstringList::verify(&text, (url, Purpose::Revocation), issuer, key_of, noon())
    };
    assert!(read(URL, ISSUER, &parties().stranger).is_err());
    assert!(read(URL, "https://other.example", &parties().issuer).is_err());
    let Ok(list) = read(URL, ISSUER, &parties().issuer) else {
        return false;
    };
    assert!(list.issued_at() <= noon() + TimeDelta::minutes(5));
    assert!(list.expires_at().is_none_or(|end| end > noon()));
    assert!(list.ttl_seconds().is_none_or(|ttl| ttl <= 7 * 86_400));
    assert!(list.is_set(0).is_ok() && list.is_set(MIN_ENTRIES - 1).is_ok());
    assert!(list.is_set(MAX_OCTETS as u64 * 8).is_err());
    for place in &places {
        let _bit = list.is_set(place.index);
    }
    !places.is_empty()
}

/// What is understood is understood again as it is written.
fn places(status: &[u8]) -> Vec<BitstringEntry> {
    let status = serde_json::from_slice::<Value>(status).unwrap_or_default();
    let places = BitstringEntry::read_all(&status).unwrap_or_default();
    assert!(places.len() <= 8);
    for place in &places {
        let again = BitstringEntry::read_all(&place.to_json());
        assert_eq!(again.as_deref(), Some(std::slice::from_ref(place)));
    }
    places
}

fn signed(document: Map<String, Value>) -> Option<Vec<u8>> {
    let options = ProofOptions {
        created: noon(),
        verification_method: &format!("{ISSUER}#key"),
    };
    let signed = secure(document, &options, &parties().issuer).ok()?;
    serde_json::to_vec(&signed.to_json()).ok()
}

/// A list, one that is too short, one that inflates beyond the limit, and one that ends too early.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let gzip = |octets: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(octets).expect("in memory");
        encoder.finish().expect("in memory")
    };
    let place = BitstringEntry {
        purpose: Purpose::Revocation,
        list: URL.into(),
        index: 17,
    };
    let of = |stream: &[u8]| {
        let document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": URL,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": ISSUER,
            "validFrom": "2026-05-29T11:00:00Z",
            "validUntil": "2026-05-29T13:00:00Z",
            "credentialSubject": {"id": format!("{URL}#list"), "type": "BitstringStatusList",
                "statusPurpose": "revocation", "encodedList": "u#list", "ttl": 60000},
        });
        let mut octets = seed(&[&place.to_json().to_string(), &document.to_string(), ""]);
        octets.extend_from_slice(stream);
        octets
    };
    let mut bits = vec![0_u8; MIN_ENTRIES as usize / 8];
    bits[2] = 0b0100_0000;
    let whole = gzip(&bits);
    vec![
        ("accepted-list", of(&whole)),
        ("refused-too-short", of(&gzip(&bits[1..]))),
        ("refused-too-large", of(&gzip(&vec![0; MAX_OCTETS + 1]))),
        ("refused-cut-off", of(&whole[..whole.len() / 2])),
    ]
}
