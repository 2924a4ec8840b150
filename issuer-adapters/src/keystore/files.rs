//! The folder's files: small, private to their owner, and replaced in one step.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::Path,
};

use zeroize::Zeroizing;

use super::KeystoreError;

pub(super) const BOOK: &str = "keys.json";
pub(super) const KEYS: &str = "keys";
pub(super) const SEALING: &str = "sealing-key";
pub(super) const LEGACY_CREDENTIALS: &str = "signing-key.pk8";
pub(super) const LEGACY_BADGES: &str = "badge-key.pk8";
/// A larger file is not ours: 256 records come to some 100 KiB.
const LARGEST: u64 = 256 * 1024;

pub(super) fn read(folder: &Path, name: &str) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
    let mut content = Zeroizing::new(Vec::new());
    File::open(folder.join(name))
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut content))
        .map_err(|error| KeystoreError::io(name, &error))?;
    if content.len() as u64 > LARGEST {
        return Err(KeystoreError::damaged(name, "too large"));
    }
    Ok(content)
}

/// A file that was not there before; lasts through a power failure.
pub(super) fn create(folder: &Path, name: &str, content: &[u8]) -> Result<(), KeystoreError> {
    let path = folder.join(name);
    written(&path, content)
        .and_then(|()| sync_folder_of(&path))
        .map_err(|error| KeystoreError::io(name, &error))
}

/// The old content or the new one, whatever happens in between.
pub(super) fn replace(folder: &Path, name: &str, content: &[u8]) -> Result<(), KeystoreError> {
    let path = folder.join(name);
    let beside = folder.join(format!("{name}.new"));
    let replaced = || -> io::Result<()> {
        // Left from a replacement that was interrupted.
        absent(&beside)?;
        written(&beside, content)?;
        fs::rename(&beside, &path)?;
        sync_folder_of(&path)
    };
    replaced().map_err(|error| KeystoreError::io(name, &error))
}

pub(super) fn remove(folder: &Path, name: &str) -> Result<(), KeystoreError> {
    absent(&folder.join(name)).map_err(|error| KeystoreError::io(name, &error))
}

/// A folder that only its owner may enter.
pub(super) fn private_folder(path: &Path) -> Result<(), KeystoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let name = path.display().to_string();
    builder
        .create(path)
        .map_err(|error| KeystoreError::io(&name, &error))
}

fn absent(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn written(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
