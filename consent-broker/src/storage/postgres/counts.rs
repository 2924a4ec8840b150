//! How often this node spoke to the database: for metrics, and to see that operations take no more
//! statements than they must.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counted since the store was opened.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) fetches: Count,
    pub(super) commits: Count,
    pub(super) overtaken: Count,
}

/// One number that grows.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often a store spoke to its database since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// Statements that fetched rows.
    pub fetches: u64,
    /// Statements that changed rows, or found that they may not.
    pub commits: u64,
    /// Times that an operation began anew, because another had changed what it looked at.
    pub overtaken: u64,
}

impl From<&Counts> for Spoken {
    fn from(counts: &Counts) -> Self {
        Self {
            fetches: counts.fetches.get(),
            commits: counts.commits.get(),
            overtaken: counts.overtaken.get(),
        }
    }
}
