//! What a transaction may look at: the rows that were fetched for it, all of one moment. What is not
//! among them is noted, to be fetched before the transaction runs again.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use super::layout::{Extent, Guard, Place};
use crate::storage::{
    StorageError,
    engine::{Changes, Key, Pair, Range, Source},
};

/// Deposits and receipts fit one row.
const MAX_VALUE: usize = 1024 * 1024;

/// A person's version that was never changed.
const UNCHANGED: i64 = 0;

/// Fetched rows.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    rows: BTreeMap<Key, Vec<u8>>,
    /// Ranges that are known whole, by their beginnings; they do not touch.
    known: BTreeMap<Key, Key>,
    /// How often the rows of these persons were changed.
    versions: BTreeMap<Key, i64>,
    missing: RefCell<BTreeSet<Range>>,
    /// Rows that are their own guards and were looked at.
    looked_at: RefCell<BTreeSet<Key>>,
}

/// What was fetched: of the persons asked for those that have a version, and the rows.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub(super) versions: BTreeMap<Key, i64>,
    pub(super) rows: Vec<Pair>,
}

/// What a transaction has to find unchanged.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Persons and their versions.
    pub(super) subjects: BTreeMap<Key, i64>,
    /// Rows that are their own guards.
    pub(super) rows: BTreeMap<Key, Option<Vec<u8>>>,
}

impl Snapshot {
    /// What has to be fetched before the transaction can run to its end; nothing when it has.
    pub(super) fn missing(&self, changes: &Changes) -> BTreeSet<Range> {
        let mut missing = self.missing.take();
        // A person whose rows are only written has a version too.
        for key in changes.keys() {
            let subject = Place::of(key).ok().and_then(|place| place.subject());
            if subject.is_some_and(|subject| !self.versions.contains_key(subject)) {
                missing.insert(Range::one(key));
            }
        }
        missing
    }

    /// The persons whose versions are known.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &Key> {
        self.versions.keys()
    }

    /// Takes in what was fetched for these ranges, with the versions of all persons known before or now.
    /// False when one of them has changed in between: what is here is of two moments then.
    pub(super) fn add(
        &mut self,
        ranges: &BTreeSet<Range>,
        subjects: &BTreeSet<Key>,
        fetched: Fetched,
    ) -> bool {
        let now = |subject: &Key| fetched.versions.get(subject).copied().unwrap_or(UNCHANGED);
        if self
            .versions
            .iter()
            .any(|(subject, then)| now(subject) != *then)
        {
            return false;
        }
        self.versions = subjects.iter().map(|one| (one.clone(), now(one))).collect();
        self.rows.extend(fetched.rows);
        for range in ranges {
            let end = self.end_of(range);
            if range.from < end {
                self.know(range.from.clone(), end);
            }
        }
        true
    }

    /// What was looked at, for the engine to compare when it writes.
    pub(super) fn seen(&self) -> Seen {
        let looked_at = self.looked_at.borrow();
        let rows = looked_at
            .iter()
            .map(|key| (key.clone(), self.rows.get(key).cloned()));
        Seen {
            subjects: self.versions.clone(),
            rows: rows.collect(),
        }
    }

    /// Where a fetched range ends: it may have been longer than its limit.
    fn end_of(&self, range: &Range) -> Key {
        let mut within = self.within(range);
        match within.nth(range.limit.saturating_sub(1)) {
            Some((last, _value)) => [last.as_slice(), &[0]].concat(),
            None => range.to.clone(),
        }
    }

    fn within(&self, range: &Range) -> impl Iterator<Item = (&Key, &Vec<u8>)> {
        // A range that ends before it begins has nothing in it.
        let to = range.to.clone().max(range.from.clone());
        self.rows.range(range.from.clone()..to)
    }

    fn know(&mut self, mut from: Key, mut to: Key) {
        let touched: Vec<Key> = self
            .known
            .range(..=to.clone())
            .filter(|(_begin, end)| **end >= from)
            .map(|(begin, _end)| begin.clone())
            .collect();
        for begin in touched {
            if let Some(end) = self.known.remove(&begin) {
                from = from.min(begin);
                to = to.max(end);
            }
        }
        self.known.insert(from, to);
    }

    fn knows(&self, from: &Key, to: &Key) -> bool {
        let before = self.known.range(..=from.clone()).next_back();
        from >= to || before.is_some_and(|(_begin, end)| end >= to)
    }

    fn note(&self, key: &[u8]) {
        if Place::of(key).is_ok_and(|place| place.guard == Guard::Row) {
            self.looked_at.borrow_mut().insert(key.to_vec());
        }
    }

    fn require(&self, range: &Range) -> Result<(), StorageError> {
        if range.from >= range.to || self.knows(&range.from, &self.end_of(range)) {
            return Ok(());
        }
        self.missing.borrow_mut().insert(range.clone());
        Err(StorageError::Unavailable)
    }
}

impl Source for Snapshot {
    fn max_value(&self) -> usize {
        MAX_VALUE
    }

    fn expect(&self, wanted: &[Range]) -> Result<(), StorageError> {
        // Not lazily: all that is missing is noted.
        let lacking = wanted.iter().filter(|range| self.require(range).is_err());
        match lacking.count() {
            0 => Ok(()),
            _ => Err(StorageError::Unavailable),
        }
    }

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.require(&Range::one(key))?;
        self.note(key);
        Ok(self.rows.get(key).cloned())
    }

    fn range(&self, range: &Range) -> Result<Vec<Pair>, StorageError> {
        Extent::of(range)?;
        self.require(range)?;
        let found = self.within(range).take(range.limit);
        let found: Vec<Pair> = found
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        found.iter().for_each(|(key, _value)| self.note(key));
        Ok(found)
    }
}
