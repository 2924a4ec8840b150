//! What the rows need of an engine: an ordered map of keys and values that is changed by whole
//! transactions.
//!
//! A transaction is a plain function on a [`Tx`](super::rows::Tx). An engine that keeps its rows
//! elsewhere runs the function on what it has fetched, fetches what was missing and runs it again: so
//! the function may run several times and must have no effect but its answer and its changes.

use std::{collections::BTreeMap, sync::Arc};

use super::{Answer, StorageError, rows::Tx, used_proofs::UsedProofs};

/// Names a row; rows are in the order of their keys.
pub(super) type Key = Vec<u8>;
/// A key and its value.
pub(super) type Pair = (Key, Vec<u8>);
/// Keys to write (`Some`) and to remove (`None`).
pub(super) type Changes = BTreeMap<Key, Option<Vec<u8>>>;

/// The first `limit` keys from `from` on that stand before `to`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    pub(super) from: Key,
    pub(super) to: Key,
    pub(super) limit: usize,
}

impl Range {
    /// One key.
    pub(super) fn one(key: &[u8]) -> Self {
        Self {
            from: key.to_vec(),
            to: [key, &[0]].concat(),
            limit: 1,
        }
    }

    /// All keys that begin with `prefix`. Every key begins with a letter, so that there is a key after
    /// them.
    pub(super) fn below(prefix: &[u8], limit: usize) -> Self {
        let mut to = prefix.to_vec();
        while to.last() == Some(&u8::MAX) {
            to.pop();
        }
        if let Some(last) = to.last_mut() {
            *last += 1;
        }
        Self {
            from: prefix.to_vec(),
            to,
            limit,
        }
    }
}

/// What a transaction may look at: one unchanging state.
pub(super) trait Source {
    /// The largest value that a key may have, in octets; what is larger is kept in pieces.
    fn max_value(&self) -> usize;

    /// Says what will be looked at, so that an engine may fetch it all at once.
    ///
    /// # Errors
    /// When something of it has to be fetched first.
    fn expect(&self, wanted: &[Range]) -> Result<(), StorageError>;

    /// The value of a key.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError>;

    /// The keys of a range and their values, in order.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    fn range(&self, range: &Range) -> Result<Vec<Pair>, StorageError>;
}

/// What is asked of a transaction beside being whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Changes, and answers once they last.
    Write,
    /// As [`Self::Write`], for what takes access away or makes room: it goes on for a while when others are
    /// refused because the disk is nearly full.
    TakeAway,
    /// Only looks, and answers once what was seen lasts: a signed head, a receipt or an earlier answer
    /// that is given out must not be gone after a power failure.
    Look,
    /// Only looks, and may answer before that: for answers that give nothing away.
    Glance,
}

/// A place for rows.
pub trait Engine: Send + Sync + std::fmt::Debug + 'static {
    /// Runs one transaction. Once begun it ends by itself, also when nobody waits for its answer.
    fn run<T, W>(self: &Arc<Self>, mode: Mode, work: W) -> Answer<'static, T>
    where
        T: Send + 'static,
        W: Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static;

    /// As [`Self::run`], for work on a handful of rows: an engine that would give it to another thread may
    /// do it on this one, when that takes less time than the handing over.
    fn run_briefly<T, W>(self: &Arc<Self>, mode: Mode, work: W) -> Answer<'static, T>
    where
        T: Send + 'static,
        W: Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    {
        self.run(mode, work)
    }

    /// The memory of used proofs of an engine that one process has to itself; others keep them in rows.
    fn used_proofs(&self) -> Option<&UsedProofs> {
        None
    }
}
