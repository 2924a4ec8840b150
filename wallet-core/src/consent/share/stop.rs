//! Stopping: kept here first, then told to the broker.

use credential_core::{
    consent::{decision::Verdict, receipt::Event},
    id::GrantId,
    jose::jws::General,
};

use super::{ANSWERS, GRANTS, Share, ShareState, StoredGrant};
use crate::{
    Error, Wallet,
    consent::{broker::Broker, receipts::StoredReceipt},
    keys::{self, KeyPurpose},
};

/// How a broker says that it has no such grant.
const NO_SUCH_GRANT: &str = "grant_unknown";

impl Wallet {
    /// Stops a share. That it is stopped is kept first; when the broker cannot be reached, calling
    /// again signs the stop anew, because a broker takes only a stop of this moment.
    ///
    /// A request whose answer was never confirmed may be answered anew once that answer is stopped.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Broker`] means: stopped here, not confirmed there.
    pub async fn stop(&self, id: GrantId) -> Result<Share, Error> {
        let stored = self.begin_to_stop(id)?;
        if stored.state == ShareState::Stopped {
            return Ok(stored.shown(id));
        }
        let broker = Broker::connect(self, &stored.broker).await?;
        let receipt = match broker.withdraw(id, &self.withdrawal(id, &stored)?).await {
            Ok(receipt) => {
                let owed = stored.owed(id);
                Some(self.owed_receipt(&stored.broker, &receipt, &owed, Event::Withdrawn)?)
            }
            // An answer that never arrived leaves nothing to be stopped, and no receipt.
            Err(Error::Broker(refusal)) if stored.is_unconfirmed() && refusal.is(NO_SUCH_GRANT) => {
                None
            }
            Err(error) => return Err(error),
        };
        self.end_stop(id, receipt.as_ref())
    }

    pub(super) fn begin_to_stop(&self, id: GrantId) -> Result<StoredGrant, Error> {
        self.vault().write(|tx| {
            let mut stored = self.stored_grant(id)?;
            if stored.state != ShareState::Stopped {
                stored.state = ShareState::Stopping;
                tx.put(&GRANTS, &id, &stored)?;
                if self.vault().get(&ANSWERS, &stored.request_id)? == Some(id) {
                    tx.delete(&ANSWERS, &stored.request_id)?;
                }
            }
            Ok(stored)
        })
    }

    pub(super) fn end_stop(
        &self,
        id: GrantId,
        receipt: Option<&StoredReceipt>,
    ) -> Result<Share, Error> {
        self.vault().write(|tx| {
            let stored = StoredGrant {
                state: ShareState::Stopped,
                deposit: None,
                pending: None,
                ..self.stored_grant(id)?
            };
            tx.put(&GRANTS, &id, &stored)?;
            receipt.map_or(Ok(()), |receipt| receipt.store(tx))?;
            Ok(stored.shown(id))
        })
    }

    pub(super) fn withdrawal(&self, id: GrantId, stored: &StoredGrant) -> Result<General, Error> {
        let key = keys::load(self.vault(), &stored.key_id, KeyPurpose::Grant)?;
        let word = stored.word(id, Verdict::Withdrawn, None, self.now());
        Ok(word.sign(&key)?)
    }
}

impl StoredGrant {
    /// Whether the broker has never confirmed the approval.
    pub(super) fn is_unconfirmed(&self) -> bool {
        self.deposit.is_some()
    }
}
