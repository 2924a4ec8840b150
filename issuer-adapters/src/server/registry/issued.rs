//! Issued credentials: a random index each, never used again, and a status that can change.

use chrono::{DateTime, Utc};
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    id::OfferId,
    oid4vci::notification::Event,
    rng::random,
    sd_jwt::IssueError,
    status_list::StatusList,
};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        seal::SealError,
        store::{Changes, StoreError},
    },
    CredentialStatus, FORMAT, IssuedEntry, LIST_CAPACITY, Memory, Registry, RegistryError, combine,
    entry_hash,
    offers::remove_claims,
    rows::{IssuedRow, SUMMARY, SummaryRow, issued_key},
};

/// Beyond three quarters a random place is too often taken.
const MOST_ISSUED: usize = LIST_CAPACITY as usize / 4 * 3;
/// Draws for one index: at three quarters all fail once in 10^32 times, or with a broken generator.
const DRAWS: usize = 256;

/// What is to be collected.
#[derive(Debug)]
pub(in crate::server) struct Wanted {
    pub(in crate::server) offer: OfferId,
    pub(in crate::server) credential_type: CredentialType,
    /// How many copies, each bound to another key.
    pub(in crate::server) copies: usize,
    pub(in crate::server) now: DateTime<Utc>,
}

/// Why nothing was collected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::server) enum CollectError {
    /// The offer is gone, or its access token's time is over.
    #[error("the offer is gone")]
    Gone,
    /// The offer has no credential of this type.
    #[error("the offer has no credential of this type")]
    NotOffered,
    /// It was handed out before.
    #[error("the credential was collected before")]
    Collected,
    /// It could not be made.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The registry refused.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// A change of an issued credential's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatusChange {
    /// Withdraw for good.
    Revoke,
    /// Not to be relied on for now.
    Suspend,
    /// Good again after a suspension.
    Resume,
}

impl StatusChange {
    fn after(self, now: CredentialStatus) -> Option<CredentialStatus> {
        match (now, self) {
            (_, Self::Revoke) => Some(CredentialStatus::Revoked),
            (CredentialStatus::Revoked, _) => None,
            (_, Self::Suspend) => Some(CredentialStatus::Suspended),
            (_, Self::Resume) => Some(CredentialStatus::Valid),
        }
    }
}

impl Registry {
    /// Hands one credential of an offer out, once: draws the indexes, lets `make` sign, and in one
    /// batch records them, marks the credential collected and deletes its claims. Gives what was made and
    /// the indexes. When anything fails, nothing has happened.
    pub(in crate::server) fn collect<T>(
        &self,
        wanted: &Wanted,
        make: impl FnOnce(&CredentialClaims, &[u32]) -> Result<T, IssueError>,
    ) -> Result<(T, Vec<u32>), CollectError> {
        let mut memory = self.memory();
        let mut offer = self
            .offer_row(&wanted.offer)?
            .filter(|row| row.is_redeemed(wanted.now))
            .ok_or(CollectError::Gone)?;
        let matched = offer.matched;
        let (number, item) = (0_u8..)
            .zip(&mut offer.items)
            .find(|(_, item)| item.vct == wanted.credential_type.vct())
            .ok_or(CollectError::NotOffered)?;
        if item.collected {
            return Err(CollectError::Collected);
        }
        let claims = self.prepared(&wanted.offer, number, item.chunks)?;
        let indexes = self.free_indexes(&memory, wanted.copies)?;
        let made = make(&claims, &indexes)?;

        let mut changes = Changes::new();
        remove_claims(&wanted.offer, number, item.chunks, &mut changes);
        item.collected = true;
        item.chunks = 0;
        item.deferred = None;
        self.put_offer(&wanted.offer, &offer, &mut changes)?;
        let row = IssuedRow {
            offer: wanted.offer,
            vct: wanted.credential_type.vct().into(),
            matched,
            issued_at: wanted.now,
            status: CredentialStatus::Valid,
            changed_at: None,
            wallet_said: None,
        };
        self.record(&mut memory, &indexes, &row, changes)?;
        Ok((made, indexes))
    }

    /// Everything issued, in the order of the indexes, which is no order at all.
    ///
    /// # Errors
    /// [`RegistryError`] when the store does not answer.
    pub fn issued(&self) -> Result<Vec<IssuedEntry>, RegistryError> {
        let mut entries = Vec::new();
        self.each_issued(|index, row, _hash| {
            entries.push(row.entry(index));
            Ok(())
        })?;
        Ok(entries)
    }

