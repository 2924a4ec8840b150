//! Which proofs were used, for a store that one process has to itself. They are kept in memory alone:
//! what a restart forgets is refused as made before it (see [`crate::nonces`]), so that a file would
//! remember what nobody asks for, at the price of a write for each request.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use credential_core::encoding::sha256;

use super::{ProofId, StorageError};

/// Most proofs at a time, which take some 120 MiB; a proof lives for minutes.
const MOST: usize = 1 << 21;

/// Half of a SHA-256: whoever makes two ids alike gains a refusal.
type Digest = [u8; 16];

/// Used proofs, each until it would be too old anyway.
pub struct UsedProofs {
    known: Mutex<Known>,
    most: usize,
}

impl Default for UsedProofs {
    fn default() -> Self {
        Self::with_room_for(MOST)
    }
}

#[derive(Default)]
struct Known {
    all: HashSet<Digest>,
    by_end: BTreeMap<DateTime<Utc>, Vec<Digest>>,
}

impl std::fmt::Debug for UsedProofs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("UsedProofs")
            .field(&self.known().all.len())
            .finish()
    }
}

impl UsedProofs {
    fn with_room_for(most: usize) -> Self {
        Self {
            known: Mutex::default(),
            most,
        }
    }

    /// Remembers all of them, or gives the place of the first that was used before and remembers none.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when there is no room: what cannot be remembered is not let in.
    pub(super) fn remember(&self, proofs: &[ProofId]) -> Result<Option<usize>, StorageError> {
        let digests: Vec<Digest> = proofs.iter().map(digest).collect();
        let mut known = self.known();
        if let Some(place) = digests.iter().position(|it| known.all.contains(it)) {
            return Ok(Some(place));
        }
        if known.all.len() + digests.len() > self.most {
            tracing::error!("more proofs are in use than can be remembered");
            return Err(StorageError::Unavailable);
        }
        for (proof, digest) in proofs.iter().zip(digests) {
            if known.all.insert(digest) {
                known.by_end.entry(proof.until).or_default().push(digest);
            }
        }
        Ok(None)
    }

    /// Forgets those whose time is over; gives how many these were.
    pub(super) fn forget(&self, now: DateTime<Utc>) -> usize {
        let mut known = self.known();
        let mut forgotten = 0;
        while let Some(first) = known.by_end.first_entry() {
            if *first.key() > now {
                break;
            }
            for digest in first.remove() {
                forgotten += usize::from(known.all.remove(&digest));
            }
        }
        forgotten
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Owner and id are hashed apart, so that no pair can be written to look like another.
fn digest(proof: &ProofId) -> Digest {
    let whole = sha256([sha256(&proof.owner), sha256(&proof.id)].concat());
    let mut half = Digest::default();
    half.copy_from_slice(&whole[..16]);
    half
}

#[cfg(test)]
mod tests;
