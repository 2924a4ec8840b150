//! The institution's registry: offers that wait, credentials that were issued, and their status.
//!
//! | kept | until | what it says |
//! |---|---|---|
//! | an offer and its prepared claims, sealed | collected, expired or guessed at too often | the claims of one person |
//! | that a row of a batch was offered, under a keyed hash | for good | the offer's id and end |
//! | an issued credential, under its status index | for good | offer, type, time, status; no name |
//!
//! Every row is sealed for its own key, so that none can be read, altered or put in another's place.
//! All writes go through one lock, and what changes together is one batch of the store.

mod batch;
mod deferred;
mod issued;
mod lists;
mod offers;
mod redeeming;
mod rows;
mod waiting;

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use credential_core::{encoding::sha256, rng::Rng};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

pub(super) use batch::{NewRow, Rowed};
pub(super) use deferred::{Deferral, TransactionId};
pub use issued::StatusChange;
pub(super) use issued::{CollectError, Wanted};
pub use lists::LIST_CAPACITY;
use lists::Lists;
pub(super) use lists::parts;
pub(super) use offers::{NewOffer, OpenOffer};
pub(super) use redeeming::{CodeUse, Redemption};
pub use rows::{CredentialStatus, HolderMatch, IssuedEntry};
use rows::{ISSUED, IssuedRow, SUMMARY, SummaryRow, index_of};
pub(super) use waiting::Handover;
pub use waiting::{OfferState, WaitingOffer};

use super::{
    seal::{SealError, Sealer, SealingKey, TagKey},
    store::{Store, StoreError},
};

/// Wrong transaction codes after which an offer is dead.
pub const MAX_WRONG_CODES: u8 = 5;
const FORMAT: u32 = 1;

/// The registry, open.
#[derive(Debug)]
pub struct Registry {
    store: Store,
    sealer: Sealer,
    tx_codes: TagKey,
    rows: TagKey,
    rng: Arc<dyn Rng>,
    memory: Mutex<Memory>,
}

/// What is derived from the issued rows, and the lock under which everything is written.
#[derive(Debug)]
struct Memory {
    lists: Lists,
    sum: [u8; 32],
}

/// Why the registry refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The store underneath.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something could not be sealed.
    #[error(transparent)]
    Seal(SealError),
    /// Four thousand status lists are in use, or the generator draws the same index again and again.
    #[error("the status lists are full")]
    ListFull,
    /// There is no such offer, or no longer.
    #[error("there is no such offer, or no longer")]
    NoSuchOffer,
    /// The offer's code was redeemed: its holder has what is in it, or could have.
    #[error("the offer was redeemed")]
    OfferRedeemed,
    /// One row stands in a batch twice.
    #[error("one row stands in the batch twice")]
    RowTwice,
    /// No credential was issued under this index.
    #[error("no credential was issued under the index {index}")]
    NoSuchCredential {
        /// The index asked for.
        index: u32,
    },
    /// A revoked credential stays revoked.
    #[error("the credential {index} is revoked for good")]
    Revoked {
        /// The index asked for.
        index: u32,
    },
}

impl RegistryError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Store(error) => error.reason(),
            Self::Seal(_) => "registry_not_sealed",
            Self::ListFull => "registry_list_full",
            Self::NoSuchOffer => "registry_no_such_offer",
            Self::OfferRedeemed => "registry_offer_redeemed",
            Self::RowTwice => "registry_row_twice",
            Self::NoSuchCredential { .. } => "registry_no_such_credential",
            Self::Revoked { .. } => "registry_revoked_for_good",
        }
    }
}

impl From<SealError> for RegistryError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::NotOurs => Self::Store(StoreError::Damaged),
            other => Self::Seal(other),
        }
    }
}

