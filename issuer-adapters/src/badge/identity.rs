//! The person behind a badge as a salted hash (`IdentityObject`, Open Badges 3.0 appendix B).
//!
//! Whoever is told the name can check that it is the one in the badge; whoever only has the badge reads no
//! name in it.

use credential_core::{
    credential::CredentialClaims,
    encoding::{hex, sha256},
};
use serde_json::{Value, json};

/// The hash of the full name; nothing without a name.
pub(super) fn identity(claims: &CredentialClaims, salt: [u8; 16]) -> Option<Value> {
    let name = full_name(claims)?;
    let salt = hex(salt);
    Some(json!({
        "type": "IdentityObject",
        "hashed": true,
        "identityHash": hash(&name, &salt),
        "identityType": "name",
        "salt": salt,
    }))
}

/// `sha256$` and the hash of the identity followed by the salt, in hexadecimal (`IdentityHash`).
pub(super) fn hash(name: &str, salt: &str) -> String {
    format!("sha256${}", hex(sha256(format!("{name}{salt}"))))
}

/// Given names, then the family name.
fn full_name(claims: &CredentialClaims) -> Option<String> {
    let part = |name| claims.claims().get(name).and_then(Value::as_str);
    let name: Vec<&str> = [part("given_name"), part("family_name")]
        .into_iter()
        .flatten()
        .collect();
    (!name.is_empty()).then(|| name.join(" "))
}
