//! The storage engine: the one file that names sled (0.34).
//!
//! One sled tree, one writer at a time, one batch a transaction. sled's own transactions cannot scan,
//! and a batch on one tree is its simplest and best tested way to change several keys at once. What
//! else is known of it, and what is done about it here:
//!
//! - `flush` hands octets to the system and issues no fsync: [`Disk`] does both, on a thread of its own
//!   and once for all transactions that are waiting (group commit).
//! - On damaged files it panics more often than it errs: every call is caught.
//! - Large leaves go to files of their own that are never synced: values stay below [`MAX_VALUE`].
//! - Its cache is 1 GiB unless told otherwise.
//!
//! After a failed write or sync nobody knows what is on disk, so the engine refuses everything from
//! then on, until the process is started again and sled has recovered its log.

mod disk;

use std::{
    fs::OpenOptions,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use self::disk::Disk;
use super::{
    Answer, StorageError,
    engine::{Changes, Engine, Mode, Pair, Range, Source},
    rows::Tx,
    used_proofs::UsedProofs,
};

/// The largest value of one key, in octets: twenty of them fit a leaf that stays in the log.
const MAX_VALUE: usize = 6 * 1024;
const CACHE: u64 = 32 * 1024 * 1024;
const DATA_FILE: &str = "db";
/// Together one second: sled's own threads hold its lock a moment longer than its handle lives, so a
/// store that was just closed looks as if it were in use.
const OPENING_TRIES: u32 = 100;
const OPENING_PAUSE: Duration = Duration::from_millis(10);
/// How long before the longest work, copying everything, it is announced.
const ANNOUNCEMENT: Duration = Duration::from_millis(10);

/// An open database.
pub struct Sled {
    db: sled::Db,
    disk: Disk,
    // Writers exclude each other and readers, so that every transaction sees one state.
    gate: RwLock<()>,
    long_works: AtomicUsize,
    used_proofs: UsedProofs,
}

impl std::fmt::Debug for Sled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sled").finish_non_exhaustive()
    }
}

/// What a transaction answers, and the state that its answer rests on.
type Seen<T> = (T, u64);

/// The right to look or to write, for as long as it is held.
enum Pass<'s> {
    Write {
        _alone: RwLockWriteGuard<'s, ()>,
    },
    Look {
        _beside_others: RwLockReadGuard<'s, ()>,
    },
}

/// Work that may keep the gate for longer than a moment, announced before it takes it.
struct LongWork<'s>(&'s AtomicUsize);

impl Drop for LongWork<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
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
            disk: Disk::begin(db.clone(), data)?,
            db,
            gate: RwLock::new(()),
            long_works: AtomicUsize::new(0),
            used_proofs: UsedProofs::default(),
        })
    }

    /// One transaction on this thread, which blocks until it lasts.
    pub(super) fn transact<T>(
        &self,
        mode: Mode,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let (value, _state) = self.apply(&self.pass(mode), work)?;
        self.disk.bring_blocking()?;
        Ok(value)
    }

    fn pass(&self, mode: Mode) -> Pass<'_> {
        match mode {
            Mode::Write => Pass::Write {
                _alone: self.gate.write().unwrap_or_else(PoisonError::into_inner),
            },
            Mode::Look | Mode::Glance => Pass::Look {
                _beside_others: self.gate.read().unwrap_or_else(PoisonError::into_inner),
            },
        }
    }

    /// From now on, until what is given is dropped, brief work does not wait for the gate on a thread of
    /// the server's.
    fn announce_long_work(&self) -> LongWork<'_> {
        self.long_works.fetch_add(1, Ordering::SeqCst);
        LongWork(&self.long_works)
    }

    /// Runs the work on an unchanging state, and makes its changes completely or not at all.
    fn apply<T>(
        &self,
        pass: &Pass<'_>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError>,
    ) -> Result<Seen<T>, StorageError> {
        self.disk.refuse_if_broken()?;
        let mut tx = Tx::new(self);
        let value = work(&mut tx)?;
        let changes = tx.into_changes();
        if matches!(pass, Pass::Look { .. }) || changes.is_empty() {
            return Ok((value, self.disk.applied()));
        }
        self.make(changes)?;
        Ok((value, self.disk.count_applied()))
    }

    fn make(&self, changes: Changes) -> Result<(), StorageError> {
        let mut batch = sled::Batch::default();
        for (key, change) in changes {
            match change {
                Some(octets) => batch.insert(key, octets),
                None => batch.remove(key),
            }
        }
        caught(|| self.db.apply_batch(batch)).inspect_err(|_error| self.disk.break_down())
    }

    /// Gives the answer once what it rests on lasts.
    async fn answer<T>(&self, mode: Mode, seen: Seen<T>) -> Result<T, StorageError> {
        let (value, state) = seen;
        if !matches!(mode, Mode::Glance) {
            self.disk.wait(state).await?;
        }
        Ok(value)
    }

    /// Hands over every row of one unchanging state, in the order of keys; writers wait meanwhile.
    pub(super) fn copy(
        &self,
        mut take: impl FnMut(&[u8], &[u8]) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let _announced = self.announce_long_work();
        // Whoever looked before the announcement has come to the gate by then.
        thread::sleep(ANNOUNCEMENT);
        let _no_writer = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.disk.refuse_if_broken()?;
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
            caught(|| self.db.insert(key, value)).inspect_err(|_error| self.disk.break_down())?;
        }
        drop(only_writer);
        self.disk.bring_blocking()
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
            let here = Arc::clone(&engine);
            let seen = tokio::task::spawn_blocking(move || {
                let _announced = here.announce_long_work();
                here.apply(&here.pass(mode), work)
            });
            let seen = seen.await.unwrap_or(Err(StorageError::Unavailable))?;
            engine.answer(mode, seen).await
        })
    }

    /// On this thread: what it may wait for is brief too, unless something else was announced.
    fn run_briefly<T, W>(self: &Arc<Self>, mode: Mode, work: W) -> Answer<'static, T>
    where
        T: Send + 'static,
        W: Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    {
        if self.long_works.load(Ordering::SeqCst) > 0 {
            return self.run(mode, work);
        }
        let engine = Arc::clone(self);
        Box::pin(async move {
            let seen = engine.apply(&engine.pass(mode), work)?;
            engine.answer(mode, seen).await
        })
    }

    fn used_proofs(&self) -> Option<&UsedProofs> {
        Some(&self.used_proofs)
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
