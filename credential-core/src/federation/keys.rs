//! Key sets of other people: what is not supported in them is passed over, and never makes a key ambiguous.

use serde_json::Value;

use super::{FederationError, MAX_DEPTH, MAX_LENGTH, MAX_LIST};
use crate::{
    did::public_jwk,
    jose::{PublicJwk, PublicJwkSet},
    strict_json,
};

/// A published key set (RFC 7517 section 5), of which the keys of supported kinds are kept. Of two with one key
/// id none is found.
///
/// # Errors
/// [`FederationError::Malformed`].
pub fn key_set(octets: &[u8]) -> Result<PublicJwkSet, FederationError> {
    if octets.len() > MAX_LENGTH {
        return Err(FederationError::Malformed);
    }
    let set =
        strict_json::parse(octets, MAX_DEPTH).map_err(|_not_json| FederationError::Malformed)?;
    read(&set)
}

/// The same, read already.
pub(super) fn read(set: &Value) -> Result<PublicJwkSet, FederationError> {
    let keys = set.get("keys").and_then(Value::as_array);
    let keys = keys
        .filter(|keys| keys.len() <= MAX_LIST)
        .ok_or(FederationError::Malformed)?;
    let one = |key: &Value| -> Option<PublicJwk> {
        let kid = key.get("kid").and_then(Value::as_str);
        Some(public_jwk(key)?.with_kid(kid.map(str::to_owned)))
    };
    Ok(PublicJwkSet {
        keys: keys.iter().filter_map(one).collect(),
    })
}

/// The keys of a federation entity (section 3.1.1): each has a key id of its own.
pub(super) fn of_entity(set: Option<&Value>) -> Result<PublicJwkSet, FederationError> {
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
pub(super) fn in_both(given: &PublicJwkSet, stated: &PublicJwkSet) -> PublicJwkSet {
    let is_stated = |key: &&PublicJwk| {
        let kid = key.kid().unwrap_or_default();
        let stated = stated.find(kid);
        stated.is_some_and(|it| it.thumbprint() == key.thumbprint())
    };
    let keys = given.keys.iter().filter(is_stated).cloned().collect();
    PublicJwkSet { keys }
}
