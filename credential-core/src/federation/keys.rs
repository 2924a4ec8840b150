//! Key sets of other people: what is not supported in them is passed over, and never makes a key ambiguous.

use serde_json::Value;

use super::{FederationError, MAX_DEPTH, MAX_LENGTH, MAX_LIST};
use crate::{
    did::foreign_jwk,
    jose::{Jwk, JwkSet},
    strict_json,
};

/// A published key set (RFC 7517 section 5), of which the keys on P-256 and Ed25519 are kept. Of two with one key
/// id none is found.
///
/// # Errors
/// [`FederationError::Malformed`].
pub fn key_set(octets: &[u8]) -> Result<JwkSet, FederationError> {
    if octets.len() > MAX_LENGTH {
        return Err(FederationError::Malformed);
    }
    let set =
        strict_json::parse(octets, MAX_DEPTH).map_err(|_not_json| FederationError::Malformed)?;
    read(&set)
}

/// The same, read already.
pub(super) fn read(set: &Value) -> Result<JwkSet, FederationError> {
    let keys = set.get("keys").and_then(Value::as_array);
    let keys = keys
        .filter(|keys| keys.len() <= MAX_LIST)
        .ok_or(FederationError::Malformed)?;
    let one = |key: &Value| -> Option<Jwk> {
        let kid = key.get("kid").and_then(Value::as_str);
        Some(Jwk {
            kid: kid.map(str::to_owned),
            ..foreign_jwk(key)?
        })
    };
    Ok(JwkSet {
        keys: keys.iter().filter_map(one).collect(),
    })
}

/// The keys of a federation entity (section 3.1.1): each has a key id of its own.
pub(super) fn of_entity(set: Option<&Value>) -> Result<JwkSet, FederationError> {
    let set = set.ok_or(FederationError::Malformed)?;
    let found = read(set)?;
    let all = set.get("keys").and_then(Value::as_array);
    let mut kids: Vec<&str> = Vec::new();
    for key in all.into_iter().flatten() {
        match key.get("kid").and_then(Value::as_str) {
            Some(kid) if !kid.is_empty() && !kids.contains(&kid) => kids.push(kid),
            _ => return Err(FederationError::Malformed),
        }
    }
    Ok(found)
}

/// The keys that stand in both, under the same id.
pub(super) fn in_both(given: &JwkSet, stated: &JwkSet) -> JwkSet {
    let is_stated = |key: &&Jwk| {
        let kid = key.kid.as_deref().unwrap_or_default();
        let stated = stated.find(kid);
        stated.is_some_and(|it| it.thumbprint() == key.thumbprint())
    };
    let keys = given.keys.iter().filter(is_stated).cloned().collect();
    JwkSet { keys }
}
