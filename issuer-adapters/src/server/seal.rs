//! The institution's own secret: one key from which everything it seals and every tag it checks is
//! derived, each for one purpose.
//!
//! `k_purpose = HKDF-SHA256(salt = "osaamislompakko/issuer/1", key, info = purpose)` (RFC 5869). Sealed
//! octets are `nonce ‖ AES-256-GCM ciphertext ‖ tag` (NIST SP 800-38D) with a random 96-bit nonce; the
//! context goes in as associated data, so that one sealed thing cannot be put in another's place.

use std::sync::Arc;

use credential_core::rng::{NoRandomness, Rng, random};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
};
use zeroize::Zeroizing;

const SALT: &[u8] = b"osaamislompakko/issuer/1";

/// The institution's secret key for its own store and tokens. `Debug` shows nothing of it.
pub struct SealingKey(Zeroizing<[u8; Self::LENGTH]>);

impl SealingKey {
    /// Octets of a key.
    pub const LENGTH: usize = 32;

    /// A new key.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn generate(rng: &dyn Rng) -> Result<Self, SealError> {
        Ok(Self(Zeroizing::new(random(rng)?)))
    }

    /// The key that [`Self::as_bytes`] gave.
    ///
    /// # Errors
    /// [`SealError::WrongLength`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; Self::LENGTH]);
        if bytes.len() != Self::LENGTH {
            return Err(SealError::WrongLength);
        }
        key.copy_from_slice(bytes);
        Ok(Self(key))
    }

    /// The octets, to be kept where only the institution reads.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    pub(crate) fn sealer(&self, purpose: &str, rng: Arc<dyn Rng>) -> Result<Sealer, SealError> {
        let key = self.derive(purpose)?;
        let key =
            UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_length| SealError::Unusable)?;
        Ok(Sealer {
            key: LessSafeKey::new(key),
            rng,
        })
    }

    pub(super) fn tag_key(&self, purpose: &str) -> Result<TagKey, SealError> {
        Ok(TagKey::new(self.derive(purpose)?.as_ref()))
    }

    fn derive(&self, purpose: &str) -> Result<Zeroizing<[u8; Self::LENGTH]>, SealError> {
        let extracted =
            hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(self.as_bytes().as_slice());
        let mut derived = Zeroizing::new([0; Self::LENGTH]);
        extracted
            .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(derived.as_mut_slice()))
            .map_err(|ring::error::Unspecified| SealError::Unusable)?;
        Ok(derived)
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A key does not have [`SealingKey::LENGTH`] octets.
    #[error("the sealing key does not have 32 octets")]
    WrongLength,
    /// The cryptographic library refused its input.
    #[error("the sealing key cannot be used")]
    Unusable,
    /// Sealed with another key, for another place, or altered.
    #[error("the sealed octets are not of this key and place")]
    NotOurs,
    /// The generator did not answer.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Seals for one purpose.
pub(crate) struct Sealer {
    key: LessSafeKey,
    rng: Arc<dyn Rng>,
}

impl Sealer {
    /// `nonce ‖ ciphertext ‖ tag`.
    pub(crate) fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE_LEN] = random(&*self.rng)?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let body = sealed.get_mut(NONCE_LEN..).unwrap_or_default();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(context), body)
            .map_err(|ring::error::Unspecified| SealError::Unusable)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// What was sealed for the same context.
    pub(crate) fn open(
        &self,
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, body) = sealed
            .split_at_checked(NONCE_LEN)
            .ok_or(SealError::NotOurs)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::NotOurs)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .key
            .open_in_place(nonce, Aad::from(context), &mut body)
            .map_err(|ring::error::Unspecified| SealError::NotOurs)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

/// Makes and checks tags (HMAC-SHA-256, RFC 2104) for one purpose; comparison takes constant time.
pub(super) struct TagKey(hmac::Key);

impl TagKey {
    /// Octets of a tag.
    pub(super) const TAG: usize = 32;

    pub(super) fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    pub(super) fn tag(&self, message: &[u8]) -> [u8; Self::TAG] {
        let mut tag = [0; Self::TAG];
        tag.copy_from_slice(hmac::sign(&self.0, message).as_ref());
        tag
    }

    pub(super) fn matches(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

impl std::fmt::Debug for TagKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TagKey(…)")
    }
}
