//! Importing a list so that it lasts: the store remembers the highest number that was ever accepted and
//! the hash of its list, so that no restart talks a broker back to an older one. The number is on the
//! disk before the list is in force.

use credential_core::trust::TrustError;

use super::{TrustHandle, TrustSnapshot};
use crate::{
    state::AppState,
    storage::{ListMark, StorageError, Store},
};

/// A list was not imported; whichever was in force stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The list is not acceptable.
    #[error(transparent)]
    List(#[from] TrustError),
    /// Its number could not be remembered.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ImportError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::List(error) => error.reason(),
            Self::Storage(error) => error.reason(),
        }
    }
}

impl AppState {
    /// Verifies a list, remembers its number for good, and puts it in force with the next request; gives
    /// its sequence number.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import_list(&self, signed: &str) -> Result<u64, ImportError> {
        let next = self.trust.examine(signed, self.clock.now())?;
        self.trust.remember(&*self.store, &next).await?;
        Ok(self.trust.put_in_force(next)?)
    }
}

impl TrustHandle {
    /// Compares the list in force with the highest that this store has ever accepted, and remembers it;
    /// gives its sequence number. To be asked before a broker serves.
    ///
    /// # Errors
    /// [`ImportError`] when the store has accepted a newer list, or another of the same number.
    pub async fn confirm(&self, store: &dyn Store) -> Result<u64, ImportError> {
        let current = self.current();
        self.remember(store, &current).await?;
        Ok(current.sequence())
    }

    async fn remember(&self, store: &dyn Store, list: &TrustSnapshot) -> Result<(), ImportError> {
        let mark = list.mark();
        let registrar = self.registrar.thumbprint();
        match store.accept_list(&registrar, mark.clone()).await? {
            Ok(()) => Ok(()),
            Err(known) => Err(not_admitted(&known, &mark).into()),
        }
    }
}

/// Why `next` does not follow `known`.
pub(super) fn not_admitted(known: &ListMark, next: &ListMark) -> TrustError {
    if next.sequence < known.sequence {
        TrustError::Older {
            known: known.sequence,
        }
    } else {
        TrustError::Contradicts {
            sequence: next.sequence,
        }
    }
}
