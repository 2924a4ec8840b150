//! One transaction: reads see its own writes; what it wrote is handed over as one batch.
//!
//! A large value is kept in pieces under its key and a piece number. Its key's length is fixed, so the
//! pieces are exactly the keys that begin with it.

use serde::{Serialize, de::DeserializeOwned};

use crate::storage::{
    StorageError,
    engine::{Changes, Key, Pair, Range, Source},
};

/// Most rows one scan gives: what one person's list may grow to.
const MAX_ROWS: usize = 1 << 20;

/// A transaction under way.
pub struct Tx<'s> {
    source: &'s dyn Source,
    changes: Changes,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

impl<'s> Tx<'s> {
    pub(in crate::storage) fn new(source: &'s dyn Source) -> Self {
        Self {
            source,
            changes: Changes::new(),
        }
    }

    pub(in crate::storage) fn into_changes(self) -> Changes {
        self.changes
    }

    pub(super) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Says what the transaction will look at first: an engine may fetch it all at once.
    pub(super) fn expect(&self, wanted: &[Range]) -> Result<(), StorageError> {
        self.source.expect(wanted)
    }

    pub(super) fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        match self.changes.get(key) {
            Some(change) => Ok(change.clone()),
            None => self.source.value(key),
        }
    }

    pub(super) fn set_bytes(&mut self, key: Key, value: Vec<u8>) {
        self.changes.insert(key, Some(value));
    }

    pub(super) fn row<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StorageError> {
        self.bytes(key)?.map(|octets| read(&octets)).transpose()
    }

    pub(super) fn set<T: Serialize>(&mut self, key: Key, row: &T) -> Result<(), StorageError> {
        let octets = serde_json::to_vec(row).map_err(|_error| StorageError::Damaged)?;
        self.set_bytes(key, octets);
        Ok(())
    }

    pub(super) fn remove(&mut self, key: Key) {
        self.changes.insert(key, None);
    }

    /// Keys that begin with `prefix` and their values, in order.
    pub(super) fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, StorageError> {
        let stored = self.source.range(&all(prefix))?;
        Ok(self.with_own_changes(prefix, stored))
    }

    /// Stored keys that begin with `prefix`, as this transaction has changed them.
    fn with_own_changes(&self, prefix: &[u8], stored: Vec<Pair>) -> Vec<Pair> {
        if self.changes.is_empty() {
            return stored;
        }
        let mut rows: std::collections::BTreeMap<_, _> = stored.into_iter().collect();
        for (key, change) in self.changes.range(prefix.to_vec()..) {
            if !key.starts_with(prefix) {
                break;
            }
            match change {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        rows.into_iter().collect()
    }

    pub(super) fn rows<T: DeserializeOwned>(&self, prefix: &[u8]) -> Result<Vec<T>, StorageError> {
        let rows = self.scan(prefix)?;
        rows.iter().map(|(_key, value)| read(value)).collect()
    }

    /// Stored keys from `from` up to but not including `to`; this transaction's own are not seen.
    pub(super) fn stored_range(
        &self,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, StorageError> {
        self.source.range(&Range {
            from: from.to_vec(),
            to: to.to_vec(),
            limit,
        })
    }

    /// The first keys that begin with `prefix`, at most so many, in order and with what this transaction
    /// has written itself.
    pub(super) fn first(&self, prefix: &[u8], most: usize) -> Result<Vec<Pair>, StorageError> {
        let removed = self.changes.values().filter(|change| change.is_none());
        let enough = most.saturating_add(removed.count());
        let stored = self.source.range(&Range::below(prefix, enough))?;
        let mut rows = self.with_own_changes(prefix, stored);
        rows.truncate(most);
        Ok(rows)
    }

    pub(super) fn large(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        let pieces = self.scan(key)?.into_iter().map(|(_key, piece)| piece);
        Ok(pieces.reduce(|mut whole, piece| {
            whole.extend_from_slice(&piece);
            whole
        }))
    }

    pub(super) fn large_text(&self, key: &[u8]) -> Result<Option<String>, StorageError> {
        let octets = self.large(key)?;
        octets
            .map(|octets| String::from_utf8(octets).map_err(|_error| StorageError::Damaged))
            .transpose()
    }

    pub(super) fn large_row<T: DeserializeOwned>(
        &self,
        key: &[u8],
    ) -> Result<Option<T>, StorageError> {
        self.large(key)?.map(|octets| read(&octets)).transpose()
    }

    pub(super) fn set_large(&mut self, key: &[u8], value: &[u8]) -> Result<(), StorageError> {
        self.remove_all(key)?;
        self.add_large(key, value);
        Ok(())
    }

    /// As [`Self::set_large`], under a key that had no value before.
    pub(super) fn add_large(&mut self, key: &[u8], value: &[u8]) {
        for (number, piece) in (0_u16..).zip(value.chunks(self.source.max_value())) {
            let piece_key = [key, &number.to_be_bytes()].concat();
            self.set_bytes(piece_key, piece.to_vec());
        }
    }

    /// Removes every key that begins with `prefix`; answers whether there was any.
    pub(super) fn remove_all(&mut self, prefix: &[u8]) -> Result<bool, StorageError> {
        let rows = self.scan(prefix)?;
        let had_any = !rows.is_empty();
        rows.into_iter().for_each(|(key, _value)| self.remove(key));
        Ok(had_any)
    }
}

/// Every row whose key begins with `prefix`.
pub(super) fn all(prefix: &[u8]) -> Range {
    Range::below(prefix, MAX_ROWS)
}

pub(super) fn read<T: DeserializeOwned>(octets: &[u8]) -> Result<T, StorageError> {
    serde_json::from_slice(octets).map_err(|error| {
        // The error's own text may repeat what is in the row.
        let place = error.column();
        tracing::error!(place, "a row of the store cannot be read");
        StorageError::Damaged
    })
}
