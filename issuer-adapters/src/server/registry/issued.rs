//! Issued credentials: a random index each, never used again, and a status that can change.

use chrono::{DateTime, Utc};
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    id::OfferId,
    oid4vci::notification::Event,
    sd_jwt::IssueError,
    status_list::StatusList,
};
use serde::{Deserialize, Serialize};

use super::{
    super::{seal::SealError, store::Changes},
    CredentialStatus, FORMAT, HolderMatch, IssuedEntry, Memory, Registry, RegistryError, combine,
    entry_hash,
    lists::NoFreeIndex,
    offers::remove_claims,
    rows::{IssuedRow, SUMMARY, SummaryRow, issued_key},
};

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
        let indexes = memory
            .lists
            .draw(wanted.copies, &*self.rng)
            .map_err(RegistryError::from)?;
        let made = make(&claims, &indexes)?;

        let mut changes = Changes::new();
        remove_claims(&wanted.offer, number, item.chunks, &mut changes);
        item.collected = true;
        item.chunks = 0;
        item.deferred = None;
        self.put_offer(&wanted.offer, &offer, &mut changes)?;
        let row = IssuedRow {
            copies: Vec::new(),
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

    /// Gives places to credentials that are handed over as files: one each, recorded as issued. Each counts
    /// as an offer of its own.
    pub(in crate::server) fn give_places(
        &self,
        kinds: &[CredentialType],
        matched: HolderMatch,
        now: DateTime<Utc>,
    ) -> Result<Vec<u32>, RegistryError> {
        let mut memory = self.memory();
        let mut places = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let row = IssuedRow {
                copies: Vec::new(),
                offer: OfferId::random(&*self.rng).map_err(SealError::from)?,
                vct: kind.vct().into(),
                matched,
                issued_at: now,
                status: CredentialStatus::Valid,
                changed_at: None,
                wallet_said: None,
            };
            let place = memory.lists.draw(1, &*self.rng)?;
            self.record(&mut memory, &place, &row, Changes::new())?;
            places.extend(place);
        }
        Ok(places)
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

    /// Changes the status of the credential at `index` and of all its copies; the same change again is no
    /// error.
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
        let (_key, _before, asked) = self.issued_row(index)?;
        let status = change
            .after(asked.status)
            .ok_or(RegistryError::Revoked { index })?;
        if status == asked.status {
            return Ok(asked.entry(index));
        }
        let all = std::iter::once(index).chain(asked.copies.iter().copied());
        let mut changed = Vec::new();
        for place in all.clone() {
            let (key, before, mut row) = self.issued_row(place)?;
            row.status = status;
            row.changed_at = Some(now);
            let after = self.sealed(&key, &row)?;
            changed.push((key, before, after));
        }
        self.replace(&mut memory, changed)?;
        for place in all {
            memory.lists.set(place, status.into())?;
        }
        let changed = IssuedRow {
            status,
            changed_at: Some(now),
            ..asked
        };
        Ok(changed.entry(index))
    }

    /// The row at `index`: its key, its sealed octets, and what it says.
    fn issued_row(&self, index: u32) -> Result<(Vec<u8>, Vec<u8>, IssuedRow), RegistryError> {
        let key = issued_key(index);
        let sealed = self
            .store
            .value(&key)?
            .ok_or(RegistryError::NoSuchCredential { index })?;
        let row = self.opened(&key, &sealed)?;
        Ok((key, sealed, row))
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
            let (key, before, mut row) = self.issued_row(*index)?;
            if row.offer != offer {
                return Err(RegistryError::NoSuchCredential { index: *index });
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
        let summary = self.summary(memory.lists.taken(), sum)?;
        changes.push((SUMMARY.to_vec(), Some(summary)));
        self.store.apply(changes)?;
        memory.sum = sum;
        Ok(())
    }

    /// The version of the status list of this number, from 0: it rises with every change in it, so that a
    /// signed list can be recognised as outdated.
    pub(in crate::server) fn list_version(&self, number: usize) -> Option<u64> {
        let memory = self.memory();
        memory.lists.list(number).map(|(version, _list)| version)
    }

    /// The status list of this number, and its version at the same moment.
    pub(in crate::server) fn status_list(&self, number: usize) -> Option<(u64, StatusList)> {
        let memory = self.memory();
        let found = memory.lists.list(number);
        found.map(|(version, list)| (version, list.clone()))
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
            let others = indexes.iter().copied().filter(|other| other != index);
            let row = IssuedRow {
                copies: others.collect(),
                ..row.clone()
            };
            let key = issued_key(*index);
            let sealed = self.sealed(&key, &row)?;
            hashes.push(entry_hash(&key, &sealed));
            changes.push((key, Some(sealed)));
        }
        let sum = memory.sum_with(&hashes);
        let summary = self.summary(memory.lists.taken() + indexes.len() as u64, sum)?;
        changes.push((SUMMARY.to_vec(), Some(summary)));
        self.store.apply(changes)?;
        memory.sum = sum;
        for index in indexes {
            memory.lists.take(*index, row.status.into())?;
        }
        Ok(())
    }

    fn summary(&self, issued: u64, sum: [u8; 32]) -> Result<Vec<u8>, RegistryError> {
        let row = SummaryRow {
            format: FORMAT,
            issued,
            sum,
        };
        self.sealed(SUMMARY, &row)
    }
}

impl From<NoFreeIndex> for RegistryError {
    fn from(error: NoFreeIndex) -> Self {
        match error {
            NoFreeIndex::Full => Self::ListFull,
            NoFreeIndex::Randomness(error) => SealError::from(error).into(),
        }
    }
}

impl Memory {
    fn sum_with(&self, hashes: &[[u8; 32]]) -> [u8; 32] {
        hashes.iter().fold(self.sum, combine)
    }
}
