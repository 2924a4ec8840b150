//! Suspended participants, and the newest trust list.

use super::{keys, tx::Tx};
use crate::{
    storage::{ListMark, StorageError},
    suspension::{EntityId, Suspension},
};

pub(super) fn suspend(tx: &mut Tx<'_>, suspension: Suspension) -> Result<Suspension, StorageError> {
    let key = keys::suspension(suspension.participant.as_str());
    let known: Option<Suspension> = tx.row(&key)?;
    let kept = Suspension {
        since: known.map_or(suspension.since, |known| known.since),
        ..suspension
    };
    tx.set(key, &kept)?;
    Ok(kept)
}

pub(super) fn resume(
    tx: &mut Tx<'_>,
    participant: &EntityId,
) -> Result<Option<Suspension>, StorageError> {
    let key = keys::suspension(participant.as_str());
    let ended = tx.row(&key)?;
    if ended.is_some() {
        tx.remove(key);
    }
    Ok(ended)
}

pub(super) fn suspension(
    tx: &Tx<'_>,
    participant: &EntityId,
) -> Result<Option<Suspension>, StorageError> {
    tx.row(&keys::suspension(participant.as_str()))
}

/// Whether the recipient of this client id is suspended.
pub(super) fn is_suspended(tx: &Tx<'_>, client_id: &str) -> Result<bool, StorageError> {
    Ok(suspension(tx, &EntityId::of_client(client_id))?.is_some())
}

pub(super) fn suspensions(tx: &Tx<'_>) -> Result<Vec<Suspension>, StorageError> {
    let mut found: Vec<Suspension> = tx.rows(&[keys::SUSPENSION])?;
    found.sort_by(|a, b| a.participant.cmp(&b.participant));
    Ok(found)
}

pub(super) fn accept_list(
    tx: &mut Tx<'_>,
    registrar: &str,
    list: &ListMark,
) -> Result<Result<(), ListMark>, StorageError> {
    let key = keys::newest_list(registrar);
    match tx.row::<ListMark>(&key)? {
        Some(known) if known == *list => Ok(Ok(())),
        Some(known) if !known.admits(list) => Ok(Err(known)),
        _ => {
            tx.set(key, list)?;
            Ok(Ok(()))
        }
    }
}
