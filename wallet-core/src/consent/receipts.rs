//! Receipts: checked against what the wallet itself signed, and kept.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        details::{LegalBasis, Purpose},
        receipt::{Event, Receipt, ReceiptClaims},
    },
    id::{GrantId, ReceiptId},
    jose::{
        VerifyingKey,
        jws::{self, General},
    },
    text::Text,
};
use serde::{Deserialize, Serialize};

use super::broker::Broker;
use crate::{
    Error, Wallet,
    vault::{Transaction, Tree},
};

const RECEIPTS: Tree<ReceiptId, StoredReceipt> = Tree::new("receipts");

/// A receipt as it is kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredReceipt {
    /// Its number.
    pub receipt_id: ReceiptId,
    /// The grant.
    pub grant_id: GrantId,
    /// What it records.
    pub event: Event,
    /// When the broker recorded it.
    pub recorded_at: DateTime<Utc>,
    /// Place of the event in the person's access log.
    #[serde(default)]
    pub log_seq: u64,
    /// The receipt itself, signed by the broker.
    pub signed: String,
}

/// What a receipt has to be about: everything that was asked and signed.
#[derive(Debug)]
pub(super) struct Owed {
    pub(super) grant_id: GrantId,
    /// The signed request that was answered.
    pub(super) request: String,
    /// The decisions that this wallet signed and that may be in force.
    pub(super) decisions: Vec<General>,
    /// The pauses and resumptions that this wallet signed.
    pub(super) changes: Vec<General>,
    /// The recipient's legal name, as the person saw it.
    pub(super) recipient_name: Text,
    pub(super) purpose: Purpose,
    pub(super) legal_basis: LegalBasis,
}

impl Owed {
    /// Whether the receipt repeats what was signed here, and nothing else.
    fn is_recorded_by(&self, claims: &ReceiptClaims) -> bool {
        claims.grant_id == self.grant_id
            && claims.request == self.request
            && self.decisions.contains(&claims.decision)
            && self.has_said(claims)
            && claims.purpose == self.purpose
            && claims.legal_basis == self.legal_basis
            && claims.recipient_name == self.recipient_name
    }

    /// A withdrawal is signed anew each time and never held against the person: that the grant's own key
    /// signed it is enough, which [`Receipt::verify`] has seen to.
    fn has_said(&self, claims: &ReceiptClaims) -> bool {
        let said = |change| self.changes.contains(change);
        claims.event == Event::Withdrawn || claims.change.as_ref().is_none_or(said)
    }
}

impl StoredReceipt {
    pub(super) fn store(&self, tx: &mut Transaction<'_>) -> Result<(), Error> {
        Ok(tx.put(&RECEIPTS, &self.receipt_id, self)?)
    }
}

impl Wallet {
    /// The receipts of one share, oldest first. What the wallet does not have yet is fetched.
    ///
    /// # Errors
    /// [`Error::Receipt`], or [`Error::ReceiptNotOurs`] when a receipt does not say what was signed
    /// here.
    pub async fn receipts(&self, grant_id: GrantId) -> Result<Vec<StoredReceipt>, Error> {
        let (broker, owed) = self.owed(grant_id)?;
        let connection = Broker::connect(self, &broker).await?;
        let fetched = connection.receipts(grant_id).await?;
        let fetched = fetched
            .iter()
            .map(|signed| self.check_receipt(&broker, signed, &owed))
            .collect::<Result<Vec<_>, _>>()?;
        self.vault()
            .write(|tx| fetched.iter().try_for_each(|receipt| receipt.store(tx)))?;
        self.kept_receipts(grant_id)
    }

    /// The receipts of one share that the wallet has, oldest first.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn kept_receipts(&self, grant_id: GrantId) -> Result<Vec<StoredReceipt>, Error> {
        let all = self
            .vault()
            .list(&RECEIPTS)?
            .into_iter()
            .map(|(_, receipt)| receipt);
        let mut kept: Vec<_> = all.filter(|receipt| receipt.grant_id == grant_id).collect();
        kept.sort_by_key(|receipt| (receipt.recorded_at, receipt.log_seq));
        Ok(kept)
    }

    /// The receipt that a broker owes for what it has just recorded: a consent's, a duty's or an own
    /// export's.
    pub(super) fn owed_receipt(
        &self,
        broker: &str,
        signed: &str,
        owed: &Owed,
        event: Event,
    ) -> Result<StoredReceipt, Error> {
        let receipt = self.check_receipt(broker, signed, owed)?;
        if receipt.event == event {
            Ok(receipt)
        } else {
            Err(Error::ReceiptNotOurs)
        }
    }

    /// Checks a receipt with the broker's registered key and against what was signed here.
    fn check_receipt(
        &self,
        broker: &str,
        signed: &str,
        owed: &Owed,
    ) -> Result<StoredReceipt, Error> {
        let receipt = Receipt::verify(signed, &self.broker_key(broker, signed)?)?;
        let claims = receipt.claims();
        let ours = claims.iss == broker && owed.is_recorded_by(claims);
        let recorded_at = receipt
            .recorded_at()
            .filter(|_at| ours)
            .ok_or(Error::ReceiptNotOurs)?;
        Ok(StoredReceipt {
            receipt_id: claims.receipt_id,
            grant_id: owed.grant_id,
            event: claims.event,
            recorded_at,
            log_seq: claims.log_seq,
            signed: signed.into(),
        })
    }

    /// The key with which a broker says that it signed this, from the trust list: a broker that changes its
    /// key has several there for a while.
    pub(super) fn broker_key(&self, broker: &str, signed: &str) -> Result<VerifyingKey, Error> {
        let trust = self.trust()?;
        let (participant, _) = trust.broker(broker).ok_or(Error::UnknownBroker)?;
        let jwk = match jws::claimed_kid(signed) {
            Some(kid) => participant.keys.find(&kid).ok_or(Error::UnknownBrokerKey)?,
            None => participant.keys.signing_key().ok_or(Error::UnknownBroker)?,
        };
        VerifyingKey::try_from(jwk).map_err(|_unusable| Error::UnknownBroker)
    }
}

#[cfg(test)]
mod tests;
