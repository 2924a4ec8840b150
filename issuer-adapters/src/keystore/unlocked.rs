//! Keys whose private halves can be used, and what changes them.

use std::{path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use credential_core::{
    jose::{EdDsaKey, Es256Key, Signer as _},
    rng::Rng,
    x509::{self, RequestedNames, X509Error},
};
use zeroize::Zeroizing;

use super::{
    Keystore, KeystoreError,
    book::{Book, KeyPurpose, KeyRecord},
    files::{self, BOOK, KEYS, LEGACY_BADGES, LEGACY_CREDENTIALS, SEALING},
    lock::{KdfCost, Passphrase, Protection},
};
use crate::server::{SealError, Sealer, SealingKey};

/// A record and its private half.
type Signing<'k> = (&'k KeyRecord, Zeroizing<Vec<u8>>);

/// A folder's keys, unlocked.
#[derive(Debug)]
pub struct UnlockedKeys {
    pub(super) store: Keystore,
    /// None in an unprotected folder.
    pub(super) lock: Option<Sealer>,
}

impl Keystore {
    /// Makes new keys in `folder`; plain files without a passphrase.
    ///
    /// # Errors
    /// [`KeystoreError::Exists`] when there are keys already; others when a key cannot be made or kept.
    pub fn create(
        folder: &Path,
        passphrase: Option<(&Passphrase, KdfCost)>,
        now: DateTime<Utc>,
        rng: &Arc<dyn Rng>,
    ) -> Result<UnlockedKeys, KeystoreError> {
        files::private_folder(folder)?;
        for file in [BOOK, LEGACY_CREDENTIALS] {
            if folder.join(file).exists() {
                return Err(KeystoreError::Exists { file: file.into() });
            }
        }
        let (protection, lock) = match passphrase {
            Some((passphrase, cost)) => {
                let (protection, lock) = Protection::new(passphrase, cost, Arc::clone(rng))?;
                (Some(protection), Some(lock))
            }
            None => (None, None),
        };
        let store = Self {
            folder: folder.to_owned(),
            book: Book::new(protection),
        };
        let mut keys = UnlockedKeys { store, lock };
        keys.put(SEALING, "", SealingKey::generate(&**rng)?.as_bytes())?;
        keys.make(KeyPurpose::Credentials, now)?;
        keys.make(KeyPurpose::Badges, now)?;
        keys.store.book.write(folder)?;
        Ok(keys)
    }

    /// Makes the private halves usable. An unprotected folder needs no passphrase.
    ///
    /// # Errors
    /// [`KeystoreError::PassphraseNeeded`], [`KeystoreError::WrongPassphrase`], or damage.
    pub fn unlock(
        self,
        passphrase: Option<&Passphrase>,
        rng: Arc<dyn Rng>,
    ) -> Result<UnlockedKeys, KeystoreError> {
        let lock = match (&self.book.protection, passphrase) {
            (None, _) => None,
            (Some(_), None) => return Err(KeystoreError::PassphraseNeeded),
            (Some(protection), Some(passphrase)) => Some(protection.open(passphrase, rng)?),
        };
        let keys = UnlockedKeys { store: self, lock };
        if keys.lock.is_some() {
            // Left when encrypting was interrupted after its one decisive step.
            keys.remove_plain()?;
        }
        Ok(keys)
    }
}

impl UnlockedKeys {
    /// What is known of the keys.
    #[must_use]
    pub fn store(&self) -> &Keystore {
        &self.store
    }

    /// The key that signs credentials and status lists.
    ///
    /// # Errors
    /// [`KeystoreError`] when its file is missing, damaged or of another key.
    pub fn credential_key(&self) -> Result<Es256Key, KeystoreError> {
        let (record, pkcs8) = self
            .signing(KeyPurpose::Credentials)?
            .ok_or_else(|| KeystoreError::damaged(BOOK, "no key signs credentials"))?;
        let key = Es256Key::from_pkcs8(&pkcs8)?;
        belongs(&record.kid, &key.public_jwk().thumbprint())?;
        Ok(key)
    }

    /// A request for a certificate of the key that signs credentials, in PEM (PKCS #10).
    ///
    /// # Errors
    /// [`KeystoreError`] when the key's file is missing or damaged, or a name does not fit into a certificate.
    pub fn certificate_request(&self, names: &RequestedNames<'_>) -> Result<String, KeystoreError> {
        let (_record, pkcs8) = self
            .signing(KeyPurpose::Credentials)?
            .ok_or_else(|| KeystoreError::damaged(BOOK, "no key signs credentials"))?;
        let pem = x509::request(&pkcs8, names)?;
        String::from_utf8(pem).map_err(|_no_text| KeystoreError::Certificate(X509Error::NoRequest))
    }

    /// The key that signs Open Badges; a folder from before there were badges has none.
    ///
    /// # Errors
    /// [`KeystoreError`] when its file is missing, damaged or of another key.
    pub fn badge_key(&self) -> Result<Option<EdDsaKey>, KeystoreError> {
        let Some((record, pkcs8)) = self.signing(KeyPurpose::Badges)? else {
            return Ok(None);
        };
        let key = EdDsaKey::from_pkcs8(&pkcs8)?;
        belongs(&record.kid, &key.public_jwk().thumbprint())?;
        Ok(Some(key))
    }

    /// The key that seals the registry.
    ///
    /// # Errors
    /// [`KeystoreError`] when its file is missing or damaged.
    pub fn sealing_key(&self) -> Result<SealingKey, KeystoreError> {
        let octets = self.get(SEALING, "")?;
        SealingKey::from_bytes(&octets)
            .map_err(|error| KeystoreError::damaged(SEALING, &error.to_string()))
    }

    fn signing(&self, purpose: KeyPurpose) -> Result<Option<Signing<'_>>, KeystoreError> {
        let Some(record) = self.store.book.signing(purpose) else {
            return Ok(None);
        };
        let (name, of_before) = names(record);
        Ok(Some((record, self.get(&name, of_before)?)))
    }

    pub(super) fn get(
        &self,
        name: &str,
        of_before: &str,
    ) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        let folder = &self.store.folder;
        let Some(lock) = &self.lock else {
            return match of_before {
                "" => files::read(folder, name),
                _ => match files::read(folder, &format!("{name}.pk8")) {
                    Err(KeystoreError::Missing { .. }) => files::read(folder, of_before),
                    read => read,
                },
            };
        };
        let file = format!("{name}.sealed");
        let octets = files::read(folder, &file)?;
        lock.open(name.as_bytes(), &octets)
            .map_err(|error| match error {
                SealError::NotOurs => KeystoreError::damaged(&file, "not sealed for this place"),
                other => other.into(),
            })
    }
}

/// Its file without the ending, and its file in a folder from before.
pub(super) fn names(record: &KeyRecord) -> (String, &'static str) {
    let of_before = match record.purpose {
        KeyPurpose::Credentials => LEGACY_CREDENTIALS,
        KeyPurpose::Badges => LEGACY_BADGES,
    };
    (format!("{KEYS}/{}", record.kid), of_before)
}

fn belongs(kid: &str, thumbprint: &str) -> Result<(), KeystoreError> {
    if kid == thumbprint {
        return Ok(());
    }
    Err(KeystoreError::damaged(
        KEYS,
        "a private key is of another record",
    ))
}
