//! The registrar's list as the broker uses and relays it. A newer list takes effect with the next
//! request; an older, forged or expired one never does.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use credential_core::{
    jose::Jwk,
    trust::{TrustError, TrustList},
};

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

    /// The list's sequence number.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.list.sequence()
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

    /// Verifies a list and puts it in force; gives its sequence number.
    ///
    /// # Errors
    /// [`TrustError`]; the list that was in force stays.
    pub fn import(&self, signed: &str, now: DateTime<Utc>) -> Result<u64, TrustError> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let known = current.sequence();
        let snapshot = verify(&self.registrar, signed, Some(known), now)?;
        let sequence = snapshot.sequence();
        if sequence == known && snapshot.list.hash() != current.list.hash() {
            return Err(TrustError::Contradicts { sequence });
        }
        *current = Arc::new(snapshot);
        Ok(sequence)
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
