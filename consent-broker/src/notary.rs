//! Writes what must be provable later: log entries, tree heads and receipts, in the broker's name.
//!
//! Stores are given a [`Notary`] with each operation, because an entry's place in the log is known
//! only inside the transaction that appends it.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, Utc};
use credential_core::{
    access_log::{Entry, Frontier, Kind, Outcome, ReadReceiptClaims, TreeHead},
    consent::{
        decision::{DecisionError, SignedDecision},
        details::LegalBasis,
        receipt::{Event, ReceiptClaims},
        request::{self, RequestObject},
    },
    encoding::base64url,
    id::{GrantId, ReceiptId},
    jose::{
        SignError, Signer,
        jws::{JwsError, Unverified},
    },
    notices::{Event as NoticeEvent, NoticeClaims, SubjectIdentifier},
    rng::{NoRandomness, Rng, random},
    transparency::BlindingKey,
};

use crate::grant::Papers;

/// The broker's name, key and randomness.
#[derive(Debug, Clone)]
pub struct Notary {
    issuer: Arc<str>,
    signer: Arc<dyn Signer>,
    rng: Arc<dyn Rng>,
}

/// One line for a person's log, before it has a place.
#[derive(Debug, Clone)]
pub struct Line {
    /// What happened.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// Which share.
    pub grant_id: GrantId,
    /// Who, as client id.
    pub recipient: String,
    /// On what basis the data was asked for.
    pub legal_basis: LegalBasis,
    /// Hash of the granted details; absent for a refusal.
    pub details_hash: Option<String>,
    /// Hash of the deposit that was put or read.
    pub deposit_hash: Option<String>,
}

/// Something could not be written down, so that what it was about must not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotaryError {
    /// No randomness for a salt or an id.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The broker's key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A stored decision cannot be read.
    #[error("a stored decision: {0}")]
    Decision(#[from] DecisionError),
    /// A stored request cannot be read.
    #[error("a stored request: {0}")]
    Request(#[from] JwsError),
}

impl Notary {
    /// Writes in the name of `issuer` with its key.
    #[must_use]
    pub fn new(issuer: &str, signer: Arc<dyn Signer>, rng: Arc<dyn Rng>) -> Self {
        Self {
            issuer: issuer.into(),
            signer,
            rng,
        }
    }

    /// In whose name it writes: the broker's issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The key with which it signs.
    pub(crate) fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    /// The log entry of a line at its place `seq`, with a fresh salt.
    ///
    /// # Errors
    /// [`NotaryError::Randomness`].
    pub fn entry(
        &self,
        line: Line,
        log_id: &str,
        seq: u64,
        now: DateTime<Utc>,
    ) -> Result<Entry, NotaryError> {
        Ok(Entry {
            log_id: log_id.into(),
            seq,
            // The leaf holds milliseconds: what is stored must be what is hashed.
            at: now.trunc_subsecs(3),
            kind: line.kind,
            outcome: line.outcome,
            grant_id: line.grant_id,
            recipient: line.recipient,
            legal_basis: line.legal_basis,
            details_hash: line.details_hash,
            deposit_hash: line.deposit_hash,
            salt: base64url(random::<32>(&*self.rng)?),
        })
    }

    /// The signed receipt of an event at place `log_seq` of the person's log; for a duty or an own export
    /// a record of its own type, which is no consent receipt.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn receipt(
        &self,
        papers: &Papers,
        event: Event,
        log_seq: u64,
        now: DateTime<Utc>,
    ) -> Result<String, NotaryError> {
        // Both were verified when they were accepted; here they are read again.
        let asked: RequestObject =
            Unverified::parse(&papers.request, request::TYP)?.untrusted_payload()?;
        let [asked] = asked.authorization_details.as_slice() else {
            return Err(JwsError::WrongContent.into());
        };
        let decision = SignedDecision::open(papers.decision.clone())?;
        let decided = decision.claims();
        let details_hash = match &decided.details {
            Some(details) => Some(
                details
                    .hash_base64url()
                    .map_err(|_fraction| SignError::NotJson)?,
            ),
            None => None,
        };
        let claims = ReceiptClaims {
            iss: self.issuer.to_string(),
            iat: now.timestamp(),
            receipt_id: ReceiptId::random(&*self.rng)?,
            event,
            grant_id: decided.grant_id,
            recipient: decided.recipient.clone(),
            recipient_name: papers.recipient_name.clone(),
            purpose: asked.purpose.clone(),
            legal_basis: asked.legal_basis,
            details: decided.details.clone(),
            details_hash,
            request: papers.request.clone(),
            decision: papers.decision.clone(),
            change: if event.has_change() {
                papers.change.clone()
            } else {
                None
            },
            log_seq,
        };
        Ok(claims.sign(&*self.signer)?)
    }

    /// The signed notice of an event to its recipient, and its name: the place in the recipient's outbox,
    /// by which names sort, and 16 random octets.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn notice(
        &self,
        recipient: &str,
        event: NoticeEvent,
        place: u64,
        now: DateTime<Utc>,
    ) -> Result<(String, String), NotaryError> {
        let random = base64url(random::<16>(&*self.rng)?);
        let claims = NoticeClaims {
            iss: self.issuer.to_string(),
            iat: now.timestamp(),
            jti: format!("{place:016x}-{random}"),
            aud: recipient.into(),
            sub_id: SubjectIdentifier::Opaque {
                id: event.grant_id(),
            },
            events: event,
        };
        let signed = claims.sign(&*self.signer)?;
        Ok((claims.jti, signed))
    }

    /// The signed receipt of a reading.
    ///
    /// # Errors
    /// [`NotaryError::Sign`].
    pub fn read_receipt(&self, read: &ReadReceiptClaims) -> Result<String, NotaryError> {
        Ok(read.sign(&*self.signer)?)
    }

    /// A key for the heads of a person whose wallet has given none.
    ///
    /// # Errors
    /// [`NotaryError::Randomness`].
    pub fn log_key(&self) -> Result<BlindingKey, NotaryError> {
        Ok(BlindingKey::random(&*self.rng)?)
    }

    /// The signed head of a log.
    ///
    /// # Errors
    /// [`NotaryError::Sign`].
    pub fn head(
        &self,
        log_id: &str,
        frontier: &Frontier,
        now: DateTime<Utc>,
    ) -> Result<String, NotaryError> {
        let head = TreeHead::of(frontier, &self.issuer, log_id, now);
        Ok(head.sign(&*self.signer)?)
    }
}
