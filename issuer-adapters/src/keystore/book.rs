//! `keys.json`: what is known of each key without a passphrase.

use std::path::Path;

use chrono::{DateTime, Utc};
use credential_core::jose::{EdDsaKey, Es256Key, Jwk, Signer as _};
use serde::{Deserialize, Serialize};

use super::{
    KeystoreError,
    files::{self, BOOK, LEGACY_BADGES, LEGACY_CREDENTIALS},
    lock::Protection,
};

const FORMAT: u32 = 1;
/// Most keys one institution keeps: a rotation each month for ten years, of both kinds.
pub const MAX_KEYS: usize = 256;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyPurpose {
    /// Credentials and status lists (ES256).
    Credentials,
    /// Open Badges (Ed25519).
    Badges,
}

/// One key, without its private half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct KeyRecord {
    /// Its thumbprint (RFC 7638), which signatures name.
    pub kid: String,
    /// What it signs.
    pub purpose: KeyPurpose,
    /// Its algorithm, as JOSE names it.
    pub alg: String,
    /// When it was made; unknown for keys from before such records were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<DateTime<Utc>>,
    /// Since when it signs nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<DateTime<Utc>>,
    /// Until when a retired key stays published; without it for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_until: Option<DateTime<Utc>>,
    /// The public half.
    pub jwk: Jwk,
}

impl KeyRecord {
    /// Whether verifiers should know it at this moment.
    #[must_use]
    pub fn is_published(&self, now: DateTime<Utc>) -> bool {
        self.retired.is_none() || self.published_until.is_none_or(|until| now < until)
    }

    pub(super) fn new(purpose: KeyPurpose, jwk: &Jwk, created: Option<DateTime<Utc>>) -> Self {
        let alg = match purpose {
            KeyPurpose::Credentials => "ES256",
            KeyPurpose::Badges => "EdDSA",
        };
        Self {
            kid: jwk.thumbprint(),
            purpose,
            alg: alg.into(),
            created,
            retired: None,
            published_until: None,
            jwk: jwk.clone(),
        }
    }
}

/// The whole file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Book {
    format: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) protection: Option<Protection>,
    pub(super) keys: Vec<KeyRecord>,
}

impl Book {
    pub(super) fn new(protection: Option<Protection>) -> Self {
        Self {
            format: FORMAT,
            protection,
            keys: Vec::new(),
        }
    }

    pub(super) fn read(folder: &Path) -> Result<Self, KeystoreError> {
        match files::read(folder, BOOK) {
            Ok(octets) => Self::parse(&octets),
            Err(KeystoreError::Missing { .. }) => Self::of_before(folder),
            Err(error) => Err(error),
        }
    }

    /// Reads the file's octets; each key id must be the thumbprint of its key.
    pub(super) fn parse(octets: &[u8]) -> Result<Self, KeystoreError> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let damaged = |problem: String| KeystoreError::damaged(BOOK, &problem);
        let unread = |error: serde_json::Error| damaged(error.to_string());
        let version: Version = serde_json::from_slice(octets).map_err(unread)?;
        if version.format > FORMAT {
            return Err(KeystoreError::Newer);
        }
        let book: Self = serde_json::from_slice(octets).map_err(unread)?;
        if book.keys.len() > MAX_KEYS {
            return Err(KeystoreError::TooManyKeys);
        }
        if let Some(record) = book.keys.iter().find(|it| it.jwk.thumbprint() != it.kid) {
            let kid: String = record.kid.chars().take(64).collect();
            return Err(damaged(format!("the key id {kid} is of another key")));
        }
        for purpose in [KeyPurpose::Credentials, KeyPurpose::Badges] {
            let signing = book
                .keys
                .iter()
                .filter(|it| it.purpose == purpose && it.retired.is_none());
            if signing.count() > 1 {
                return Err(damaged("two keys would sign the same".into()));
            }
        }
        if !book.protection.as_ref().is_none_or(Protection::is_bounded) {
            return Err(damaged("unlocking would cost too much".into()));
        }
        Ok(book)
    }

    /// The keys of a folder from before there was this file.
    fn of_before(folder: &Path) -> Result<Self, KeystoreError> {
        let mut book = Self::new(None);
        let signing = Es256Key::from_pkcs8(&files::read(folder, LEGACY_CREDENTIALS)?)
            .map_err(|error| KeystoreError::damaged(LEGACY_CREDENTIALS, &error.to_string()))?;
        book.keys.push(KeyRecord::new(
            KeyPurpose::Credentials,
            signing.public_jwk(),
            None,
        ));
        match files::read(folder, LEGACY_BADGES) {
            Ok(pkcs8) => {
                let key = EdDsaKey::from_pkcs8(&pkcs8)
                    .map_err(|error| KeystoreError::damaged(LEGACY_BADGES, &error.to_string()))?;
                book.keys
                    .push(KeyRecord::new(KeyPurpose::Badges, key.public_jwk(), None));
            }
            Err(KeystoreError::Missing { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(book)
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), KeystoreError> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| KeystoreError::damaged(BOOK, &error.to_string()))?;
        files::replace(folder, BOOK, &text)
    }

    /// The key that signs now.
    pub(super) fn signing(&self, purpose: KeyPurpose) -> Option<&KeyRecord> {
        self.keys
            .iter()
            .find(|it| it.purpose == purpose && it.retired.is_none())
    }
}
