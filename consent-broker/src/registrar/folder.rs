//! The registrar's folder: its key and its book. Files are replaced, never changed in place.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use credential_core::jose::{Jwk, Signer};

use super::Registry;
use crate::keys::{KeyFileError, create_signing_key, load_signing_key, signing_jwk};

const KEY_FILE: &str = "registrar-key.p8";
const BOOK_FILE: &str = "registry.json";

/// An opened folder. The key is loaded only where something is signed.
#[derive(Debug)]
pub struct RegistryFolder {
    folder: PathBuf,
    /// The book; [`Self::save`] keeps what was changed in it.
    pub registry: Registry,
}

/// Why a registrar's folder cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// There is no registrar here.
    #[error("there is no registrar in this folder: run init first")]
    Missing,
    /// The operating system did not let us.
    #[error("a file cannot be read or written ({0})")]
    Io(ErrorKind),
    /// The book cannot be read.
    #[error("the registrar's book is damaged")]
    Damaged,
}

impl FolderError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Key(error) => error.reason(),
            Self::Missing => "registrar_missing",
            Self::Io(_) => "registrar_io",
            Self::Damaged => "registrar_damaged",
        }
    }
}

impl RegistryFolder {
    /// Makes a registrar: a new key and an empty book.
    ///
    /// # Errors
    /// [`FolderError`]; an existing key is never overwritten.
    pub fn create(folder: &Path, registrar: &str) -> Result<Self, FolderError> {
        fs::create_dir_all(folder).map_err(|error| io(&error))?;
        create_signing_key(&folder.join(KEY_FILE))?;
        let made = Self {
            folder: folder.into(),
            registry: Registry::new(registrar),
        };
        made.save()?;
        Ok(made)
    }

    /// Opens a registrar that was made before.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(folder: &Path) -> Result<Self, FolderError> {
        let octets = fs::read(folder.join(BOOK_FILE)).map_err(|error| io(&error))?;
        Ok(Self {
            folder: folder.into(),
            registry: serde_json::from_slice(&octets).map_err(|_error| FolderError::Damaged)?,
        })
    }

    /// Keeps the book as it is now.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn save(&self) -> Result<(), FolderError> {
        let octets =
            serde_json::to_vec_pretty(&self.registry).map_err(|_error| FolderError::Damaged)?;
        replace(&self.folder.join(BOOK_FILE), &octets)
    }

    /// The registrar's private key.
    ///
    /// # Errors
    /// [`FolderError::Key`].
    pub fn signer(&self) -> Result<impl Signer + use<>, FolderError> {
        Ok(load_signing_key(&self.folder.join(KEY_FILE))?)
    }

    /// The registrar's public key: what wallets and brokers pin.
    ///
    /// # Errors
    /// [`FolderError::Key`].
    pub fn public_key(&self) -> Result<Jwk, FolderError> {
        Ok(signing_jwk(&self.signer()?))
    }
}

/// Writes a file so that a reader sees the old one or the new one, never a part.
///
/// # Errors
/// [`FolderError::Io`].
pub(crate) fn replace(path: &Path, octets: &[u8]) -> Result<(), FolderError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    File::create(&beside)
        .and_then(|mut file| file.write_all(octets).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| io(&error))
}

impl RegistryFolder {
    /// Writes a signed list where others fetch it.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write_list(path: &Path, signed: &str) -> Result<(), FolderError> {
        replace(path, signed.as_bytes())
    }
}

fn io(error: &std::io::Error) -> FolderError {
    match error.kind() {
        ErrorKind::NotFound => FolderError::Missing,
        other => FolderError::Io(other),
    }
}
