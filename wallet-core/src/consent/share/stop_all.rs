//! Stopping everything: kept here first for every share, then told to each broker in one step.

use std::collections::BTreeMap;

use credential_core::{consent::receipt::Event, id::GrantId, jose::jws::General};

use super::{GRANTS, Share, ShareState};
use crate::{
    Error, Wallet,
    consent::broker::{Broker, EndedGrant},
};

/// Most withdrawals that a broker takes at once.
const AT_ONCE: usize = 40;

/// What became of the shares that were to be stopped.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoppedAll {
    /// The shares; a state of stopping means that its broker has not confirmed it yet.
    pub shares: Vec<Share>,
    /// Why brokers did not confirm.
    pub failures: Vec<Error>,
}

impl Wallet {
    /// Stops every share. That they are stopped is kept first; a broker that cannot be reached does not
    /// keep the others waiting. Calling again tells those that have not confirmed.
    ///
    /// # Errors
    /// [`Error::Vault`] or a key that does not sign. What brokers say is in the answer.
    pub async fn stop_all(&self) -> Result<StoppedAll, Error> {
        let to_stop = self.begin_to_stop_all()?;
        let mut failures = Vec::new();
        for (broker, ids) in to_stop.confirmed {
            for ids in ids.chunks(AT_ONCE) {
                failures.extend(self.stop_together(&broker, ids).await.err());
            }
        }
        for id in to_stop.unconfirmed {
            failures.extend(self.stop(id).await.err());
        }
        let shares = to_stop.all.into_iter().map(|id| self.share(id));
        Ok(StoppedAll {
            shares: shares.collect::<Result<_, _>>()?,
            failures,
        })
    }

    fn begin_to_stop_all(&self) -> Result<ToStop, Error> {
        let mut to_stop = ToStop::default();
        for (id, stored) in self.vault().list(&GRANTS)? {
            if !(stored.state.is_living()
                || matches!(stored.state, ShareState::Unconfirmed | ShareState::Stopping))
            {
                continue;
            }
            let stored = self.begin_to_stop(id)?;
            to_stop.all.push(id);
            if stored.is_unconfirmed() {
                to_stop.unconfirmed.push(id);
            } else {
                to_stop.confirmed.entry(stored.broker).or_default().push(id);
            }
        }
        Ok(to_stop)
    }

    /// Withdraws shares of one broker in one step; each needs its own receipt to be called stopped.
    async fn stop_together(&self, issuer: &str, ids: &[GrantId]) -> Result<(), Error> {
        let withdrawals: Vec<General> = ids
            .iter()
            .map(|id| self.withdrawal(*id, &self.stored_grant(*id)?))
            .collect::<Result<_, Error>>()?;
        let broker = Broker::connect(self, issuer).await?;
        let ended = broker.withdraw_all(&withdrawals).await?;
        let mut doubtful = Ok(());
        for id in ids {
            let confirmed = self.confirm_stop(issuer, *id, &ended);
            doubtful = doubtful.and(confirmed);
        }
        doubtful
    }

    fn confirm_stop(&self, issuer: &str, id: GrantId, ended: &[EndedGrant]) -> Result<(), Error> {
        let said = ended.iter().find(|one| one.grant_id == id);
        let said = said.ok_or(Error::ReceiptNotOurs)?;
        let owed = self.stored_grant(id)?.owed(id);
        let receipt = self.owed_receipt(issuer, &said.receipt, &owed, Event::Withdrawn)?;
        self.end_stop(id, Some(&receipt)).map(drop)
    }
}

#[derive(Default)]
struct ToStop {
    all: Vec<GrantId>,
    confirmed: BTreeMap<String, Vec<GrantId>>,
    /// The broker may never have heard of these.
    unconfirmed: Vec<GrantId>,
}
