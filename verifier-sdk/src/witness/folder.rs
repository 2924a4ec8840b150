//! A witness's folder: its key, and of each log the last checkpoint that it has cosigned.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

use credential_core::{
    encoding::{base64url, sha256},
    transparency::{Checkpoint, MAX_NOTE, Note, Seen, WitnessSigner, is_key_name},
};
use zeroize::Zeroizing;

const KEY_FILE: &str = "witness-key.p8";
const NAME_FILE: &str = "name";
const LOCK_FILE: &str = "lock";
const SEEN_FOLDER: &str = "seen";

/// An opened folder; while it is open no other process opens it to sign.
#[derive(Debug)]
pub struct WitnessFolder {
    folder: PathBuf,
    name: String,
    lock: Option<File>,
}

/// Why a witness's folder cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is a witness already.
    #[error("there is a witness in this folder already")]
    AlreadyThere,
    /// There is no witness.
    #[error("there is no witness in this folder: run init first")]
    Missing,
    /// Another process has it open.
    #[error("another witness has this folder open")]
    InUse,
    /// No key can be called so.
    #[error("the name must be 1 to 255 octets without spaces, plus signs and control characters")]
    Name,
    /// The key file may be read by others than its owner.
    #[error("the key file can be read by others: set its mode to 0600")]
    TooOpen,
    /// No logs, too many, two with one origin, or a key that is not a log's.
    #[error("a witness needs 1 to 1024 logs, each with an origin of its own and a log's key")]
    Logs,
    /// A file holds something else. What was cosigned last is not guessed.
    #[error("a file of the witness is damaged")]
    Damaged,
    /// The key could not be made.
    #[error("the key could not be made")]
    NotMade,
    /// The operating system did not let us.
    #[error("a file cannot be read or written ({0})")]
    Io(ErrorKind),
}

impl FolderError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::AlreadyThere => "witness_already_there",
            Self::Missing => "witness_missing",
            Self::InUse => "witness_in_use",
            Self::Name => "witness_name",
            Self::TooOpen => "witness_key_too_open",
            Self::Logs => "witness_logs",
            Self::Damaged => "witness_damaged",
            Self::NotMade => "witness_not_made",
            Self::Io(_) => "witness_io",
        }
    }
}

