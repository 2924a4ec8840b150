//! A way in to private readers for the fuzz targets (feature `fuzzing`). No part of the interface.

use credential_core::rng::Rng;
use serde_json::Value;

use super::{
    Damage, Tree, VaultError,
    header::{Header, with_checksum},
    page::Page,
    part,
    seal::{Keys, Version},
};

const RECORDS: Tree<Value, Value> = Tree::new("fuzzing");
const DATA_KEY: [u8; 32] = [1; 32];
const VAULT_ID: [u8; 16] = [2; 16];

/// A header whose checksum is right, as JSON written again.
///
/// # Errors
/// As opening a vault with this header.
pub fn header(body: &str) -> Result<String, VaultError> {
    let header = Header::parse(with_checksum(body).as_bytes())?;
    serde_json::to_string(&header).map_err(|_error| Damage::Header.into())
}

/// Whether octets are a header as they are.
#[must_use]
pub fn is_header(octets: &[u8]) -> bool {
    Header::parse(octets).is_ok()
}

/// How many listings an authentic page with this content has.
#[must_use]
pub fn page(number: u16, content: &[u8], rng: &dyn Rng) -> Option<usize> {
    let keys = Keys::derive(&DATA_KEY, &VAULT_ID).ok()?;
    let context = [b"page".as_slice(), &number.to_be_bytes()];
    let sealed = keys
        .catalogue
        .seal(&context, Version::default(), content, rng);
    let page = Page::open(number, &sealed.ok()?, &keys).ok()?;
    Some(page.listings().count())
}

/// Whether octets that nobody sealed open as a page.
#[must_use]
pub fn opens(number: u16, sealed: &[u8]) -> bool {
    Keys::derive(&DATA_KEY, &VAULT_ID).is_ok_and(|keys| Page::open(number, sealed, &keys).is_ok())
}

/// Key and value of an authentic record.
#[must_use]
pub fn record(octets: &[u8]) -> Option<(Value, Value)> {
    RECORDS.pair(octets).ok()
}

/// A record laid out as it is written.
#[must_use]
pub fn lay_out(key: &Value, value: &Value) -> Option<Vec<u8>> {
    let key = RECORDS.key(key).ok()?;
    RECORDS
        .record(&key, value)
        .ok()
        .map(|record| record.to_vec())
}

/// An engine's key that names a part, written again.
#[must_use]
pub fn part_key(key: &[u8]) -> Option<Vec<u8>> {
    let (record, number) = part::parse(key)?;
    Some(part::entry(&record, number).to_vec())
}
