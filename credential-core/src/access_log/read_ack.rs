//! The recipient's own word that it has read: signed with its registered key over the broker's receipt.
//! Holding it, the broker can show that a reading took place which a recipient denies.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::read_receipt::{MAX_LENGTH, ReadReceipt};
use crate::{
    id::{GrantId, ReadId},
    jose::{
        JwkSet, SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified},
    },
};

/// The header's `typ`.
const TYP: &str = "read-ack+jwt";
/// How far the recipient's clock may be from ours.
const MAX_SKEW: TimeDelta = TimeDelta::minutes(5);

/// The claims of an acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadAckClaims {
    /// The recipient's client id.
    pub iss: String,
    /// The broker's issuer identifier.
    pub aud: String,
    /// When it was signed, seconds since 1970.
    pub iat: i64,
    /// The grant that was read.
    pub grant_id: GrantId,
    /// The reading.
    pub read_id: ReadId,
    /// base64url SHA-256 of the deposit that was read.
    pub deposit_hash: String,
    /// base64url SHA-256 of the broker's receipt.
    pub receipt_hash: String,
}

impl ReadAckClaims {
    /// The acknowledgement of what a receipt says.
    #[must_use]
    pub fn of(receipt: &ReadReceipt, now: DateTime<Utc>) -> Self {
        let read = receipt.claims();
        Self {
            iss: read.aud.clone(),
            aud: read.iss.clone(),
            iat: now.timestamp(),
            grant_id: read.grant_id,
            read_id: read.read_id,
            deposit_hash: read.deposit_hash.clone(),
            receipt_hash: receipt.hash().into(),
        }
    }

    /// Signs with the recipient's registered key.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        jws::sign(TYP, self, signer, KeyReference::Kid)
    }
}

/// Why an acknowledgement is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadAckError {
    /// The signed object itself.
    #[error("the acknowledgement: {0}")]
    Jws(#[from] JwsError),
    /// The key that signed is not registered for the recipient.
    #[error("the acknowledgement is signed with a key that is not registered")]
    UnknownKey,
    /// It is about another reading than the receipt.
    #[error("the acknowledgement does not belong to the receipt")]
    OtherReading,
    /// Its time is not about now.
    #[error("the acknowledgement is not of this moment")]
    NotOfThisMoment,
}

impl ReadAckError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::UnknownKey => "read_ack_key_unknown",
            Self::OtherReading => "read_ack_other_reading",
            Self::NotOfThisMoment => "read_ack_not_of_this_moment",
        }
    }
}

/// Checks that `compact` acknowledges this receipt, with one of the recipient's registered keys.
///
/// # Errors
/// [`ReadAckError`] names the first rule that is broken.
pub fn verify(
    compact: &str,
    receipt: &ReadReceipt,
    keys: &JwkSet,
    now: DateTime<Utc>,
) -> Result<ReadAckClaims, ReadAckError> {
    let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
    let kid = unverified.header().kid.as_deref();
    let key = kid
        .and_then(|kid| keys.find(kid))
        .and_then(|jwk| VerifyingKey::try_from(jwk).ok())
        .ok_or(ReadAckError::UnknownKey)?;
    let claims: ReadAckClaims = unverified.verify(&key)?;
    let made = DateTime::from_timestamp(claims.iat, 0).ok_or(ReadAckError::NotOfThisMoment)?;
    if ReadAckClaims::of(receipt, made) != claims {
        return Err(ReadAckError::OtherReading);
    }
    if (now - made).abs() > MAX_SKEW {
        return Err(ReadAckError::NotOfThisMoment);
    }
    Ok(claims)
}
