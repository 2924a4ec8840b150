//! A copy of a broker of one node, and putting it in place: all rows of one moment, the keys, and hashes
//! of both.
//!
//! A copy may be older than what people have decided since: shares that were stopped live in it again. So
//! whoever puts one in place gets a new sealing key, and no token from before works, unless the operator
//! says that nothing was decided since.

mod rows;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use credential_core::{
    encoding::{base64url, sha256},
    rng::Rng,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{KeyFileError, KeyFolder, KeyRole, RetireError},
    storage::{LocalStore, StorageError},
};

const MANIFEST: &str = "backup.json";
const ROWS: &str = "rows";
const KEYS: &str = "keys";
const FORMAT: u32 = 1;
/// The longest key file or manifest that is read, in octets.
const MAX_SMALL: u64 = 1 << 20;

/// What a copy says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Of the copy's layout.
    pub format: u32,
    /// The moment of its rows.
    pub made_at: DateTime<Utc>,
    /// How many rows.
    pub rows: u64,
    /// base64url SHA-256 of each file, by its path in the copy.
    pub hashes: BTreeMap<String, String>,
}

/// A copy was not made or not put in place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// There is something already where it should go.
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// This is no copy, or a part of it is missing or changed.
    #[error("the copy is damaged ({0})")]
    Damaged(String),
    /// It was made by a newer version of this program.
    #[error("the copy was made by a newer version")]
    NewerFormat,
    /// The operating system did not let us.
    #[error("the copy cannot be written or read: {0}")]
    Io(#[from] io::Error),
    /// The store.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
}

impl BackupError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotEmpty(_) => "backup_not_empty",
            Self::Damaged(_) => "backup_damaged",
            Self::NewerFormat => "backup_newer_format",
            Self::Io(_) => "backup_io",
            Self::Storage(error) => error.reason(),
            Self::Keys(error) => error.reason(),
        }
    }
}

/// Copies a store, also one that serves, and the keys of `keys`, into a new folder. Blocks; writers of the
/// store wait meanwhile.
///
/// # Errors
/// [`BackupError`]. What was written of an unfinished copy has no `backup.json`, and is no copy.
pub fn back_up(
    store: &LocalStore,
    keys: &Path,
    to: &Path,
    now: DateTime<Utc>,
) -> Result<Backup, BackupError> {
    refuse_something(to)?;
    make_private(to)?;
    make_private(&to.join(KEYS))?;
    let mut hashes = BTreeMap::new();
    let (count, hash) = rows::write(store, &to.join(ROWS))?;
    hashes.insert(ROWS.to_owned(), hash);
    for name in KeyFolder::open(keys)?.files() {
        let octets = small(&keys.join(&name))?;
        write_new(&to.join(KEYS).join(&name), &octets)?;
        hashes.insert(format!("{KEYS}/{name}"), base64url(sha256(&octets[..])));
    }
    let backup = Backup {
        format: FORMAT,
        made_at: now,
        rows: count,
        hashes,
    };
    // Last: a copy is one once it has this.
    let manifest = serde_json::to_vec_pretty(&backup).map_err(io::Error::from)?;
    write_new(&to.join(MANIFEST), &manifest)?;
    File::open(to)?.sync_all()?;
    Ok(backup)
}

/// Where a copy is put in place.
#[derive(Debug, Clone)]
pub struct Target {
    /// The store's folder; has to be new or empty.
    pub store: PathBuf,
    /// The keys' folder; the same.
    pub keys: PathBuf,
    /// Whether tokens from before go on working: only when nothing was decided since the copy.
    pub keeps_tokens: bool,
}

/// Checks a copy and puts it in place.
///
/// # Errors
/// [`BackupError`]; nothing is written unless the copy is whole.
pub fn restore(
    from: &Path,
    target: &Target,
    now: DateTime<Utc>,
    rng: &dyn Rng,
) -> Result<Backup, BackupError> {
    refuse_something(&target.store)?;
    refuse_something(&target.keys)?;
    let backup = check(from)?;
    make_private(&target.keys)?;
    for name in backup.hashes.keys().filter_map(|name| key_name(name)) {
        let octets = small(&from.join(KEYS).join(name))?;
        write_new(&target.keys.join(name), &octets)?;
    }
    if !target.keeps_tokens {
        end_tokens(&target.keys, now, rng)?;
    }
    // After the keys: a store that was filled has no tokens from before.
    rows::read(&from.join(ROWS), &target.store, backup.rows)?;
    Ok(backup)
}

/// A new sealing key, and no other.
fn end_tokens(keys: &Path, now: DateTime<Utc>, rng: &dyn Rng) -> Result<(), BackupError> {
    let mut folder = KeyFolder::open(keys)?;
    let rows = folder.rows()?;
    folder.supersede_sealing(now, rng)?;
    let old = rows.iter().filter(|row| row.role == KeyRole::Sealing);
    for row in old {
        folder
            .retire(&row.id, now, false)
            .map_err(|error| match error {
                RetireError::Folder(error) => BackupError::Keys(error),
                other => BackupError::Damaged(other.to_string()),
            })?;
    }
    Ok(())
}

/// Every file is there and as it was written.
fn check(from: &Path) -> Result<Backup, BackupError> {
    #[derive(Deserialize)]
    struct OfFormat {
        format: u32,
    }
    let damaged = |_error| BackupError::Damaged(MANIFEST.to_owned());
    let octets = small(&from.join(MANIFEST))?;
    let OfFormat { format } = serde_json::from_slice(&octets).map_err(damaged)?;
    if format > FORMAT {
        return Err(BackupError::NewerFormat);
    }
    let backup: Backup = serde_json::from_slice(&octets).map_err(damaged)?;
    if !backup.hashes.contains_key(ROWS) {
        return Err(BackupError::Damaged(ROWS.to_owned()));
    }
    for (name, hash) in &backup.hashes {
        let found = match (name.as_str(), key_name(name)) {
            (ROWS, _) => rows::hash(&from.join(ROWS))?,
            (_, Some(key)) => base64url(sha256(&small(&from.join(KEYS).join(key))?[..])),
            _ => return Err(BackupError::Damaged(MANIFEST.to_owned())),
        };
        if found != *hash {
            return Err(BackupError::Damaged(name.clone()));
        }
    }
    Ok(backup)
}

/// The plain name of a file in `keys`.
fn key_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix("keys/")?;
    let is_plain = !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
    is_plain.then_some(name)
}

fn refuse_something(folder: &Path) -> Result<(), BackupError> {
    let has_something = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error.into()),
    };
    if has_something {
        return Err(BackupError::NotEmpty(folder.to_owned()));
    }
    Ok(())
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn small(path: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>, BackupError> {
    let missing = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => BackupError::Damaged(path.display().to_string()),
        _ => BackupError::Io(error),
    };
    if fs::metadata(path).map_err(missing)?.len() > MAX_SMALL {
        return Err(BackupError::Damaged(path.display().to_string()));
    }
    Ok(zeroize::Zeroizing::new(fs::read(path)?))
}

fn new_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_new(path: &Path, octets: &[u8]) -> io::Result<()> {
    let mut file = new_file(path)?;
    file.write_all(octets)?;
    file.sync_all()
}
