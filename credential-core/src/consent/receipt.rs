//! Receipts: what was asked, what was decided and what the broker recorded, each signed by its own
//! side, kept by person and recipient.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    decision::{DecisionError, SignedDecision, Verdict},
    details::{GrantedDetails, LegalBasis, Purpose, RequestedDetails},
    record,
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
    text::Text,
};

/// The header's `typ`: by the legal basis, so that neither a duty nor an own export can be shown as a
/// consent.
const TYPES: [(LegalBasis, &str); 3] = [
    (LegalBasis::Consent, "consent-receipt+jwt"),
    (LegalBasis::Statutory, "duty-record+jwt"),
    (LegalBasis::OwnExport, "export-record+jwt"),
];
/// The member that repeats the claims for other machines.
const RECORD: &str = "record";

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
    /// The person holds the share back for a while.
    Paused,
    /// The person lets a paused share go on.
    Resumed,
    /// The person shares less than before.
    Narrowed,
    /// The person shares the same for longer.
    Renewed,
    /// The person stopped all shares with the account's own key, without the grant's; signed by the
    /// broker alone.
    Stopped,
    /// The recipient gave the share up; signed by the broker alone.
    GivenUp,
}

impl Event {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Exhausted => "exhausted",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Narrowed => "narrowed",
            Self::Renewed => "renewed",
            Self::Stopped => "stopped",
            Self::GivenUp => "given_up",
        }
    }

    /// What the decision in force says after this event.
    fn decided(self, verdict: Verdict) -> bool {
        match self {
            Self::Given => verdict == Verdict::Approved,
            Self::Refused => verdict == Verdict::Refused,
            Self::Narrowed => verdict == Verdict::Narrowed,
            Self::Renewed => verdict == Verdict::Renewed,
            _ => verdict.grants(),
        }
    }

    /// Whether the receipt carries a word of the person beside the decision in force.
    #[must_use]
    pub fn has_change(self) -> bool {
        self.change().is_some()
    }

    /// The word of the person that this event is about, where it is not the decision in force itself.
    fn change(self) -> Option<Verdict> {
        match self {
            Self::Withdrawn => Some(Verdict::Withdrawn),
            Self::Paused => Some(Verdict::Paused),
            Self::Resumed => Some(Verdict::Resumed),
            _ => None,
        }
    }
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
    /// The recipient's legal name when the person decided.
    pub recipient_name: Text,
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
    /// The holder's signed decision that is in force after the event: approval, refusal, narrowing or
    /// renewal.
    pub decision: General,
    /// The holder's signed withdrawal, pause or resumption, when that is the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<General>,
    /// Place of the event in the person's access log, from 0.
    pub log_seq: u64,
}

impl ReceiptClaims {
    /// Signs the claims, and the JSON-LD record that follows from them, in their canonical
    /// form (RFC 8785) with the broker's key.
    ///
    /// # Errors
    /// [`SignError`] when the claims enclose no request and decision, are not canonical, or the key
    /// does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        let record = self.record().ok_or(SignError::NotJson)?;
        let mut claims = serde_json::to_value(self).map_err(|_error| SignError::NotJson)?;
        if let Value::Object(members) = &mut claims {
            members.insert(RECORD.into(), record);
        }
        let canonical = canonical::to_string(&claims).map_err(|_error| SignError::NotJson)?;
        jws::sign_bytes(self.typ(), canonical.as_bytes(), signer, KeyReference::Kid)
    }

    fn typ(&self) -> &'static str {
        let of_basis = TYPES
            .iter()
            .find(|(basis, _typ)| *basis == self.legal_basis);
        of_basis.map_or("", |(_basis, typ)| *typ)
    }

    fn record(&self) -> Option<Value> {
        let decision = SignedDecision::open(self.decision.clone()).ok()?;
        Some(record::record(self, &self.asked()?, &decision))
    }

    /// The recipient's own words inside.
    fn asked(&self) -> Option<RequestedDetails> {
        let asked: RequestObject = Unverified::parse(&self.request, request::TYP)
            .and_then(|object| object.untrusted_payload())
            .ok()?;
        let [asked] = <[RequestedDetails; 1]>::try_from(asked.authorization_details).ok()?;
        Some(asked)
    }

    /// Purpose and legal basis are those of the recipient's own signed words inside.
    fn repeats_what_was_asked(&self) -> bool {
        self.asked().is_some_and(|asked| {
            asked.legal_basis == self.legal_basis && asked.purpose == self.purpose
        })
    }
}

/// Splits a receipt of whatever basis, unchecked: for finding out who claims to have signed.
///
/// # Errors
/// [`JwsError::WrongType`] when it is none, or what is wrong with its form.
pub fn parse(compact: &str) -> Result<Unverified<'_>, JwsError> {
    let mut refused = JwsError::WrongType;
    for (_basis, typ) in TYPES {
        match Unverified::parse(compact, typ) {
            Err(JwsError::WrongType) => {}
            Err(other) => refused = other,
            Ok(parsed) => return Ok(parsed),
        }
    }
    Err(refused)
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
    /// Checks the broker's signature, the holder's decision, and that type, request, purpose, decision,
    /// details and record belong together. The recipient's signature on the request is checked when it
    /// is accepted, with the trust list of that time.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(compact: &str, broker: &VerifyingKey) -> Result<Self, ReceiptError> {
        let signed = parse(compact)?;
        let mut members: Map<String, Value> = signed.verify(broker)?;
        let record = members.remove(RECORD);
        let claims: ReceiptClaims = serde_json::from_value(Value::Object(members))
            .map_err(|_error| JwsError::WrongContent)?;
        if signed.header().typ.as_deref() != Some(claims.typ()) {
            return Err(ReceiptError::Contradiction);
        }
        let decision = SignedDecision::open(claims.decision.clone())?;
        let decided = decision.claims();
        let hash = match &claims.details {
            Some(details) => Some(base64url(
                canonical::hash(details).map_err(|_error| ReceiptError::Contradiction)?,
            )),
            None => None,
        };
        let consistent = claims.event.decided(decided.decision)
            && decided.grant_id == claims.grant_id
            && decided.recipient == claims.recipient
            && decided.aud == claims.iss
            && decided.request_hash == sha256_base64url(&claims.request)
            && decided.details == claims.details
            && claims.repeats_what_was_asked()
            && claims.details_hash == hash
            && record.is_some()
            && record == claims.record()
            && claims.change.is_some() == claims.event.has_change();
        if !consistent {
            return Err(ReceiptError::Contradiction);
        }
        if let Some(change) = &claims.change {
            check_change(change, claims.event, &decision)?;
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

/// The change is the event's, and the grant's own key says so.
fn check_change(
    change: &General,
    event: Event,
    in_force: &SignedDecision,
) -> Result<(), ReceiptError> {
    let change = SignedDecision::open(change.clone())?;
    let (said, granted) = (change.claims(), in_force.claims());
    if change.holder_key().thumbprint() != in_force.holder_key().thumbprint() {
        return Err(DecisionError::OtherKey.into());
    }
    let belongs = Some(said.decision) == event.change()
        && said.details.is_none()
        && said.grant_id == granted.grant_id
        && said.request_hash == granted.request_hash
        && said.recipient == granted.recipient
        && said.aud == granted.aud;
    if belongs {
        Ok(())
    } else {
        Err(ReceiptError::Contradiction)
    }
}
