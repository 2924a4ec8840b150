//! All participants, and the signed list of them. Pure: where it is kept is for [`super::folder`].

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    jose::{SignError, Signer},
    network::Network,
    trust::{self, MAX_LIFE},
};
use serde::{Deserialize, Serialize};

use super::{Entry, EntryError};

/// The registrar's book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    registrar: String,
    sequence: u64,
    participants: BTreeMap<String, Entry>,
}

/// What adding an entry changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not listed before.
    Added,
    /// It was listed with other keys: wallets will show that to their owners.
    Rekeyed,
    /// It may issue other credentials, under another DID, or with certificates of other authorities.
    OtherIssuing,
    /// It was listed with the same keys, and something else is different now.
    Updated,
    /// It was listed exactly so.
    Unchanged,
}

impl Registry {
    /// An empty book of the registrar with this identifier.
    #[must_use]
    pub fn new(registrar: &str) -> Self {
        Self {
            registrar: registrar.into(),
            sequence: 0,
            participants: BTreeMap::new(),
        }
    }

    /// The registrar's identifier.
    #[must_use]
    pub fn registrar(&self) -> &str {
        &self.registrar
    }

    /// The sequence number of the last published list; 0 before the first.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Everyone, by identifier.
    pub fn participants(&self) -> impl Iterator<Item = &Entry> {
        self.participants.values()
    }

    /// Lists a participant, in place of what was listed under its identifier.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn add(&mut self, entry: Entry, network: Network) -> Result<Change, EntryError> {
        entry.check(network)?;
        let did = |entry: &Entry| entry.issuer.as_ref().and_then(|role| role.did.clone());
        let has_its_did = |it: &Entry| it.entity_id != entry.entity_id && did(it) == did(&entry);
        if did(&entry).is_some() && self.participants().any(has_its_did) {
            return Err(EntryError::DidTaken);
        }
        let change = match self.participants.get(&entry.entity_id) {
            None => Change::Added,
            Some(listed) if listed.jwks != entry.jwks => Change::Rekeyed,
            Some(listed) if listed.issuer != entry.issuer => Change::OtherIssuing,
            Some(listed) if *listed != entry => Change::Updated,
            Some(_same) => Change::Unchanged,
        };
        self.participants.insert(entry.entity_id.clone(), entry);
        Ok(change)
    }

    /// Takes a participant off the list; false when it was not on it.
    pub fn remove(&mut self, entity_id: &str) -> bool {
        self.participants.remove(entity_id).is_some()
    }

    /// Signs the next list, valid for `life` but at most 30 days.
    ///
    /// # Errors
    /// [`SignError`]; the sequence number is then not used.
    pub fn publish(
        &mut self,
        now: DateTime<Utc>,
        life: TimeDelta,
        signer: &dyn Signer,
    ) -> Result<String, SignError> {
        let expires_at = now + life.min(MAX_LIFE);
        let statements: Vec<_> = self
            .participants()
            .map(|entry| entry.statement(&self.registrar, now, expires_at))
            .collect();
        let sequence = self.sequence + 1;
        let signed = trust::publish(
            &self.registrar,
            sequence,
            now,
            expires_at,
            &statements,
            signer,
        )?;
        self.sequence = sequence;
        Ok(signed)
    }
}
