//! The document of a DID (DID Core 1.0 section 5): which keys assert something in its name.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{DidError, MAX_LENGTH, fragment};
use crate::{
    jose::{ForeignJwk, Jwk, PublicJwk, VerifyingKey},
    strict_json,
};

/// Longest document that is read, in octets.
pub const MAX_DOCUMENT: usize = 64 << 10;
/// The media types under which documents are published (DID Core 1.0 section 6; did:web servers mostly say
/// `application/json`).
pub const MEDIA_TYPES: &str = "application/did+json, application/did+ld+json, application/did, \
    application/json, application/ld+json";
/// Most verification methods in one document.
const MAX_METHODS: usize = 64;
/// Deepest nesting.
const MAX_DEPTH: usize = 8;

/// What a document says: the keys with which its DID asserts something, by the fragments of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidDocument {
    did: String,
    keys: BTreeMap<String, Key>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Ours(Jwk),
    Foreign(ForeignJwk),
    /// It is there, and of a kind that is not read here.
    Unread,
}

impl DidDocument {
    /// Reads the document that was published for `did`.
    ///
    /// Kept is what stands in `assertionMethod`, is controlled by the DID itself, and holds one key
    /// (`publicKeyJwk` or `publicKeyMultibase`). Other methods are passed over.
    ///
    /// # Errors
    /// [`DidError::MalformedDocument`], or [`DidError::OtherDocument`] when its `id` is not `did`.
    pub fn read(octets: &[u8], did: &str) -> Result<Self, DidError> {
        if octets.len() > MAX_DOCUMENT {
            return Err(DidError::MalformedDocument);
        }
        let document = strict_json::parse(octets, MAX_DEPTH);
        let Ok(Value::Object(document)) = document else {
            return Err(DidError::MalformedDocument);
        };
        match document.get("id") {
            Some(Value::String(id)) if id == did => {}
            Some(Value::String(_)) => return Err(DidError::OtherDocument),
            _ => return Err(DidError::MalformedDocument),
        }
        let methods = list(&document, "verificationMethod")?;
        let asserting = list(&document, "assertionMethod")?;
        let mut keys = BTreeMap::new();
        for method in asserting {
            let found = match method {
                Value::Object(embedded) => Some(embedded),
                Value::String(reference) => named(methods, did, reference)?,
                _ => return Err(DidError::MalformedDocument),
            };
            if let Some((id, key)) = found.and_then(|method| key(method, did))
                && keys.insert(id, key).is_some()
            {
                return Err(DidError::MalformedDocument);
            }
        }
        let did = did.to_owned();
        Ok(Self { did, keys })
    }

    /// Whose document it is.
    #[must_use]
    pub fn did(&self) -> &str {
        &self.did
    }

    /// The key that a DID URL of this DID names, or the fragment of one (`#…`).
    ///
    /// # Errors
    /// [`DidError::UnknownKey`], or [`DidError::UnsupportedKey`] when it is there and cannot be verified with.
    pub fn key(&self, kid: &str) -> Result<VerifyingKey, DidError> {
        let fragment = fragment(&self.did, kid).ok_or(DidError::UnknownKey)?;
        match self.keys.get(fragment).ok_or(DidError::UnknownKey)? {
            Key::Ours(jwk) => VerifyingKey::try_from(jwk),
            Key::Foreign(jwk) => VerifyingKey::try_from(jwk),
            Key::Unread => return Err(DidError::UnsupportedKey),
        }
        .map_err(|_unusable| DidError::UnsupportedKey)
    }
}

/// The document of an issuer with these keys; the fragment of each is its key id. Keys without one are left
/// out.
#[must_use]
pub fn document(did: &str, keys: &[Jwk]) -> Value {
    let named = keys
        .iter()
        .filter_map(|key| Some((key.kid.as_deref()?, key)));
    let (ids, methods): (Vec<_>, Vec<_>) = named
        .map(|(kid, key)| {
            let id = format!("{did}#{kid}");
            let method = json!({
                "id": id, "type": "JsonWebKey", "controller": did, "publicKeyJwk": key.bare(),
            });
            (id, method)
        })
        .unzip();
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": ids,
    })
}

