//! Sealing: a presentation becomes a ciphertext that only the recipient opens.
//!
//! ```text
//! (d, E)  = ephemeral P-256 key pair            inside ring
//! Z       = ECDH(d, recipient)                  RFC 7518 4.6
//! CEK     = SHA-256(00000001 ‖ Z ‖ "A256GCM" ‖ "" ‖ "" ‖ 256)   Concat KDF, NIST SP 800-56A 5.8.1
//! deposit = BASE64URL(header) ‖ "." ‖ "." ‖ iv ‖ "." ‖ AES-256-GCM(CEK, iv, header, plaintext)
//! ```
//!
//! `ring` makes the ephemeral key and uses it once; it cannot import a static key, so this module
//! can seal and cannot open, and the recipient's side opens with another implementation.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::details::GrantedDetails,
    encoding::{base64url, base64url_into},
    jose::{Jwk, jws::General},
    mailbox::{ALG, CTY, DepositContent, DepositHeader, ENC, MAX_LENGTH, PAD_STEP},
    rng::{Rng, random},
    trust::TrustList,
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    digest::{Context, SHA256},
    rand::SystemRandom,
};
use zeroize::{Zeroize, Zeroizing};

use super::approve::SignedGrant;

/// A sealed presentation, ready to be deposited. Only [`seal`] makes one, and only of a grant that
/// the holder signed.
///
/// ```compile_fail
/// use wallet_core::consent::deposit::SealedPresentation;
/// let unsigned = SealedPresentation(String::new());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SealedPresentation(String);

impl std::fmt::Debug for SealedPresentation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedPresentation({} characters)", self.0.len())
    }
}

impl SealedPresentation {
    /// One that [`seal`] made earlier, read back from the vault.
    pub(super) fn stored(compact: String) -> Self {
        Self(compact)
    }

    /// The compact JWE (RFC 7516 section 7.1).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a presentation was not sealed. Nothing has left the wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The recipient's key is not a P-256 key, or not the one the grant names.
    #[error("the recipient's encryption key is not the one that was approved")]
    RecipientKey,
    /// Larger than a deposit may be.
    #[error("the answer is too large to be shared")]
    TooLarge,
    /// The random generator did not answer, or the cipher refused.
    #[error("the answer could not be encrypted")]
    Unavailable,
}

/// Which deposit of a grant it is, and when it may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Place among the grant's deposits, from 1.
    pub sequence: u32,
    /// From when.
    pub not_before: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Presentations by the ids of the query's parts.
pub type VpToken = std::collections::BTreeMap<String, Vec<String>>;

/// Seals the presentations under a signed grant to the recipient's registrar-certified key.
///
/// # Errors
/// [`SealError`].
pub fn seal(
    grant: &SignedGrant,
    vp_token: VpToken,
    slot: Slot,
    recipient_key: &Jwk,
    rng: &dyn Rng,
) -> Result<SealedPresentation, SealError> {
    let details = grant.details();
    if recipient_key.thumbprint() != details.enc_jwk_thumbprint {
        return Err(SealError::RecipientKey);
    }
    let plaintext = padded(vp_token, grant.signed())?;
    encrypt(details, slot, recipient_key, plaintext, rng)
}

/// Seals the presentations under a signed grant to the key that the registrar lists for its recipient
/// now, be it the one that was approved or a newer one. No other key can be given.
///
/// # Errors
/// [`SealError::RecipientKey`] when the recipient is not on the list; else as [`seal`].
pub fn seal_to_listed(
    grant: &SignedGrant,
    vp_token: VpToken,
    slot: Slot,
    trust: &TrustList,
    rng: &dyn Rng,
) -> Result<SealedPresentation, SealError> {
    let key = listed_key(grant.details(), trust).ok_or(SealError::RecipientKey)?;
    let plaintext = padded(vp_token, grant.signed())?;
    encrypt(grant.details(), slot, key, plaintext, rng)
}

