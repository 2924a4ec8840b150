//! The header: which format the vault has, and its data key, wrapped once per way to open it.
//!
//! ```text
//! osaamislompakko vault 1
//! {"id":"…","keys":[{"by":{"kind":"passphrase","salt":"…","cost":{…}},"wrapped":"…"}]}
//! sha256 …
//! ```
//!
//! The first and the last line keep their form in every format to come: a program can therefore tell
//! a newer vault from a damaged one. The last line is the SHA-256 of everything before it. It is no
//! protection against people, who are kept out by the wrapping; it tells a flipped bit in a salt from
//! a wrong passphrase.
//!
//! `wrapped = seal(KEK, id ‖ kind ‖ 00 ‖ salt ‖ cost, 0, D)`, in the notation of `seal`: no field of the
//! header can be changed without the key failing to unwrap. A recovery card is one more entry of
//! `keys` with another `kind`. Taking an entry out does not help against someone who kept a copy of
//! the header; only a new data key does.

use std::{fs, io, path::Path};

use credential_core::{
    encoding::{base64url, from_base64url, sha256_base64url},
    rng::{Rng, random},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Damage, KdfCost, Passphrase, VaultError,
    folder::{STORE, replace_file},
    passphrase::key_encryption_key,
    plaintext::Plaintext,
    seal::{SealingKey, Version},
};

/// The file's name in the vault's folder.
pub(super) const FILE: &str = "header";
/// The format that this program writes, and the newest that it reads.
pub(super) const FORMAT: u32 = 1;
const MAGIC: &str = "osaamislompakko vault ";
const MAX_OCTETS: u64 = 64 * 1024;
const MAX_KEYS: usize = 8;

/// What the header says: the vault's id and its wrapped keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    id: Octets<16>,
    keys: Vec<WrappedKey>,
}

/// The data key, wrapped under one key-encryption key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrappedKey {
    by: WrappedBy,
    wrapped: Octets<WRAPPED>,
}

const WRAPPED: usize = super::seal::OVERHEAD + 32;

/// Where a key-encryption key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum WrappedBy {
    Passphrase {
        salt: Octets<16>,
        #[serde(with = "CostOnDisk")]
        cost: KdfCost,
    },
}

/// Only a header may hold a cost that was not checked against the floor.
#[derive(Serialize, Deserialize)]
#[serde(remote = "KdfCost", deny_unknown_fields)]
struct CostOnDisk {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Header {
    /// A header for a new vault, and the new data key that it wraps.
    pub(super) fn new(
        passphrase: &Passphrase,
        cost: KdfCost,
        rng: &dyn Rng,
    ) -> Result<(Self, Zeroizing<[u8; 32]>), VaultError> {
        let id = Octets(random(rng)?);
        let data_key = Zeroizing::new(random(rng)?);
        let salt = Octets(random(rng)?);
        let kek = key_encryption_key(passphrase, &salt.0, cost)?;
        let by = WrappedBy::Passphrase { salt, cost };
        let wrapped = SealingKey::new(&kek)
            .map_err(|_unsealable| Damage::Header)?
            .seal(
                &[&by.context(&id)],
                Version::default(),
                data_key.as_slice(),
                rng,
            )?;
        let wrapped = Octets(wrapped.try_into().map_err(|_length| Damage::Header)?);
        let keys = vec![WrappedKey { by, wrapped }];
        Ok((Self { id, keys }, data_key))
    }

    /// 16 random octets that tell this vault from all others.
    pub(super) fn id(&self) -> &[u8; 16] {
        &self.id.0
    }

    /// The data key, when `passphrase` is one that wraps it.
    pub(super) fn unwrap_key(
        &self,
        passphrase: &Passphrase,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        for key in &self.keys {
            let WrappedBy::Passphrase { salt, cost } = &key.by;
            let kek = key_encryption_key(passphrase, &salt.0, *cost)?;
            if let Some(data_key) = key.unwrap_with(&kek, &self.id) {
                return Ok(data_key);
            }
        }
        Err(VaultError::WrongPassphrase)
    }

