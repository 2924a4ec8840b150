use std::io::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::{Compression, write::ZlibEncoder};

use super::{Status, StatusError, StatusList, StatusListToken};
use crate::{
    encoding::{base64url, from_base64url},
    jose::{Es256Key, Signer as _, VerifyingKey},
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
