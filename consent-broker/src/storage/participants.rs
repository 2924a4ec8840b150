//! What is kept about participants: which list of them was the newest, and what a recipient has been
//! granted, as far as the recipient itself may see it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use credential_core::{consent::details::Purpose, id::GrantId};
use serde::{Deserialize, Serialize};

/// Tells one signed trust list from every other: its number and base64url SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListMark {
    /// The sequence number.
    pub sequence: u64,
    /// Of the list as it was signed.
    pub hash: String,
}

impl ListMark {
    /// Whether `next` may be accepted after this: it is newer, or the very same.
    #[must_use]
    pub fn admits(&self, next: &Self) -> bool {
        next.sequence > self.sequence || next == self
    }
}

/// One grant as its recipient sees it: nothing here says whose it is or what was shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientGrant {
    /// The grant.
    pub grant_id: GrantId,
    /// What it was given for, in the recipient's own registered words.
    pub purpose: Purpose,
    /// The word for its state.
    pub state: &'static str,
    /// When it was given.
    pub from: DateTime<Utc>,
    /// When it ends, or would have ended.
    pub until: DateTime<Utc>,
    /// Counted reads.
    pub reads: u32,
    /// Most reads; none for no limit.
    pub max_reads: Option<u32>,
    /// The last counted read.
    pub last_read: Option<DateTime<Utc>>,
    /// Until when the newest deposit that is still kept can be read.
    pub deposit_until: Option<DateTime<Utc>>,
}

/// How many grants of a recipient are in which state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantCounts {
    /// By the word for the state.
    pub by_state: BTreeMap<&'static str, usize>,
    /// Whether all grants were counted, or only the newest ones.
    pub is_whole: bool,
}
