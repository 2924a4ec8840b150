//! What changes the keys: new ones, a rotation, a passphrase for plain ones.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use credential_core::{
    jose::{EdDsaKey, Es256Key, Signer as _},
    rng::Rng,
};

use super::{
    KeystoreError, UnlockedKeys,
    book::{KeyPurpose, KeyRecord, MAX_KEYS},
    files::{self, KEYS, SEALING},
    lock::{KdfCost, Passphrase, Protection},
    unlocked::names,
};

impl UnlockedKeys {
    /// Makes the key of badges when there is none.
    ///
    /// # Errors
    /// [`KeystoreError`] when it cannot be made or kept.
    pub fn complete(&mut self, now: DateTime<Utc>) -> Result<(), KeystoreError> {
        if self.store.book.signing(KeyPurpose::Badges).is_none() {
            self.make(KeyPurpose::Badges, now)?;
            self.store.book.write(&self.store.folder)?;
        }
        Ok(())
    }

    /// A new key signs from now on. The old one's private half is destroyed and its public half stays
    /// published until `published_until`, or for good. Gives the new key's record.
    ///
    /// # Errors
    /// [`KeystoreError::TooManyKeys`], or when the key cannot be made or kept; then the old one signs.
    pub fn rotate(
        &mut self,
        purpose: KeyPurpose,
        published_until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<KeyRecord, KeystoreError> {
        let before = self.store.book.clone();
        let mut old = None;
        for record in &mut self.store.book.keys {
            if record.purpose == purpose && record.retired.is_none() {
                (record.retired, record.published_until) = (Some(now), published_until);
                old = Some(record.clone());
            }
        }
        let done = self
            .make(purpose, now)
            .and_then(|record| self.store.book.write(&self.store.folder).map(|()| record));
        let record = done.inspect_err(|_failed| self.store.book = before)?;
        if let Some(old) = old {
            let (name, of_before) = names(&old);
            for file in [
                format!("{name}.sealed"),
                format!("{name}.pk8"),
                of_before.into(),
            ] {
                files::remove(&self.store.folder, &file)?;
            }
        }
        Ok(record)
    }

    /// Encrypts plain keys with a passphrase; the plain files are removed.
    ///
    /// # Errors
    /// [`KeystoreError::ProtectedAlready`], or when something cannot be read or kept; the plain files
    /// are then still there.
    pub fn protect(
        &mut self,
        passphrase: &Passphrase,
        cost: KdfCost,
        rng: &Arc<dyn Rng>,
    ) -> Result<(), KeystoreError> {
        if self.lock.is_some() {
            return Err(KeystoreError::ProtectedAlready);
        }
        let (protection, lock) = Protection::new(passphrase, cost, Arc::clone(rng))?;
        let folder = self.store.folder.clone();
        let mut sealed = vec![(SEALING.to_owned(), "", self.get(SEALING, "")?)];
        for record in self.store.keys().iter().filter(|it| it.retired.is_none()) {
            let (name, of_before) = names(record);
            sealed.push((name.clone(), of_before, self.get(&name, of_before)?));
        }
        files::private_folder(&folder.join(KEYS))?;
        for (name, _, plain) in sealed {
            let octets = lock.seal(name.as_bytes(), &plain)?;
            files::replace(&folder, &format!("{name}.sealed"), &octets)?;
        }
        let mut book = self.store.book.clone();
        book.protection = Some(protection);
        book.write(&folder)?;
        self.store.book = book;
        self.lock = Some(lock);
        self.remove_plain()
    }

    pub(super) fn remove_plain(&self) -> Result<(), KeystoreError> {
        files::remove(&self.store.folder, SEALING)?;
        for record in self.store.keys() {
            let (name, of_before) = names(record);
            files::remove(&self.store.folder, &format!("{name}.pk8"))?;
            files::remove(&self.store.folder, of_before)?;
        }
        Ok(())
    }

    /// Makes a key and its record; `keys.json` is not written yet.
    pub(super) fn make(
        &mut self,
        purpose: KeyPurpose,
        now: DateTime<Utc>,
    ) -> Result<KeyRecord, KeystoreError> {
        if self.store.keys().len() >= MAX_KEYS {
            return Err(KeystoreError::TooManyKeys);
        }
        let (jwk, pkcs8) = match purpose {
            KeyPurpose::Credentials => {
                let (key, pkcs8) = Es256Key::generate()?;
                (key.public_jwk().clone(), pkcs8)
            }
            KeyPurpose::Badges => {
                let (key, pkcs8) = EdDsaKey::generate()?;
                (key.public_jwk().clone(), pkcs8)
            }
        };
        let record = KeyRecord::new(purpose, &jwk, Some(now));
        files::private_folder(&self.store.folder.join(KEYS))?;
        self.put(&names(&record).0, ".pk8", &pkcs8)?;
        self.store.book.keys.push(record.clone());
        Ok(record)
    }

    pub(super) fn put(
        &self,
        name: &str,
        plain_end: &str,
        secret: &[u8],
    ) -> Result<(), KeystoreError> {
        let folder = &self.store.folder;
        match &self.lock {
            Some(lock) => {
                let octets = lock.seal(name.as_bytes(), secret)?;
                files::create(folder, &format!("{name}.sealed"), &octets)
            }
            None => files::create(folder, &format!("{name}{plain_end}"), secret),
        }
    }
}
