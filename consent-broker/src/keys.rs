//! The broker's secrets: keys that sign receipts, log heads, answers to resource servers and nothing
//! else, keys under which handles are sealed, the key from which names are made, and the key that signs the
//! checkpoints of the global log. None opens a deposit.
//!
//! Keys are rotated with overlap. A new one stands beside the old from the day it is made, so that it can
//! be published, and is used from a stated moment on; the old one goes on verifying or opening what it
//! made. A signing key is used only once the registrar's list names it, as nobody could check it before.

mod folder;
#[cfg(test)]
mod tests;

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use credential_core::{
    jose::{Es256Key, Jwk, JwkSet, KeyUse, SignError, Signer, VerifyingKey},
    rng::{NoRandomness, Rng, random},
    transparency::LogSigner,
};
use zeroize::Zeroizing;

pub use folder::{KeyFolder, KeyRole, KeyRow, RetireError};

use crate::handles::HandleKey;

/// Most keys of one role, used and waiting.
const MOST_KEYS: usize = 8;

/// The broker's keys; clones share them, and what is rotated. `Debug` shows public halves only.
#[derive(Debug, Clone)]
pub struct BrokerKeys(Arc<RwLock<Arc<KeySet>>>);

/// The keys of one moment, oldest first.
#[derive(Debug)]
pub(crate) struct KeySet {
    /// The first of those that follow.
    oldest: Arc<dyn Signer>,
    signing: Vec<Timed<Arc<dyn Signer>>>,
    sealing: Vec<Timed<HandleKey>>,
    /// Pseudonyms must not change: this one is not rotated.
    names: HandleKey,
    /// Public halves of keys that are gone, for what they have signed.
    retired: Vec<Jwk>,
    log: LogKey,
}

/// The key of the global log, in its PKCS #8 form.
struct LogKey(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogKey(..)")
    }
}

/// A key and the moment from which it is used.
#[derive(Debug, Clone)]
struct Timed<K> {
    key: K,
    from: DateTime<Utc>,
}

/// Why keys were not made or not loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There are keys already; they are never overwritten.
    #[error("there are keys in this folder already")]
    AlreadyThere,
    /// There are no keys.
    #[error("there are no keys in this folder: run init first")]
    Missing,
    /// A key file may be read by others than its owner.
    #[error("a key file can be read by others: set its mode to 0600")]
    TooOpen,
    /// The operating system did not let us.
    #[error("a key file cannot be read or written ({0})")]
    Io(ErrorKind),
    /// The file holds no key.
    #[error("a key file is damaged")]
    Damaged,
    /// The folder was made by a newer version of this program.
    #[error("the keys were made by a newer version")]
    NewerFormat,
    /// There are as many keys as there may be.
    #[error("there are too many keys: retire old ones first")]
    TooMany,
    /// The key could not be made.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The key could not be made.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl KeyFileError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::AlreadyThere => "keys_already_there",
            Self::Missing => "keys_missing",
            Self::TooOpen => "keys_too_open",
            Self::Io(_) => "keys_io",
            Self::Damaged => "keys_damaged",
            Self::NewerFormat => "keys_newer_format",
            Self::TooMany => "keys_too_many",
            Self::Sign(_) | Self::Randomness(_) => "keys_not_made",
        }
    }
}

impl BrokerKeys {
    /// These keys, in use already; that of the global log in its PKCS #8 form.
    #[must_use]
    pub fn new(signer: Arc<dyn Signer>, handle: HandleKey, log: Zeroizing<Vec<u8>>) -> Self {
        let always = DateTime::<Utc>::MIN_UTC;
        Self::of(KeySet {
            oldest: Arc::clone(&signer),
            signing: vec![Timed {
                key: signer,
                from: always,
            }],
            sealing: vec![Timed {
                key: handle.clone(),
                from: always,
            }],
            names: handle,
            retired: Vec::new(),
            log: LogKey(log),
        })
    }

