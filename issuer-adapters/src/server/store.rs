//! The storage engine under the registry: octets by key, several changed at once. The one file that
//! names sled (0.34).
//!
//! What is known of it, and what is done about it here:
//!
//! - `flush` hands octets to the system without an fsync: [`Store::apply`] also syncs the data file,
//!   and returns only then.
//! - On damaged files it panics more often than it errs: every call is caught. It may lose entries
//!   silently: the registry above keeps a count and a sum of what must be there. It may fall back to
//!   any older state: the [`Mark`] tells.
//! - Large leaves go to files that are never synced: [`MAX_VALUE`] keeps leaves small.
//! - A missing file is made anew without a word, so it is looked for first.

use std::{
    fs::{File, OpenOptions},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use super::mark::Mark;

/// The largest value of one entry, in octets.
pub(super) const MAX_VALUE: usize = 6 * 1024;
const CACHE: u64 = 32 * 1024 * 1024;
const DATA_FILE: &str = "db";
/// Together one second, the longest that closing waits for sled's own threads.
const CLOSING_TRIES: u32 = 500;
const CLOSING_PAUSE: Duration = Duration::from_millis(2);
/// The entry with the number of the last batch; no other key is empty.
const NUMBER: &[u8] = b"";

/// Entries to write (`Some`) and to remove (`None`).
pub(super) type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// Why the store did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the store open.
    #[error("the store is in use by another program")]
    InUse,
    /// There is no store at this place.
    #[error("there is no store here")]
    Missing,
    /// There is already a store at this place.
    #[error("there is a store here already")]
    Exists,
    /// The files are damaged, or were sealed with another key.
    #[error("the store is damaged, or belongs to another key")]
    Damaged,
    /// The store was made by a newer version of this program.
    #[error("the store was made by a newer version")]
    Newer,
    /// A write failed before; nothing more is written.
    #[error("the store has stopped after a failed write")]
    Stopped,
    /// A value is larger than one entry can be.
    #[error("the entry is too large for the store")]
    TooLarge,
    /// The system refused, for example because the disk is full.
    #[error("the system refused: {0}")]
    Io(io::ErrorKind),
}

impl StoreError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::InUse => "store_in_use",
            Self::Missing => "store_missing",
            Self::Exists => "store_exists",
            Self::Damaged => "store_damaged",
            Self::Newer => "store_newer",
            Self::Stopped => "store_stopped",
            Self::TooLarge => "store_entry_too_large",
            Self::Io(_) => "store_io",
        }
    }
}

/// An open database with one tree, since a batch on one tree changes all its entries or none.
pub(super) struct Store {
    // `None` only while it is being closed.
    db: Option<sled::Db>,
    data: File,
    /// Held while a batch is written.
    mark: Mutex<Mark>,
    stopped: AtomicBool,
}

impl Store {
    /// Makes an empty store in a folder that exists.
    pub(super) fn create(folder: &Path) -> Result<Self, StoreError> {
        if folder.join(DATA_FILE).exists() {
            return Err(StoreError::Exists);
        }
        let (db, data) = start(folder, true)?;
        let mark = Mark::create(folder).map_err(|error| system(&error))?;
        Ok(Self::of(db, data, mark))
    }