impl Registry {
    /// Makes an empty registry in `folder`, which only its owner may enter.
    ///
    /// # Errors
    /// [`RegistryError`], [`StoreError::Exists`] when there is one already.
    pub fn create(
        folder: &Path,
        key: &SealingKey,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, RegistryError> {
        private_folder(folder)?;
        let registry = Self::over(Store::create(folder)?, key, rng)?;
        let nothing = SummaryRow {
            format: FORMAT,
            issued: 0,
            sum: [0; 32],
        };
        let row = registry.sealed(SUMMARY, &nothing)?;
        registry.store.apply(vec![(SUMMARY.to_vec(), Some(row))])?;
        Ok(registry)
    }

    /// Opens the registry in `folder` and checks that no issued credential is missing or altered.
    ///
    /// # Errors
    /// [`RegistryError`]: missing, in use, damaged (also with another key), or newer.
    pub fn open(folder: &Path, key: &SealingKey, rng: Arc<dyn Rng>) -> Result<Self, RegistryError> {
        let registry = Self::over(Store::open(folder)?, key, rng)?;
        let expected: SummaryRow = registry.row(SUMMARY)?.ok_or(StoreError::Damaged)?;
        if expected.format != FORMAT {
            return Err(StoreError::Newer.into());
        }
        let found = registry.recollect()?;
        if found.lists.taken() != expected.issued || found.sum != expected.sum {
            return Err(StoreError::Damaged.into());
        }
        *registry.memory() = found;
        Ok(registry)
    }

    /// Whether reads and writes are still possible.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.store.is_running()
    }

    fn over(store: Store, key: &SealingKey, rng: Arc<dyn Rng>) -> Result<Self, RegistryError> {
        Ok(Self {
            store,
            sealer: key.sealer("registry", Arc::clone(&rng))?,
            tx_codes: key.tag_key("transaction code")?,
            rows: key.tag_key("rows of batches")?,
            rng,
            memory: Mutex::new(Memory::empty()),
        })
    }

    fn recollect(&self) -> Result<Memory, RegistryError> {
        let mut memory = Memory::empty();
        self.each_issued(|index, row, hash| {
            memory.lists.take(index, row.status.into())?;
            memory.sum = combine(memory.sum, &hash);
            Ok(())
        })?;
        Ok(memory)
    }

    fn each_issued(
        &self,
        mut each: impl FnMut(u32, IssuedRow, [u8; 32]) -> Result<(), StoreError>,
    ) -> Result<(), RegistryError> {
        self.store.scan(ISSUED, |key, sealed| {
            let row = self
                .opened(key, sealed)
                .map_err(|_sealed| StoreError::Damaged)?;
            each(index_of(key)?, row, entry_hash(key, sealed))
        })?;
        Ok(())
    }

    fn row<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, RegistryError> {
        match self.store.value(key)? {
            Some(sealed) => self.opened(key, &sealed).map(Some),
            None => Ok(None),
        }
    }

    fn opened<T: DeserializeOwned>(&self, key: &[u8], sealed: &[u8]) -> Result<T, RegistryError> {
        let plain = self.sealer.open(key, sealed)?;
        serde_json::from_slice(&plain).map_err(|_unknown| StoreError::Newer.into())
    }

    fn sealed(&self, key: &[u8], row: &impl Serialize) -> Result<Vec<u8>, RegistryError> {
        let plain = serde_json::to_vec(row).map_err(|_not_json| StoreError::Damaged)?;
        Ok(self.sealer.seal(key, &Zeroizing::new(plain))?)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // It changes only after a batch was written, so a panic leaves it as it was.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Registry {
    /// Changes an entry behind the registry's back.
    pub(in crate::server) fn tamper(&self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.store.apply(vec![(key, value)]).unwrap();
    }

    pub(in crate::server) fn sealed_at(&self, key: &[u8]) -> Vec<u8> {
        self.store.value(key).unwrap().unwrap()
    }

    /// How many entries there are of all kinds.
    pub(in crate::server) fn entries(&self) -> usize {
        let mut entries = 0;
        let count = |_: &[u8], _: &[u8]| {
            entries += 1;
            Ok(())
        };
        self.store.scan(b"", count).unwrap();
        entries
    }
}

impl Memory {
    fn empty() -> Self {
        Self {
            lists: Lists::empty(),
            sum: [0; 32],
        }
    }
}

/// Combines a hash into a sum; doing it twice takes it out again.
fn combine(mut sum: [u8; 32], hash: &[u8; 32]) -> [u8; 32] {
    for (octet, other) in sum.iter_mut().zip(hash) {
        *octet ^= other;
    }
    sum
}

fn entry_hash(key: &[u8], sealed: &[u8]) -> [u8; 32] {
    sha256([key, sealed].concat())
}

fn private_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| StoreError::Io(error.kind()))
}
