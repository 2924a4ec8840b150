//! How far the store had come, kept outside of it.
//!
//! The engine recovers a damaged log by dropping its end, however much that is, and says nothing: the
//! result is an older state that is consistent in itself, with revocations and used codes forgotten.
//! So every batch carries a number, and the number of the last one that is on disk stands here too.
//!
//! The file has two slots of 40 octets, `number ‖ SHA-256(number)`, written in turn, so that a crash in
//! the middle of one leaves the other.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use credential_core::encoding::sha256;

const FILE: &str = "mark";
const SLOT: usize = 40;

/// The open file and the number in it.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
    number: u64,
}

impl Mark {
    /// Starts at 0 in a folder without a mark.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(folder.join(FILE))?;
        let mut mark = Self { file, number: 0 };
        mark.set(0)?;
        Ok(mark)
    }

    /// Opens what is there; a file without a whole slot is damage.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join(FILE))?;
        let mut slots = Vec::with_capacity(2 * SLOT);
        (&mut file).take(2 * SLOT as u64).read_to_end(&mut slots)?;
        let number = slots
            .chunks(SLOT)
            .filter_map(number_in)
            .max()
            .ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { file, number })
    }

    /// The number of the last batch that is known to be on disk.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The batch with this number is on disk; lasts through a power failure.
    pub(super) fn set(&mut self, number: u64) -> io::Result<()> {
        let place = (number % 2) * SLOT as u64;
        let octets = number.to_be_bytes();
        self.file.seek(SeekFrom::Start(place))?;
        self.file
            .write_all(&[octets.as_slice(), &sha256(octets)].concat())?;
        self.file.sync_data()?;
        self.number = number;
        Ok(())
    }
}

fn number_in(slot: &[u8]) -> Option<u64> {
    let (octets, hash) = slot.split_first_chunk::<8>()?;
    (sha256(octets) == hash).then(|| u64::from_be_bytes(*octets))
}
