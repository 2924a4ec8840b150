//! Checks every person's log against its own entries: each leaf is computed again, and the tree must
//! come out as it was stored.

use credential_core::{access_log::Frontier, id::SubjectId};
use serde::{Deserialize, Serialize};

use crate::storage::{LogSlice, StorageError, Store};

/// What a check of all logs found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LogCheck {
    /// How many logs there are.
    pub logs: u64,
    /// How many entries were computed again.
    pub entries: u64,
    /// The logs whose entries and tree disagree, by account.
    pub damaged: Vec<SubjectId>,
}

/// Computes every log again.
///
/// # Errors
/// [`StorageError`] when the store does not answer. A damaged log is a finding, not an error.
pub async fn check_logs(store: &dyn Store) -> Result<LogCheck, StorageError> {
    let mut found = LogCheck::default();
    for subject in store.subjects().await? {
        found.logs += 1;
        match check_log(store, subject).await {
            Ok(Some(entries)) => found.entries += entries,
            Ok(None) | Err(StorageError::Damaged) => found.damaged.push(subject),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// The number of entries of a sound log; none for one that is not.
async fn check_log(store: &dyn Store, subject: SubjectId) -> Result<Option<u64>, StorageError> {
    let mut computed = Frontier::default();
    loop {
        let since = computed.size();
        let Some(slice) = store.log_since(subject, since).await? else {
            return Ok(None);
        };
        if !extend(&mut computed, &slice) {
            return Ok(None);
        }
        if slice.is_whole {
            return Ok(Some(computed.size()));
        }
    }
}

fn extend(computed: &mut Frontier, slice: &LogSlice) -> bool {
    for entry in &slice.entries {
        let Ok(leaf) = entry.leaf() else { return false };
        if entry.seq != computed.size() || entry.log_id != slice.log_id {
            return false;
        }
        computed.append(leaf);
    }
    *computed == slice.frontier
}
