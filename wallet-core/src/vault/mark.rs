//! The mark: which write was acknowledged last, kept outside the storage engine.
//!
//! sled recovers from some damage by silently going back to an earlier state that fits together,
//! catalogue and all. The mark is written after every acknowledged write, so an engine that comes
//! back older than its mark has lost writes.
//!
//! Two slots in one file, written in turns: slot `epoch mod 2` holds `seal(K_catalogue, "mark",
//! version, "")`. The mark follows the engine and is made durable when the vault closes, so after a
//! power failure it may lag behind; it can never be ahead of what the engine acknowledged.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use credential_core::rng::Rng;

use super::{
    Damage, VaultError,
    folder::private_file,
    seal::{OVERHEAD, SealingKey, Version},
};

const FILE: &str = "mark";
const CONTEXT: &[&[u8]] = &[b"mark"];
/// Slots are a disk sector apart, so that writing one cannot tear the other.
const SLOT: usize = 4096;

/// The open file, and what it says.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
}

impl Mark {
    /// Makes the file, saying `version` in both slots.
    pub(super) fn create(
        folder: &Path,
        version: Version,
        key: &SealingKey,
        rng: &dyn Rng,
    ) -> Result<Self, VaultError> {
        let mut file = private_file().create_new(true).open(folder.join(FILE))?;
        // Room is taken now, so that a full disk cannot stop the mark later.
        file.write_all(&[0; 2 * SLOT])?;
        let mut mark = Self { file };
        for slot in [version.epoch, version.epoch + 1] {
            let sealed = key.seal(CONTEXT, version, &[], rng)?;
            mark.write(&NextMark { slot, sealed })?;
        }
        mark.sync()?;
        Ok(mark)
    }

    /// Opens the file and reads the later of its two versions.
    ///
    /// # Errors
    /// [`Damage::Mark`] when neither slot can be trusted. One alone may be torn by a power failure.
    pub(super) fn open(folder: &Path, key: &SealingKey) -> Result<(Self, Version), VaultError> {
        let mut file =
            private_file()
                .open(folder.join(FILE))
                .map_err(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => Damage::Mark.into(),
                    other => VaultError::Io(other),
                })?;
        let mut octets = Vec::with_capacity(2 * SLOT);
        (&mut file).take(2 * SLOT as u64).read_to_end(&mut octets)?;
        let version = octets
            .chunks(SLOT)
            .filter_map(|slot| slot.get(..OVERHEAD))
            .filter_map(|slot| key.open_any(CONTEXT, slot).ok())
            .map(|(version, _empty)| version)
            .max_by_key(|version| version.epoch)
            .ok_or(Damage::Mark)?;
        Ok((Self { file }, version))
    }

    /// Remembers a version. Not yet through a power failure: see [`Self::sync`].
    pub(super) fn write(&mut self, next: &NextMark) -> Result<(), VaultError> {
        let offset = next.slot % 2 * SLOT as u64;
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(&next.sealed)?;
        Ok(())
    }

    /// Makes the mark last through a power failure.
    pub(super) fn sync(&self) -> Result<(), VaultError> {
        Ok(self.file.sync_data()?)
    }
}

#[cfg(all(test, target_os = "linux"))]
impl Mark {
    /// A mark on a disk that has no room left.
    pub(super) fn on_a_full_disk() -> std::io::Result<Self> {
        let file = private_file().open("/dev/full")?;
        Ok(Self { file })
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // Nobody is left to be told; an older mark notices less and accuses nobody.
        let _synced = self.sync();
    }
}

/// A mark, sealed before the write that it is about, so that only the disk can refuse it.
#[derive(Debug)]
pub(super) struct NextMark {
    slot: u64,
    sealed: Vec<u8>,
}

impl NextMark {
    pub(super) fn new(
        version: Version,
        key: &SealingKey,
        rng: &dyn Rng,
    ) -> Result<Self, VaultError> {
        let sealed = key.seal(CONTEXT, version, &[], rng)?;
        let slot = version.epoch;
        Ok(Self { slot, sealed })
    }
}

#[cfg(test)]
mod tests;
