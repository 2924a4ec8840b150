//! Decentralized identifiers (DID Core 1.0), as far as an issuer may be called by one.
//!
//! Of `did:key` and `did:jwk` the name is the key ([`key_of_name`]); whose key it is, nobody says. `did:web`
//! names a document at an https address ([`WebDid::address`]), which the caller fetches with its guarded client
//! and reads here ([`DidDocument`]). A key comes out with the algorithm of its own record; no header has a say.
//!
//! # Incomplete support
//! Other methods; DID URLs with a path or a query; documents in CBOR or with keys on other curves, which are
//! passed over.

mod document;
#[cfg(test)]
mod tests;
mod web;

pub(crate) use document::public as public_jwk;
pub use document::{DidDocument, MAX_DOCUMENT, MEDIA_TYPES, document};
pub use web::WebDid;

use crate::{encoding::from_base64url, jose::Jwk, strict_json};

/// The longest DID or DID URL that is read, in octets.
pub const MAX_LENGTH: usize = 1024;

/// Why a DID, or a document about one, was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DidError {
    /// The text breaks the syntax of its method, or is too long.
    #[error("not a well-formed DID")]
    Malformed,
    /// Another method than `key`, `jwk` and `web`.
    #[error("a DID of another method")]
    UnsupportedMethod,
    /// Of a kind that is not verified with (of a name P-256 and Ed25519 are, of a document RSA and P-384 too), or
    /// not to be read.
    #[error("the key is of a kind that is not supported")]
    UnsupportedKey,
    /// The document is no strict JSON, too large, or not of the form that DID Core 1.0 gives it.
    #[error("the document is malformed")]
    MalformedDocument,
    /// The document is about another DID.
    #[error("the document is about another DID")]
    OtherDocument,
    /// The DID has no such key for what issuers assert.
    #[error("the DID has no such key")]
    UnknownKey,
}

impl DidError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "did_malformed",
            Self::UnsupportedMethod => "did_unsupported_method",
            Self::UnsupportedKey => "did_unsupported_key",
            Self::MalformedDocument => "did_malformed_document",
            Self::OtherDocument => "did_other_document",
            Self::UnknownKey => "did_unknown_key",
        }
    }
}

/// The key that a `did:key` or `did:jwk` is. A `kid`, where there is one, has to be the DID URL of its only
/// method, or the fragment of it (`#…`).
///
/// # Errors
/// [`DidError`]; [`DidError::UnknownKey`] when `kid` names another key.
pub fn key_of_name(did: &str, kid: Option<&str>) -> Result<Jwk, DidError> {
    if did.len() > MAX_LENGTH {
        return Err(DidError::Malformed);
    }
    let (key, own) = if let Some(name) = did.strip_prefix("did:jwk:") {
        (of_jwk(name)?, "0")
    } else if let Some(name) = did.strip_prefix("did:key:") {
        (of_multikey(name)?, name)
    } else {
        return Err(DidError::UnsupportedMethod);
    };
    match kid {
        Some(kid) if fragment(did, kid) != Some(own) => Err(DidError::UnknownKey),
        _ => Ok(key),
    }
}

/// The fragment of a DID URL of this DID, written in whole or relative to it; `None` for that of another.
#[must_use]
pub fn fragment<'k>(did: &str, kid: &'k str) -> Option<&'k str> {
    if kid.len() > MAX_LENGTH {
        return None;
    }
    let fragment = kid.strip_prefix(did).unwrap_or(kid).strip_prefix('#')?;
    let is_one = !fragment.is_empty() && !fragment.contains('#');
    is_one.then_some(fragment)
}

/// did:jwk: a public key as JSON, in base64url.
fn of_jwk(name: &str) -> Result<Jwk, DidError> {
    let octets = from_base64url(name).map_err(|_not_base64| DidError::Malformed)?;
    let json = strict_json::parse(&octets, 2).map_err(|_not_json| DidError::Malformed)?;
    document::jwk(&json).ok_or(DidError::UnsupportedKey)
}

#[cfg(feature = "linked-data")]
fn of_multikey(text: &str) -> Result<Jwk, DidError> {
    crate::linked_data::from_multikey(text).map_err(|_another| DidError::UnsupportedKey)
}

/// Multikeys are read by the part of this crate that needs them most.
#[cfg(not(feature = "linked-data"))]
fn of_multikey(_text: &str) -> Result<Jwk, DidError> {
    Err(DidError::UnsupportedKey)
}
