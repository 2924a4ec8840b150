//! From readable input to what travels: inputs are lines, so that a fuzzer can change what stands
//! under a signature or a hash and still get past both.

use credential_core::{
    encoding::base64url,
    jose::{Jwk, KeyUse, Signer, jws::General},
};
use josekit::jwe::{ECDH_ES, JweHeader, serialize_compact};
use serde_json::{Map, Value, json};

use crate::keys::Key;

/// Exactly `N` lines; the last one takes what is left.
#[must_use]
pub fn lines<const N: usize>(data: &[u8]) -> Option<[&[u8]; N]> {
    let lines: Vec<&[u8]> = data.splitn(N, |octet| *octet == b'\n').collect();
    lines.try_into().ok()
}

/// A compact JWS of this header and payload, whatever they say, with a signature that holds.
#[must_use]
pub fn compact(header: &[u8], payload: &[u8], key: &Key) -> String {
    let input = format!("{}.{}", base64url(header), base64url(payload));
    let signature = key.sign(input.as_bytes()).expect("a key in memory");
    format!("{input}.{}", base64url(signature))
}

/// The same in the general JSON form.
#[must_use]
pub fn general(header: &[u8], payload: &[u8], key: &Key) -> General {
    let signed = compact(header, payload, key);
    let mut parts = signed.split('.');
    let mut part = || parts.next().expect("three parts");
    let (protected, payload, signature) = (part(), part(), part());
    let json = json!({"payload": payload,
        "signatures": [{"protected": protected, "signature": signature}]});
    serde_json::from_value(json).expect("the form of RFC 7515 section 7.2.1")
}

/// A compact JWE of this header and content for a P-256 key; none for a header that nothing is sealed by.
#[must_use]
pub fn sealed(header: Map<String, Value>, content: &[u8], key: &Jwk) -> Option<String> {
    let public = Jwk {
        key_use: Some(KeyUse::Enc),
        ..key.bare()
    };
    let public = josekit::jwk::Jwk::from_bytes(line(&public)).ok()?;
    let encrypter = ECDH_ES.encrypter_from_jwk(&public).ok()?;
    let mut members = JweHeader::new();
    for (name, value) in header {
        members.set_claim(&name, Some(value)).ok()?;
    }
    // What josekit would deflate or wrap is not read here in any case.
    let supported =
        members.content_encryption() == Some("A256GCM") && members.compression().is_none();
    supported.then(|| serialize_compact(content, &members, &encrypter).ok())?
}

/// A compact JWE of this header that nobody sealed.
#[must_use]
pub fn unsealed(header: &Value) -> Vec<u8> {
    let octets = [
        line(header).into_bytes(),
        vec![],
        vec![1; 12],
        vec![2; 64],
        vec![3; 16],
    ];
    octets.map(base64url).join(".").into_bytes()
}

/// The input with each marker replaced: what a fuzzer cannot compute, such as a hash.
#[must_use]
pub fn filled(input: &[u8], parts: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(input).into_owned();
    for (marker, part) in parts {
        text = text.replace(marker, part);
    }
    text.into_bytes()
}

/// The header that our own code would write, naming the key by `kid`.
#[must_use]
pub fn header(typ: &str, key: &Key) -> String {
    json!({"alg": "EdDSA", "typ": typ, "kid": key.public_jwk().kid}).to_string()
}

/// The same with the key itself in it.
#[must_use]
pub fn embedding_header(typ: &str, key: &Key) -> String {
    json!({"alg": "EdDSA", "typ": typ, "jwk": key.public_jwk().bare()}).to_string()
}

/// A seed: lines of text.
#[must_use]
pub fn seed(lines: &[&str]) -> Vec<u8> {
    lines.join("\n").into_bytes()
}

/// Any JSON value on one line.
#[must_use]
pub fn line(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("our own types are JSON")
}

/// Whether this text, which was accepted as JSON, holds a number with a fraction or an exponent.
#[must_use]
pub fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}
