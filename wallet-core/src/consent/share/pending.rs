//! A change that was signed here and that the broker has not confirmed: kept, handed in, and then either
//! confirmed or set aside.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{decision::Verdict, details::GrantedDetails, receipt::Event},
    id::GrantId,
    jose::jws::General,
};
use serde::{Deserialize, Serialize};

use super::{GRANTS, ShareState, StoredGrant};
use crate::{
    Error, Wallet,
    consent::{
        broker::{Broker, BrokerError, TOO_OLD},
        receipts::StoredReceipt,
    },
};

/// A change that was signed and that the broker has not confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PendingChange {
    pub(super) verdict: Verdict,
    pub(super) number: u32,
    pub(super) decision: General,
    /// What is granted with it and the deposit under it, when it grants.
    pub(super) terms: Option<PendingTerms>,
    pub(super) made_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PendingTerms {
    pub(super) details: GrantedDetails,
    pub(super) deposit: String,
    pub(super) sequence: u32,
}

impl Wallet {
    /// Hands in a change that waits. One that the broker says it will never take is set aside.
    pub(super) async fn settle(&self, id: GrantId) -> Result<(), Error> {
        let stored = self.stored_grant(id)?;
        let Some(pending) = stored.pending.as_ref().filter(|_| stored.state.is_living()) else {
            return Ok(());
        };
        let deposit = pending.terms.as_ref().map(|terms| terms.deposit.as_str());
        let broker = Broker::connect(self, &stored.broker).await?;
        match broker.change(id, &pending.decision, deposit).await {
            Ok(receipt) => {
                let owed = stored.owed_for(id, pending);
                let receipt =
                    self.owed_receipt(&stored.broker, &receipt, &owed, pending.event())?;
                self.confirm_change(id, pending, &receipt)
            }
            Err(Error::Broker(refusal)) if refusal.is(TOO_OLD) && self.is_old(pending.made_at) => {
                self.drop_pending(id, pending)
            }
            Err(Error::Broker(refusal)) if is_final(&refusal) => {
                self.drop_pending(id, pending)?;
                Err(refusal.into())
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn keep_pending(
        &self,
        id: GrantId,
        seen: &StoredGrant,
        pending: PendingChange,
    ) -> Result<(), Error> {
        self.vault().write(|tx| {
            let mut stored = self.stored_grant(id)?;
            // Two changes at once must not take the same number.
            if stored.pending.is_some()
                || stored.changes != seen.changes
                || !stored.state.is_living()
            {
                return Err(Error::ChangeWaits);
            }
            stored.signed.push(pending.decision.clone());
            stored.pending = Some(pending);
            tx.put(&GRANTS, &id, &stored)?;
            Ok(())
        })
    }

    /// A share that was stopped while the broker took the change stays to be stopped.
    fn confirm_change(
        &self,
        id: GrantId,
        pending: &PendingChange,
        receipt: &StoredReceipt,
    ) -> Result<(), Error> {
        self.vault().write(|tx| {
            let mut stored = self.stored_grant(id)?;
            stored.pending = None;
            stored.changes = pending.number;
            if let Some(terms) = &pending.terms {
                stored.details = terms.details.clone();
                stored.deposits = terms.sequence;
                let new = pending.decision.clone();
                let before = std::mem::replace(&mut stored.decision, new);
                stored.signed.push(before);
                self.supersede_renewal(tx, id, terms.details.until)?;
            }
            stored.state = match (pending.verdict, stored.state) {
                (Verdict::Paused, ShareState::Active) => ShareState::Paused,
                (Verdict::Resumed, ShareState::Paused) => ShareState::Active,
                (_, same) => same,
            };
            tx.put(&GRANTS, &id, &stored)?;
            receipt.store(tx)
        })
    }

    /// Only the waiting goes: that it was signed stays known.
    fn drop_pending(&self, id: GrantId, dropped: &PendingChange) -> Result<(), Error> {
        self.vault().write(|tx| {
            let mut stored = self.stored_grant(id)?;
            stored
                .pending
                .take_if(|pending| pending.decision == dropped.decision);
            tx.put(&GRANTS, &id, &stored)?;
            Ok(())
        })
    }
}

/// The broker has judged the change itself, and did not make it.
fn is_final(refusal: &BrokerError) -> bool {
    matches!(
        refusal,
        BrokerError::Refused {
            status: 400 | 409 | 413,
            ..
        }
    ) && !refusal.is(TOO_OLD)
}

impl PendingChange {
    pub(super) fn decision(&self) -> &General {
        &self.decision
    }

    pub(super) fn grants(&self) -> bool {
        self.terms.is_some()
    }

    fn event(&self) -> Event {
        match self.verdict {
            Verdict::Resumed => Event::Resumed,
            Verdict::Narrowed => Event::Narrowed,
            Verdict::Renewed => Event::Renewed,
            _ => Event::Paused,
        }
    }
}
