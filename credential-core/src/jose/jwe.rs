//! Encryption of a message to one P-256 key: compact JWE (RFC 7516) with `ECDH-ES` directly
//! (RFC 7518 section 4.6) and AES-GCM, by OpenSSL through josekit.
//!
//! For messages between a wallet and an issuer. Deposits have a form and code of their own: nothing here
//! opens them, and the broker is built without this file (docs/adr/0026-encrypted-issuance.md).

use josekit::jwe::{
    ECDH_ES, JweHeader,
    alg::ecdh_es::{EcdhEsJweDecrypter, EcdhEsJweEncrypter},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Es256Key, Jwk, KeyUse, Signer as _, VerifyingKey, jws::is_there};
use crate::encoding::from_base64url;

/// The one way of key agreement, as JWE headers and keys name it.
pub const ALGORITHM: &str = "ECDH-ES";
/// Longest protected header that is read, in characters.
const MAX_HEADER: usize = 4096;

/// How the content is encrypted (RFC 7518 section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContentEncryption {
    /// AES-128 in Galois/Counter Mode.
    #[serde(rename = "A128GCM")]
    A128Gcm,
    /// AES-256 in Galois/Counter Mode.
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

impl ContentEncryption {
    /// Both, the one that OpenID4VC profiles ask for first.
    pub const ALL: [Self; 2] = [Self::A128Gcm, Self::A256Gcm];

    /// The registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }
}

/// Why a message was not sealed or not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JweError {
    /// The key is not a P-256 key that says `alg: ECDH-ES`, or is meant for signatures.
    #[error("the key is not one that messages can be encrypted to")]
    Key,
    /// Not five base64url parts with a header of the only form that is read.
    #[error("not an encrypted message of the accepted form")]
    Malformed,
    /// Encrypted to another key.
    #[error("the message is encrypted to another key")]
    OtherKey,
    /// It does not open: changed on the way, or sealed to another key of the same name.
    #[error("the message does not open")]
    NotOpened,
    /// No key could be made, or the cryptographic library did not answer.
    #[error("the cryptographic library does not answer")]
    Unavailable,
}

impl JweError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Key => "jwe_key_unusable",
            Self::Malformed => "jwe_malformed",
            Self::OtherKey => "jwe_other_key",
            Self::NotOpened => "jwe_not_opened",
            Self::Unavailable => "jwe_unavailable",
        }
    }
}

/// Encrypts `plaintext` to a key that says of itself what it is for: `alg` is there, `use` is `enc` or
/// absent (OpenID4VCI 1.0 section 10). A key with a `kid` has it repeated in the header.
///
/// # Errors
/// [`JweError::Key`], [`JweError::Unavailable`].
pub fn seal(plaintext: &[u8], key: &Jwk, content: ContentEncryption) -> Result<String, JweError> {
    let encrypter = encrypter(key)?;
    let mut header = JweHeader::new();
    header.set_content_encryption(content.name());
    josekit::jwe::serialize_compact(plaintext, &header, &encrypter)
        .map_err(|_refused| JweError::Unavailable)
}

/// Whether [`seal`] can use a key.
#[must_use]
pub fn is_usable(key: &Jwk) -> bool {
    encrypter(key).is_ok()
}

fn encrypter(key: &Jwk) -> Result<EcdhEsJweEncrypter, JweError> {
    let fits = key.kty == "EC"
        && key.crv == "P-256"
        && key.alg.as_deref() == Some(ALGORITHM)
        && key.key_use != Some(KeyUse::Sig)
        // Also that it is a point of 64 octets, before OpenSSL asks whether it is on the curve.
        && VerifyingKey::try_from(&key.bare()).is_ok();
    if !fits {
        return Err(JweError::Key);
    }
    let json = serde_json::to_vec(key).map_err(|_not_json| JweError::Key)?;
    let key = josekit::jwk::Jwk::from_bytes(&json).map_err(|_refused| JweError::Key)?;
    ECDH_ES
        .encrypter_from_jwk(&key)
        .map_err(|_refused| JweError::Key)
}

/// A P-256 private key that messages are opened with. `Debug` shows its name.
pub struct OpeningKey {
    public: Jwk,
    decrypter: EcdhEsJweDecrypter,
}

impl std::fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpeningKey")
            .field("kid", &self.public.kid)
            .finish_non_exhaustive()
    }
}

/// The only header that is read. `zip` and `crit` are known so that they can be refused: what is
/// compressed may be small on the wire and endless in memory.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(rename = "enc")]
    _content: ContentEncryption,
    kid: Option<String>,
    #[serde(default, rename = "zip", deserialize_with = "is_there")]
    is_compressed: bool,
    #[serde(default, rename = "crit", deserialize_with = "is_there")]
    has_extensions: bool,
}

impl OpeningKey {
    /// A new key, for as long as this process keeps it.
    ///
    /// # Errors
    /// [`JweError::Unavailable`].
    pub fn generate() -> Result<Self, JweError> {
        let (point, pkcs8) = Es256Key::generate().map_err(|_no_key| JweError::Unavailable)?;
        let decrypter = ECDH_ES
            .decrypter_from_der(pkcs8.as_slice())
            .map_err(|_refused| JweError::Unavailable)?;
        let mut public = point.public_jwk().clone().with_use(KeyUse::Enc);
        public.alg = Some(ALGORITHM.into());
        Ok(Self { public, decrypter })
    }

    /// The public half, with `kid`, `use` and `alg`.
    #[must_use]
    pub fn public_jwk(&self) -> &Jwk {
        &self.public
    }

    /// Opens a message.
    ///
    /// # Errors
    /// [`JweError::Malformed`], [`JweError::OtherKey`], [`JweError::NotOpened`].
    pub fn open(&self, compact: &str) -> Result<Zeroizing<Vec<u8>>, JweError> {
        let header = header(compact).ok_or(JweError::Malformed)?;
        if header.kid != self.public.kid {
            return Err(JweError::OtherKey);
        }
        let opened = josekit::jwe::deserialize_compact(compact, &self.decrypter);
        let (plaintext, _header) = opened.map_err(|_refused| JweError::NotOpened)?;
        Ok(Zeroizing::new(plaintext))
    }
}

fn header(compact: &str) -> Option<Header> {
    let (encoded, rest) = compact.split_once('.')?;
    if encoded.len() > MAX_HEADER || rest.split('.').count() != 4 {
        return None;
    }
    let header: Header = serde_json::from_slice(&from_base64url(encoded).ok()?).ok()?;
    let fits = header.alg == ALGORITHM && !header.is_compressed && !header.has_extensions;
    fits.then_some(header)
}

#[cfg(test)]
mod tests;
