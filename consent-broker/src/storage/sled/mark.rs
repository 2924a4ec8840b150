//! How far the store had come, kept outside of the engine.
//!
//! The engine recovers a damaged log by leaving out its end, however much that is, and what is left is an
//! older state that fits together: a share that was stopped lives in it. So the number of the last batch
//! that is known to last stands here too, and a store behind it is refused.
//!
//! The file has two slots of 40 octets, `number ‖ SHA-256(number)`. The older one is written over, so that
//! a crash in the middle leaves the other. It is written once the batch lasts and is not synced by itself:
//! after a power failure it may be some batches behind, which accuses nobody, and costs no second fsync.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use credential_core::encoding::sha256;

const FILE: &str = "mark";
const UNFINISHED: &str = "mark.new";
const SLOT: usize = 40;

/// The open file and the number in it.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
    number: u64,
    older: u64,
}

impl Mark {
    /// Starts at 0 in a folder without a mark. Lasts through a power failure.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let unfinished = folder.join(UNFINISHED);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut mark = Self {
            file: options.open(&unfinished)?,
            number: 0,
            older: 0,
        };
        // Both slots, so that later numbers need no room.
        mark.set(0)?;
        mark.set(0)?;
        mark.file.sync_all()?;
        fs::rename(unfinished, folder.join(FILE))?;
        File::open(folder)?.sync_all()?;
        Ok(mark)
    }

    /// Opens what is there; none where there is no file.
    ///
    /// # Errors
    /// A file without a whole slot is [`io::ErrorKind::InvalidData`].
    pub(super) fn open(folder: &Path) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        let mut file = match options.read(true).write(true).open(folder.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mut slots = Vec::with_capacity(2 * SLOT);
        (&mut file).take(2 * SLOT as u64).read_to_end(&mut slots)?;
        let numbers = slots.chunks(SLOT).map(number_in);
        let found = (0..).zip(numbers).max_by_key(|(_slot, number)| *number);
        match found {
            Some((slot, Some(number))) => Ok(Some(Self {
                file,
                number,
                older: 1 - slot,
            })),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// The number of the last batch that is known to last.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The batch with this number lasts.
    pub(super) fn set(&mut self, number: u64) -> io::Result<()> {
        let octets = number.to_be_bytes();
        self.file.seek(SeekFrom::Start(self.older * SLOT as u64))?;
        self.file
            .write_all(&[octets.as_slice(), &sha256(octets)].concat())?;
        self.older = 1 - self.older;
        self.number = number;
        Ok(())
    }
}

fn number_in(slot: &[u8]) -> Option<u64> {
    let (octets, hash) = slot.split_first_chunk::<8>()?;
    (sha256(octets) == hash).then(|| u64::from_be_bytes(*octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(folder: &Path) -> io::Result<Option<u64>> {
        Ok(Mark::open(folder)?.map(|mark| mark.number()))
    }

    #[test]
    fn the_newest_number_is_found_again_and_one_broken_slot_leaves_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(opened(folder.path()).unwrap(), None);
        let mut mark = Mark::create(folder.path()).unwrap();
        // Numbers are left out when batches share a sync.
        for number in [2, 4, 10] {
            mark.set(number).unwrap();
            assert_eq!(opened(folder.path()).unwrap(), Some(number));
        }
        drop(mark);
        Mark::open(folder.path()).unwrap().unwrap().set(11).unwrap();
        let file = folder.path().join(FILE);
        let octets = fs::read(&file).unwrap();
        for place in 0..2 * SLOT {
            let mut broken = octets.clone();
            broken[place] ^= 1;
            fs::write(&file, &broken).unwrap();
            let number = opened(folder.path()).unwrap().unwrap();
            assert!([10, 11].contains(&number));
            broken[(place + SLOT) % (2 * SLOT)] ^= 1;
            fs::write(&file, &broken).unwrap();
            let error = opened(folder.path()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
        fs::write(&file, b"").unwrap();
        assert!(opened(folder.path()).is_err());
    }
}
