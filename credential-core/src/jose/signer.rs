//! Private keys behind a trait, so that a hardware module can take the software key's place.

use std::sync::Arc;

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use zeroize::Zeroizing;

use super::{Algorithm, Jwk};

/// Something that signs with one private key.
pub trait Signer: Send + Sync + std::fmt::Debug {
    /// The algorithm of every signature this key makes.
    fn algorithm(&self) -> Algorithm;

    /// The public half, with its key id when it has one.
    fn public_jwk(&self) -> &Jwk;

    /// Signs `message`; for ES256 the result is `r ‖ s`, 64 octets.
    ///
    /// # Errors
    /// [`SignError`] when the key store or the random generator does not answer.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;

    /// Certificates of the key, as an `x5c` header holds them; most keys have none.
    fn certificates(&self) -> &[String] {
        &[]
    }
}

/// A key that signs as somebody in particular: under another key id, or with its certificates.
#[derive(Debug, Clone)]
pub struct NamedSigner {
    signer: Arc<dyn Signer>,
    jwk: Jwk,
    certificates: Vec<String>,
}

impl NamedSigner {
    /// The same key under another key id, such as a DID URL.
    #[must_use]
    pub fn under(signer: Arc<dyn Signer>, kid: String) -> Self {
        let jwk = Jwk {
            kid: Some(kid),
            ..signer.public_jwk().clone()
        };
        Self {
            signer,
            jwk,
            certificates: Vec::new(),
        }
    }

    /// The same key with a chain of certificates, its own first.
    #[must_use]
    pub fn certified(signer: Arc<dyn Signer>, certificates: Vec<String>) -> Self {
        let jwk = signer.public_jwk().clone();
        Self {
            signer,
            jwk,
            certificates,
        }
    }
}

impl Signer for NamedSigner {
    fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }

    fn public_jwk(&self) -> &Jwk {
        &self.jwk
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.signer.sign(message)
    }

    fn certificates(&self) -> &[String] {
        &self.certificates
    }
}

/// A signature, or a key, could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key store or the random generator did not answer.
    #[error("the key could not sign")]
    Unavailable,
    /// The stored private key is damaged.
    #[error("the stored private key is damaged")]
    DamagedKey,
    /// What was to be signed does not serialize.
    #[error("the message to sign is not JSON")]
    NotJson,
    /// What was signed is longer than anyone would read.
    #[error("the signed object would be too long to be read")]
    TooLong,
}

/// A P-256 private key in memory; signing draws its own randomness (`ring`).
pub struct Es256Key {
    pair: EcdsaKeyPair,
    jwk: Jwk,
    rng: SystemRandom,
}

impl std::fmt::Debug for Es256Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Es256Key")
            .field("public", &self.jwk.thumbprint())
            .finish_non_exhaustive()
    }
}

impl Es256Key {
    /// A new key and its PKCS #8 form (RFC 5208), which is wiped when dropped.
    ///
    /// # Errors
    /// [`SignError::Unavailable`] when the system's generator does not answer.
    pub fn generate() -> Result<(Self, Zeroizing<Vec<u8>>), SignError> {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map_err(|ring::error::Unspecified| SignError::Unavailable)?;
        let pkcs8 = Zeroizing::new(document.as_ref().to_vec());
        Ok((Self::from_pkcs8(&pkcs8)?, pkcs8))
    }

    /// The key of a PKCS #8 document that [`Self::generate`] gave.
    ///
    /// # Errors
    /// [`SignError::DamagedKey`] when the octets are no such key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, SignError> {
        let rng = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &rng)
            .map_err(|_rejected| SignError::DamagedKey)?;
        let jwk = Jwk::from_p256_point(pair.public_key().as_ref())
            .map_err(|_malformed| SignError::DamagedKey)?
            .with_thumbprint_kid();
        Ok(Self { pair, jwk, rng })
    }
}

impl Signer for Es256Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn public_jwk(&self) -> &Jwk {
        &self.jwk
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.pair
            .sign(&self.rng, message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|ring::error::Unspecified| SignError::Unavailable)
    }
}

/// An Ed25519 private key in memory (RFC 8032); its signatures need no randomness.
pub struct EdDsaKey {
    pair: Ed25519KeyPair,
    jwk: Jwk,
}

impl std::fmt::Debug for EdDsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EdDsaKey")
            .field("public", &self.jwk.thumbprint())
            .finish_non_exhaustive()
    }
}

impl EdDsaKey {
    /// A new key and its PKCS #8 form (RFC 8410), which is wiped when dropped.
    ///
    /// # Errors
    /// [`SignError::Unavailable`] when the system's generator does not answer.
    pub fn generate() -> Result<(Self, Zeroizing<Vec<u8>>), SignError> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|ring::error::Unspecified| SignError::Unavailable)?;
        let pkcs8 = Zeroizing::new(document.as_ref().to_vec());
        Ok((Self::from_pkcs8(&pkcs8)?, pkcs8))
    }

    /// The key of a PKCS #8 document that [`Self::generate`] gave.
    ///
    /// # Errors
    /// [`SignError::DamagedKey`] when the octets are no such key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, SignError> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_rejected| SignError::DamagedKey)?;
        let jwk = Jwk::from_ed25519(pair.public_key().as_ref())
            .map_err(|_malformed| SignError::DamagedKey)?
            .with_thumbprint_kid();
        Ok(Self { pair, jwk })
    }
}

impl Signer for EdDsaKey {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn public_jwk(&self) -> &Jwk {
        &self.jwk
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.pair.sign(message).as_ref().to_vec())
    }
}
