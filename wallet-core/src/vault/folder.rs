//! The vault's folder: who may look into it, who has it open, and files that are replaced whole.
//!
//! ```text
//! <vault>/           0700
//!   header           format, salt and cost, wrapped data key
//!   mark             version of the last acknowledged write
//!   lock             locked while the vault is open
//!   store/           the storage engine's files
//! ```

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::VaultError;

/// The engine's folder in the vault's.
pub(super) const STORE: &str = "store";
const LOCK: &str = "lock";

/// A folder that this program, and no other, has open.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    // Unlocked by the system when the file is closed, also when the program is killed.
    _lock: File,
}

impl Folder {
    /// Makes a new folder for the owner alone, and locks it.
    pub(super) fn create(path: &Path) -> Result<Self, VaultError> {
        make_private_folder(path)?;
        make_private_folder(&path.join(STORE))?;
        Self::open(path)
    }

    /// Locks a folder, and takes away what others may do with it.
    pub(super) fn open(path: &Path) -> Result<Self, VaultError> {
        let lock = private_file().create(true).open(path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(VaultError::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let folder = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        folder.make_private()?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn store(&self) -> PathBuf {
        self.path.join(STORE)
    }

    /// The owner alone: the engine makes files by the process's umask, so this runs at every opening.
    pub(super) fn make_private(&self) -> Result<(), VaultError> {
        restrict(&self.path)?;
        if self.store().is_dir() {
            restrict(&self.store())?;
        }
        Ok(())
    }

    /// Makes names in the folder and in the engine's last through a power failure.
    pub(super) fn sync_names(&self) -> Result<(), VaultError> {
        sync_names(&self.store())?;
        sync_names(&self.path)
    }

    /// Moves the finished folder to where it was asked for; the lock moves with it.
    ///
    /// # Errors
    /// [`VaultError::AlreadyExists`] when something other than an empty folder is there.
    pub(super) fn publish(mut self, to: &Path) -> Result<Self, VaultError> {
        match fs::remove_dir(to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(VaultError::AlreadyExists);
            }
            _gone => {}
        }
        fs::rename(&self.path, to).map_err(|error| match error.kind() {
            io::ErrorKind::DirectoryNotEmpty
            | io::ErrorKind::AlreadyExists
            | io::ErrorKind::NotADirectory => VaultError::AlreadyExists,
            other => VaultError::Io(other),
        })?;
        match to.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_names(parent)?,
            _here => sync_names(Path::new("."))?,
        }
        self.path = to.to_owned();
        Ok(self)
    }
}

/// Options for a file that the owner alone may read and write.
pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes `name` in `folder` in one step: whoever reads sees the old octets or the new.
pub(super) fn replace_file(folder: &Path, name: &str, octets: &[u8]) -> Result<(), VaultError> {
    let next = folder.join(format!("{name}.next"));
    let mut file = private_file().create(true).truncate(true).open(&next)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(&next, folder.join(name))?;
    sync_names(folder)
}

fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn restrict(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let only_owner = |path: &Path, mode: u32| {
        if fs::metadata(path)?.permissions().mode() & 0o777 == mode {
            return Ok(());
        }
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    };
    only_owner(folder, 0o700)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            only_owner(&entry.path(), 0o700)?;
        } else if kind.is_file() {
            only_owner(&entry.path(), 0o600)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_names(folder: &Path) -> Result<(), VaultError> {
    Ok(File::open(folder)?.sync_all()?)
}

#[cfg(not(unix))]
fn sync_names(_folder: &Path) -> Result<(), VaultError> {
    Ok(())
}
