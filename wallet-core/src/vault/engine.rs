//! The storage engine: the one file that names sled (0.34).
//!
//! What is known of it, and what is done about it here:
//!
//! - On damaged files it panics more often than it errs. Every call is caught; a panic is
//!   [`Damage::Engine`]; while closing, when everything is on disk already, it is let pass.
//! - `flush` hands the octets to the system and issues no fsync. [`Engine::sync`] does both.
//! - A leaf holds some 16 entries whatever their size, and a leaf above 128 KiB goes to a file of
//!   its own that is never synced. [`MAX_ENTRY`] keeps leaves below that.
//! - Its cache is 1 GiB unless told otherwise.
//! - Its lock on the data file outlives its handle by a moment. [`Engine`] waits for it when dropped.
//! - A missing file is made anew without a word, so it is looked for first.

use std::{
    fs::File,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    thread,
    time::Duration,
};

use super::{Damage, VaultError, folder::private_file};

/// The largest value of one entry, in octets: 20 of them fit a leaf that stays in the log.
pub(super) const MAX_ENTRY: usize = 6 * 1024;
const CACHE: u64 = 32 * 1024 * 1024;
const DATA_FILE: &str = "db";
const CLOSING_TRIES: u32 = 500;
const CLOSING_PAUSE: Duration = Duration::from_millis(2);

/// An open sled database with one tree.
///
/// One, not a sled tree per kind of record: the catalogue has to change in the same transaction, and
/// a batch on one tree is the engine's simplest and best tested way to change several entries at once.
pub(super) struct Engine {
    // `None` only while it is being closed.
    db: Option<sled::Db>,
    data: File,
}

/// Entries to write (`Some`) and to remove (`None`).
pub(super) type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

impl Engine {
    /// Makes an empty database in an existing folder.
    pub(super) fn create(store: &Path) -> Result<Self, VaultError> {
        Self::start(store, true)
    }

    /// Opens what is there.
    pub(super) fn open(store: &Path) -> Result<Self, VaultError> {
        if !store.join(DATA_FILE).is_file() {
            return Err(Damage::Engine.into());
        }
        Self::start(store, false)
    }

    fn start(store: &Path, create_new: bool) -> Result<Self, VaultError> {
        let config = sled::Config::new()
            .path(store)
            .create_new(create_new)
            .cache_capacity(CACHE)
            .flush_every_ms(None);
        let db = caught(|| config.open())?;
        // Writable, since some systems sync nothing else.
        let data = private_file().open(store.join(DATA_FILE))?;
        Ok(Self { db: Some(db), data })
    }

    /// The value of an entry.
    pub(super) fn entry(&self, key: &[u8]) -> Result<Option<sled::IVec>, VaultError> {
        let db = self.db()?;
        caught(|| db.get(key))
    }

    /// Makes all changes or, after a crash, none. Not durable yet: see [`Self::sync`].
    pub(super) fn apply(&self, changes: Changes) -> Result<(), VaultError> {
        let db = self.db()?;
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        caught(|| db.apply_batch(batch))
    }

    /// Everything applied so far lasts through a power failure.
    pub(super) fn sync(&self) -> Result<(), VaultError> {
        let db = self.db()?;
        caught(|| db.flush())?;
        Ok(self.data.sync_data()?)
    }

    /// Calls `each` with every entry, in the order of their keys.
    pub(super) fn scan(&self, mut each: impl FnMut(&[u8], &[u8])) -> Result<(), VaultError> {
        let mut entries = self.db()?.iter();
        while let Some((key, value)) = caught(|| entries.next().transpose())? {
            each(&key, &value);
        }
        Ok(())
    }

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

    fn db(&self) -> Result<&sled::Db, VaultError> {
        self.db.as_ref().ok_or(VaultError::Stopped)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let db = self.db.take();
        // Nothing can be told to anyone here; what was acknowledged is on disk already.
        let _closed = catch_unwind(AssertUnwindSafe(|| drop(db)));
        self.wait_until_unlocked();
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// Runs one call of the engine.
///
/// Safe to go on after a panic: the callers stop using an engine that failed to write, and reading
/// changes nothing that is relied on.
fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, VaultError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(refused),
        Err(_panic) => Err(Damage::Engine.into()),
    }
}

fn refused(error: sled::Error) -> VaultError {
    use io::ErrorKind::{InvalidData, InvalidInput, NotFound, UnexpectedEof};
    match error {
        sled::Error::Io(error) if is_lock(&error) => VaultError::InUse,
        sled::Error::Io(error) => match error.kind() {
            InvalidData | InvalidInput | NotFound | UnexpectedEof => Damage::Engine.into(),
            other => VaultError::Io(other),
        },
        _unusable => Damage::Engine.into(),
    }
}

/// sled tells that it is locked in words only.
fn is_lock(error: &io::Error) -> bool {
    error.to_string().starts_with("could not acquire lock")
}
