//! The storage engine: the one file that names sled (0.34).
//!
//! One sled tree, one writer at a time, one batch a transaction. sled's own transactions cannot scan,
//! and a batch on one tree is its simplest and best tested way to change several keys at once. What
//! else is known of it, and what is done about it here:
//!
//! - `flush` hands octets to the system and issues no fsync: [`Sled::sync`] does both, once for all
//!   transactions that were waiting (group commit).
//! - On damaged files it panics more often than it errs: every call is caught.
//! - Large leaves go to files of their own that are never synced: values stay below [`MAX_VALUE`].
//! - Its cache is 1 GiB unless told otherwise.
//!
//! After a failed write or sync nobody knows what is on disk, so the engine refuses everything from
//! then on, until the process is started again and sled has recovered its log.

use std::{
    fs::{File, OpenOptions},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use super::{
    Answer, StorageError,
    engine::{Changes, Engine, Mode, Pair, Range, Source},
    rows::Tx,
};

/// The largest value of one key, in octets: twenty of them fit a leaf that stays in the log.
const MAX_VALUE: usize = 6 * 1024;
const CACHE: u64 = 32 * 1024 * 1024;
const DATA_FILE: &str = "db";
/// Together one second: sled's own threads hold its lock a moment longer than its handle lives, so a
/// store that was just closed looks as if it were in use.
const OPENING_TRIES: u32 = 100;
const OPENING_PAUSE: Duration = Duration::from_millis(10);

/// An open database.
pub struct Sled {
    db: sled::Db,
    data: File,
    // Writers exclude each other and readers, so that every transaction sees one state.
    gate: RwLock<()>,
    applied: AtomicU64,
    synced: Mutex<u64>,
    is_broken: AtomicBool,
}

impl std::fmt::Debug for Sled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sled").finish_non_exhaustive()
    }
}

impl Sled {
    /// Opens the database in this folder, or makes it.
    pub(super) fn open(folder: &Path) -> Result<Self, StorageError> {
        let config = sled::Config::new()
            .path(folder)
            .cache_capacity(CACHE)
            .flush_every_ms(None);
        let db = open_unlocked(&config)?;
        let data = OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join(DATA_FILE))
            .map_err(|error| failed(&error))?;
        Ok(Self {
            db,
            data,
            gate: RwLock::new(()),
            applied: AtomicU64::new(0),
            synced: Mutex::new(0),
            is_broken: AtomicBool::new(false),
        })
    }

    /// One transaction on this thread: on an unchanging state, and made completely or not at all.
    pub(super) fn transact<T>(
        &self,
        mode: Mode,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let (value, state) = match mode {
            Mode::Write | Mode::WriteBehind => self.write(work)?,
            Mode::Look | Mode::Glance => self.look(work)?,
        };
        if matches!(mode, Mode::Write | Mode::Look) {
            self.sync(state)?;
        }
        Ok(value)
    }

    /// Runs `work` alone and applies its changes. The number names the state for [`Self::sync`].
    fn write<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError>,
    ) -> Result<(T, u64), StorageError> {
        let _only_writer = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        self.refuse_if_broken()?;
        let mut tx = Tx::new(self);
        let value = work(&mut tx)?;
        let changes = tx.into_changes();
        if changes.is_empty() {
            return Ok((value, self.applied.load(Ordering::SeqCst)));
        }
        self.apply(changes)?;
        Ok((value, self.applied.fetch_add(1, Ordering::SeqCst) + 1))
    }

    fn apply(&self, changes: Changes) -> Result<(), StorageError> {
        let mut batch = sled::Batch::default();
        for (key, change) in changes {
            match change {
                Some(octets) => batch.insert(key, octets),
                None => batch.remove(key),
            }
        }
        caught(|| self.db.apply_batch(batch)).inspect_err(|_error| self.break_down())
    }

    /// Runs `look` beside other lookers. The number names the state for [`Self::sync`].
    fn look<T>(
        &self,
        look: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError>,
    ) -> Result<(T, u64), StorageError> {
        let _no_writer = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.refuse_if_broken()?;
        let value = look(&mut Tx::new(self))?;
        Ok((value, self.applied.load(Ordering::SeqCst)))
    }

    /// Returns when the state `number` lasts through a power failure.
    fn sync(&self, number: u64) -> Result<(), StorageError> {
        let mut synced: MutexGuard<'_, u64> =
            self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        self.refuse_if_broken()?;
        if *synced >= number {
            return Ok(());
        }
        let newest = self.applied.load(Ordering::SeqCst);
        caught(|| self.db.flush())
            .and_then(|_octets| self.data.sync_data().map_err(|error| failed(&error)))
            .inspect_err(|_error| self.break_down())?;
        *synced = newest;
        Ok(())
    }

    /// Hands over every row of one unchanging state, in the order of keys; writers wait meanwhile.
    pub(super) fn copy(
        &self,
        mut take: impl FnMut(&[u8], &[u8]) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let _no_writer = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.refuse_if_broken()?;
        let mut rows = self.db.iter();
        while let Some((key, value)) = caught(|| rows.next().transpose())? {
            take(&key, &value)?;
        }
        Ok(())
    }

    /// Puts rows into a new database, and returns once they last.
    pub(super) fn fill(
        &self,
        rows: impl Iterator<Item = Result<Pair, StorageError>>,
    ) -> Result<(), StorageError> {
        let only_writer = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            let (key, value) = row?;
            caught(|| self.db.insert(key, value)).inspect_err(|_error| self.break_down())?;
        }
        let state = self.applied.fetch_add(1, Ordering::SeqCst) + 1;
        drop(only_writer);
        self.sync(state)
    }

    fn refuse_if_broken(&self) -> Result<(), StorageError> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(StorageError::Unavailable);
        }
        Ok(())
    }

    fn break_down(&self) {
        self.is_broken.store(true, Ordering::SeqCst);
        tracing::error!("the store stops: a write failed, and what is on disk is not known");
    }
}

