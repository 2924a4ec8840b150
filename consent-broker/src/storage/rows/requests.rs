//! Accounts, used proofs, and pushed requests.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{access_log::Frontier, id::RequestId};

use super::{keys, log::Head, needs, tx::Tx};
use crate::{
    interaction::{INTERACTION_LIFE, Interaction, InteractionError, REQUEST_LIFE_SECONDS},
    storage::{Account, ProofId, PushedRequest, StorageError, engine::Key},
};

/// How long a request is kept after its last possible use, so that a decision can be repeated.
const KEPT: TimeDelta = TimeDelta::hours(1);

pub(super) fn account(
    tx: &mut Tx<'_>,
    thumbprint: &str,
    fresh: Account,
) -> Result<Account, StorageError> {
    let key = keys::account(thumbprint);
    tx.expect(&needs::rows([key.clone(), keys::head(fresh.subject_id)]))?;
    if let Some(known) = tx.row(&key)? {
        return Ok(known);
    }
    tx.set(key, &fresh)?;
    let head = Head {
        log_id: fresh.log_id.clone(),
        frontier: Frontier::default(),
        log_key: None,
        is_key_drawn: false,
    };
    tx.set(keys::head(fresh.subject_id), &head)?;
    Ok(fresh)
}

pub(super) fn remember_proofs(
    tx: &mut Tx<'_>,
    proofs: &[ProofId],
) -> Result<Option<usize>, StorageError> {
    let wanted = proofs
        .iter()
        .map(|proof| keys::proof(&proof.owner, &proof.id));
    tx.expect(&needs::rows(wanted))?;
    for (place, proof) in proofs.iter().enumerate() {
        if tx.bytes(&keys::proof(&proof.owner, &proof.id))?.is_some() {
            return Ok(Some(place));
        }
    }
    for proof in proofs {
        let key = keys::proof(&proof.owner, &proof.id);
        tx.set_bytes(keys::appointment(proof.until, &key), Vec::new());
        tx.set_bytes(key, Vec::new());
    }
    Ok(None)
}

pub(super) fn push(
    tx: &mut Tx<'_>,
    interaction: &Interaction,
    request: &str,
) -> Result<Result<(), InteractionError>, StorageError> {
    let used = challenge(interaction);
    tx.expect(&needs::rows([used.clone()]))?;
    if tx.bytes(&used)?.is_some() {
        return Ok(Err(InteractionError::ChallengeUsed));
    }
    tx.set_bytes(used, Vec::new());
    let id = interaction.request_id;
    let key = keys::request(id);
    // The one that follows is made when this one is kept.
    tx.set_bytes(
        keys::appointment(unused_until(interaction), &key),
        Vec::new(),
    );
    tx.set(key, interaction)?;
    tx.add_large(&keys::request_object(id), request.as_bytes());
    Ok(Ok(()))
}

/// A challenge works once for each client, as long as its request may be known.
fn challenge(interaction: &Interaction) -> Key {
    let owner = format!("challenge {}", interaction.client_id);
    keys::proof(&owner, &interaction.callback.code_challenge)
}

/// When a request that nobody has looked at is over.
fn unused_until(interaction: &Interaction) -> DateTime<Utc> {
    interaction.pushed_at + TimeDelta::seconds(REQUEST_LIFE_SECONDS.into())
}

fn kept_until(interaction: &Interaction) -> DateTime<Utc> {
    interaction.pushed_at + INTERACTION_LIFE + INTERACTION_LIFE + KEPT
}

/// Forgets a request that was not looked at in time, or that can be repeated no more. What must be known
/// for longer gets an appointment of its own.
pub(super) fn forget(
    tx: &mut Tx<'_>,
    id: RequestId,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let key = keys::request(id);
    let Some(interaction) = tx.row::<Interaction>(&key)? else {
        return Ok(());
    };
    let (used, until) = (challenge(&interaction), kept_until(&interaction));
    let is_over = now >= until;
    if is_over {
        tx.remove(used);
    } else if interaction.shown_at.is_some() {
        tx.set_bytes(keys::appointment(until, &key), Vec::new());
        return Ok(());
    } else if now >= unused_until(&interaction) {
        tx.set_bytes(keys::appointment(until, &used), Vec::new());
    } else {
        return Ok(());
    }
    tx.remove_all(&keys::request_object(id))?;
    tx.remove(key);
    Ok(())
}

pub(super) fn find(tx: &Tx<'_>, id: RequestId) -> Result<Option<PushedRequest>, StorageError> {
    tx.expect(&needs::request(id))?;
    let Some(interaction) = tx.row(&keys::request(id))? else {
        return Ok(None);
    };
    let request = tx
        .large_text(&keys::request_object(id))?
        .ok_or(StorageError::Damaged)?;
    Ok(Some(PushedRequest {
        interaction,
        request,
    }))
}

/// Takes one step with a request's row; a step that is refused changes nothing.
pub(super) fn change(
    tx: &mut Tx<'_>,
    id: RequestId,
    step: impl FnOnce(&mut Interaction) -> Result<(), InteractionError>,
) -> Result<Result<PushedRequest, InteractionError>, StorageError> {
    let Some(mut pushed) = find(tx, id)? else {
        return Ok(Err(InteractionError::Unknown));
    };
    let before = pushed.interaction.clone();
    if let Err(refused) = step(&mut pushed.interaction) {
        return Ok(Err(refused));
    }
    if pushed.interaction != before {
        tx.set(keys::request(id), &pushed.interaction)?;
    }
    Ok(Ok(pushed))
}
