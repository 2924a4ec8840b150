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
    /// The receipt as it came, if it did; nothing about it is believed yet.
    pub(super) receipt: Option<String>,
}

impl LastReading {
    pub(super) fn new(read_id: ReadId, deposit: &str, receipt: Option<&str>) -> Self {
        Self {
            read_id,
            deposit_hash: sha256_base64url(deposit),
            receipt: receipt.map(str::to_owned),
        }
    }
}

/// The receipt of the last reading, checked, and the text to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceiptOfReading {
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
    /// The broker gave no receipt: it can leave the reading out of the person's log unnoticed.
    #[error("the broker gave no receipt of the reading")]
    NoReceipt,
    /// The grant is another broker's.
    #[error("the grant belongs to another broker")]
    OtherBroker,
    /// The receipt is not to be believed.
    #[error(transparent)]
    Receipt(#[from] ReadReceiptCheckError),
    /// The receipt is about another reading, recipient or broker, or names a place at or before an
    /// earlier reading's.
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
            Self::NoReceipt => "read_receipt_missing",
            Self::OtherBroker => "grant_other_broker",
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
    /// The receipt of the last reading of `grant` that was not acknowledged yet, checked. Whoever keeps it
    /// can show that the broker has to have logged the reading, whatever becomes of the acknowledgement.
    ///
    /// # Errors
    /// [`AcknowledgeError`], never [`AcknowledgeError::Call`].
    pub fn receipt_of_reading(
        &self,
        grant: &HeldGrant,
        trust: &TrustList,
    ) -> Result<ReceiptOfReading, AcknowledgeError> {
        if grant.broker != self.endpoints.issuer {
            return Err(AcknowledgeError::OtherBroker);
        }
        let last = grant.last_reading.as_ref();
        let last = last.ok_or(AcknowledgeError::NothingRead)?;
        let signed = last.receipt.clone().ok_or(AcknowledgeError::NoReceipt)?;
        let receipt = read_receipt::verify(&signed, trust)?;
        let read = receipt.claims();
        let (client_id, hash) = (&self.identity.client_id, &last.deposit_hash);
        let is_ours =
            read.iss == grant.broker && receipt.is_of(client_id, grant.id(), last.read_id, hash);
        // No entry of the log stands for two readings.
        let is_later = grant.last_place.is_none_or(|earlier| read.seq > earlier);
        if is_ours && is_later {
            Ok(ReceiptOfReading { receipt, signed })
        } else {
            Err(AcknowledgeError::OtherReading)
        }
    }

    /// Checks the receipt of the last reading of `grant` and acknowledges it: the person sees that the
    /// reading was confirmed. Keep the receipt first, and store the grant again afterwards.
    ///
    /// When the connection breaks, the same is sent once more, which the broker does not keep twice.
    ///
    /// # Errors
    /// [`AcknowledgeError`]; after a broken connection call again.
    pub async fn acknowledge_reading(
        &self,
        grant: &mut HeldGrant,
        trust: &TrustList,
    ) -> Result<ReceiptOfReading, AcknowledgeError> {
        let ours = self.receipt_of_reading(grant, trust)?;
        let ack = ReadAckClaims::of(&ours.receipt, self.clock.now());
        let ack = ack
            .sign(&*self.identity.signing_key)
            .map_err(|_error| CallError::Unavailable)?;
        let Taken { seq } = json(&self.hand_in(grant, &ours.signed, &ack).await?)?;
        if seq != ours.receipt.claims().seq {
            return Err(CallError::Malformed("seq").into());
        }
        grant.last_place = Some(seq);
        grant.last_reading = None;
        Ok(ours)
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