    /// Opens the store in a folder, and refuses one that has fallen back behind its mark.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        if !folder.join(DATA_FILE).is_file() {
            return Err(StoreError::Missing);
        }
        let (db, data) = start(folder, false)?;
        let mark = Mark::open(folder).map_err(|error| system(&error))?;
        let store = Self::of(db, data, mark);
        store.compare_with_mark()?;
        Ok(store)
    }

    fn of(db: sled::Db, data: File, mark: Mark) -> Self {
        Self {
            db: Some(db),
            data,
            mark: Mutex::new(mark),
            stopped: AtomicBool::new(false),
        }
    }

    /// One batch ahead is a crash between batch and mark; anything behind is damage.
    fn compare_with_mark(&self) -> Result<(), StoreError> {
        let number = match self.value(NUMBER)? {
            Some(octets) => {
                u64::from_be_bytes(octets.try_into().map_err(|_length| StoreError::Damaged)?)
            }
            None => 0,
        };
        let mut mark = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        match number.checked_sub(mark.number()) {
            Some(0) => Ok(()),
            Some(1) => mark.set(number).map_err(|error| system(&error)),
            _ => Err(StoreError::Damaged),
        }
    }

    /// The value of an entry.
    pub(super) fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let db = self.db()?;
        Ok(caught(|| db.get(key))?.map(|value| value.to_vec()))
    }

    /// Calls `each` with every entry whose key begins with `prefix`, in the order of their keys.
    pub(super) fn scan(
        &self,
        prefix: &[u8],
        mut each: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut entries = self.db()?.scan_prefix(prefix);
        while let Some((key, value)) = caught(|| entries.next().transpose())? {
            each(&key, &value)?;
        }
        Ok(())
    }

    /// Makes all changes or none. What this acknowledges lasts through a power failure; after a
    /// failure nothing more is written until the store is opened again.
    pub(super) fn apply(&self, changes: Changes) -> Result<(), StoreError> {
        let too_large = |(_, value): &(_, Option<Vec<u8>>)| {
            value
                .as_ref()
                .is_some_and(|octets| octets.len() > MAX_VALUE)
        };
        if changes.iter().any(too_large) {
            return Err(StoreError::TooLarge);
        }
        let db = self.db()?;
        self.write(db, changes)
            .inspect_err(|_failed| self.stopped.store(true, Ordering::Release))
    }

    /// Whether reads and writes are still possible.
    pub(super) fn is_running(&self) -> bool {
        self.db().is_ok()
    }

    fn write(&self, db: &sled::Db, changes: Changes) -> Result<(), StoreError> {
        let mut mark = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        let number = mark.number() + 1;
        let mut batch = sled::Batch::default();
        batch.insert(NUMBER, &number.to_be_bytes());
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        caught(|| db.apply_batch(batch))?;
        caught(|| db.flush())?;
        self.data.sync_data().map_err(|error| system(&error))?;
        mark.set(number).map_err(|error| system(&error))
    }

    fn db(&self) -> Result<&sled::Db, StoreError> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(StoreError::Stopped);
        }
        self.db.as_ref().ok_or(StoreError::Stopped)
    }
}

impl Store {
    /// sled's own threads hold its lock on the data file a moment longer than its handle lives.
    /// Whoever opens next in this program would find the store in use.
    fn wait_until_unlocked(&self) {
        for _try in 0..CLOSING_TRIES {
            if self.data.try_lock().is_ok() {
                return;
            }
            thread::sleep(CLOSING_PAUSE);
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let db = self.db.take();
        // Nobody can be told here; what was acknowledged is on disk already.
        let _closed = catch_unwind(AssertUnwindSafe(|| drop(db)));
        self.wait_until_unlocked();
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

fn start(folder: &Path, create_new: bool) -> Result<(sled::Db, File), StoreError> {
    let config = sled::Config::new()
        .path(folder)
        .create_new(create_new)
        .cache_capacity(CACHE)
        .flush_every_ms(None);
    let db = caught(|| config.open())?;
    // Writable, since some systems sync nothing else.
    let data = OpenOptions::new()
        .write(true)
        .open(folder.join(DATA_FILE))
        .map_err(|error| system(&error))?;
    Ok((db, data))
}

/// Runs one call of the engine; a panic inside it is damage. Safe to go on afterwards: a failed write
/// stops the store, and reading changes nothing that is relied on.
fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| refused(&error)),
        Err(_panic) => Err(StoreError::Damaged),
    }
}

fn refused(error: &sled::Error) -> StoreError {
    match error {
        sled::Error::Io(error) if is_lock(error) => StoreError::InUse,
        sled::Error::Io(error) => system(error),
        _unusable => StoreError::Damaged,
    }
}

fn system(error: &io::Error) -> StoreError {
    use io::ErrorKind::{InvalidData, InvalidInput, NotFound, UnexpectedEof};
    match error.kind() {
        InvalidData | InvalidInput | NotFound | UnexpectedEof => StoreError::Damaged,
        other => StoreError::Io(other),
    }
}

/// sled says in words only that it is locked.
fn is_lock(error: &io::Error) -> bool {
    error.to_string().starts_with("could not acquire lock")
}
