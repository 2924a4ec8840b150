//! The broker's two secrets: the key that signs receipts, log heads, answers to resource servers and
//! nothing else, and the key under which handles are sealed. Neither opens a deposit.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
    sync::Arc,
};

use credential_core::{
    jose::{Es256Key, Jwk, JwkSet, KeyUse, SignError, Signer},
    rng::{NoRandomness, Rng, random},
};
use zeroize::Zeroizing;

use crate::handles::HandleKey;

const SIGNING_FILE: &str = "signing-key.p8";
const HANDLE_FILE: &str = "handle-key";

/// The broker's keys; clones share them. `Debug` shows the public half only.
#[derive(Debug, Clone)]
pub struct BrokerKeys {
    signer: Arc<dyn Signer>,
    handle: HandleKey,
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
            Self::Sign(_) | Self::Randomness(_) => "keys_not_made",
        }
    }
}

impl BrokerKeys {
    /// These keys.
    #[must_use]
    pub fn new(signer: Arc<dyn Signer>, handle: HandleKey) -> Self {
        Self { signer, handle }
    }

    /// New keys, in memory only.
    ///
    /// # Errors
    /// [`KeyFileError`] when no key can be made.
    pub fn generate(rng: &dyn Rng) -> Result<Self, KeyFileError> {
        let (signer, _pkcs8) = Es256Key::generate()?;
        let handle = HandleKey::new(Zeroizing::new(random(rng)?));
        Ok(Self::new(Arc::new(signer), handle))
    }

    /// New keys in an existing folder, readable by their owner alone (PKCS #8 and 32 octets).
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn create(folder: &Path, rng: &dyn Rng) -> Result<Self, KeyFileError> {
        let signer = create_signing_key(&folder.join(SIGNING_FILE))?;
        let handle = Zeroizing::new(random::<32>(rng)?);
        write_secret(&folder.join(HANDLE_FILE), handle.as_slice())?;
        Ok(Self::new(Arc::new(signer), HandleKey::new(handle)))
    }

    /// The keys that [`Self::create`] left in this folder.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn load(folder: &Path) -> Result<Self, KeyFileError> {
        let signer = load_signing_key(&folder.join(SIGNING_FILE))?;
        let octets = read_secret(&folder.join(HANDLE_FILE))?;
        let handle = octets
            .as_slice()
            .try_into()
            .map_err(|_length| KeyFileError::Damaged)?;
        Ok(Self::new(
            Arc::new(signer),
            HandleKey::new(Zeroizing::new(handle)),
        ))
    }

    /// The key that signs receipts and log heads.
    #[must_use]
    pub fn signer(&self) -> &Arc<dyn Signer> {
        &self.signer
    }

    /// The key under which handles are sealed.
    #[must_use]
    pub fn handle_key(&self) -> &HandleKey {
        &self.handle
    }

    /// The public keys, as published and as given to the registrar.
    #[must_use]
    pub fn public(&self) -> JwkSet {
        JwkSet {
            keys: vec![signing_jwk(&*self.signer)],
        }
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
