//! Room on the disk for what will be written, before it is.
//!
//! The engine does not recover from the end of the disk while it runs: after a failed write nothing more
//! can be done with it. So it shall not come there. Every batch is refused while less than a reserve is
//! free, and the blocks behind the end of the data file are allocated ahead (fallocate(2)), so that what
//! others write between the look and the write takes nothing from it. What was refused was not begun, and
//! when there is room again the next batch is made. A person's stop may use half of the reserve: it comes
//! through when nothing else does.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{DATA_FILE, system};
use crate::storage::{StorageError, engine::Mode};

/// Room that is kept free unless something else is said, in octets.
pub(in crate::storage) const RESERVE: u64 = 64 * 1024 * 1024;
/// Most that is allocated behind the end of the data file: thirty-two of the engine's segments, which is
/// more than one batch changes.
const AHEAD: u64 = 16 * 1024 * 1024;

/// The room that a store has.
#[derive(Debug)]
pub(super) struct Room {
    data: File,
    reserve: u64,
    is_full: AtomicBool,
    can_allocate: AtomicBool,
}

impl Room {
    /// For the store with this data file. A reserve of 0 octets is none: nothing is looked at then.
    pub(super) fn of(data: File, reserve: u64) -> Self {
        Self {
            data,
            reserve,
            is_full: AtomicBool::new(false),
            can_allocate: AtomicBool::new(true),
        }
    }

    /// Whether the next batch has room. Two system calls, so it is asked before each.
    ///
    /// # Errors
    /// [`StorageError::Full`].
    pub(super) fn refuse_if_full(&self, mode: Mode) -> Result<(), StorageError> {
        if self.reserve == 0 {
            return Ok(());
        }
        let (free, can_grow) = (self.free()?, self.allocate_ahead()?);
        let has_room = self.note(can_grow && self.is_enough(free));
        let may_go_on = mode == Mode::TakeAway && can_grow && free >= self.reserve / 2;
        match has_room || may_go_on {
            true => Ok(()),
            false => Err(StorageError::Full),
        }
    }

    /// Says so when it has changed.
    fn note(&self, has_room: bool) -> bool {
        let was_full = self.is_full.swap(!has_room, Ordering::SeqCst);
        match (was_full, has_room) {
            (false, false) => tracing::error!(
                reserve = self.reserve,
                "the disk is full: the store takes nothing but stops until there is room"
            ),
            (true, true) => tracing::warn!("the disk has room again: the store goes on"),
            _ => {}
        }
        has_room
    }

    /// Free room of the file system for unprivileged users, in octets.
    pub(super) fn free(&self) -> Result<u64, StorageError> {
        free(&self.data).map_err(|error| system(&error))
    }

    /// An eighth more is needed to begin again, so that it does not change with every batch.
    fn is_enough(&self, free: u64) -> bool {
        let more = match self.is_full.load(Ordering::SeqCst) {
            true => self.reserve / 8,
            false => 0,
        };
        free >= self.reserve.saturating_add(more)
    }

    /// Whether the data file can grow; true as well where blocks cannot be allocated ahead.
    fn allocate_ahead(&self) -> Result<bool, StorageError> {
        if !self.can_allocate.load(Ordering::SeqCst) {
            return Ok(true);
        }
        let ahead = AHEAD.min(self.reserve);
        match allocate(&self.data, ahead) {
            Ok(()) => Ok(true),
            Err(error) if is_full(&error) => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                tracing::warn!("the file system of the store cannot allocate blocks ahead");
                self.can_allocate.store(false, Ordering::SeqCst);
                Ok(true)
            }
            Err(error) => Err(system(&error)),
        }
    }
}

/// Before the engine comes to a folder, which may not be there yet.
///
/// Half of the reserve is enough for it to recover its log, so that a store that has become full can still
/// be opened and looked at. Where an earlier opening met the end of the disk, an unfinished snapshot is left
/// over, and sled would take it for its newest and find it damaged: it is removed. A snapshot that counts
/// was synced and renamed before, so nothing is lost with this one.
///
/// # Errors
/// [`StorageError::Full`], or [`StorageError::InUse`] when another process has the store, and perhaps begins
/// a snapshot just now.
pub(super) fn make_ready(folder: &Path, reserve: u64) -> Result<(), StorageError> {
    let data = match File::open(folder.join(DATA_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return refuse_to_open_if_full(folder, reserve);
        }
        opened => opened.map_err(|error| system(&error))?,
    };
    // The lock that the engine takes; dropping the file ends it.
    match data.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(StorageError::InUse),
        Err(TryLockError::Error(error)) => return Err(system(&error)),
        Ok(()) => {}
    }
    refuse_to_open_if_full(folder, reserve)?;
    remove_unfinished(folder).map_err(|error| system(&error))
}

fn refuse_to_open_if_full(folder: &Path, reserve: u64) -> Result<(), StorageError> {
    let there = folder.ancestors().find(|path| path.is_dir());
    let there = there.unwrap_or(Path::new("."));
    let opened = File::open(there).and_then(|folder| free(&folder));
    let free = opened.map_err(|error| system(&error))?;
    if free < reserve / 2 {
        tracing::error!(free, "the disk is full: the store is not opened");
        return Err(StorageError::Full);
    }
    Ok(())
}

fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::warn!(%name, "a snapshot that was not finished is removed");
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether there was no room.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

#[cfg(unix)]
fn free(on: &File) -> io::Result<u64> {
    let found = rustix::fs::fstatvfs(on)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free(_on: &File) -> io::Result<u64> {
    Ok(u64::MAX)
}

/// Sees to it that so many octets behind the end of the file have blocks. Its length stays as it is.
#[cfg(target_os = "linux")]
fn allocate(data: &File, ahead: u64) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    use rustix::fs::{FallocateFlags, fallocate};

    /// The unit of a file's blocks (stat(2)).
    const BLOCK: u64 = 512;

    let found = data.metadata()?;
    let spare = found.blocks().saturating_mul(BLOCK);
    if spare >= found.len().saturating_add(ahead / 2) {
        return Ok(());
    }
    Ok(fallocate(
        data,
        FallocateFlags::KEEP_SIZE,
        found.len(),
        ahead,
    )?)
}

#[cfg(not(target_os = "linux"))]
fn allocate(_data: &File, _ahead: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
