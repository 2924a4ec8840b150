//! Checks every person's log against its own entries: each leaf is computed again, and the tree must
//! come out as it was stored. Then the global log, which must have their heads.

mod global;

use std::collections::BTreeMap;

use credential_core::{
    access_log::{Frontier, Hash},
    id::SubjectId,
};
use serde::{Deserialize, Serialize};

pub use global::{Against, Fault, GlobalCheck, check_global_log};

use crate::storage::{LogSlice, StorageError, Store};

/// What a check of all logs found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LogCheck {
    /// How many logs there are.
    pub logs: u64,
    /// How many entries were computed again.
    pub entries: u64,
    /// How many of them are erased: their leaves alone were taken.
    #[serde(default)]
    pub erased: u64,
    /// The logs whose entries and tree disagree, by account.
    pub damaged: Vec<SubjectId>,
    /// The global log.
    #[serde(default)]
    pub global: GlobalCheck,
}

impl LogCheck {
    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty() && self.global.faults.is_empty()
    }
}

/// Computes every log again, and the global one.
///
/// # Errors
/// [`StorageError`] when the store does not answer. A damaged log is a finding, not an error.
pub async fn check_logs(store: &dyn Store) -> Result<LogCheck, StorageError> {
    check_logs_against(store, &Against::default()).await
}

/// As [`check_logs`], and holds the global log against what others have of it.
///
/// # Errors
/// As [`check_logs`].
pub async fn check_logs_against(
    store: &dyn Store,
    against: &Against,
) -> Result<LogCheck, StorageError> {
    let mut found = LogCheck {
        global: check_global_log(store, against).await?,
        ..LogCheck::default()
    };
    for subject in store.subjects().await? {
        found.logs += 1;
        let checked = match check_log(store, subject).await {
            Ok(Some(checked)) => checked,
            Ok(None) | Err(StorageError::Damaged) => {
                found.damaged.push(subject);
                continue;
            }
            Err(error) => return Err(error),
        };
        found.entries += checked.computed.size();
        found.erased += checked.erased;
        let root_at = |size| checked.roots.get(&size).copied();
        match global::has_head(store, subject, root_at).await? {
            Some(true) => found.global.heads += 1,
            Some(false) => found.global.faults.push(Fault::HeadDiffers(subject)),
            None => {}
        }
    }
    Ok(found)
}

/// A sound log.
#[derive(Default)]
struct Checked {
    computed: Frontier,
    erased: u64,
    roots: BTreeMap<u64, Hash>,
}

/// None for a log that is not sound.
async fn check_log(store: &dyn Store, subject: SubjectId) -> Result<Option<Checked>, StorageError> {
    let mut checked = Checked::default();
    loop {
        let since = checked.computed.size();
        let Some(slice) = store.log_since(subject, since).await? else {
            return Ok(None);
        };
        if checked.extend(&slice).is_none() {
            return Ok(None);
        }
        if slice.is_whole {
            return Ok(Some(checked));
        }
    }
}

impl Checked {
    /// None when entries and tree disagree.
    fn extend(&mut self, slice: &LogSlice) -> Option<()> {
        let mut entries = slice.entries.iter().peekable();
        let known = usize::try_from(self.computed.size()).ok()?;
        for stored in slice.leaves.get(known..)? {
            let seq = self.computed.size();
            let leaf = match entries.next_if(|entry| entry.seq == seq) {
                Some(entry) if entry.log_id == slice.log_id => entry.leaf().ok()?,
                Some(_of_another) => return None,
                None => {
                    self.erased += 1;
                    *stored
                }
            };
            self.computed.append(leaf);
            self.roots
                .insert(self.computed.size(), self.computed.root());
        }
        let is_whole = entries.next().is_none() && self.computed == slice.frontier;
        is_whole.then_some(())
    }
}
