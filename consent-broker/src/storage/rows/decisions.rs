//! A decision and its completion.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    consent::receipt::Event,
    id::{RequestId, SubjectId},
};

use super::{deposits, grants, keys, log, needs, recipients, requests, tx::Tx};
use crate::{
    grant::{Grant, Papers},
    interaction::{Decided, InteractionError},
    notary::{Line, Notary},
    storage::{BeforeDecision, Completion, Decide, Recorded, SealedDeposit, StorageError},
};

pub(super) fn before(
    tx: &Tx<'_>,
    id: RequestId,
    subject: SubjectId,
    digest: &str,
    now: DateTime<Utc>,
) -> Result<Result<BeforeDecision, InteractionError>, StorageError> {
    let Some(pushed) = requests::find(tx, id)? else {
        return Ok(Err(InteractionError::Unknown));
    };
    Ok(match pushed.interaction.may_decide(subject, digest, now) {
        Ok(Some(earlier)) => Ok(BeforeDecision::Made(repeated(tx, subject, earlier)?)),
        Ok(None) => Ok(BeforeDecision::Waiting(Box::new(pushed))),
        Err(refused) => Err(refused),
    })
}

pub(super) fn decide(
    tx: &mut Tx<'_>,
    order: Decide,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Result<Recorded, InteractionError>, StorageError> {
    let mut wanted = needs::request(order.request_id);
    wanted.extend(needs::rows([keys::grant_owner(order.grant_id)]));
    wanted.extend(needs::whole_grant(order.subject_id, order.grant_id));
    tx.expect(&wanted)?;
    let Some(pushed) = requests::find(tx, order.request_id)? else {
        return Ok(Err(InteractionError::Unknown));
    };
    let mut interaction = pushed.interaction;
    match interaction.may_decide(order.subject_id, &order.digest, now) {
        Ok(Some(earlier)) => return Ok(Ok(repeated(tx, order.subject_id, earlier)?)),
        Ok(None) => {}
        Err(refused) => return Ok(Err(refused)),
    }
    if tx.bytes(&keys::grant_owner(order.grant_id))?.is_some() {
        return Ok(Err(InteractionError::GrantIdTaken));
    }
    tx.set(keys::grant_owner(order.grant_id), &order.subject_id)?;
    let (event, seq) = record(tx, &order, notary, now)?;
    let owner = (order.subject_id, order.grant_id);
    let receipt = log::keep_receipt(tx, owner, (event, seq), &order.papers, notary, now)?;
    let decided = Decided {
        digest: order.digest,
        grant_id: order.grant_id,
        approved: order.approval.is_some(),
        completion: order.completion,
        log_size: log::head(tx, order.subject_id)?.frontier.size(),
    };
    let recorded = answer(&decided, receipt);
    interaction.decided = Some(decided);
    tx.set(keys::request(order.request_id), &interaction)?;
    Ok(Ok(recorded))
}

fn answer(decided: &Decided, receipt: String) -> Recorded {
    Recorded {
        completion: decided.completion.clone(),
        receipt,
        log_size: decided.log_size,
    }
}

fn repeated(tx: &Tx<'_>, subject: SubjectId, earlier: &Decided) -> Result<Recorded, StorageError> {
    let event = if earlier.approved {
        Event::Given
    } else {
        Event::Refused
    };
    let receipt = log::receipt_of(tx, (subject, earlier.grant_id), event)?;
    Ok(answer(earlier, receipt))
}

/// Writes the decision into the log, and inserts what it grants; gives the place of the decision.
fn record(
    tx: &mut Tx<'_>,
    order: &Decide,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(Event, u64), StorageError> {
    let line = Line {
        kind: Kind::ConsentRefused,
        outcome: Outcome::Done,
        grant_id: order.grant_id,
        recipient: order.recipient.clone(),
        legal_basis: order.legal_basis,
        details_hash: None,
        deposit_hash: None,
    };
    let Some((grant, deposit)) = &order.approval else {
        let seq = log::append(tx, order.subject_id, line, notary, now)?;
        return Ok((Event::Refused, seq));
    };
    insert_grant(tx, grant, deposit, &order.papers)?;
    let given = Line {
        kind: Kind::ConsentGiven,
        details_hash: Some(grant.details_hash.clone()),
        ..line
    };
    let deposited = Line {
        kind: Kind::Deposit,
        deposit_hash: Some(deposit.row.hash.clone()),
        ..given.clone()
    };
    let seq = log::append(tx, order.subject_id, given, notary, now)?;
    log::append(tx, order.subject_id, deposited, notary, now)?;
    Ok((Event::Given, seq))
}

fn insert_grant(
    tx: &mut Tx<'_>,
    grant: &Grant,
    deposit: &SealedDeposit,
    papers: &Papers,
) -> Result<(), StorageError> {
    grants::keep(tx, grant)?;
    recipients::list(tx, grant)?;
    grants::keep_papers(tx, grant, papers)?;
    insert_deposit(tx, grant, deposit)
}

/// Puts the deposit that came with signed terms, and looks at the grant again when they end.
pub(super) fn insert_deposit(
    tx: &mut Tx<'_>,
    grant: &Grant,
    deposit: &SealedDeposit,
) -> Result<(), StorageError> {
    let (subject, id) = (grant.subject_id, grant.grant_id);
    let key = keys::grant(subject, id);
    tx.set_bytes(keys::appointment(grant.until, &key), Vec::new());
    deposits::insert(tx, grant, deposit)
}

pub(super) fn complete(
    tx: &mut Tx<'_>,
    id: RequestId,
    session: &str,
    now: DateTime<Utc>,
) -> Result<Result<Completion, InteractionError>, StorageError> {
    let completed = requests::change(tx, id, |interaction| {
        interaction.complete(session, now).map(|_decided| ())
    })?;
    let interaction = match completed {
        Ok(pushed) => pushed.interaction,
        Err(refused) => return Ok(Err(refused)),
    };
    let (Some(decided), Some(opened)) = (&interaction.decided, &interaction.opened) else {
        return Err(StorageError::Damaged);
    };
    let key = keys::grant(opened.subject_id, decided.grant_id);
    let grant: Option<Grant> = tx.row(&key)?;
    let grant = grant.filter(|grant| grant.is_living(now));
    Ok(Ok(Completion { interaction, grant }))
}