/// A public key in JSON with members that others may add; none if it has a private one, or is of another kind.
pub(super) fn jwk(value: &Value) -> Option<Jwk> {
    let jwk: Jwk = members(value, &["kty", "crv", "x", "y", "use", "alg"])?;
    VerifyingKey::try_from(&jwk).ok().map(|_usable| jwk)
}

/// The same of the kinds that only verifiers read.
fn foreign(value: &Value) -> Option<ForeignJwk> {
    let names = ["kty", "n", "e", "crv", "x", "y", "use", "alg"];
    let jwk: ForeignJwk = members(value, &names)?;
    VerifyingKey::try_from(&jwk).ok().map(|_usable| jwk)
}

/// The same of any kind that is read.
pub(crate) fn public(value: &Value) -> Option<PublicJwk> {
    let own = jwk(value).map(PublicJwk::Own);
    own.or_else(|| foreign(value).map(PublicJwk::Foreign))
}

fn members<T: serde::de::DeserializeOwned>(value: &Value, names: &[&str]) -> Option<T> {
    let members = value.as_object()?;
    if members.contains_key("d") {
        return None;
    }
    let named = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), members.get(*name)?.clone())));
    serde_json::from_value(Value::Object(named.collect())).ok()
}

fn list<'d>(document: &'d Map<String, Value>, member: &str) -> Result<&'d [Value], DidError> {
    match document.get(member) {
        None => Ok(&[]),
        Some(Value::Array(items)) if items.len() <= MAX_METHODS => Ok(items),
        Some(_) => Err(DidError::MalformedDocument),
    }
}

/// The one method with this id; none when it is another document's. One that is there twice is nobody's.
fn named<'d>(
    methods: &'d [Value],
    did: &str,
    reference: &str,
) -> Result<Option<&'d Map<String, Value>>, DidError> {
    let Some(wanted) = fragment(did, reference) else {
        return Ok(None);
    };
    let objects = methods.iter().filter_map(Value::as_object);
    let mut found = objects.filter(|method| method_id(method, did) == Some(wanted));
    match (found.next(), found.next()) {
        (found, None) => Ok(found),
        (_, Some(_)) => Err(DidError::MalformedDocument),
    }
}

fn method_id<'m>(method: &'m Map<String, Value>, did: &str) -> Option<&'m str> {
    fragment(did, method.get("id")?.as_str()?)
}

/// The key of a method and its fragment.
fn key(method: &Map<String, Value>, did: &str) -> Option<(String, Key)> {
    let id = method_id(method, did)?;
    if method.get("controller")?.as_str()? != did || id.len() > MAX_LENGTH {
        return None;
    }
    let kind = method.get("type")?.as_str()?;
    let key = match (method.get("publicKeyJwk"), method.get("publicKeyMultibase")) {
        (Some(jwk), None) => match kind {
            "JsonWebKey" | "JsonWebKey2020" => of_jwk(jwk),
            _ => Key::Unread,
        },
        (None, Some(text)) => match kind {
            "Multikey" | "Ed25519VerificationKey2020" => of_multikey(text.as_str()?),
            _ => Key::Unread,
        },
        // Two keys in one method are ambiguous, and no key is none.
        _ => return None,
    };
    Some((id.to_owned(), key))
}

fn of_jwk(value: &Value) -> Key {
    match public(value) {
        Some(PublicJwk::Own(jwk)) => Key::Ours(jwk),
        Some(PublicJwk::Foreign(jwk)) => Key::Foreign(jwk),
        None => Key::Unread,
    }
}

fn of_multikey(text: &str) -> Key {
    super::of_multikey(text).map_or(Key::Unread, Key::Ours)
}
