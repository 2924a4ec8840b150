//! What the person decided about a request, signed by a key made for this grant alone.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{details::GrantedDetails, request::ConsentRequest};
use crate::{
    id::GrantId,
    jose::{
        Jwk, SignError, Signer,
        jws::{General, JwsError},
    },
};

/// The header's `typ`.
pub const TYP: &str = "grant-decision+jwt";
/// How far a decision's time may be from the broker's clock, in minutes.
const MAX_SKEW: TimeDelta = TimeDelta::minutes(5);

/// Yes, no, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The person shares.
    Approved,
    /// The person does not share.
    Refused,
    /// The person stops a share.
    Withdrawn,
}

/// The claims of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionClaims {
    /// Yes, no, or no longer.
    pub decision: Verdict,
    /// The grant, named by the wallet.
    pub grant_id: GrantId,
    /// base64url SHA-256 of the signed request this answers.
    pub request_hash: String,
    /// The recipient's client id.
    pub recipient: String,
    /// The broker's issuer identifier.
    pub aud: String,
    /// When, seconds since 1970.
    pub iat: i64,
    /// What is granted; only with [`Verdict::Approved`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<GrantedDetails>,
}

impl DecisionClaims {
    /// Signs the decision with the grant's own key.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<General, SignError> {
        General::sign(TYP, self, signer)
    }
}

/// A decision whose signatures were found right and which belongs to one request.
///
/// ```compile_fail
/// use credential_core::consent::decision::SignedDecision;
/// fn forge(signed: credential_core::jose::jws::General) -> SignedDecision {
///     SignedDecision { signed }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SignedDecision {
    signed: General,
    claims: DecisionClaims,
    holder_key: Jwk,
}

/// Why a decision was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// The signed object itself.
    #[error("the decision: {0}")]
    Jws(#[from] JwsError),
    /// It answers another request, recipient or broker.
    #[error("the decision answers another request")]
    OtherRequest,
    /// It grants more than was asked, or details are missing or out of place.
    #[error("the decision does not fit what was asked")]
    NotANarrowing,
    /// Its time is not about now.
    #[error("the decision is not of this moment")]
    NotOfThisMoment,
    /// It is signed by another key than the grant's.
    #[error("the decision is signed with another key than the grant's")]
    OtherKey,
}

impl DecisionError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::OtherRequest => "decision_other_request",
            Self::NotANarrowing => "decision_not_a_narrowing",
            Self::NotOfThisMoment => "decision_not_of_this_moment",
            Self::OtherKey => "decision_other_key",
        }
    }
}

impl SignedDecision {
    /// Checks an approval or a refusal against the request it answers.
    ///
    /// # Errors
    /// [`DecisionError`] names the first rule that is broken.
    pub fn verify(
        signed: General,
        request: &ConsentRequest,
        now: DateTime<Utc>,
    ) -> Result<Self, DecisionError> {
        let decision = Self::open(signed)?;
        let claims = &decision.claims;
        if claims.request_hash != request.hash()
            || claims.recipient != request.client_id()
            || claims.aud != request.object().aud
        {
            return Err(DecisionError::OtherRequest);
        }
        decision.check_moment(now)?;
        let fits = match (claims.decision, &claims.details) {
            (Verdict::Approved, Some(details)) => {
                details.grant_id == claims.grant_id
                    && details.recipient == claims.recipient
                    && details.until > now
                    && details.narrows(request.details(), now + MAX_SKEW)
            }
            (Verdict::Refused, None) => true,
            _ => false,
        };
        if fits {
            Ok(decision)
        } else {
            Err(DecisionError::NotANarrowing)
        }
    }

    /// Checks a withdrawal against the grant it ends.
    ///
    /// # Errors
    /// [`DecisionError`] names the first rule that is broken.
    pub fn verify_withdrawal(
        signed: General,
        approval: &Self,
        now: DateTime<Utc>,
    ) -> Result<Self, DecisionError> {
        let decision = Self::open(signed)?;
        let (claims, approved) = (&decision.claims, &approval.claims);
        if decision.holder_key.thumbprint() != approval.holder_key.thumbprint() {
            return Err(DecisionError::OtherKey);
        }
        if claims.grant_id != approved.grant_id
            || claims.request_hash != approved.request_hash
            || claims.recipient != approved.recipient
            || claims.aud != approved.aud
        {
            return Err(DecisionError::OtherRequest);
        }
        decision.check_moment(now)?;
        if claims.decision == Verdict::Withdrawn && claims.details.is_none() {
            Ok(decision)
        } else {
            Err(DecisionError::NotANarrowing)
        }
    }

    /// Checks signatures and form only: for a decision that was fully checked when it was accepted,
    /// read back from a row, a deposit or a receipt.
    ///
    /// # Errors
    /// [`DecisionError::Jws`].
    pub fn open(signed: General) -> Result<Self, DecisionError> {
        let (claims, mut keys) = signed.verify_possession::<DecisionClaims>(TYP)?;
        if keys.is_empty() {
            return Err(DecisionError::Jws(JwsError::Malformed));
        }
        Ok(Self {
            claims,
            holder_key: keys.swap_remove(0),
            signed,
        })
    }

    /// What was decided.
    #[must_use]
    pub fn claims(&self) -> &DecisionClaims {
        &self.claims
    }

    /// The grant's key, the first that signed.
    #[must_use]
    pub fn holder_key(&self) -> &Jwk {
        &self.holder_key
    }

    /// The signed object, as it travels.
    #[must_use]
    pub fn signed(&self) -> &General {
        &self.signed
    }

    fn check_moment(&self, now: DateTime<Utc>) -> Result<(), DecisionError> {
        let made =
            DateTime::from_timestamp(self.claims.iat, 0).ok_or(DecisionError::NotOfThisMoment)?;
        if (now - made).abs() > MAX_SKEW {
            Err(DecisionError::NotOfThisMoment)
        } else {
            Ok(())
        }
    }
}
