//! Receipts: what was asked, what was decided and what the broker recorded, each signed by its own
//! side, kept by person and recipient.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    decision::{DecisionError, SignedDecision, Verdict},
    details::{GrantedDetails, LegalBasis, Purpose},
    request::{self, RequestObject},
};
use crate::{
    canonical,
    encoding::{base64url, sha256_base64url},
    id::{GrantId, ReceiptId},
    jose::{
        SignError, Signer, VerifyingKey,
        jws::{self, General, JwsError, KeyReference, Unverified},
    },
};

/// The header's `typ`.
pub const TYP: &str = "consent-receipt+jwt";

/// What the receipt records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The person shared.
    Given,
    /// The person refused.
    Refused,
    /// The person stopped the share.
    Withdrawn,
    /// The share came to its end date; signed by the broker alone.
    Expired,
    /// The last allowed read was made; signed by the broker alone.
    Exhausted,
    /// The recipient gave up the share; signed by the broker alone.
    GivenUp,
}

/// The claims of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptClaims {
    /// The broker's issuer identifier.
    pub iss: String,
    /// When it was recorded, seconds since 1970.
    pub iat: i64,
    /// The receipt's number.
    pub receipt_id: ReceiptId,
    /// What it records.
    pub event: Event,
    /// The grant.
    pub grant_id: GrantId,
    /// The recipient's client id.
    pub recipient: String,
    /// Why the recipient asked.
    pub purpose: Purpose,
    /// On what basis.
    pub legal_basis: LegalBasis,
    /// What was granted; absent in a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<GrantedDetails>,
    /// base64url SHA-256 of the canonical details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details_hash: Option<String>,
    /// The recipient's signed request.
    pub request: String,
    /// The holder's signed decision: approval or refusal.
    pub decision: General,
    /// The holder's signed withdrawal, when that ended the share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<General>,
    /// Place of the event in the person's access log, from 0.
    pub log_seq: u64,
}

impl ReceiptClaims {
    /// Signs the canonical form (RFC 8785) with the broker's key.
    ///
    /// # Errors
    /// [`SignError`] when the claims are not canonical or the key does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        let canonical = canonical::to_string(self).map_err(|_error| SignError::NotJson)?;
        jws::sign_bytes(TYP, canonical.as_bytes(), signer, KeyReference::Kid)
    }

    /// Purpose and legal basis are those of the recipient's own signed words inside.
    fn repeats_what_was_asked(&self) -> bool {
        let asked = Unverified::parse(&self.request, request::TYP)
            .and_then(|object| object.untrusted_payload::<RequestObject>());
        let Ok(asked) = asked else { return false };
        let [asked] = asked.authorization_details.as_slice() else {
            return false;
        };
        self.legal_basis != LegalBasis::Statutory
            && asked.legal_basis == self.legal_basis
            && asked.purpose == self.purpose
    }
}

/// A receipt whose three signatures and hashes agree.
#[derive(Debug, Clone)]
pub struct Receipt {
    claims: ReceiptClaims,
}

/// Why a receipt was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// The broker's signature.
    #[error("the receipt: {0}")]
    Jws(#[from] JwsError),
    /// The holder's decision inside.
    #[error("the decision in the receipt: {0}")]
    Decision(#[from] DecisionError),
    /// The parts contradict each other.
    #[error("the parts of the receipt do not belong together")]
    Contradiction,
}

impl Receipt {
    /// Checks the broker's signature, the holder's decision, and that request, purpose, decision and
    /// details belong together. A duty gets no consent receipt, so one that names it is refused. The recipient's signature on the request is checked when it is accepted, with
    /// the trust list of that time.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(compact: &str, broker: &VerifyingKey) -> Result<Self, ReceiptError> {
        let claims: ReceiptClaims = Unverified::parse(compact, TYP)?.verify(broker)?;
        let decision = SignedDecision::open(claims.decision.clone())?;
        let decided = decision.claims();
        let expected = if claims.event == Event::Refused {
            Verdict::Refused
        } else {
            Verdict::Approved
        };
        let hash = match &claims.details {
            Some(details) => Some(base64url(
                canonical::hash(details).map_err(|_error| ReceiptError::Contradiction)?,
            )),
            None => None,
        };
        let consistent = decided.decision == expected
            && decided.grant_id == claims.grant_id
            && decided.recipient == claims.recipient
            && decided.aud == claims.iss
            && decided.request_hash == sha256_base64url(&claims.request)
            && decided.details == claims.details
            && claims.repeats_what_was_asked()
            && claims.details_hash == hash
            && claims.withdrawal.is_some() == (claims.event == Event::Withdrawn);
        if !consistent {
            return Err(ReceiptError::Contradiction);
        }
        if let Some(withdrawal) = &claims.withdrawal {
            let made = SignedDecision::open(withdrawal.clone())?.claims().iat;
            let at = DateTime::from_timestamp(made, 0).ok_or(ReceiptError::Contradiction)?;
            SignedDecision::verify_withdrawal(withdrawal.clone(), &decision, at)?;
        }
        Ok(Self { claims })
    }

    /// What the receipt says.
    #[must_use]
    pub fn claims(&self) -> &ReceiptClaims {
        &self.claims
    }

    /// When the broker recorded it.
    #[must_use]
    pub fn recorded_at(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.claims.iat, 0)
    }
}
