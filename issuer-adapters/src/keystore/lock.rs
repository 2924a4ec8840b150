//! From a passphrase to the key of all key files.
//!
//! `KEK = Argon2id(passphrase, salt, m, t, p)` with 32 octets of output (RFC 9106); the data key is
//! sealed with it, bound to salt and cost, so that no part of the record can be changed without the
//! key failing to open.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use credential_core::{
    encoding::{base64url, from_base64url},
    rng::{Rng, random},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{KeystoreError, files::BOOK};
use crate::server::{SealError, Sealer, SealingKey};

const SALT: usize = 16;
/// Nonce, key and tag.
const WRAPPED: usize = 12 + 32 + 16;

/// What opens the keys. Wiped from memory when dropped. The octets count: no Unicode normalisation.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.as_bytes().to_vec()))
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// What one guess at the passphrase costs (RFC 9106 section 3.1: m in KiB, t, p).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KdfCost {
    /// About half a second: 256 MiB, two passes, one lane.
    #[must_use]
    pub fn recommended() -> Self {
        Self {
            memory_kib: 256 * 1024,
            passes: 2,
            lanes: 1,
        }
    }

    /// 64 KiB, one pass: keys locked with this are not protected. For tests alone.
    #[doc(hidden)]
    #[must_use]
    pub fn danger_cheap_for_tests() -> Self {
        Self {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        }
    }

    /// A file from elsewhere may not exhaust the machine: at most 4 GiB, 64 passes, 16 lanes.
    fn is_bounded(self) -> bool {
        (1..=16).contains(&self.lanes)
            && (1..=64).contains(&self.passes)
            && (8 * self.lanes..=4 * 1024 * 1024).contains(&self.memory_kib)
    }

    fn to_octets(self) -> [u8; 12] {
        let mut octets = [0; 12];
        let numbers = [self.memory_kib, self.passes, self.lanes];
        for (into, number) in octets.chunks_exact_mut(4).zip(numbers) {
            into.copy_from_slice(&number.to_be_bytes());
        }
        octets
    }
}

/// How the data key is locked, as `keys.json` keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Protection {
    salt: String,
    cost: KdfCost,
    wrapped: String,
}

impl Protection {
    /// A new data key under a passphrase, and what seals with it.
    pub(super) fn new(
        passphrase: &Passphrase,
        cost: KdfCost,
        rng: Arc<dyn Rng>,
    ) -> Result<(Self, Sealer), KeystoreError> {
        let salt: [u8; SALT] = random(&*rng)?;
        let data_key = SealingKey::generate(&*rng)?;
        let wrapped = wrapping(passphrase, &salt, cost, Arc::clone(&rng))?
            .seal(&context(&salt, cost), data_key.as_bytes())?;
        let protection = Self {
            salt: base64url(salt),
            cost,
            wrapped: base64url(wrapped),
        };
        Ok((protection, data_key.sealer("keys", rng)?))
    }

    /// What seals with the data key, when the passphrase is the right one.
    pub(super) fn open(
        &self,
        passphrase: &Passphrase,
        rng: Arc<dyn Rng>,
    ) -> Result<Sealer, KeystoreError> {
        let damaged = || KeystoreError::damaged(BOOK, "the protection is not readable");
        let octets = |text: &str| from_base64url(text).map_err(|_malformed| damaged());
        let salt: [u8; SALT] = octets(&self.salt)?
            .try_into()
            .map_err(|_length| damaged())?;
        let wrapped = octets(&self.wrapped)?;
        if wrapped.len() != WRAPPED {
            return Err(damaged());
        }
        let data_key = wrapping(passphrase, &salt, self.cost, Arc::clone(&rng))?
            .open(&context(&salt, self.cost), &wrapped)
            .map_err(|error| match error {
                SealError::NotOurs => KeystoreError::WrongPassphrase,
                other => other.into(),
            })?;
        Ok(SealingKey::from_bytes(&data_key)?.sealer("keys", rng)?)
    }

    pub(super) fn is_bounded(&self) -> bool {
        self.cost.is_bounded()
    }
}

fn context(salt: &[u8; SALT], cost: KdfCost) -> Vec<u8> {
    [b"passphrase\0".as_slice(), salt, &cost.to_octets()].concat()
}

fn wrapping(
    passphrase: &Passphrase,
    salt: &[u8; SALT],
    cost: KdfCost,
    rng: Arc<dyn Rng>,
) -> Result<Sealer, KeystoreError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
        .map_err(|_out_of_bounds| KeystoreError::Cost)?;
    let mut memory = Vec::new();
    memory
        .try_reserve_exact(params.block_count())
        .map_err(|_refused| KeystoreError::Cost)?;
    memory.resize(params.block_count(), Block::new());
    let mut kek = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(&passphrase.0, salt, kek.as_mut_slice(), &mut memory)
        .map_err(|_too_long| KeystoreError::Cost)?;
    Ok(SealingKey::from_bytes(kek.as_slice())?.sealer("keystore", rng)?)
}