/// The one key that the registrar lists for the recipient of a grant.
#[must_use]
pub fn listed_key<'t>(details: &GrantedDetails, trust: &'t TrustList) -> Option<&'t Jwk> {
    let (recipient, _role) = trust.recipient(&details.recipient)?;
    recipient.keys.encryption_key()
}

/// The content as JSON, filled up to a multiple of [`PAD_STEP`].
fn padded(vp_token: VpToken, decision: &General) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut content = DepositContent {
        vp_token,
        decision: decision.clone(),
        pad: String::new(),
    };
    let written = |content: &DepositContent| {
        let json = serde_json::to_vec(content).map(Zeroizing::new);
        json.map_err(|_error| SealError::Unavailable)
    };
    let bare = written(&content)?.len();
    content.pad = "0".repeat(bare.next_multiple_of(PAD_STEP) - bare);
    let padded = written(&content)?;
    let presentations = content.vp_token.values_mut().flatten();
    presentations.for_each(Zeroize::zeroize);
    Ok(padded)
}

fn encrypt(
    details: &GrantedDetails,
    slot: Slot,
    recipient_key: &Jwk,
    mut plaintext: Zeroizing<Vec<u8>>,
    rng: &dyn Rng,
) -> Result<SealedPresentation, SealError> {
    let point = recipient_key
        .p256_point()
        .map_err(|_error| SealError::RecipientKey)?;
    let unavailable = |ring::error::Unspecified| SealError::Unavailable;
    let ephemeral =
        EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(unavailable)?;
    let public = ephemeral.compute_public_key().map_err(unavailable)?;
    let header = DepositHeader {
        alg: ALG.into(),
        enc: ENC.into(),
        cty: CTY.into(),
        kid: recipient_key
            .kid
            .clone()
            .unwrap_or_else(|| recipient_key.thumbprint()),
        epk: Jwk::from_p256_point(public.as_ref()).map_err(|_error| SealError::Unavailable)?,
        grant_id: details.grant_id,
        seq: slot.sequence,
        recipient: details.recipient.clone(),
        details_hash: details
            .hash_base64url()
            .map_err(|_error| SealError::Unavailable)?,
        nbf: slot.not_before.timestamp(),
        exp: slot.expires_at.timestamp(),
    };
    let header = serde_json::to_vec(&header).map_err(|_error| SealError::Unavailable)?;
    let mut compact = String::with_capacity(header.len() * 2 + plaintext.len() * 4 / 3 + 64);
    base64url_into(header, &mut compact);

    let cek = agree_ephemeral(
        ephemeral,
        &UnparsedPublicKey::new(&ECDH_P256, point),
        concat_kdf,
    )
    .map_err(|_bad_point| SealError::RecipientKey)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*cek).map_err(unavailable)?);
    let iv = random::<12>(rng).map_err(|_error| SealError::Unavailable)?;
    let aad = Aad::from(compact.as_bytes());
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(iv), aad, &mut plaintext)
        .map_err(unavailable)?;
    compact.push_str("..");
    for part in [iv.as_slice(), &plaintext, tag.as_ref()] {
        compact.push_str(&base64url(part));
        compact.push('.');
    }
    compact.pop();
    if compact.len() > MAX_LENGTH {
        return Err(SealError::TooLarge);
    }
    Ok(SealedPresentation(compact))
}

/// RFC 7518 section 4.6.2 with empty party information, for a 256-bit key.
fn concat_kdf(shared: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut hash = Context::new(&SHA256);
    hash.update(&1_u32.to_be_bytes());
    hash.update(shared);
    hash.update(&7_u32.to_be_bytes());
    hash.update(ENC.as_bytes());
    hash.update(&0_u32.to_be_bytes());
    hash.update(&0_u32.to_be_bytes());
    hash.update(&256_u32.to_be_bytes());
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(hash.finish().as_ref());
    key
}

#[cfg(test)]
mod tests;
