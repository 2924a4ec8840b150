//! A participant that the broker's operator has stopped for the time being. It stays on the registrar's
//! list, and what people have granted it stays theirs to stop; it asks and reads nothing until it is
//! resumed. Why it was stopped is the operator's own note: neither the participant nor anybody else is
//! told by the broker.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    error::RouteError,
    storage::{StorageError, Store},
};

/// What comes before the entity id in a recipient's client id.
const CLIENT_PREFIX: &str = "openid_federation:";
/// Longest note, in characters.
const MAX_NOTE: usize = 300;
/// Longest entity id, in octets.
const MAX_ENTITY_ID: usize = 1024;

/// The row of a suspended participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Who.
    pub participant: EntityId,
    /// Why, for the operator's own records.
    pub note: Note,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Names a participant: the same for its entity id and its client id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntityId(String);

/// One line of an operator: not empty, printing characters only, at most 300 of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

/// An operator's order is not in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SuspensionError {
    /// Not the address of a participant.
    #[error("a participant is named by its https address or client id")]
    EntityId,
    /// No note, or one that is too long or does not print.
    #[error("the reason must have 1 to 300 printing characters")]
    Note,
}

impl SuspensionError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::EntityId => "participant_malformed",
            Self::Note => "suspension_reason_malformed",
        }
    }
}

impl EntityId {
    /// The participant of a client id that is on the trust list or in a grant's row.
    pub(crate) fn of_client(client_id: &str) -> Self {
        Self(
            client_id
                .strip_prefix(CLIENT_PREFIX)
                .unwrap_or(client_id)
                .into(),
        )
    }

    /// The entity id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EntityId {
    type Error = SuspensionError;

    fn try_from(text: String) -> Result<Self, SuspensionError> {
        let id = Self::of_client(&text);
        let is_address = |url: url::Url| matches!(url.scheme(), "https" | "http");
        if id.0.len() <= MAX_ENTITY_ID && url::Url::parse(&id.0).is_ok_and(is_address) {
            Ok(id)
        } else {
            Err(SuspensionError::EntityId)
        }
    }
}

impl From<EntityId> for String {
    fn from(id: EntityId) -> Self {
        id.0
    }
}

impl std::str::FromStr for EntityId {
    type Err = SuspensionError;

    fn from_str(text: &str) -> Result<Self, SuspensionError> {
        text.to_owned().try_into()
    }
}

impl std::fmt::Display for EntityId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Note {
    /// The operator's words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Note {
    type Error = SuspensionError;

    fn try_from(text: String) -> Result<Self, SuspensionError> {
        let length = text.chars().count();
        let fits = (1..=MAX_NOTE).contains(&length) && !text.trim().is_empty();
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text))
        } else {
            Err(SuspensionError::Note)
        }
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0
    }
}

impl std::str::FromStr for Note {
    type Err = SuspensionError;

    fn from_str(text: &str) -> Result<Self, SuspensionError> {
        text.to_owned().try_into()
    }
}

/// Whether this recipient is suspended now.
pub(crate) async fn is_suspended(store: &dyn Store, client_id: &str) -> Result<bool, StorageError> {
    let found = store.suspension(&EntityId::of_client(client_id)).await?;
    Ok(found.is_some())
}

/// Lets only a recipient that is not suspended go on; to be asked after it has authenticated.
pub(crate) async fn refuse_suspended(store: &dyn Store, client_id: &str) -> Result<(), RouteError> {
    if is_suspended(store, client_id).await? {
        return Err(RouteError::Suspended);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
