//! The read: one transaction from the question to the log entry.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    consent::receipt::Event,
    encoding::sha256_base64url,
    id::{GrantId, SubjectId},
};
use serde::{Deserialize, Serialize};

use super::{grants, keys, log, needs, notices, participants, recipients, tx::Tx};
use crate::{
    grant::{Admission, Deposit, Grant},
    notary::{Line, Notary},
    notice::NoticeKind,
    storage::{AcknowledgeRead, Read, ReadAnswer, Reading, StorageError},
};

/// How long the same read may be repeated.
pub(super) const REPEATABLE: TimeDelta = TimeDelta::minutes(10);

/// A read that was made: the same one within [`REPEATABLE`] gives the same octets.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    at: DateTime<Utc>,
    seq: u32,
}

pub(super) fn read(
    tx: &mut Tx<'_>,
    order: &Read,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<ReadAnswer, StorageError> {
    tx.expect(&needs::reading(order))?;
    let Some(mut grant) = tx.row::<Grant>(&keys::grant(order.subject_id, order.grant_id))? else {
        return Ok(ReadAnswer::Refused);
    };
    if participants::is_suspended(tx, &grant.recipient)? {
        return refuse(tx, &grant, Outcome::RecipientSuspended, notary, now);
    }
    let memory = keys::read(grant.subject_id, grant.grant_id, &order.jkt, order.read_id);
    let made = tx
        .row::<Made>(&memory)?
        .filter(|made| now < made.at + REPEATABLE);
    let (counted, deposit) = match grant.admit(order.epoch, made.is_some(), now) {
        Admission::Refused(outcome) => return refuse(tx, &grant, outcome, notary, now),
        Admission::Repeated => (false, made_deposit(tx, &grant, made, now)?),
        Admission::Counted => (true, current_deposit(tx, &grant, now)?),
    };
    let Some(deposit) = deposit else {
        return refuse(tx, &grant, Outcome::NothingDeposited, notary, now);
    };
    let ciphertext = grants::ciphertext(tx, &grant, &deposit)?;
    let kind = if counted {
        remember(tx, memory, &deposit, now)?;
        Kind::Read
    } else {
        Kind::ReadRepeated
    };
    let line = Line {
        deposit_hash: Some(deposit.hash.clone()),
        ..grants::line(&grant, kind, Outcome::Done)
    };
    let seq = log::append(tx, grant.subject_id, line, notary, now)?;
    if counted {
        count(tx, &mut grant, notary, now)?;
    }
    let log::Head { log_id, .. } = log::head(tx, grant.subject_id)?;
    let reading = Reading {
        deposit,
        ciphertext,
        until: grant.until,
        log_id,
        seq,
        leaf: log::leaf(tx, grant.subject_id, seq)?,
    };
    Ok(ReadAnswer::Given(Box::new(reading)))
}

/// Keeps a recipient's acknowledgement; the same reading is acknowledged once. None for an unknown grant
/// and for another recipient's.
pub(super) fn acknowledge(
    tx: &mut Tx<'_>,
    order: &AcknowledgeRead,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Option<()>, StorageError> {
    let Some(subject) = tx.row::<SubjectId>(&keys::grant_owner(order.grant_id))? else {
        return Ok(None);
    };
    let grant: Option<Grant> = tx.row(&keys::grant(subject, order.grant_id))?;
    let Some(grant) = grant.filter(|grant| grant.recipient == order.recipient) else {
        return Ok(None);
    };
    let key = keys::ack(subject, order.grant_id, order.read_id);
    if tx.bytes(&key)?.is_some() {
        return Ok(Some(()));
    }
    tx.set_bytes(key, order.ack.clone().into_bytes());
    let line = Line {
        deposit_hash: Some(sha256_base64url(&order.ack)),
        ..grants::line(&grant, Kind::ReadAcknowledged, Outcome::Done)
    };
    log::append(tx, subject, line, notary, now).map(|_seq| Some(()))
}

/// The acknowledgements that are kept of a grant.
pub(super) fn acknowledged(
    tx: &Tx<'_>,
    subject: SubjectId,
    grant: GrantId,
) -> Result<Vec<String>, StorageError> {
    let rows = tx.scan(&keys::acks(subject, grant))?;
    rows.into_iter()
        .map(|(_key, text)| String::from_utf8(text).map_err(|_error| StorageError::Damaged))
        .collect()
}

/// Logs that somebody who may not read this grant has tried to.
pub(super) fn refuse_stranger(
    tx: &mut Tx<'_>,
    (subject, id): (SubjectId, GrantId),
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    match tx.row::<Grant>(&keys::grant(subject, id))? {
        Some(grant) => refuse(tx, &grant, Outcome::NotAuthorized, notary, now).map(drop),
        None => Ok(()),
    }
}

fn refuse(
    tx: &mut Tx<'_>,
    grant: &Grant,
    outcome: Outcome,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<ReadAnswer, StorageError> {
    let line = grants::line(grant, Kind::ReadRefused, outcome);
    log::append(tx, grant.subject_id, line, notary, now)?;
    Ok(match outcome {
        Outcome::GrantPaused => ReadAnswer::Paused,
        _ => ReadAnswer::Refused,
    })
}

/// The newest deposit whose time has come and is not over.
fn current_deposit(
    tx: &Tx<'_>,
    grant: &Grant,
    now: DateTime<Utc>,
) -> Result<Option<Deposit>, StorageError> {
    let deposits: Vec<Deposit> = tx.rows(&keys::deposits(grant.subject_id, grant.grant_id))?;
    Ok(deposits.into_iter().rfind(|row| row.is_current(now)))
}

fn made_deposit(
    tx: &Tx<'_>,
    grant: &Grant,
    made: Option<Made>,
    now: DateTime<Utc>,
) -> Result<Option<Deposit>, StorageError> {
    let Some(made) = made else { return Ok(None) };
    let key = keys::deposit(grant.subject_id, grant.grant_id, made.seq);
    Ok(tx.row::<Deposit>(&key)?.filter(|row| row.is_current(now)))
}

fn remember(
    tx: &mut Tx<'_>,
    memory: keys::Key,
    deposit: &Deposit,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    tx.set_bytes(keys::appointment(now + REPEATABLE, &memory), Vec::new());
    let made = Made {
        at: now,
        seq: deposit.seq,
    };
    tx.set(memory, &made)
}

/// Forgets a read that cannot be repeated any more; it may have been made anew since it was due.
pub(super) fn forget(
    tx: &mut Tx<'_>,
    memory: &[u8],
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let made: Option<Made> = tx.row(memory)?;
    if made.is_some_and(|made| now >= made.at + REPEATABLE) {
        tx.remove(memory.to_vec());
    }
    Ok(())
}

/// Counts the read. The last one ends the grant; its octets stay until it cannot be repeated.
fn count(
    tx: &mut Tx<'_>,
    grant: &mut Grant,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let was_last = grant.count_read(now);
    grants::keep(tx, grant)?;
    recipients::note_read(tx, grant, now)?;
    if !was_last {
        return Ok(());
    }
    let owner = (grant.subject_id, grant.grant_id);
    let deposits = keys::deposits(owner.0, owner.1);
    tx.set_bytes(keys::appointment(now + REPEATABLE, &deposits), Vec::new());
    let line = grants::line(grant, Kind::Exhausted, Outcome::Done);
    let seq = log::append(tx, owner.0, line, notary, now)?;
    notices::announce(tx, grant, NoticeKind::Ended, notary, now)?;
    let papers = grants::papers(tx, grant)?;
    log::keep_receipt(tx, owner, (Event::Exhausted, seq), &papers, notary, now)?;
    Ok(())
}