impl WitnessFolder {
    /// Makes a witness: a new key under this name, and nothing seen.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn create(folder: &Path, name: &str) -> Result<Self, FolderError> {
        if !is_key_name(name) {
            return Err(FolderError::Name);
        }
        if folder.join(KEY_FILE).exists() {
            return Err(FolderError::AlreadyThere);
        }
        fs::create_dir_all(folder.join(SEEN_FOLDER)).map_err(|error| io(&error))?;
        replace(&folder.join(NAME_FILE), name.as_bytes())?;
        let pkcs8 = WitnessSigner::generate().map_err(|_error| FolderError::NotMade)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(folder.join(KEY_FILE))
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => FolderError::AlreadyThere,
                other => FolderError::Io(other),
            })?;
        file.write_all(&pkcs8)
            .and_then(|()| file.sync_all())
            .map_err(|error| io(&error))?;
        Self::open(folder)
    }

    /// Opens a witness that was made before.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(folder: &Path) -> Result<Self, FolderError> {
        let opened = Self::look(folder)?;
        let lock = File::create(folder.join(LOCK_FILE)).map_err(|error| io(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::InUse),
            Err(TryLockError::Error(error)) => return Err(io(&error)),
        }
        Ok(Self {
            lock: Some(lock),
            ..opened
        })
    }

    /// Opens a witness only to look, also while it is at work.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn look(folder: &Path) -> Result<Self, FolderError> {
        let name = fs::read_to_string(folder.join(NAME_FILE)).map_err(|error| io(&error))?;
        if !is_key_name(&name) {
            return Err(FolderError::Damaged);
        }
        Ok(Self {
            folder: folder.into(),
            name,
            lock: None,
        })
    }

    /// Whether no other process can sign with it.
    pub(super) fn is_ours(&self) -> bool {
        self.lock.is_some()
    }

    /// The witness's private key.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn signer(&self) -> Result<WitnessSigner, FolderError> {
        let mut file = File::open(self.folder.join(KEY_FILE)).map_err(|error| io(&error))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let metadata = file.metadata().map_err(|error| io(&error))?;
            if metadata.permissions().mode() & 0o077 != 0 {
                return Err(FolderError::TooOpen);
            }
        }
        // Large enough from the start, so that growing leaves no copy of the secret behind.
        let mut pkcs8 = Zeroizing::new(Vec::with_capacity(1024));
        file.read_to_end(&mut pkcs8).map_err(|error| io(&error))?;
        WitnessSigner::from_pkcs8(&self.name, &pkcs8).map_err(|_error| FolderError::Damaged)
    }

    /// What was cosigned last of the log with this origin; none when nothing was.
    ///
    /// # Errors
    /// [`FolderError`]; a file that cannot be read is not taken for none.
    pub fn seen(&self, origin: &str) -> Result<Option<Seen>, FolderError> {
        let checkpoint = self.checkpoint(origin)?;
        Ok(checkpoint.map(|(read, _note)| Seen {
            size: read.size,
            root: read.root,
        }))
    }

    /// The last checkpoint that was cosigned of the log with this origin, and the note it came in.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn checkpoint(&self, origin: &str) -> Result<Option<(Checkpoint, Note)>, FolderError> {
        match fs::read_to_string(self.path(origin)) {
            Ok(text) => read(&text)
                .filter(|(checkpoint, _note)| checkpoint.origin == origin)
                .map(Some)
                .ok_or(FolderError::Damaged),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::InvalidData => Err(FolderError::Damaged),
            Err(error) => Err(io(&error)),
        }
    }

    /// Every log of which something was cosigned, in no order.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn checkpoints(&self) -> Result<Vec<Checkpoint>, FolderError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.folder.join(SEEN_FOLDER)).map_err(|error| io(&error))? {
            let path = entry.map_err(|error| io(&error))?.path();
            // What a power failure left of a replacement is none.
            if path.extension().is_some() {
                continue;
            }
            let text = fs::read_to_string(&path).map_err(|error| io(&error))?;
            let (checkpoint, _note) = read(&text).ok_or(FolderError::Damaged)?;
            found.push(checkpoint);
        }
        Ok(found)
    }

    /// Keeps the note as the last that is cosigned of this log. It lasts when this returns.
    pub(super) fn keep(&self, origin: &str, note: &Note) -> Result<(), FolderError> {
        replace(&self.path(origin), note.to_string().as_bytes())
    }

    /// An origin may hold anything, so a file is called after its hash.
    fn path(&self, origin: &str) -> PathBuf {
        let name = base64url(sha256(origin));
        self.folder.join(SEEN_FOLDER).join(name)
    }
}

fn read(text: &str) -> Option<(Checkpoint, Note)> {
    let note = Note::parse(text).ok().filter(|_| text.len() <= MAX_NOTE)?;
    Some((Checkpoint::parse(note.text()).ok()?, note))
}

/// Writes a file so that after a power failure there is the old one or the new one.
fn replace(path: &Path, octets: &[u8]) -> Result<(), FolderError> {
    let beside = path.with_extension("new");
    let folder = path.parent().ok_or(FolderError::Damaged)?;
    File::create(&beside)
        .and_then(|mut file| file.write_all(octets).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path))
        // The name lasts only with its folder.
        .and_then(|()| sync_folder(folder))
        .map_err(|error| io(&error))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

fn io(error: &std::io::Error) -> FolderError {
    match error.kind() {
        ErrorKind::NotFound => FolderError::Missing,
        other => FolderError::Io(other),
    }
}
