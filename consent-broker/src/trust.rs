//! The registrar's list as the broker uses and relays it. A newer list takes effect with the next
//! request; an older, forged or expired one never does.

mod import;

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use credential_core::{
    jose::Jwk,
    trust::{TrustError, TrustList},
};

pub use import::ImportError;

use crate::storage::ListMark;

/// A verified list and the text it was verified from.
#[derive(Debug)]
pub struct TrustSnapshot {
    list: TrustList,
    signed: String,
}

impl TrustSnapshot {
    /// The list, unless it has expired.
    #[must_use]
    pub fn list(&self, now: DateTime<Utc>) -> Option<&TrustList> {
        (now < self.list.expires_at()).then_some(&self.list)
    }

    /// When the list expires, or has.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.list.expires_at()
    }

    /// The list's sequence number.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.list.sequence()
    }

    /// What tells this list from every other.
    #[must_use]
    pub fn mark(&self) -> ListMark {
        ListMark {
            sequence: self.list.sequence(),
            hash: self.list.hash().into(),
        }
    }

    /// The list as the registrar signed it.
    #[must_use]
    pub fn signed(&self) -> &str {
        &self.signed
    }
}

/// The list in force; clones share it.
#[derive(Debug, Clone)]
pub struct TrustHandle {
    registrar: Arc<Jwk>,
    current: Arc<RwLock<Arc<TrustSnapshot>>>,
}

impl TrustHandle {
    /// Begins with a list, verified with the pinned key of the registrar.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn new(registrar: Jwk, signed: &str, now: DateTime<Utc>) -> Result<Self, TrustError> {
        let snapshot = verify(&registrar, signed, None, now)?;
        Ok(Self {
            registrar: Arc::new(registrar),
            current: Arc::new(RwLock::new(Arc::new(snapshot))),
        })
    }

    /// Verifies a list and puts it in force, in memory alone; gives its sequence number. A broker
    /// imports with [`crate::AppState::import_list`], which outlasts a restart.
    ///
    /// # Errors
    /// [`TrustError`]; the list that was in force stays.
    pub fn import(&self, signed: &str, now: DateTime<Utc>) -> Result<u64, TrustError> {
        self.put_in_force(self.examine(signed, now)?)
    }

    /// Verifies a list that may follow the one in force.
    fn examine(&self, signed: &str, now: DateTime<Utc>) -> Result<TrustSnapshot, TrustError> {
        let known = self.current().sequence();
        verify(&self.registrar, signed, Some(known), now)
    }

    /// Puts a list in force, unless it has been overtaken since it was examined.
    fn put_in_force(&self, next: TrustSnapshot) -> Result<u64, TrustError> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let (known, next_mark) = (current.mark(), next.mark());
        if !known.admits(&next_mark) {
            return Err(import::not_admitted(&known, &next_mark));
        }
        *current = Arc::new(next);
        Ok(next_mark.sequence)
    }

    /// The list in force.
    #[must_use]
    pub fn current(&self) -> Arc<TrustSnapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn verify(
    registrar: &Jwk,
    signed: &str,
    known: Option<u64>,
    now: DateTime<Utc>,
) -> Result<TrustSnapshot, TrustError> {
    let signed = signed.trim();
    Ok(TrustSnapshot {
        list: TrustList::verify(signed, registrar, known, now)?,
        signed: signed.to_owned(),
    })
}
