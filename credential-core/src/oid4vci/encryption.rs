//! Encrypted requests and answers (section 10): what the two sides say about it.

use serde::{Deserialize, Deserializer, Serialize};

use crate::jose::{
    Jwk, JwkSet,
    jwe::{ALGORITHM, ContentEncryption, JweError, is_usable, seal},
    jws::is_there,
};

/// Media type of an encrypted request or answer.
pub const MEDIA_TYPE: &str = "application/jwt";

/// How the wallet wants its answer (`credential_response_encryption` of a request). Members that are not
/// known are ignored, as drafts of the standard had an `alg` here; `zip` is known, and cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseEncryption {
    jwk: Jwk,
    enc: ContentEncryption,
    #[serde(
        default,
        rename = "zip",
        skip_serializing,
        deserialize_with = "is_there"
    )]
    is_compressed: bool,
}

impl ResponseEncryption {
    /// To this key, of one request alone, in this way.
    #[must_use]
    pub fn new(jwk: Jwk, enc: ContentEncryption) -> Self {
        Self {
            jwk,
            enc,
            is_compressed: false,
        }
    }

    /// Whether an answer can be encrypted like this.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        is_usable(&self.jwk) && !self.is_compressed
    }

    /// Encrypts an answer.
    ///
    /// # Errors
    /// [`JweError`].
    pub fn seal(&self, answer: &[u8]) -> Result<String, JweError> {
        seal(answer, &self.jwk, self.enc)
    }
}

/// `credential_request_encryption` of an issuer's metadata: how requests can be encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestEncryptionMetadata {
    /// The issuer's keys; each has an `alg` and a `kid`. Keys of kinds that are not known are left out.
    #[serde(deserialize_with = "known_keys")]
    pub jwks: JwkSet,
    /// Ways of encrypting the content.
    pub enc_values_supported: Vec<String>,
    /// Whether requests in the open are refused.
    pub encryption_required: bool,
}

/// `credential_response_encryption` of an issuer's metadata: how answers can be encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseEncryptionMetadata {
    /// Ways of key agreement.
    pub alg_values_supported: Vec<String>,
    /// Ways of encrypting the content.
    pub enc_values_supported: Vec<String>,
    /// Whether every answer is encrypted.
    pub encryption_required: bool,
}

impl RequestEncryptionMetadata {
    /// Encrypts a request to the first key that can be used, in the first way both know.
    ///
    /// # Errors
    /// [`JweError::Key`] when there is none, [`JweError::Unavailable`].
    pub fn seal(&self, request: &[u8]) -> Result<String, JweError> {
        let key = self.jwks.keys.iter().find(|key| is_usable(key));
        let content = common(&self.enc_values_supported);
        let (key, content) = key.zip(content).ok_or(JweError::Key)?;
        seal(request, key, content)
    }
}

impl ResponseEncryptionMetadata {
    /// A way that the issuer has and we have; none when there is none.
    #[must_use]
    pub fn content_encryption(&self) -> Option<ContentEncryption> {
        let agreed = self.alg_values_supported.iter().any(|alg| alg == ALGORITHM);
        common(&self.enc_values_supported).filter(|_content| agreed)
    }
}

fn known_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<JwkSet, D::Error> {
    #[derive(Deserialize)]
    struct Any {
        keys: Vec<serde_json::Value>,
    }
    let any = Any::deserialize(deserializer)?;
    let known = any
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value(key).ok());
    Ok(JwkSet {
        keys: known.collect(),
    })
}

fn common(names: &[String]) -> Option<ContentEncryption> {
    ContentEncryption::ALL
        .into_iter()
        .find(|content| names.iter().any(|name| name == content.name()))
}
