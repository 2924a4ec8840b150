//! Writing: changes are gathered first, then sealed, listed and applied as one.

use std::{
    collections::{BTreeMap, btree_map},
    sync::{MutexGuard, PoisonError, atomic::Ordering},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Tree, Vault, VaultError,
    catalogue::{Catalogue, Revision},
    engine::Changes,
    mark::{Mark, NextMark},
    part::{self, PART, Part},
    plaintext::Plaintext,
    seal::{Blinded, Version},
};

/// The most that one write may hold, in octets of laid-out records.
pub const MAX_WRITE: usize = 16 * 1024 * 1024;

/// Changes that happen together or not at all. It sees the vault as it is, with its own changes.
#[derive(Debug)]
pub struct Transaction<'v> {
    vault: &'v Vault,
    pending: BTreeMap<Blinded, Pending>,
    octets: usize,
}

/// What becomes of one record: `None` removes it.
struct Pending {
    tree: &'static str,
    record: Option<Plaintext>,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("tree", &self.tree)
            .finish_non_exhaustive()
    }
}

impl<'v> Transaction<'v> {
    pub(super) fn new(vault: &'v Vault) -> Self {
        Self {
            vault,
            pending: BTreeMap::new(),
            octets: 0,
        }
    }

    /// The value of `key`, if there is one.
    ///
    /// # Errors
    /// As [`Vault::get`].
    pub fn get<K, V>(&self, tree: &Tree<K, V>, key: &K) -> Result<Option<V>, VaultError>
    where
        K: Serialize,
        V: DeserializeOwned,
    {
        let blinded = self.vault.blind(tree, key)?;
        match self.pending.get(&blinded) {
            Some(Pending { record, .. }) => record.as_ref().map(|r| tree.value(r)).transpose(),
            None => self.vault.get(tree, key),
        }
    }

    /// All records of a tree, in the order of their keys.
    ///
    /// # Errors
    /// As [`Vault::list`].
    pub fn list<K, V>(&self, tree: &Tree<K, V>) -> Result<Vec<(K, V)>, VaultError>
    where
        K: DeserializeOwned + Ord,
        V: DeserializeOwned,
    {
        let mut pairs = self
            .vault
            .list_except(tree, |record| self.pending.contains_key(record))?;
        for pending in self.pending.values().filter(|p| p.tree == tree.name()) {
            if let Some(record) = &pending.record {
                pairs.push(tree.pair(record)?);
            }
        }
        pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(pairs)
    }

    /// Sets the value of `key`, in place of any earlier one.
    ///
    /// # Errors
    /// [`VaultError::NotSerializable`], or [`VaultError::TooLarge`] beyond
    /// [`MAX_KEY`](super::MAX_KEY), [`MAX_VALUE`](super::MAX_VALUE) or [`MAX_WRITE`].
    pub fn put<K, V>(&mut self, tree: &Tree<K, V>, key: &K, value: &V) -> Result<(), VaultError>
    where
        K: Serialize,
        V: Serialize,
    {
        let key = tree.key(key)?;
        let record = tree.record(&key, value)?;
        if self.octets + record.len() > MAX_WRITE {
            return Err(VaultError::TooLarge { limit: MAX_WRITE });
        }
        self.octets += record.len();
        let blinded = self.vault.keys.blind(tree.name(), &key);
        let (tree, record) = (tree.name(), Some(record));
        self.set(blinded, Pending { tree, record });
        Ok(())
    }

    /// Removes `key`; says whether it was there.
    ///
    /// # Errors
    /// [`VaultError::NotSerializable`], or [`VaultError::TooLarge`] for the key.
    pub fn delete<K, V>(&mut self, tree: &Tree<K, V>, key: &K) -> Result<bool, VaultError>
    where
        K: Serialize,
    {
        let blinded = self.vault.blind(tree, key)?;
        let was_there = match self.pending.get(&blinded) {
            Some(pending) => pending.record.is_some(),
            None => self.vault.catalogue().listing(&blinded).is_some(),
        };
        let tree = tree.name();
        self.set(blinded, Pending { tree, record: None });
        Ok(was_there)
    }

    fn set(&mut self, record: Blinded, pending: Pending) {
        match self.pending.entry(record) {
            btree_map::Entry::Vacant(vacant) => {
                vacant.insert(pending);
            }
            btree_map::Entry::Occupied(mut occupied) => {
                let before = occupied.insert(pending);
                self.octets -= before.record.map_or(0, |record| record.len());
            }
        }
    }

    /// Seals everything under the next epoch, and makes it last.
    pub(super) fn commit(self, mark: &mut Mark) -> Result<(), VaultError> {
        let Some((revision, changes)) = self.prepare()? else {
            return Ok(());
        };
        let vault = self.vault;
        let next = NextMark::new(revision.version(), &vault.keys.catalogue, &*vault.rng)?;
        // From here on a failure leaves unknown what is on disk.
        let done = vault.apply(revision, changes).and_then(|()| {
            vault.engine.sync()?;
            mark.write(&next)
        });
        if done.is_err() {
            vault.stopped.store(true, Ordering::Release);
        }
        done
    }

