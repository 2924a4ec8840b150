//! Key proofs of type `jwt` (appendix F.1): the wallet shows that it holds the key a credential will
//! be bound to.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    encoding::from_base64url,
    jose::{
        Jwk, SignError, Signer,
        jws::{self, JwsError, KeyReference, Unverified},
    },
};

/// The header's `typ`.
pub const TYP: &str = "openid4vci-proof+jwt";

/// `iss` is absent on purpose: the flow is anonymous (appendix F.1).
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    aud: String,
    iat: i64,
    nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
}

/// Why a proof was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProofError {
    /// The signed object, its type, algorithm or key (`invalid_proof`).
    #[error("the key proof: {0}")]
    Jws(#[from] JwsError),
    /// Made for another issuer, or naming a client where there is none (`invalid_proof`).
    #[error("the key proof is meant for another issuer")]
    OtherIssuer,
    /// Too old, or dated in the future (`invalid_proof`).
    #[error("the key proof is not of this moment")]
    NotOfThisMoment,
}

/// Signs a proof with the key the credential is to be bound to.
///
/// # Errors
/// [`SignError`] when the key does not sign.
pub fn sign(
    issuer: &str,
    nonce: &str,
    now: DateTime<Utc>,
    signer: &dyn Signer,
) -> Result<String, SignError> {
    let claims = Claims {
        aud: issuer.into(),
        iat: now.timestamp(),
        nonce: nonce.into(),
        iss: None,
    };
    jws::sign(TYP, &claims, signer, KeyReference::Embedded)
}

/// A checked proof: the key, and the nonce that the caller still has to recognise as its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyProof {
    key: Jwk,
    nonce: String,
}

impl KeyProof {
    /// The key the wallet holds.
    #[must_use]
    pub fn key(&self) -> &Jwk {
        &self.key
    }

    /// The nonce in the proof (`invalid_nonce` when it is not ours or was used).
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }
}

/// Checks everything but the nonce's origin.
///
/// # Errors
/// [`KeyProofError`].
pub fn check(proof: &str, issuer: &str, now: DateTime<Utc>) -> Result<KeyProof, KeyProofError> {
    let unverified = Unverified::parse(proof, TYP)?;
    if unverified.header().kid.is_some() || says_more_of_the_key(proof) {
        return Err(KeyProofError::Jws(JwsError::Malformed));
    }
    let (claims, key) = unverified.verify_possession::<Claims>()?;
    if claims.aud != issuer || claims.iss.is_some() {
        return Err(KeyProofError::OtherIssuer);
    }
    let made = DateTime::from_timestamp(claims.iat, 0).ok_or(KeyProofError::NotOfThisMoment)?;
    let age = now - made;
    if age > TimeDelta::minutes(5) || age < TimeDelta::seconds(-10) {
        return Err(KeyProofError::NotOfThisMoment);
    }
    Ok(KeyProof {
        key,
        nonce: claims.nonce,
    })
}

/// Exactly one of `kid`, `jwk` and `x5c` may name the key (appendix F.1). An attestation of the key
/// (appendix D) is not understood, and what cannot be checked is not passed over.
fn says_more_of_the_key(proof: &str) -> bool {
    #[derive(Deserialize)]
    struct More {
        x5c: Option<serde::de::IgnoredAny>,
        trust_chain: Option<serde::de::IgnoredAny>,
        key_attestation: Option<serde::de::IgnoredAny>,
    }
    let header = proof
        .split('.')
        .next()
        .and_then(|header| from_base64url(header).ok());
    header
        .and_then(|header| serde_json::from_slice::<More>(&header).ok())
        .is_none_or(|more| {
            more.x5c.is_some() || more.trust_chain.is_some() || more.key_attestation.is_some()
        })
}