    /// Reads the header of the vault in `folder`.
    ///
    /// # Errors
    /// [`VaultError::NotAVault`] where nothing suggests one, [`VaultError::NewerVersion`], or
    /// [`Damage::Header`].
    pub(super) fn read(folder: &Path) -> Result<Self, VaultError> {
        // A store without a legible header was a vault once.
        let unknown = || match folder.join(STORE).is_dir() {
            true => VaultError::from(Damage::Header),
            false => VaultError::NotAVault,
        };
        let octets = match bounded_read(&folder.join(FILE)) {
            Ok(octets) => octets,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unknown()),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(unknown()),
            Err(error) => return Err(error.into()),
        };
        if !octets.starts_with(MAGIC.as_bytes()) {
            return Err(unknown());
        }
        Self::parse(&octets)
    }

    /// Replaces the header of `folder` in one step, durably.
    pub(super) fn write(&self, folder: &Path) -> Result<(), VaultError> {
        let json = serde_json::to_string(self).map_err(|_error| Damage::Header)?;
        let text = with_checksum(&format!("{MAGIC}{FORMAT}\n{json}\n"));
        replace_file(folder, FILE, text.as_bytes())
    }

    /// Parses a file that begins with the magic words.
    pub(super) fn parse(octets: &[u8]) -> Result<Self, VaultError> {
        let (format, json) = lines(octets).ok_or(Damage::Header)?;
        if format > FORMAT {
            return Err(VaultError::NewerVersion {
                found: format,
                known: FORMAT,
            });
        }
        let header: Self = serde_json::from_str(json).map_err(|_error| Damage::Header)?;
        if format == 0 || !header.is_bounded() {
            return Err(Damage::Header.into());
        }
        Ok(header)
    }

    fn is_bounded(&self) -> bool {
        let bounded = |key: &WrappedKey| {
            let WrappedBy::Passphrase { cost, .. } = &key.by;
            cost.is_bounded()
        };
        (1..=MAX_KEYS).contains(&self.keys.len()) && self.keys.iter().all(bounded)
    }
}

impl WrappedKey {
    fn unwrap_with(&self, kek: &[u8; 32], id: &Octets<16>) -> Option<Zeroizing<[u8; 32]>> {
        let mut plaintext = Plaintext::with_capacity(WRAPPED);
        SealingKey::new(kek)
            .and_then(|kek| {
                let context = self.by.context(id);
                kek.open(
                    &[&context],
                    Version::default(),
                    &self.wrapped.0,
                    &mut plaintext,
                )
            })
            .ok()?;
        let mut data_key = Zeroizing::new([0; 32]);
        data_key.copy_from_slice(plaintext.first_chunk::<32>()?);
        Some(data_key)
    }
}

impl WrappedBy {
    /// What the wrapping binds: fixed lengths, so that no two contexts read the same.
    fn context(&self, id: &Octets<16>) -> Vec<u8> {
        let Self::Passphrase { salt, cost } = self;
        let kind = b"passphrase\0";
        [&id.0, kind.as_slice(), &salt.0, &cost.to_octets()].concat()
    }
}

/// `text` with its checksum line, as every format writes it.
pub(super) fn with_checksum(text: &str) -> String {
    format!("{text}sha256 {}\n", sha256_base64url(text))
}

/// The format number and the content, when the checksum is that of everything before it.
fn lines(octets: &[u8]) -> Option<(u32, &str)> {
    let text = std::str::from_utf8(octets).ok()?;
    let (body, _checksum) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    if with_checksum(&format!("{body}\n")) != text {
        return None;
    }
    let (first, content) = body.split_once('\n')?;
    let format = first.strip_prefix(MAGIC)?.parse().ok()?;
    Some((format, content))
}

fn bounded_read(path: &Path) -> io::Result<Vec<u8>> {
    use io::Read as _;
    let mut octets = Vec::new();
    fs::File::open(path)?
        .take(MAX_OCTETS)
        .read_to_end(&mut octets)?;
    Ok(octets)
}

/// Octets of a fixed length, base64url in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Octets<const N: usize>([u8; N]);

impl<const N: usize> Serialize for Octets<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Octets<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_base64url(&text)
            .ok()
            .and_then(|octets| octets.try_into().ok())
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("not octets of the expected length"))
    }
}

#[cfg(test)]
mod tests;
