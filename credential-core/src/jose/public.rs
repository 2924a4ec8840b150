//! Keys of every kind that a verifier reads: those that this product signs with, and those of others.

use serde::{Deserialize, Serialize};

use super::{ForeignJwk, Jwk, KeyError, VerifyingKey};

/// A public key of any kind that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PublicJwk {
    /// On P-256 or Ed25519.
    Own(Jwk),
    /// RSA or on P-384.
    Foreign(ForeignJwk),
}

/// A set of them (RFC 7517 section 5).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PublicJwkSet {
    /// The keys.
    pub keys: Vec<PublicJwk>,
}

impl PublicJwk {
    /// The key id.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        match self {
            Self::Own(jwk) => jwk.kid.as_deref(),
            Self::Foreign(jwk) => jwk.kid.as_deref(),
        }
    }

    /// base64url of the SHA-256 over the required members (RFC 7638 section 3).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        match self {
            Self::Own(jwk) => jwk.thumbprint(),
            Self::Foreign(jwk) => jwk.thumbprint(),
        }
    }

    pub(crate) fn with_kid(mut self, kid: Option<String>) -> Self {
        match &mut self {
            Self::Own(jwk) => jwk.kid = kid,
            Self::Foreign(jwk) => jwk.kid = kid,
        }
        self
    }
}

impl TryFrom<&PublicJwk> for VerifyingKey {
    type Error = KeyError;

    fn try_from(jwk: &PublicJwk) -> Result<Self, KeyError> {
        match jwk {
            PublicJwk::Own(jwk) => Self::try_from(jwk),
            PublicJwk::Foreign(jwk) => Self::try_from(jwk),
        }
    }
}

impl PublicJwkSet {
    /// The one key with this id; none when it is absent or ambiguous.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&PublicJwk> {
        let mut matching = self.keys.iter().filter(|key| key.kid() == Some(kid));
        matching.next().filter(|_first| matching.next().is_none())
    }
}