impl Source for Sled {
    fn max_value(&self) -> usize {
        MAX_VALUE
    }

    fn expect(&self, _wanted: &[Range]) -> Result<(), StorageError> {
        Ok(())
    }

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(caught(|| self.db.get(key))?.map(|octets| octets.to_vec()))
    }

    fn range(&self, range: &Range) -> Result<Vec<Pair>, StorageError> {
        caught(|| {
            self.db
                .range(range.from.as_slice()..range.to.as_slice())
                .take(range.limit)
                .map(|pair| pair.map(|(key, value)| (key.to_vec(), value.to_vec())))
                .collect()
        })
    }
}

impl Engine for Sled {
    fn run<T, W>(self: &Arc<Self>, mode: Mode, work: W) -> Answer<'static, T>
    where
        T: Send + 'static,
        W: Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    {
        let engine = Arc::clone(self);
        Box::pin(async move {
            tokio::task::spawn_blocking(move || engine.transact(mode, work))
                .await
                .unwrap_or(Err(StorageError::Unavailable))
        })
    }
}

fn open_unlocked(config: &sled::Config) -> Result<sled::Db, StorageError> {
    for _try in 1..OPENING_TRIES {
        match caught(|| config.open()) {
            Err(StorageError::InUse) => thread::sleep(OPENING_PAUSE),
            opened => return opened,
        }
    }
    caught(|| config.open())
}

/// Runs one call of the engine. Going on after a panic is safe: a failed write stops the engine, and a
/// failed read changes nothing.
fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StorageError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        // sled tells that it is locked in words only.
        Ok(Err(sled::Error::Io(error))) if error.to_string().contains("acquire lock") => {
            Err(StorageError::InUse)
        }
        Ok(Err(error)) => Err(failed(&error)),
        Err(_panic) => {
            tracing::error!("the storage engine panicked");
            Err(StorageError::Unavailable)
        }
    }
}

fn failed(error: &dyn std::fmt::Display) -> StorageError {
    tracing::error!(%error, "the storage engine failed");
    StorageError::Unavailable
}
