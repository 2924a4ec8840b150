//! From a passphrase to a key-encryption key.
//!
//! `KEK = Argon2id(passphrase, salt, m, t, p)` with 32 octets of output: RFC 9106. Argon2id, because
//! a stolen folder can be guessed at without limit and only memory makes each guess expensive.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use super::VaultError;

/// The floor: 64 MiB, three passes.
const FLOOR_MEMORY_KIB: u32 = 64 * 1024;
const FLOOR_WORK_KIB: u64 = 3 * 64 * 1024;
/// A header may not ask for more than this, or opening a folder from elsewhere could exhaust us.
const MAX_MEMORY_KIB: u32 = 4 * 1024 * 1024;
const MAX_PASSES: u32 = 64;
const MAX_LANES: u32 = 16;

/// What the person types to open the vault. Wiped from memory when dropped.
///
/// The octets count, not the letters: no Unicode normalisation is done, so a caller that reads from
/// several keyboards normalises first (NFC). How long a passphrase must be is the caller's policy.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl From<String> for Passphrase {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text.into_bytes()))
    }
}

impl From<Vec<u8>> for Passphrase {
    fn from(octets: Vec<u8>) -> Self {
        Self(Zeroizing::new(octets))
    }
}

impl Passphrase {
    /// Its length in octets, for the caller's policy.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.0.len()
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// What one guess at the passphrase costs; stored in the vault's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfCost {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

impl KdfCost {
    /// Memory in KiB, passes over it, and lanes (RFC 9106 section 3.1: m, t, p).
    ///
    /// # Errors
    /// [`VaultError::KdfCost`] below 64 MiB or 192 MiB-passes ([`Self::floor`]), or above 4 GiB,
    /// 64 passes or 16 lanes.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, VaultError> {
        let cost = Self {
            memory_kib,
            passes,
            lanes,
        };
        let work = u64::from(memory_kib) * u64::from(passes);
        let enough = memory_kib >= FLOOR_MEMORY_KIB && work >= FLOOR_WORK_KIB;
        if enough && cost.is_bounded() {
            Ok(cost)
        } else {
            Err(VaultError::KdfCost)
        }
    }

    /// About half a second on a laptop: 256 MiB, two passes, one lane.
    #[must_use]
    pub fn recommended() -> Self {
        Self {
            memory_kib: 256 * 1024,
            passes: 2,
            lanes: 1,
        }
    }

    /// The least that is accepted: 64 MiB, three passes, one lane.
    #[must_use]
    pub fn floor() -> Self {
        Self {
            memory_kib: FLOOR_MEMORY_KIB,
            passes: 3,
            lanes: 1,
        }
    }

    /// 64 KiB, one pass: a vault made with this protects nothing. For tests alone.
    #[doc(hidden)]
    #[must_use]
    pub fn danger_cheap_for_tests() -> Self {
        Self {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        }
    }

    /// Whether a header may ask for this much. The floor is not asked for here: the cost is chosen
    /// at creation and bound to the wrapped key, so lowering it afterwards only makes opening fail.
    pub(super) fn is_bounded(self) -> bool {
        (8..=MAX_MEMORY_KIB).contains(&self.memory_kib)
            && (1..=MAX_PASSES).contains(&self.passes)
            && (1..=MAX_LANES).contains(&self.lanes)
            && self.memory_kib >= 8 * self.lanes
    }

    /// The twelve octets that are bound to a wrapped key.
    pub(super) fn to_octets(self) -> [u8; 12] {
        let mut octets = [0; 12];
        let numbers = [self.memory_kib, self.passes, self.lanes];
        for (into, number) in octets.chunks_exact_mut(4).zip(numbers) {
            into.copy_from_slice(&number.to_be_bytes());
        }
        octets
    }
}

/// Derives the key-encryption key.
pub(super) fn key_encryption_key(
    passphrase: &Passphrase,
    salt: &[u8; 16],
    cost: KdfCost,
) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
        .map_err(|_out_of_bounds| VaultError::KdfCost)?;
    let mut memory = Vec::new();
    memory
        .try_reserve_exact(params.block_count())
        .map_err(|_refused| VaultError::OutOfMemory)?;
    memory.resize(params.block_count(), Block::new());
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(&passphrase.0, salt, key.as_mut_slice(), &mut memory)
        .map_err(|_too_long| VaultError::TooLarge {
            limit: argon2::MAX_PWD_LEN,
        })?;
    Ok(key)
}

#[cfg(test)]
mod tests;
