//! The digits that a person types.

use chrono::{DateTime, Utc};
use credential_core::id::RequestId;

use super::{keys, requests, tx::Tx};
use crate::{
    interaction::{Interaction, InteractionError, Typed},
    storage::StorageError,
};

pub(super) fn awaits(
    tx: &Tx<'_>,
    id: RequestId,
    session: &str,
    now: DateTime<Utc>,
) -> Result<Result<(), InteractionError>, StorageError> {
    let interaction: Option<Interaction> = tx.row(&keys::request(id))?;
    let found = interaction.ok_or(InteractionError::Unknown);
    Ok(found.and_then(|interaction| interaction.awaits_digits(session, now)))
}

/// A wrong try is a step too: what it has counted lasts before the answer is given.
pub(super) fn type_in(
    tx: &mut Tx<'_>,
    id: RequestId,
    (session, hash): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Result<Typed, InteractionError>, StorageError> {
    let mut outcome = Err(InteractionError::Unknown);
    let changed = requests::change(tx, id, |interaction| {
        outcome = interaction.type_digits(session, hash, now);
        outcome.map(drop)
    })?;
    Ok(changed.and(outcome))
}
