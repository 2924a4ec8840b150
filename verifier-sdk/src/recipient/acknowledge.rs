//! After a reading: the broker's receipt is checked and kept, and acknowledged with our own signature.

use credential_core::{
    access_log::{ReadAckClaims, ReadReceipt},
    encoding::sha256_base64url,
    id::ReadId,
    trust::TrustList,
};
use serde::{Deserialize, Serialize};

use super::{CallError, HeldGrant, Recipient, json};
use crate::{
    http::{Answer, HttpError},
    read_receipt::{self, ReadReceiptCheckError},
};

/// The last reading, until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LastReading {
    pub(super) read_id: ReadId,
    pub(super) deposit_hash: String,
    /// The receipt as it came; nothing about it is believed yet.
    pub(super) receipt: String,
}

impl LastReading {
    pub(super) fn new(read_id: ReadId, deposit: &str, receipt: &str) -> Self {
        Self {
            read_id,
            deposit_hash: sha256_base64url(deposit),
            receipt: receipt.into(),
        }
    }
}

/// A read receipt that was checked and acknowledged, and the text to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acknowledged {
    /// What it says.
    pub receipt: ReadReceipt,
    /// The compact JWS, letter by letter: what shows that the reading was logged, or should have been.
    pub signed: String,
}

/// A reading was not acknowledged. It was made all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AcknowledgeError {
    /// There is no reading to acknowledge, or it is acknowledged already.
    #[error("there is no reading to acknowledge")]
    NothingRead,
    /// The receipt is not to be believed.
    #[error(transparent)]
    Receipt(#[from] ReadReceiptCheckError),
    /// The receipt is about another reading, recipient or broker.
    #[error("the read receipt is about another reading")]
    OtherReading,
    /// The broker refused, or did not answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl AcknowledgeError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NothingRead => "nothing_to_acknowledge",
            Self::Receipt(error) => error.reason(),
            Self::OtherReading => "read_receipt_other_reading",
            Self::Call(error) => error.reason(),
        }
    }
}

#[derive(Deserialize)]
struct Taken {
    seq: u64,
}

impl Recipient {
    /// Checks the receipt of the last reading of `grant` and acknowledges it. The person sees that the
    /// reading was confirmed; whoever keeps the receipt can show that the broker has to have logged it.
    /// Store the grant again afterwards.
    ///
    /// When the connection breaks, the same is sent once more, which the broker does not keep twice.
    ///
    /// # Errors
    /// [`AcknowledgeError`]; after a broken connection call again.
    pub async fn acknowledge_reading(
        &self,
        grant: &mut HeldGrant,
        trust: &TrustList,
    ) -> Result<Acknowledged, AcknowledgeError> {
        let last = grant.last_reading.as_ref();
        let last = last.ok_or(AcknowledgeError::NothingRead)?;
        let receipt = read_receipt::verify(&last.receipt, trust)?;
        let read = receipt.claims();
        let is_ours = read.iss == grant.broker
            && read.aud == self.identity.client_id
            && read.grant_id == grant.id()
            && read.read_id == last.read_id
            && read.deposit_hash == last.deposit_hash;
        if !is_ours {
            return Err(AcknowledgeError::OtherReading);
        }
        let ack = ReadAckClaims::of(&receipt, self.clock.now());
        let ack = ack
            .sign(&*self.identity.signing_key)
            .map_err(|_error| CallError::Unavailable)?;
        let Taken { seq } = json(&self.hand_in(grant, &last.receipt, &ack).await?)?;
        if seq != read.seq {
            return Err(CallError::Malformed("seq").into());
        }
        let signed = last.receipt.clone();
        grant.last_reading = None;
        Ok(Acknowledged { receipt, signed })
    }

    async fn hand_in(
        &self,
        grant: &HeldGrant,
        receipt: &str,
        ack: &str,
    ) -> Result<Answer, CallError> {
        let url = self
            .endpoints
            .beside(&format!("grants/{}/acks", grant.id()));
        let form = [("receipt", receipt), ("ack", ack)];
        match self.post(&url, &form).await {
            Err(CallError::Http(HttpError::Unreachable { .. } | HttpError::Timeout { .. })) => {
                self.post(&url, &form).await
            }
            other => other,
        }
    }
}
