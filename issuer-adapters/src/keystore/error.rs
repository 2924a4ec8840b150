//! Why the keys could not be had.

use std::io;

use credential_core::{jose::SignError, rng::NoRandomness, x509::X509Error};

use crate::server::SealError;

/// Why keys were not read, made or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
    /// A file is not there.
    #[error("{file} is missing")]
    Missing {
        /// Its name in the folder.
        file: String,
    },
    /// There are keys in this folder already.
    #[error("{file} is there already, left from what was not finished or from another institution")]
    Exists {
        /// The file in the way.
        file: String,
    },
    /// A file is not what it should be.
    #[error("{file}: {problem}")]
    Damaged {
        /// Its name in the folder.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Made by a newer version of this program.
    #[error("the keys were made by a newer version of this program")]
    Newer,
    /// The keys are encrypted and no passphrase was given.
    #[error("the keys are encrypted: a passphrase is needed")]
    PassphraseNeeded,
    /// Not the passphrase of these keys.
    #[error("the passphrase does not open these keys")]
    WrongPassphrase,
    /// There is nothing to encrypt.
    #[error("the keys are encrypted already")]
    ProtectedAlready,
    /// More than [`MAX_KEYS`](super::MAX_KEYS).
    #[error("there are too many keys")]
    TooManyKeys,
    /// The cost of guessing cannot be paid on this machine, or is out of bounds.
    #[error("unlocking needs more memory than there is")]
    Cost,
    /// A key could not be made.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A request for a certificate could not be made.
    #[error(transparent)]
    Certificate(#[from] X509Error),
    /// Something could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The generator did not answer.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The system refused.
    #[error("{file}: {}", io::Error::from(*kind))]
    Io {
        /// The file.
        file: String,
        /// What the system said.
        kind: io::ErrorKind,
    },
}

impl KeystoreError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "keystore_missing",
            Self::Exists { .. } => "keystore_exists",
            Self::Damaged { .. } => "keystore_damaged",
            Self::Newer => "keystore_newer",
            Self::PassphraseNeeded => "passphrase_needed",
            Self::WrongPassphrase => "passphrase_wrong",
            Self::ProtectedAlready => "keystore_protected_already",
            Self::TooManyKeys => "keystore_too_many_keys",
            Self::Cost => "keystore_cost",
            Self::Sign(_) => "keystore_no_key_made",
            Self::Certificate(error) => error.reason(),
            Self::Seal(_) => "keystore_not_sealed",
            Self::Randomness(_) => "keystore_no_randomness",
            Self::Io { .. } => "keystore_io",
        }
    }

    pub(super) fn damaged(file: &str, problem: &str) -> Self {
        Self::Damaged {
            file: file.into(),
            problem: problem.into(),
        }
    }

    pub(super) fn io(file: &str, error: &io::Error) -> Self {
        let file = file.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { file },
            io::ErrorKind::AlreadyExists => Self::Exists { file },
            kind => Self::Io { file, kind },
        }
    }
}
