//! What the person decided about a request, and later changes of the grant, each signed by a key made
//! for this grant alone.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    details::{GrantedDetails, RequestedDetails},
    request::ConsentRequest,
};
pub use crate::jose::jws::Role;

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

/// Yes or no, and what may be said of a yes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The person shares.
    Approved,
    /// The person does not share.
    Refused,
    /// The person stops a share.
    Withdrawn,
    /// The person holds a share back for a while.
    Paused,
    /// The person lets a paused share go on.
    Resumed,
    /// The person shares less than before.
    Narrowed,
    /// The person shares the same for longer.
    Renewed,
}

impl Verdict {
    /// Whether it says what is granted from now on.
    #[must_use]
    pub fn grants(self) -> bool {
        matches!(self, Self::Approved | Self::Narrowed | Self::Renewed)
    }
}

/// The claims of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionClaims {
    /// Yes, no, or what has changed.
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
    /// What is granted from now on; with every verdict that [grants](Verdict::grants) and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<GrantedDetails>,
    /// Which change of the grant this is, from 1, so that an earlier one cannot be played again. Absent
    /// in an approval and a refusal, and in a withdrawal, which holds whenever it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<u32>,
    /// Where the recipient may seal messages to: a P-256 key for this grant and this use alone. Only in
    /// an approval, so that one grant has one such key for its whole life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_jwk: Option<Jwk>,
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
    cosigners: Vec<(Role, Jwk)>,
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
    /// It is not the next change of the grant.
    #[error("the change is not the next one of this grant")]
    OutOfOrder,
    /// The key for messages is none that can be sealed to, signs as well, or is out of place.
    #[error("the key for messages is out of place, or cannot be one")]
    ReplyKey,
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
            Self::OutOfOrder => "decision_out_of_order",
            Self::ReplyKey => "decision_reply_key",
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
        decision.check_reply_key()?;
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
        if fits && claims.change.is_none() {
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
        let decision = Self::follow(signed, approval, now)?;
        let claims = &decision.claims;
        if claims.decision == Verdict::Withdrawn
            && claims.details.is_none()
            && claims.change.is_none()
        {
            Ok(decision)
        } else {
            Err(DecisionError::NotANarrowing)
        }
    }

    /// Checks that a grant is paused, resumed, narrowed or renewed by its own key, as its change number
    /// `number`. `in_force` is the decision that says what is granted until now.
    ///
    /// Narrowing leaves out more of what was optional, or ends sooner or allows fewer reads; renewing
    /// changes the end alone, to at most what the request would give from now on.
    ///
    /// # Errors
    /// [`DecisionError`] names the first rule that is broken.
    pub fn verify_change(
        signed: General,
        in_force: &Self,
        asked: &RequestedDetails,
        number: u32,
        now: DateTime<Utc>,
    ) -> Result<Self, DecisionError> {
        let decision = Self::follow(signed, in_force, now)?;
        let claims = &decision.claims;
        if claims.change != Some(number) {
            return Err(DecisionError::OutOfOrder);
        }
        let before = in_force.claims.details.as_ref();
        let fits = match (claims.decision, &claims.details, before) {
            (Verdict::Paused | Verdict::Resumed, None, Some(_)) => true,
            (Verdict::Narrowed, Some(details), Some(before)) => {
                details.until > now
                    && details.is_less_than(before)
                    && details.narrows(asked, now + MAX_SKEW)
            }
            (Verdict::Renewed, Some(details), Some(before)) => {
                details.is_longer_than(before) && details.narrows(asked, now + MAX_SKEW)
            }
            _ => false,
        };
        if fits {
            Ok(decision)
        } else {
            Err(DecisionError::NotANarrowing)
        }
    }

    /// A later word about the same grant, by the same key, of about now.
    fn follow(signed: General, earlier: &Self, now: DateTime<Utc>) -> Result<Self, DecisionError> {
        let decision = Self::open(signed)?;
        let (claims, before) = (&decision.claims, &earlier.claims);
        if decision.holder_key.thumbprint() != earlier.holder_key.thumbprint() {
            return Err(DecisionError::OtherKey);
        }
        if claims.grant_id != before.grant_id
            || claims.request_hash != before.request_hash
            || claims.recipient != before.recipient
            || claims.aud != before.aud
        {
            return Err(DecisionError::OtherRequest);
        }
        decision.check_moment(now)?;
        decision.check_reply_key()?;
        Ok(decision)
    }

    /// Checks signatures and form only: for a decision that was fully checked when it was accepted,
    /// read back from a row, a deposit or a receipt.
    ///
    /// # Errors
    /// [`DecisionError::Jws`].
    pub fn open(signed: General) -> Result<Self, DecisionError> {
        let (claims, signatories) = signed.verify_possession::<DecisionClaims>(TYP)?;
        let mut keys = signatories.into_iter();
        let holder = keys.next().ok_or(DecisionError::Jws(JwsError::Malformed))?;
        Ok(Self {
            claims,
            holder_key: holder.key,
            cosigners: keys.filter_map(|one| Some((one.role?, one.key))).collect(),
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

    /// Who signed beside the holder.
    #[must_use]
    pub fn cosigners(&self) -> &[(Role, Jwk)] {
        &self.cosigners
    }

    /// The signed object, as it travels.
    #[must_use]
    pub fn signed(&self) -> &General {
        &self.signed
    }

    /// One key has one use: what messages are sealed to never signs.
    fn check_reply_key(&self) -> Result<(), DecisionError> {
        let Some(key) = &self.claims.reply_jwk else {
            return Ok(());
        };
        let is_fit = self.claims.decision == Verdict::Approved
            && key.bare() == *key
            && key.p256_point().is_ok()
            && key.thumbprint() != self.holder_key.thumbprint();
        if is_fit {
            Ok(())
        } else {
            Err(DecisionError::ReplyKey)
        }
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
