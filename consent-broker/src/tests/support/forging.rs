//! Signed objects that no honest program makes.

use credential_core::{
    encoding::base64url,
    jose::{Es256Key, Signer as _},
};
use serde_json::{Value, json};

/// A compact JWS of any header and payload, with a signature by this key.
pub(crate) fn jws(header: &Value, payload: &Value, key: &Es256Key) -> String {
    let input = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(payload.to_string())
    );
    let signature = base64url(key.sign(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

/// The header of an object whose key the receiver knows by its id.
pub(crate) fn header(typ: &str, key: &Es256Key) -> Value {
    json!({ "alg": "ES256", "typ": typ, "kid": key.public_jwk().kid })
}

/// `value` without the member, or with another one in its place.
pub(crate) fn with(value: &Value, name: &str, member: Option<Value>) -> Value {
    let mut changed = value.clone();
    let members = changed.as_object_mut().unwrap();
    match member {
        Some(member) => members.insert(name.into(), member),
        None => members.remove(name),
    };
    changed
}
