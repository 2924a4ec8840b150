//! The storage engine: with its `disk.rs` the one place that names sled (0.34).
//!
//! One sled tree, one writer at a time, one batch a transaction. sled's own transactions cannot scan,
//! and a batch on one tree is its simplest and best tested way to change several keys at once. What
//! else is known of it, and what is done about it here:
//!
//! - `flush` hands octets to the system and issues no fsync: [`Disk`] does both, on a thread of its own
//!   and once for all transactions that are waiting (group commit).
//! - On damaged files it panics more often than it errs: every call is caught. It leaves out in silence
//!   what it cannot read: the [`Sum`] tells at opening what must be there. It falls back to an older
//!   state: the [`Mark`] tells how far it had come. A missing data file is made anew: it is looked for.
//! - Large leaves go to files of their own that are never synced: values stay below [`MAX_VALUE`].
//! - Its cache is 1 GiB unless told otherwise.
//! - It cannot go on when it has met the end of the disk: the [`Room`] is looked at before.
//!
//! After a failed write or sync nobody knows what is on disk, so the engine refuses everything from
//! then on, until the process is started again and sled has recovered its log.

mod disk;
mod mark;
mod room;
mod sum;

use std::{
    fs::OpenOptions,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

pub(super) use self::room::RESERVE;
use self::{
    disk::Disk,
    mark::Mark,
    room::{Room, is_full, make_ready},
    sum::Sum,
};
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

/// How many rows of a new database are put between two looks at its room.
const ROWS_OF_A_LOOK: u32 = 256;

/// An open database.
pub struct Sled {
    db: sled::Db,
    disk: Disk,
    room: Room,
    // Writers exclude each other and readers, so that every transaction sees one state.
    gate: RwLock<Sum>,
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
        mode: Mode,
        sum: RwLockWriteGuard<'s, Sum>,
    },
    Look {
        _beside_others: RwLockReadGuard<'s, Sum>,
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
    /// Opens the database in this folder, or makes it, and refuses one in which rows are missing. From then
    /// on `reserve` octets of the disk are left free; 0 switches that off.
    pub(super) fn open(folder: &Path, reserve: u64) -> Result<Self, StorageError> {
        refuse_if_lost(folder)?;
        let config = sled::Config::new()
            .path(folder)
            .cache_capacity(CACHE)
            .flush_every_ms(None);
        let db = open_unlocked(folder, reserve, &config)?;
        let data = OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join(DATA_FILE))
            .map_err(|error| system(&error))?;
        let (sum, mark) = check(&db, folder)?;
        let also = data.try_clone().map_err(|error| system(&error))?;
        Ok(Self {
            room: Room::of(also, reserve),
            disk: Disk::begin(db.clone(), data, mark, sum.number)?,
            db,
            gate: RwLock::new(sum),
            long_works: AtomicUsize::new(0),
            used_proofs: UsedProofs::default(),
        })
    }

    /// Whether the disk has room for a change of this kind.
    pub(super) fn refuse_if_full(&self, mode: Mode) -> Result<(), StorageError> {
        self.room.refuse_if_full(mode)
    }

    /// Free room of the disk in octets.
    pub(super) fn free_room(&self) -> Result<u64, StorageError> {
        self.room.free()
    }

    /// One transaction on this thread, which blocks until it lasts.
    pub(super) fn transact<T>(
        &self,
        mode: Mode,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let (value, _state) = self.apply(&mut self.pass(mode), work)?;
        self.disk.bring_blocking()?;
        Ok(value)
    }

    fn pass(&self, mode: Mode) -> Pass<'_> {
        match mode {
            Mode::Write | Mode::TakeAway => Pass::Write {
                mode,
                sum: self.gate.write().unwrap_or_else(PoisonError::into_inner),
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
        pass: &mut Pass<'_>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError>,
    ) -> Result<Seen<T>, StorageError> {
        self.disk.refuse_if_broken()?;
        let mut tx = Tx::new(self);
        let value = work(&mut tx)?;
        let changes = tx.into_changes();
        match pass {
            Pass::Write { mode, sum } if !changes.is_empty() => {
                self.room.refuse_if_full(*mode)?;
                **sum = self.make(**sum, changes)?;
                self.disk.applied_is(sum.number);
                Ok((value, sum.number))
            }
            _ => Ok((value, self.disk.applied())),
        }
    }

    /// Makes the changes, and their sum with them.
    fn make(&self, before: Sum, changes: Changes) -> Result<Sum, StorageError> {
        let mut sum = before.numbered(before.number + 1);
        let mut batch = sled::Batch::default();
        for (key, change) in changes {
            if let Some(old) = looked(|| self.db.get(&key))? {
                sum.take(&key, &old);
            }
            match change {
                Some(octets) => {
                    sum.put(&key, &octets);
                    batch.insert(key, octets);
                }
                None => batch.remove(key),
            }
        }
        batch.insert(sum::KEY, sum.to_octets().as_slice());
        caught(|| self.db.apply_batch(batch)).inspect_err(|_error| self.disk.break_down())?;
        Ok(sum)
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
        let sum = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.disk.refuse_if_broken()?;
        let mut found = Sum::default();
        each_row(&self.db, |key, value| {
            found.put(key, value);
            take(key, value)
        })?;
        match found.has_the_rows_of(&sum) {
            true => Ok(()),
            false => Err(StorageError::Damaged),
        }
    }

    /// Puts rows into a new database, and returns once they last. One that was not filled to the end
    /// cannot be opened.
    pub(super) fn fill(
        &self,
        rows: impl Iterator<Item = Result<Pair, StorageError>>,
    ) -> Result<(), StorageError> {
        let mut gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        let insert = |key: &[u8], value: &[u8]| {
            caught(|| self.db.insert(key, value)).inspect_err(|_error| self.disk.break_down())
        };
        let mut sum = gate.numbered(gate.number + 1);
        insert(sum::KEY, &Sum::of_no_store(sum.number).to_octets())?;
        for (row, turn) in rows.zip((0..ROWS_OF_A_LOOK).cycle()) {
            if turn == 0 {
                self.room.refuse_if_full(Mode::Write)?;
            }
            let (key, value) = row?;
            sum.put(&key, &value);
            if let Some(old) = insert(&key, &value)? {
                sum.take(&key, &old);
            }
        }
        insert(sum::KEY, sum.to_octets().as_slice())?;
        *gate = sum;
        self.disk.applied_is(sum.number);
        drop(gate);
        self.disk.bring_blocking()
    }
}

#[cfg(test)]
impl Sled {
    /// Loses the first row of a kind, as the engine might.
    pub(super) fn lose_one(&self, prefix: &[u8]) {
        let (key, _value) = self.db.scan_prefix(prefix).next().unwrap().unwrap();
        self.db.remove(key).unwrap();
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
        Ok(looked(|| self.db.get(key))?.map(|octets| octets.to_vec()))
    }

    fn range(&self, range: &Range) -> Result<Vec<Pair>, StorageError> {
        looked(|| {
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
                here.apply(&mut here.pass(mode), work)
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
        let engine = Arc::clone(self);
        Box::pin(async move {
            if engine.long_works.load(Ordering::SeqCst) > 0 {
                return engine.run(mode, work).await;
            }
            let seen = engine.apply(&mut engine.pass(mode), work)?;
            engine.answer(mode, seen).await
        })
    }

    fn used_proofs(&self) -> Option<&UsedProofs> {
        Some(&self.used_proofs)
    }
}

/// A store that had come further than nothing has a data file: the engine would make a new one.
fn refuse_if_lost(folder: &Path) -> Result<(), StorageError> {
    let mark = Mark::open(folder).map_err(|error| system(&error))?;
    let is_there = folder.join(DATA_FILE).is_file();
    match mark {
        Some(mark) if mark.number() > 0 && !is_there => Err(StorageError::Damaged),
        _ => Ok(()),
    }
}

fn open_unlocked(
    folder: &Path,
    reserve: u64,
    config: &sled::Config,
) -> Result<sled::Db, StorageError> {
    let open = || make_ready(folder, reserve).and_then(|()| looked(|| config.open()));
    for _try in 1..OPENING_TRIES {
        match open() {
            Err(StorageError::InUse) => thread::sleep(OPENING_PAUSE),
            opened => return opened,
        }
    }
    open()
}

/// Every row is there, and nothing that was on the disk before has gone. A store without a sum is from
/// before there were any, or new: it gets one, and a mark before.
fn check(db: &sled::Db, folder: &Path) -> Result<(Sum, Mark), StorageError> {
    let mut found = Sum::default();
    each_row(db, |key, value| {
        found.put(key, value);
        Ok(())
    })?;
    let kept = looked(|| db.get(sum::KEY))?;
    match (kept, Mark::open(folder).map_err(|error| system(&error))?) {
        (Some(_), None) => Err(damaged("its mark is missing")),
        (None, Some(mark)) if mark.number() > 0 => Err(damaged("the sum is missing")),
        (None, mark) => {
            let mark = mark.map_or_else(|| Mark::create(folder), Ok);
            let mark = mark.map_err(|error| system(&error))?;
            let first = found.numbered(1);
            caught(|| db.insert(sum::KEY, first.to_octets().as_slice()))?;
            Ok((first, mark))
        }
        (Some(kept), Some(mark)) => match Sum::from_octets(&kept) {
            Some(kept) if kept.number < mark.number() => {
                Err(damaged("the newest changes are missing"))
            }
            Some(kept) if kept.has_the_rows_of(&found) => Ok((kept, mark)),
            _ => Err(damaged("rows are missing or altered")),
        },
    }
}

/// Hands over every row in the order of keys.
fn each_row(
    db: &sled::Db,
    mut take: impl FnMut(&[u8], &[u8]) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let mut rows = db.iter();
    while let Some((key, value)) = looked(|| rows.next().transpose())? {
        if &key[..] != sum::KEY {
            take(&key, &value)?;
        }
    }
    Ok(())
}

/// Runs one call of the engine that writes. Going on after a panic is safe: a failed write stops the
/// engine, and a failed read changes nothing.
fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StorageError> {
    attempt(call, StorageError::Unavailable)
}

/// As [`caught`] for a call that reads: what the engine cannot bear there are damaged files.
fn looked<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StorageError> {
    attempt(call, StorageError::Damaged)
}

fn attempt<T>(
    call: impl FnOnce() -> sled::Result<T>,
    at_panic: StorageError,
) -> Result<T, StorageError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        // sled tells that it is locked in words only.
        Ok(Err(sled::Error::Io(error))) if error.to_string().contains("acquire lock") => {
            Err(StorageError::InUse)
        }
        Ok(Err(sled::Error::Io(error))) => Err(system(&error)),
        Ok(Err(sled::Error::Corruption { .. })) => Err(damaged("a checksum does not fit")),
        Ok(Err(error)) => {
            tracing::error!(%error, "the storage engine failed");
            Err(at_panic)
        }
        Err(_panic) => {
            tracing::error!("the storage engine panicked");
            Err(at_panic)
        }
    }
}

fn damaged(what: &str) -> StorageError {
    tracing::error!("the store is damaged: {what}");
    StorageError::Damaged
}

/// What the system did not let us, for example because the disk is full.
fn system(error: &io::Error) -> StorageError {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    tracing::error!(%error, "a file of the store cannot be used");
    match error.kind() {
        _ if is_full(error) => StorageError::Full,
        InvalidData | InvalidInput | UnexpectedEof => StorageError::Damaged,
        _ => StorageError::Unavailable,
    }
}