    /// Changes the status of the credential at `index`; the same change again is no error.
    ///
    /// # Errors
    /// [`RegistryError::NoSuchCredential`], or [`RegistryError::Revoked`] for any change but revoking.
    pub fn change_status(
        &self,
        index: u32,
        change: StatusChange,
        now: DateTime<Utc>,
    ) -> Result<IssuedEntry, RegistryError> {
        let mut memory = self.memory();
        let key = issued_key(index);
        let before = self
            .store
            .value(&key)?
            .ok_or(RegistryError::NoSuchCredential { index })?;
        let mut row: IssuedRow = self.opened(&key, &before)?;
        let status = change
            .after(row.status)
            .ok_or(RegistryError::Revoked { index })?;
        if status == row.status {
            return Ok(row.entry(index));
        }
        row.status = status;
        row.changed_at = Some(now);
        let after = self.sealed(&key, &row)?;
        self.replace(&mut memory, vec![(key, before, after)])?;
        memory.version += 1;
        memory
            .list
            .set(index, status.into())
            .map_err(|_outside| StoreError::Damaged)?;
        Ok(row.entry(index))
    }

    /// Keeps what a wallet said of the credentials at `indexes`, which were collected from `offer`; the
    /// same again is no change.
    pub(in crate::server) fn note(
        &self,
        offer: OfferId,
        indexes: &[u32],
        said: Event,
    ) -> Result<(), RegistryError> {
        let mut memory = self.memory();
        let mut changed = Vec::new();
        for index in indexes {
            let key = issued_key(*index);
            let unknown = || RegistryError::NoSuchCredential { index: *index };
            let before = self.store.value(&key)?.ok_or_else(unknown)?;
            let mut row: IssuedRow = self.opened(&key, &before)?;
            if row.offer != offer {
                return Err(unknown());
            }
            if row.wallet_said != Some(said) {
                row.wallet_said = Some(said);
                let after = self.sealed(&key, &row)?;
                changed.push((key, before, after));
            }
        }
        self.replace(&mut memory, changed)
    }

    /// Puts other rows in the place of issued ones, each given by its key, before and after.
    fn replace(
        &self,
        memory: &mut Memory,
        rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)>,
    ) -> Result<(), RegistryError> {
        if rows.is_empty() {
            return Ok(());
        }
        let hashes = rows
            .iter()
            .flat_map(|(key, before, after)| [entry_hash(key, before), entry_hash(key, after)]);
        let sum = memory.sum_with(&hashes.collect::<Vec<_>>());
        let mut changes: Changes = rows
            .into_iter()
            .map(|(key, _before, after)| (key, Some(after)))
            .collect();
        let summary = self.summary(memory.taken.len(), sum)?;
        changes.push((SUMMARY.to_vec(), Some(summary)));
        self.store.apply(changes)?;
        memory.sum = sum;
        Ok(())
    }

    /// Rises with every change of a status, so that a signed list can be recognised as outdated.
    pub(in crate::server) fn list_version(&self) -> u64 {
        self.memory().version
    }

    /// The list and its version, at one moment.
    pub(in crate::server) fn status_list(&self) -> (u64, StatusList) {
        let memory = self.memory();
        (memory.version, memory.list.clone())
    }

    fn record(
        &self,
        memory: &mut Memory,
        indexes: &[u32],
        row: &IssuedRow,
        mut changes: Changes,
    ) -> Result<(), RegistryError> {
        let mut hashes = Vec::with_capacity(indexes.len());
        for index in indexes {
            let key = issued_key(*index);
            let sealed = self.sealed(&key, row)?;
            hashes.push(entry_hash(&key, &sealed));
            changes.push((key, Some(sealed)));
        }
        let sum = memory.sum_with(&hashes);
        let summary = self.summary(memory.taken.len() + indexes.len(), sum)?;
        changes.push((SUMMARY.to_vec(), Some(summary)));
        self.store.apply(changes)?;
        memory.sum = sum;
        memory.taken.extend(indexes);
        Ok(())
    }

    fn summary(&self, issued: usize, sum: [u8; 32]) -> Result<Vec<u8>, RegistryError> {
        let row = SummaryRow {
            format: FORMAT,
            issued: issued as u64,
            sum,
        };
        self.sealed(SUMMARY, &row)
    }

    /// Random places nobody ever had, all different.
    fn free_indexes(&self, memory: &Memory, count: usize) -> Result<Vec<u32>, RegistryError> {
        if memory.taken.len() + count > MOST_ISSUED {
            return Err(RegistryError::ListFull);
        }
        let mut free = Vec::with_capacity(count);
        for _draw in 0..count * DRAWS {
            if free.len() == count {
                break;
            }
            let octets = random(&*self.rng).map_err(SealError::from)?;
            // The capacity is a power of two, so every place is equally likely.
            let index = u32::from_be_bytes(octets) % LIST_CAPACITY;
            if !memory.taken.contains(&index) && !free.contains(&index) {
                free.push(index);
            }
        }
        if free.len() < count {
            return Err(RegistryError::ListFull);
        }
        Ok(free)
    }
}

impl Memory {
    fn sum_with(&self, hashes: &[[u8; 32]]) -> [u8; 32] {
        hashes.iter().fold(self.sum, combine)
    }
}
