//! Who looked: the access log, followed entry by entry and checked at every sync.

use std::time::Duration;

use credential_core::{
    access_log::{Entry, HeadError, LogPage, SignedHead},
    id::GrantId,
};

use super::{
    broker::{Broker, BrokerError},
    global_log::GlobalLog,
};
use crate::{Error, Wallet, vault::Tree};

const HEADS: Tree<String, SignedHead> = Tree::new("log_heads");
pub(super) const ENTRIES: Tree<(String, u64), Entry> = Tree::new("log_entries");
/// How long the broker is asked to wait; shorter than the client's own limit.
const PATIENCE: Duration = Duration::from_secs(15);
/// How many pages one sync follows; the next goes on from there.
const MOST_PAGES: usize = 64;
/// A signed page that did not check out, kept as evidence together with the head the wallet trusts.
/// The first one stays; what the broker did not sign proves nothing.
const EVIDENCE: Tree<(String, u64), LogPage> = Tree::new("log_evidence");

/// What a sync brought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogSync {
    /// Entries that are new to the wallet, oldest first.
    pub new: Vec<Entry>,
    /// The head after the sync; its size is the number of entries that were checked.
    pub head: SignedHead,
    /// What is known of that head in the broker's global log.
    pub global: GlobalLog,
}

impl Wallet {
    /// Follows the log of this person at one broker: fetches what is new and checks signature, order,
    /// consistency proof and root.
    ///
    /// A log of more than 64 pages is followed at the next call.
    ///
    /// # Errors
    /// [`Error::Log`] when the log was changed, cut or reordered, [`Error::GlobalLog`] when the global log
    /// tells another history or takes one back; the evidence is kept.
    pub async fn sync_log(&self, broker: &str) -> Result<LogSync, Error> {
        let connection = Broker::connect(self, broker).await?;
        let mut new = Vec::new();
        for last in (0..MOST_PAGES).rev() {
            let known = self.vault().get(&HEADS, &broker.to_owned())?;
            let since = known.as_ref().map_or(0, |head| head.head().size);
            let page = connection.log_since(since).await?;
            let key = self.broker_key(broker, &page.head)?;
            let head = SignedHead::advance(known.as_ref(), &page, &key, broker);
            let head = head.or_else(|error| self.accuse((broker, since), &page, error))?;
            self.keep(broker, &page, &head)?;
            // A long log comes in several pages; the last one is empty.
            let is_end = page.entries.is_empty() || last == 0;
            new.extend(page.entries);
            if !is_end {
                continue;
            }
            let global = self.check_global_log(&connection, broker, &head).await?;
            if let Some(global) = global {
                return Ok(LogSync { new, head, global });
            }
            // Something has happened meanwhile: it is fetched first.
        }
        Err(BrokerError::NotUnderstood.into())
    }

    /// Waits until something new is in the log at one broker, then follows it as [`Self::sync_log`] does.
    /// None when nothing happened for a quarter of a minute. What the broker says about growth is a hint
    /// alone: whatever is believed was checked in the sync.
    ///
    /// # Errors
    /// As [`Self::sync_log`].
    pub async fn watch_log(&self, broker: &str) -> Result<Option<LogSync>, Error> {
        let known = self.vault().get(&HEADS, &broker.to_owned())?;
        let since = known.as_ref().map_or(0, |head| head.head().size);
        let connection = Broker::connect(self, broker).await?;
        if connection.log_grown(since, PATIENCE).await? {
            return self.sync_log(broker).await.map(Some);
        }
        Ok(None)
    }

    fn accuse<T>(
        &self,
        (broker, since): (&str, u64),
        page: &LogPage,
        error: HeadError,
    ) -> Result<T, Error> {
        let place = (broker.to_owned(), since);
        self.vault().write(|tx| {
            let is_first = self.vault().get(&EVIDENCE, &place)?.is_none();
            if is_first && !matches!(error, HeadError::Jws(_)) {
                tx.put(&EVIDENCE, &place, page)?;
            }
            Ok::<_, Error>(())
        })?;
        Err(error.into())
    }

    fn keep(&self, broker: &str, page: &LogPage, head: &SignedHead) -> Result<(), Error> {
        self.vault().write(|tx| {
            for entry in &page.entries {
                tx.put(&ENTRIES, &(broker.to_owned(), entry.seq), entry)?;
            }
            tx.put(&HEADS, &broker.to_owned(), head)
                .map_err(Error::from)
        })
    }

    /// The entries the wallet has checked, oldest first; of one share or of all.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn log(&self, grant: Option<GrantId>) -> Result<Vec<Entry>, Error> {
        let all = self
            .vault()
            .list(&ENTRIES)?
            .into_iter()
            .map(|(_, entry)| entry);
        let mut entries: Vec<_> = all
            .filter(|entry| grant.is_none_or(|id| entry.grant_id == id))
            .collect();
        entries.sort_by_key(|entry| (entry.at, entry.seq));
        Ok(entries)
    }
}

#[cfg(test)]
mod tests;
