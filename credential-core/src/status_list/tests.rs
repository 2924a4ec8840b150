use std::io::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::{Compression, write::ZlibEncoder};
use proptest::prelude::*;
use serde_json::json;

use super::{Status, StatusError, StatusList, StatusListToken, TYP};
use crate::{
    encoding::{base64url, from_base64url, sha256},
    jose::{
        Es256Key, Signer as _, VerifyingKey,
        jws::{self, KeyReference},
    },
};

const URI: &str = "https://issuer.example/status/1";

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

#[test]
fn one_bit_list_of_the_draft_section_4_1_decodes() {
    let list = StatusList::inflate(1, "eNrbuRgAAhcBXQ").unwrap();
    assert_eq!(list.octets, [0xb9, 0xa3]);
    let read: Vec<u8> = (0..16).map(|i| list.at(i).unwrap().bits()).collect();
    assert_eq!(read, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
    assert_eq!(list.at(16), Err(StatusError::OutOfBounds));
}

#[test]
fn two_bit_list_of_the_draft_section_4_1_decodes() {
    let list = StatusList::inflate(2, "eNo76fITAAPfAgc").unwrap();
    let read: Vec<u8> = (0..12).map(|i| list.at(i).unwrap().bits()).collect();
    assert_eq!(read, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
}

#[test]
fn padded_base64_is_refused() {
    assert!(from_base64url("eNrbuRgAAhcBXQ==").is_err());
    assert_eq!(
        StatusList::inflate(1, "eNrbuRgAAhcBXQ=="),
        Err(StatusError::Malformed)
    );
}

#[test]
fn a_decompression_bomb_is_refused() {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        encoder.write_all(&[0; 1 << 20]).unwrap();
    }
    let bomb = base64url(encoder.finish().unwrap());
    assert_eq!(StatusList::inflate(2, &bomb), Err(StatusError::TooLarge));
}

#[test]
fn a_revoked_place_is_read_back_and_its_neighbours_stay_valid() {
    let key = Es256Key::generate().unwrap().0;
    let mut list = StatusList::two_bit(1000).unwrap();
    list.set(501, Status::Invalid).unwrap();
    list.set(502, Status::Suspended).unwrap();
    let times = (noon(), noon() + TimeDelta::hours(24));
    let token =
        StatusListToken::sign(&list, "https://issuer.example", URI, times, 300, &key).unwrap();

    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let verify = |uri, at| StatusListToken::verify(&token, uri, &verifying, at);
    let read = verify(URI, noon()).unwrap();
    let around: Vec<_> = (500..504).map(|i| read.list().at(i).unwrap()).collect();
    assert_eq!(
        around,
        [
            Status::Valid,
            Status::Invalid,
            Status::Suspended,
            Status::Valid
        ]
    );
    assert_eq!(read.list().at(1000), Err(StatusError::OutOfBounds));
    assert_eq!(
        verify("https://issuer.example/status/2", noon()).unwrap_err(),
        StatusError::OtherList
    );
    let later = noon() + TimeDelta::hours(25);
    assert_eq!(
        verify(URI, later).unwrap_err(),
        StatusError::NotOfThisMoment
    );
}

#[test]
fn ten_million_entries_fit_three_mebibytes() {
    let list = StatusList::two_bit(10_000_000).unwrap();
    assert!(list.octets.len() < 3 << 20);
}

#[test]
fn a_token_longer_than_one_mebibyte_is_read_back() {
    let key = Es256Key::generate().unwrap().0;
    let mut list = StatusList::two_bit(2_600_000).unwrap();
    // Octets without a pattern, so that nothing can be compressed away.
    let mut seed = [7; 32];
    for piece in list.octets.chunks_mut(32) {
        seed = sha256(seed);
        piece.copy_from_slice(&seed[..piece.len()]);
    }
    let times = (noon(), noon() + TimeDelta::hours(24));
    let token = StatusListToken::sign(&list, "https://i.example", URI, times, 300, &key).unwrap();
    assert!(token.len() > jws::MAX_LENGTH, "{}", token.len());
    assert_eq!(StatusListToken::kid(&token).unwrap(), key.public_jwk().kid);
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let read = StatusListToken::verify(&token, URI, &verifying, noon()).unwrap();
    assert_eq!(read.list(), &list);
}

#[test]
fn places_at_and_beyond_the_end_are_never_valid() {
    let list = StatusList::two_bit(3).unwrap();
    // The last octet has room for a fourth entry.
    assert_eq!(list.at(3), Ok(Status::Valid));
    for index in [4, 5, u32::MAX] {
        assert_eq!(list.at(index), Err(StatusError::OutOfBounds), "{index}");
    }
}

proptest! {
    #[test]
    fn any_text_is_no_status_list_and_no_panic(bits: u8, text in ".{0,200}", index: u32) {
        if let Ok(list) = StatusList::inflate(bits, &text) {
            let _status = list.at(index);
        }
        let key = Es256Key::generate().unwrap().0;
        let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
        prop_assert!(StatusListToken::verify(&text, URI, &verifying, noon()).is_err());
        prop_assert!(StatusListToken::kid(&text).is_err());
    }

    #[test]
    fn any_signed_claims_are_a_status_list_or_a_refusal(
        bits: u8, octets in proptest::collection::vec(any::<u8>(), 0..80), iat: i64,
        exp: Option<i64>, ttl: Option<u64>,
    ) {
        let key = Es256Key::generate().unwrap().0;
        let claims = json!({"sub": URI, "iat": iat, "exp": exp, "ttl": ttl,
            "status_list": {"bits": bits, "lst": base64url(octets)}});
        let token = jws::sign(TYP, &claims, &key, KeyReference::Kid).unwrap();
        let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
        if let Ok(read) = StatusListToken::verify(&token, URI, &verifying, noon()) {
            prop_assert!(matches!(bits, 1 | 2 | 4 | 8));
            prop_assert!(read.ttl_seconds().is_none_or(|ttl| ttl <= 7 * 24 * 3600));
        }
    }
}

#[test]
fn ten_million_entries_are_held_in_three_mebibytes_and_fit_into_one_answer() {
    let (entries, key) = (10_000_000, Es256Key::generate().unwrap().0);
    let mut list = StatusList::two_bit(entries).unwrap();
    assert!(
        list.octets.capacity() <= 3 << 20,
        "{}",
        list.octets.capacity()
    );
    // One in a hundred is revoked, spread without a pattern that compresses.
    let mut place = 1_u32;
    for _revoked in 0..entries / 100 {
        place = place.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        list.set(place % entries, Status::Invalid).unwrap();
    }
    let now = noon();
    let life = (now, now + TimeDelta::hours(1));
    let token = StatusListToken::sign(&list, "https://issuer.example", URI, life, 300, &key);
    let token = token.unwrap();
    assert!(token.len() < 1 << 20, "{} octets", token.len());
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let read = StatusListToken::verify(&token, URI, &verifying, now).unwrap();
    assert!(*read.list() == list);
}