    fn of(set: KeySet) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(set))))
    }

    /// New keys, in memory only.
    ///
    /// # Errors
    /// [`KeyFileError`] when no key can be made.
    pub fn generate(rng: &dyn Rng) -> Result<Self, KeyFileError> {
        let (signer, _pkcs8) = Es256Key::generate()?;
        let handle = HandleKey::new(Zeroizing::new(random(rng)?));
        Ok(Self::new(Arc::new(signer), handle, LogSigner::generate()?))
    }

    /// New keys in an existing folder, readable by their owner alone (PKCS #8 and 32 octets).
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn create(folder: &Path, rng: &dyn Rng) -> Result<Self, KeyFileError> {
        KeyFolder::create(folder, rng)?;
        Self::load(folder)
    }

    /// The keys of this folder: those that [`Self::create`] left, and those that came since.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn load(folder: &Path) -> Result<Self, KeyFileError> {
        Ok(Self::of(KeyFolder::open(folder)?.load()?))
    }

    /// The key that signs the checkpoints of the global log, under the log's origin. Not rotated: whoever
    /// follows the log knows it by this key.
    ///
    /// # Errors
    /// [`SignError::DamagedKey`], also when no log can be called so.
    pub fn log_signer(&self, origin: &str) -> Result<LogSigner, SignError> {
        LogSigner::from_pkcs8(origin, &self.current().log.0)
    }

    /// Takes over the keys of this folder, with the next request. Those in use stay when it cannot.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn reload(&self, folder: &Path) -> Result<(), KeyFileError> {
        let next = Arc::new(KeyFolder::open(folder)?.load()?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    pub(crate) fn current(&self) -> Arc<KeySet> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The oldest signing key: the only one, unless they were rotated.
    #[must_use]
    pub fn signer(&self) -> Arc<dyn Signer> {
        Arc::clone(&self.current().oldest)
    }

    /// The key that signs now: the newest whose moment has come and that others can check, as far as
    /// `is_listed` knows its thumbprint; else the oldest.
    #[must_use]
    pub fn signer_at(
        &self,
        now: DateTime<Utc>,
        is_listed: impl Fn(&Jwk) -> bool,
    ) -> Arc<dyn Signer> {
        let keys = self.current();
        let ready = keys.signing.iter().rev().filter(|one| one.from <= now);
        let mut listed = ready.filter(|one| is_listed(one.key.public_jwk()));
        let found = listed.next().map(|one| Arc::clone(&one.key));
        found.unwrap_or_else(|| Arc::clone(&keys.oldest))
    }

    /// The key from which names and digits are made; not rotated.
    pub(crate) fn names_key(&self) -> HandleKey {
        self.current().names.clone()
    }

    /// The key of ours with this id, also one that signs no more.
    pub(crate) fn verifying(&self, kid: &str) -> Option<VerifyingKey> {
        let public = self.public();
        VerifyingKey::try_from(public.find(kid)?).ok()
    }

    /// The public keys, as published and as given to the registrar: those that sign, those that will, and
    /// those that have signed.
    #[must_use]
    pub fn public(&self) -> JwkSet {
        let keys = self.current();
        let living = keys.signing.iter().map(|one| signing_jwk(&*one.key));
        JwkSet {
            keys: living.chain(keys.retired.iter().cloned()).collect(),
        }
    }
}

impl KeySet {
    /// A key for another purpose from each sealing key, oldest first, with the moment it is used from.
    pub(crate) fn derive_each(
        &self,
        purpose: &[&[u8]],
    ) -> impl Iterator<Item = (DateTime<Utc>, Zeroizing<[u8; 32]>)> {
        let sealing = self.sealing.iter();
        sealing.filter_map(move |one| Some((one.from, one.key.derive(purpose)?)))
    }

    /// The key that seals now first, then all others that open.
    pub(crate) fn handle_keys(&self, now: DateTime<Utc>) -> Vec<HandleKey> {
        let at = self.sealing.iter().rposition(|one| one.from <= now);
        let mut keys: Vec<HandleKey> = self.sealing.iter().map(|one| one.key.clone()).collect();
        if let Some(at) = at {
            keys.swap(0, at);
        }
        keys
    }
}

/// The public half of a signing key, marked as such.
pub(crate) fn signing_jwk(signer: &dyn Signer) -> Jwk {
    signer.public_jwk().clone().with_use(KeyUse::Sig)
}

pub(crate) fn create_signing_key(path: &Path) -> Result<Es256Key, KeyFileError> {
    let (key, pkcs8) = Es256Key::generate()?;
    write_secret(path, &pkcs8)?;
    Ok(key)
}

pub(crate) fn load_signing_key(path: &Path) -> Result<Es256Key, KeyFileError> {
    Es256Key::from_pkcs8(&read_secret(path)?).map_err(|_error| KeyFileError::Damaged)
}

fn create_log_key(path: &Path) -> Result<LogKey, KeyFileError> {
    let pkcs8 = LogSigner::generate()?;
    write_secret(path, &pkcs8)?;
    Ok(LogKey(pkcs8))
}

/// The key of the global log. It is made where an earlier version has left none.
fn load_log_key(path: &Path) -> Result<LogKey, KeyFileError> {
    let pkcs8 = match read_secret(path) {
        Err(KeyFileError::Missing) => {
            tracing::warn!("a key for the global log is made: tell the registrar and witnesses");
            return create_log_key(path);
        }
        found => found?,
    };
    // A damaged key is found out now and not at the first checkpoint.
    LogSigner::from_pkcs8("log", &pkcs8).map_err(|_error| KeyFileError::Damaged)?;
    Ok(LogKey(pkcs8))
}

fn write_secret(path: &Path, secret: &[u8]) -> Result<(), KeyFileError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| io(&error))?;
    file.write_all(secret)
        .and_then(|()| file.sync_all())
        .map_err(|error| io(&error))
}

fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let mut file = File::open(path).map_err(|error| io(&error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = file.metadata().map_err(|error| io(&error))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::TooOpen);
        }
    }
    // Large enough from the start, so that growing leaves no copy of the secret behind.
    let mut secret = Zeroizing::new(Vec::with_capacity(1024));
    file.read_to_end(&mut secret).map_err(|error| io(&error))?;
    Ok(secret)
}

fn io(error: &std::io::Error) -> KeyFileError {
    match error.kind() {
        ErrorKind::AlreadyExists => KeyFileError::AlreadyThere,
        ErrorKind::NotFound => KeyFileError::Missing,
        other => KeyFileError::Io(other),
    }
}
