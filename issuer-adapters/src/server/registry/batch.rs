//! Many offers in one batch of the store, and the journal of rows that were offered: a row that was
//! offered is never offered again, however often the work is interrupted and begun anew.
//!
//! The journal's entry stands in the same batch as the offer, so that there is never one without the
//! other. Its key is a keyed hash of the row's fingerprint: whoever reads the store without the sealing
//! key cannot try names.

use std::{collections::HashSet, num::NonZero, thread};

use chrono::{DateTime, Utc};
use credential_core::id::OfferId;
use serde::{Deserialize, Serialize};

use super::{
    super::store::{Changes, StoreError},
    NewOffer, Registry, RegistryError,
    rows::JOURNAL,
};

/// One offer of a batch, and which row it is for.
#[derive(Debug)]
pub(in crate::server) struct NewRow<'a> {
    /// What tells this row from all others.
    pub(in crate::server) fingerprint: [u8; 32],
    pub(in crate::server) offer: NewOffer<'a>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) enum Rowed {
    /// The offer was made.
    Made,
    /// There was one before.
    Before(JournalRow),
}

/// What the journal keeps of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::server) struct JournalRow {
    pub(in crate::server) offer: OfferId,
    pub(in crate::server) expires_at: DateTime<Utc>,
}

impl Registry {
    /// Keeps the offers of all rows that have none yet, all or none of them; says of each what it was,
    /// in the order of the rows.
    pub(in crate::server) fn add_rows(
        &self,
        rows: &[NewRow<'_>],
    ) -> Result<Vec<Rowed>, RegistryError> {
        // Held from the first look into the journal, so that nobody offers a row in between.
        let _lock = self.memory();
        let prepared = self.prepared_by_all_cores(rows)?;
        let mut changes = Changes::new();
        let mut outcome = Vec::with_capacity(rows.len());
        let mut seen = HashSet::with_capacity(rows.len());
        for (row, prepared) in rows.iter().zip(prepared) {
            if !seen.insert(row.fingerprint) {
                return Err(RegistryError::RowTwice);
            }
            match prepared {
                Prepared::Before(before) => outcome.push(Rowed::Before(before)),
                Prepared::New(new) => {
                    changes.extend(new);
                    outcome.push(Rowed::Made);
                }
            }
        }
        if !changes.is_empty() {
            self.store.apply(changes)?;
        }
        Ok(outcome)
    }

    /// What the journal says of a row.
    pub(in crate::server) fn journal(
        &self,
        fingerprint: &[u8; 32],
    ) -> Result<Option<JournalRow>, RegistryError> {
        self.row(&self.journal_key(fingerprint))
    }

    /// Sealing is the work, and each row's is its own.
    fn prepared_by_all_cores(&self, rows: &[NewRow<'_>]) -> Result<Vec<Prepared>, RegistryError> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let share = rows.len().div_ceil(cores).max(1);
        thread::scope(|scope| {
            let workers: Vec<_> = rows
                .chunks(share)
                .map(|rows| {
                    scope.spawn(move || -> Result<Vec<_>, _> {
                        rows.iter().map(|row| self.prepare(row)).collect()
                    })
                })
                .collect();
            let mut prepared = Vec::with_capacity(rows.len());
            for worker in workers {
                let part = worker.join().map_err(|_panic| StoreError::Stopped)?;
                prepared.extend(part?);
            }
            Ok(prepared)
        })
    }

    fn prepare(&self, row: &NewRow<'_>) -> Result<Prepared, RegistryError> {
        if let Some(before) = self.journal(&row.fingerprint)? {
            return Ok(Prepared::Before(before));
        }
        let mut changes = self.offer_changes(&row.offer, false)?;
        let key = self.journal_key(&row.fingerprint);
        let entry = JournalRow {
            offer: row.offer.id,
            expires_at: row.offer.expires_at,
        };
        let sealed = self.sealed(&key, &entry)?;
        changes.push((key, Some(sealed)));
        Ok(Prepared::New(changes))
    }

    fn journal_key(&self, fingerprint: &[u8; 32]) -> Vec<u8> {
        [JOURNAL, &self.rows.tag(fingerprint)].concat()
    }
}

enum Prepared {
    New(Changes),
    Before(JournalRow),
}
