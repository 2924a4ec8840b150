use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::jose::EdDsaKey;

const ISSUER: &str = "https://opisto.example";
const URL: &str = "https://opisto.example/status/1/revocation";

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn key() -> EdDsaKey {
    EdDsaKey::generate().unwrap().0
}

fn publication(purpose: Purpose) -> Publication<'static> {
    Publication {
        issuer: ISSUER,
        url: URL,
        purpose,
        valid: (noon(), noon() + TimeDelta::hours(24)),
        ttl: 300,
        verification_method: "https://opisto.example#key-1",
    }
}

fn list() -> StatusList {
    let mut list = StatusList::two_bit(1 << 17).unwrap();
    list.set(0, Status::Invalid).unwrap();
    list.set(9, Status::Suspended).unwrap();
    list.set(131_071, Status::Invalid).unwrap();
    list
}

fn signed(key: &EdDsaKey, purpose: Purpose) -> Value {
    sign(&list(), &publication(purpose), key).unwrap().to_json()
}

fn read(
    key: &EdDsaKey,
    document: &Value,
    asked: (&str, Purpose),
    now: DateTime<Utc>,
) -> Result<BitstringList, BitstringError> {
    let verifying = VerifyingKey::try_from(key.public_jwk()).ok();
    let text = document.to_string();
    BitstringList::verify(text.as_bytes(), asked, ISSUER, |_document| verifying, now)
}

const ASKED: (&str, Purpose) = (URL, Purpose::Revocation);

#[test]
fn c46_each_purpose_has_its_own_bits_with_the_most_significant_first() {
    let key = key();
    let revoked = read(&key, &signed(&key, Purpose::Revocation), ASKED, noon()).unwrap();
    let set: Vec<u64> = (0..131_072)
        .filter(|at| revoked.is_set(*at).unwrap())
        .collect();
    assert_eq!(set, [0, 131_071]);
    assert_eq!(
        (revoked.bits[0], revoked.bits[16_383]),
        (0x80, 0x01),
        "not as in a Token Status List"
    );
    assert_eq!(revoked.is_set(131_072), Err(BitstringError::OutOfBounds));
    assert_eq!(revoked.is_set(u64::MAX), Err(BitstringError::OutOfBounds));
    assert_eq!(revoked.ttl_seconds(), Some(300));
    let asked = (URL, Purpose::Suspension);
    let suspended = read(&key, &signed(&key, Purpose::Suspension), asked, noon()).unwrap();
    let set: Vec<u64> = (0..131_072)
        .filter(|at| suspended.is_set(*at).unwrap())
        .collect();
    assert_eq!(set, [9]);
}

#[test]
fn c46_a_list_counts_by_its_own_proof_issuer_purpose_address_and_time() {
    let key = key();
    let honest = signed(&key, Purpose::Revocation);
    let refused = |asked, now| read(&key, &honest, asked, now).map(drop).unwrap_err();
    let suspension = (URL, Purpose::Suspension);
    assert_eq!(refused(suspension, noon()), BitstringError::OtherList);
    let elsewhere = (
        "https://opisto.example/status/2/revocation",
        Purpose::Revocation,
    );
    assert_eq!(refused(elsewhere, noon()), BitstringError::OtherList);
    let late = noon() + TimeDelta::hours(24);
    assert_eq!(refused(ASKED, late), BitstringError::NotOfThisMoment);
    let early = noon() - TimeDelta::minutes(6);
    assert_eq!(refused(ASKED, early), BitstringError::NotOfThisMoment);

    let mut tampered = honest.clone();
    let other = signed(&key, Purpose::Suspension);
    tampered["credentialSubject"]["encodedList"] =
        other["credentialSubject"]["encodedList"].clone();
    let bad_signature = BitstringError::Document(LinkedDataError::BadSignature);
    let found = read(&key, &tampered, ASKED, noon()).map(drop);
    assert_eq!(found, Err(bad_signature.clone()));
    let strangers = signed(&self::key(), Purpose::Revocation);
    let found = read(&key, &strangers, ASKED, noon()).map(drop);
    assert_eq!(found, Err(bad_signature));

    let text = honest.to_string();
    let another = "https://another.example";
    let found = BitstringList::verify(text.as_bytes(), ASKED, another, |_| None, noon());
    assert_eq!(found.map(drop), Err(BitstringError::OtherIssuer));
}