    /// The changes to the engine's entries; `None` when nothing changes.
    fn prepare(&self) -> Result<Option<(Revision, Changes)>, VaultError> {
        let vault = self.vault;
        let before = vault.catalogue();
        let epoch = before.version().epoch;
        // Two to the power of 64 writes do not happen.
        let next = epoch.checked_add(1).ok_or(VaultError::Stopped)?;
        let mut revision = before.revise(Version::of(next, &*vault.rng)?);
        let mut changes = Changes::new();
        for (record, pending) in &self.pending {
            pending.prepare(record, vault, &before, &mut revision, &mut changes)?;
        }
        if changes.is_empty() {
            return Ok(None);
        }
        revision.seal(&before, &vault.keys, &*vault.rng, &mut changes)?;
        Ok(Some((revision, changes)))
    }
}

impl Pending {
    fn prepare(
        &self,
        record: &Blinded,
        vault: &Vault,
        before: &Catalogue,
        revision: &mut Revision,
        changes: &mut Changes,
    ) -> Result<(), VaultError> {
        let old = before.listing(record).map_or(0, |listing| listing.parts);
        let kept = match &self.record {
            Some(plaintext) => {
                let parts = self.seal(record, plaintext, vault, revision.version(), changes)?;
                revision.list(*record, self.tree, parts)?;
                parts
            }
            None if old == 0 => return Ok(()),
            None => {
                revision.strike(*record);
                0
            }
        };
        changes.extend((kept..old).map(|number| (part::entry(record, number).to_vec(), None)));
        Ok(())
    }

    /// Adds the sealed parts of the record to `changes`; gives how many they are.
    fn seal(
        &self,
        record: &Blinded,
        plaintext: &[u8],
        vault: &Vault,
        version: Version,
        changes: &mut Changes,
    ) -> Result<u16, VaultError> {
        let pieces = plaintext.chunks(PART);
        let parts = u16::try_from(pieces.len())
            .map_err(|_many| VaultError::TooLarge { limit: MAX_WRITE })?;
        for (number, octets) in (0..parts).zip(pieces) {
            let part = Part {
                tree: self.tree,
                record,
                part: number,
                parts,
            };
            let sealed = part.seal(&vault.keys, version, octets, &*vault.rng)?;
            changes.push((part::entry(record, number).to_vec(), Some(sealed)));
        }
        Ok(parts)
    }
}

impl Vault {
    /// Changes any number of records of any trees, all or none, and makes the changes durable.
    ///
    /// `change` runs once, alone among writers. When it fails nothing is written. A write that
    /// changes something raises [`Self::epoch`] by one. Other threads may read the changes a moment
    /// before this returns, that is, before they would survive a power failure.
    ///
    /// `change` must not call `write`, [`put`](Self::put) or [`delete`](Self::delete) of the same
    /// vault: it would wait for itself.
    ///
    /// # Errors
    /// What `change` returns; otherwise [`VaultError::Full`], [`VaultError::Io`],
    /// [`VaultError::Randomness`], and [`VaultError::Stopped`] after a write that failed half-way.
    pub fn write<T, E: From<VaultError>>(
        &self,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut mark = self.writer();
        self.refuse_when_stopped()?;
        let mut transaction = Transaction::new(self);
        let value = change(&mut transaction)?;
        transaction.commit(&mut mark)?;
        Ok(value)
    }

    /// Sets the value of `key`, durably.
    ///
    /// # Errors
    /// As [`Transaction::put`] and [`Self::write`].
    pub fn put<K, V>(&self, tree: &Tree<K, V>, key: &K, value: &V) -> Result<(), VaultError>
    where
        K: Serialize,
        V: Serialize,
    {
        self.write(|transaction| transaction.put(tree, key, value))
    }

    /// Removes `key`, durably; says whether it was there.
    ///
    /// # Errors
    /// As [`Transaction::delete`] and [`Self::write`].
    pub fn delete<K, V>(&self, tree: &Tree<K, V>, key: &K) -> Result<bool, VaultError>
    where
        K: Serialize,
    {
        self.write(|transaction| transaction.delete(tree, key))
    }

    /// The mark is the writers' lock. A writer that panicked in its own code had changed nothing.
    fn writer(&self) -> MutexGuard<'_, Mark> {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes engine and catalogue in one moment, as far as readers can see.
    fn apply(&self, revision: Revision, changes: Changes) -> Result<(), VaultError> {
        let mut catalogue = self
            .catalogue
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        self.engine.apply(changes)?;
        catalogue.adopt(revision);
        Ok(())
    }
}
