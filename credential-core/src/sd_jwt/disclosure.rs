//! Disclosures and the digests that stand for them (RFC 9901 section 4.2).

use ring::digest::{SHA256, SHA384, SHA512, digest};
use serde_json::Value;

use super::{MAX_DEPTH, SdJwtError};
use crate::{
    dcql::ClaimPath,
    encoding::{base64url, from_base64url},
    strict_json::{self, JsonError},
};

/// A disclosure of a verified credential, and the claim it reveals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Disclosure<'v> {
    /// Where the claim stands in the processed claims: names and indexes only. An array index counts
    /// the elements that are there, not those that were left out.
    pub path: &'v ClaimPath,
    /// The disclosure as it travels: base64url of salt, name and value.
    pub text: &'v str,
}

impl std::fmt::Debug for Disclosure<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disclosure")
            .field("path", self.path)
            .finish_non_exhaustive()
    }
}

/// What a disclosure says, without its salt.
#[derive(Debug, PartialEq)]
pub(super) enum Content {
    /// A member of an object (section 4.2.1).
    Member(String, Value),
    /// An element of an array (section 4.2.2).
    Element(Value),
}

/// Decodes one disclosure.
pub(super) fn decode(text: &str) -> Result<Content, SdJwtError> {
    let bytes = from_base64url(text).map_err(|_error| SdJwtError::MalformedDisclosure)?;
    // The array around salt and value, and one `{"...": …}` at the bottom, are no nesting of claims.
    let content = strict_json::parse(&bytes, MAX_DEPTH + 2).map_err(|error| match error {
        JsonError::DuplicateMember => SdJwtError::DuplicateMember,
        JsonError::TooDeep => SdJwtError::TooDeep,
        JsonError::NotJson | JsonError::Number => SdJwtError::MalformedDisclosure,
    })?;
    let Value::Array(items) = content else {
        return Err(SdJwtError::MalformedDisclosure);
    };
    let mut items = items.into_iter();
    match (items.next(), items.next(), items.next(), items.next()) {
        (Some(Value::String(_salt)), Some(value), None, _) => Ok(Content::Element(value)),
        (Some(Value::String(_salt)), Some(Value::String(name)), Some(value), None) => {
            Ok(Content::Member(name, value))
        }
        _ => Err(SdJwtError::MalformedDisclosure),
    }
}

/// The hash behind all digests of one credential (`_sd_alg`, section 4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HashAlgorithm {
    Sha256,
    Sha384,
    Sha512,
}

impl HashAlgorithm {
    /// The algorithm that `_sd_alg` names; SHA-256 when the claim is absent.
    pub(super) fn named(claim: Option<&Value>) -> Result<Self, SdJwtError> {
        match claim {
            None => Ok(Self::Sha256),
            Some(Value::String(name)) => match name.as_str() {
                "sha-256" => Ok(Self::Sha256),
                "sha-384" => Ok(Self::Sha384),
                "sha-512" => Ok(Self::Sha512),
                _ => Err(SdJwtError::UnknownHash),
            },
            Some(_) => Err(SdJwtError::UnknownHash),
        }
    }

    /// base64url of the hash over the text itself, not over what it encodes (section 4.2.3).
    pub(super) fn digest(self, text: &str) -> String {
        let algorithm = match self {
            Self::Sha256 => &SHA256,
            Self::Sha384 => &SHA384,
            Self::Sha512 => &SHA512,
        };
        base64url(digest(algorithm, text.as_bytes()))
    }
}