/// A list whose octets are these, signed honestly.
fn of_octets(key: &EdDsaKey, encoded: &str) -> Value {
    let mut document = signed(key, Purpose::Revocation);
    let members = document.as_object_mut().unwrap();
    members.remove("proof");
    members["credentialSubject"]["encodedList"] = json!(encoded);
    let options = ProofOptions {
        created: noon(),
        verification_method: "https://opisto.example#key-1",
    };
    secure(members.clone(), &options, key).unwrap().to_json()
}

#[test]
fn c46_a_short_list_is_refused_and_c45_an_endless_one_is_not_inflated() {
    let key = key();
    let found = |encoded: &str| read(&key, &of_octets(&key, encoded), ASKED, noon()).map(drop);
    let of_length = |octets: usize| compressed(&vec![0; octets]).unwrap();
    assert_eq!(found(&of_length(16_384)), Ok(()));
    assert_eq!(found(&of_length(16_383)), Err(BitstringError::TooShort));
    assert_eq!(found(&of_length(MAX_OCTETS)), Ok(()));
    assert_eq!(
        found(&of_length(MAX_OCTETS + 1)),
        Err(BitstringError::TooLarge)
    );
    assert_eq!(found(&of_length(1 << 23)), Err(BitstringError::TooLarge));
    for malformed in ["", "u", "z6Mk", "uAAAA", "not base64"] {
        assert_eq!(
            found(malformed),
            Err(BitstringError::Malformed),
            "{malformed}"
        );
    }
    let short = StatusList::two_bit(1024).unwrap();
    let refused = sign(&short, &publication(Purpose::Revocation), &key).map(drop);
    assert_eq!(refused, Err(BitstringError::TooShort));
}

#[test]
fn a_place_that_is_not_understood_is_none() {
    let entry = BitstringEntry {
        purpose: Purpose::Suspension,
        list: URL.into(),
        index: 94_567,
    };
    let honest = entry.to_json();
    assert_eq!(BitstringEntry::read_all(&honest), Some(vec![entry.clone()]));
    let several = json!([honest, honest]);
    assert_eq!(
        BitstringEntry::read_all(&several),
        Some(vec![entry.clone(), entry.clone()])
    );
    let with = |name: &str, value: Value| {
        let mut changed = honest.clone();
        changed[name] = value;
        changed
    };
    assert_eq!(
        BitstringEntry::read_all(&with("statusSize", json!(1))),
        Some(vec![entry])
    );
    for strange in [
        with("type", json!("StatusList2021Entry")),
        with("statusPurpose", json!("message")),
        with("statusPurpose", json!("Revocation")),
        with("statusSize", json!(2)),
        with("statusListIndex", json!(94_567)),
        with("statusListIndex", json!("-1")),
        with("statusListIndex", json!("007")),
        with("statusListIndex", json!("99999999999999999999")),
        with("statusListCredential", json!(null)),
        json!([]),
        json!("text"),
        json!([honest, {"type": "Other"}]),
        Value::Array(vec![honest.clone(); 9]),
    ] {
        assert_eq!(BitstringEntry::read_all(&strange), None, "{strange}");
    }
}

proptest! {
    #[test]
    fn whatever_is_sent_as_a_list_never_panics(text in ".{0,400}") {
        let found = BitstringList::verify(text.as_bytes(), ASKED, ISSUER, |_| None, noon());
        prop_assert!(found.is_err());
    }
}
