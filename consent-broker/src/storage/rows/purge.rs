//! Appointments that have come: grants whose time is over are ended, and what is no longer needed is
//! forgotten.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    consent::receipt::Event,
};

use super::{deposits, grants, keys, log, messages, needs, notices, reading, requests, tx::Tx};
use crate::{
    grant::{Ending, Grant, Status},
    notary::Notary,
    notice::NoticeKind,
    storage::{PURGED_AT_ONCE, StorageError},
};

pub(super) fn purge(
    tx: &mut Tx<'_>,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    let due = tx.stored_range(
        &[keys::QUEUE],
        &keys::appointments_until(now),
        PURGED_AT_ONCE,
    )?;
    let done = due.len();
    let targets = due
        .iter()
        .flat_map(|(appointment, _)| needs::appointment(keys::target(appointment)));
    tx.expect(&targets.collect::<Vec<_>>())?;
    for (appointment, _) in due {
        keep_appointment(tx, keys::target(&appointment), notary, now)?;
        tx.remove(appointment);
    }
    Ok(done)
}

fn keep_appointment(
    tx: &mut Tx<'_>,
    target: &[u8],
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    match target.first() {
        Some(&keys::GRANT) => end_grant(tx, target, notary, now),
        Some(&keys::DEPOSIT) if keys::is_one_deposit(target) => deposits::forget(tx, target, now),
        Some(&keys::MESSAGE) => messages::forget(tx, target, now),
        Some(&keys::DEPOSIT) => {
            let (subject, grant) = keys::subject_and_grant(target).ok_or(StorageError::Damaged)?;
            grants::remove_deposits(tx, subject, grant).map(|_any| ())
        }
        Some(&keys::REQUEST) => {
            let id = keys::request_id(target).ok_or(StorageError::Damaged)?;
            requests::forget(tx, id, now)
        }
        Some(&keys::READ) => reading::forget(tx, target, now),
        Some(&keys::NOTICE) => notices::forget(tx, target),
        Some(_) => {
            tx.remove(target.to_vec());
            Ok(())
        }
        None => Err(StorageError::Damaged),
    }
}

fn end_grant(
    tx: &mut Tx<'_>,
    key: &[u8],
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let grant: Option<Grant> = tx.row(key)?;
    let Some(mut grant) =
        grant.filter(|grant| !matches!(grant.status, Status::Ended { .. }) && now >= grant.until)
    else {
        return Ok(());
    };
    let owner = (grant.subject_id, grant.grant_id);
    grant.end(Ending::Expired, now);
    grants::keep(tx, &grant)?;
    grants::remove_deposits(tx, owner.0, owner.1)?;
    let line = grants::line(&grant, Kind::Expired, Outcome::Done);
    let seq = log::append(tx, owner.0, line, notary, now)?;
    notices::announce(tx, &grant, NoticeKind::Ended, notary, now)?;
    let papers = grants::papers(tx, &grant)?;
    log::keep_receipt(tx, owner, (Event::Expired, seq), &papers, notary, now)?;
    Ok(())
}
