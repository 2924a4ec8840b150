//! The institution's keys in a folder: which there are, which signs now, and their private halves,
//! encrypted with a passphrase.
//!
//! | file | content |
//! |---|---|
//! | `keys.json` | [`KeyRecord`]s with public halves, and how the private halves are locked |
//! | `keys/<kid>.sealed` | a private key (PKCS #8), sealed; `.pk8` and plain in an unprotected folder |
//! | `sealing-key.sealed` | the registry's sealing key, sealed; `sealing-key` in an unprotected folder |
//!
//! `data key = AES-256-GCM⁻¹(Argon2id(passphrase))` opens everything else: a new passphrase would wrap
//! one key anew, and no key file changes. What a file is for (its key id) is bound to what is sealed
//! in it, so that no two can be exchanged.
//!
//! Public halves are readable without the passphrase: `entry` and the list of keys need no secret. A
//! private key must belong to its record whenever it is used.
//!
//! Folders of before have no `keys.json`: `signing-key.pk8` and `badge-key.pk8` are their keys, and
//! the first change writes it.
//!
//! Everything that signs takes a [`Signer`](credential_core::jose::Signer). A hardware module is one
//! more implementation of it, with a record here and without a private half.

mod book;
mod change;
mod error;
mod files;
mod lock;
#[cfg(test)]
mod tests;
mod unlocked;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use credential_core::jose::{Jwk, KeyUse};

use book::Book;
pub use book::{KeyPurpose, KeyRecord, MAX_KEYS};
pub use error::KeystoreError;
pub use lock::{KdfCost, Passphrase};
pub use unlocked::UnlockedKeys;

/// A folder's keys, of which only the public halves are known.
#[derive(Debug)]
pub struct Keystore {
    folder: PathBuf,
    book: Book,
}

impl Keystore {
    /// Reads which keys there are.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`] where there are none, [`KeystoreError::Newer`], or
    /// [`KeystoreError::Damaged`] with the file.
    pub fn open(folder: &Path) -> Result<Self, KeystoreError> {
        Ok(Self {
            book: Book::read(folder)?,
            folder: folder.to_owned(),
        })
    }

    /// Whether a passphrase is needed to sign.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.book.protection.is_some()
    }

    /// All keys there ever were, in the order in which they were made.
    #[must_use]
    pub fn keys(&self) -> &[KeyRecord] {
        &self.book.keys
    }

    /// The public keys that verifiers need now, for signatures (RFC 7517 section 4.2): those that sign
    /// first, then retired ones whose overlap lasts.
    #[must_use]
    pub fn published(&self, now: DateTime<Utc>) -> Vec<Jwk> {
        let mut published: Vec<_> = self
            .keys()
            .iter()
            .filter(|it| it.is_published(now))
            .collect();
        published.sort_by_key(|record| record.retired.is_some());
        let public = published.into_iter().map(|record| record.jwk.clone());
        public.map(|jwk| jwk.with_use(KeyUse::Sig)).collect()
    }

    /// Retired keys of credentials that are still published.
    #[must_use]
    pub fn retired(&self, now: DateTime<Utc>) -> Vec<Jwk> {
        let retired = self.keys().iter().filter(|record| {
            record.purpose == KeyPurpose::Credentials
                && record.retired.is_some()
                && record.is_published(now)
        });
        retired.map(|record| record.jwk.clone()).collect()
    }
}
