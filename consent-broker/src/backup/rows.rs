//! All rows in one file: for each the lengths of key and value (32 bits, little-endian), then both.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read as _, Write as _},
    path::Path,
};

use credential_core::encoding::base64url;
use ring::digest::{Context, SHA256};

use super::{BackupError, new_file};
use crate::storage::{LocalStore, StorageError};

/// The longest key or value, in octets; what is larger the store keeps in pieces.
const MAX_PART: u32 = 1 << 20;

/// Writes the rows of one moment; gives how many, and the file's hash.
pub(super) fn write(store: &LocalStore, path: &Path) -> Result<(u64, String), BackupError> {
    let mut file = BufWriter::new(new_file(path)?);
    let (mut context, mut count) = (Context::new(&SHA256), 0);
    // The store's errors are its own; the file's go around it.
    let mut failed = None;
    let copied = store.copy(|key, value| {
        let written = record(key, value).and_then(|record| {
            context.update(&record);
            file.write_all(&record)
        });
        count += 1;
        written.map_err(|error| {
            failed = Some(error);
            StorageError::Unavailable
        })
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    copied?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok((count, base64url(context.finish())))
}

fn record(key: &[u8], value: &[u8]) -> io::Result<Vec<u8>> {
    let length = |part: &[u8]| {
        let length = u32::try_from(part.len()).ok();
        let length = length.filter(|length| *length <= MAX_PART);
        length.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    };
    let lengths = [length(key)?.to_le_bytes(), length(value)?.to_le_bytes()];
    Ok([&lengths.concat(), key, value].concat())
}

/// The file's hash.
pub(super) fn hash(path: &Path) -> Result<String, BackupError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::Damaged(path.display().to_string()));
        }
        Err(error) => return Err(error.into()),
    };
    let (mut context, mut buffer) = (Context::new(&SHA256), vec![0; 64 * 1024]);
    loop {
        let length = file.read(&mut buffer)?;
        match buffer.get(..length) {
            Some([]) | None => return Ok(base64url(context.finish())),
            Some(octets) => context.update(octets),
        }
    }
}

/// Fills a new store with the rows of a file that was checked.
pub(super) fn read(path: &Path, store: &Path, expected: u64) -> Result<(), BackupError> {
    let mut file = BufReader::new(File::open(path)?);
    let mut count = 0;
    let rows = std::iter::from_fn(|| {
        let row = next(&mut file).transpose()?;
        count += 1;
        Some(row.map_err(|_error| StorageError::Damaged))
    });
    LocalStore::fill(store, rows)?;
    if count == expected {
        Ok(())
    } else {
        Err(BackupError::Damaged(path.display().to_string()))
    }
}

fn next(file: &mut BufReader<File>) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut lengths = [0; 8];
    match file.read_exact(&mut lengths) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let (key, value) = lengths.split_at(4);
    let mut part = |length: &[u8]| {
        let length = length.try_into().map(u32::from_le_bytes);
        let length = length.map_err(|_four| io::ErrorKind::InvalidData)?;
        if length > MAX_PART {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut octets = vec![0; usize::try_from(length).unwrap_or_default()];
        file.read_exact(&mut octets)?;
        Ok::<_, io::Error>(octets)
    };
    Ok(Some((part(key)?, part(value)?)))
}
