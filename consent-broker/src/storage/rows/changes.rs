//! A grant's changes, and the end of all of a person's grants at once.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    consent::receipt::Event,
    id::{GrantId, SubjectId},
    jose::jws::General,
};

use super::{decisions, grants, keys, log, needs, notices, tx::Tx};
use crate::{
    grant::{ChangeError, ChangeKind, Deposit, Ending, Grant, MadeChange, Papers, Status},
    notary::{Line, Notary},
    notice::NoticeKind,
    storage::{Change, Changed, Ended, GrantInFull, SealedDeposit, StorageError},
};

/// The answer to the same change, when it was the last one that was made.
pub(super) fn made(
    tx: &Tx<'_>,
    (subject, id): (SubjectId, GrantId),
    digest: &str,
) -> Result<Option<Changed>, StorageError> {
    let grant: Option<Grant> = tx.row(&keys::grant(subject, id))?;
    let made = grant.and_then(|grant| grant.last_change);
    made.filter(|made| made.digest == digest)
        .map(|made| answer(tx, subject, &made))
        .transpose()
}

fn answer(tx: &Tx<'_>, subject: SubjectId, made: &MadeChange) -> Result<Changed, StorageError> {
    Ok(Changed {
        receipt: log::signed_text(tx, &keys::receipt_text(subject, made.log_seq))?,
        log_size: made.log_size,
    })
}

pub(super) fn change(
    tx: &mut Tx<'_>,
    order: Change,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Option<Result<Changed, ChangeError>>, StorageError> {
    let owner = (order.subject_id, order.grant_id);
    tx.expect(&needs::whole_grant(owner.0, owner.1))?;
    // Two of the same at once: the second gets the first one's answer.
    if let Some(earlier) = made(tx, owner, &order.digest)? {
        return Ok(Some(Ok(earlier)));
    }
    let Some((mut grant, mut papers)) = grants::find(tx, owner.0, owner.1)? else {
        return Ok(None);
    };
    let (terms, deposit) = order.terms.unzip();
    if let Err(unfit) = grant.change(order.kind, order.number, terms, now) {
        return Ok(Some(Err(unfit)));
    }
    file(&mut papers, order.kind, order.decision);
    grants::keep_papers(tx, &grant, &papers)?;
    let line = grants::line(&grant, order.kind.kind(), Outcome::Done);
    let seq = log::append(tx, owner.0, line, notary, now)?;
    if let Some(deposit) = deposit {
        replace_deposits(tx, &grant, &deposit, notary, now)?;
    }
    let made = MadeChange {
        digest: order.digest,
        log_seq: seq,
        log_size: log::head(tx, owner.0)?.frontier.size(),
    };
    let receipt = (order.kind.event(), seq);
    log::keep_receipt(tx, owner, receipt, &papers, notary, now)?;
    let changed = answer(tx, owner.0, &made)?;
    grant.last_change = Some(made);
    grants::keep(tx, &grant)?;
    notices::announce(tx, &grant, order.kind.notice(), notary, now)?;
    Ok(Some(Ok(changed)))
}

/// Puts the signed word where it belongs; what was in force before is kept.
fn file(papers: &mut Papers, kind: ChangeKind, decision: General) {
    match kind {
        ChangeKind::Pause | ChangeKind::Resume => papers.change = Some(decision),
        ChangeKind::Narrow | ChangeKind::Renew => {
            let before = std::mem::replace(&mut papers.decision, decision);
            papers.earlier.push(before);
        }
    }
}

/// What was sealed under the earlier terms goes, with every memory of reading it; the grant has a new end
/// to be looked at. The appointment at the old end finds nothing to do if that is sooner.
fn replace_deposits(
    tx: &mut Tx<'_>,
    grant: &Grant,
    deposit: &SealedDeposit,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let owner = (grant.subject_id, grant.grant_id);
    grants::remove_deposits(tx, owner.0, owner.1)?;
    tx.remove_all(&keys::reads(owner.0, owner.1))?;
    decisions::insert_deposit(tx, grant, deposit)?;
    let line = Line {
        deposit_hash: Some(deposit.row.hash.clone()),
        ..grants::line(grant, Kind::Deposit, Outcome::Done)
    };
    log::append(tx, owner.0, line, notary, now).map(drop)
}

pub(super) fn stop_all(
    tx: &mut Tx<'_>,
    subject: SubjectId,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Vec<Ended>, StorageError> {
    tx.expect(&needs::account(subject))?;
    let grants: Vec<Grant> = tx.rows(&keys::grants(subject))?;
    let mut stopped = Vec::new();
    for mut grant in grants {
        let id = grant.grant_id;
        let receipt = if grant.is_living(now) {
            stop(tx, &mut grant, notary, now)?
        } else if is_stopped(&grant) {
            log::receipt_of(tx, (subject, id), Event::Stopped)?
        } else {
            continue;
        };
        stopped.push(Ended {
            grant_id: id,
            receipt,
        });
    }
    Ok(stopped)
}

fn is_stopped(grant: &Grant) -> bool {
    let how = Ending::Stopped;
    matches!(grant.status, Status::Ended { how: ended, .. } if ended == how)
}

fn stop(
    tx: &mut Tx<'_>,
    grant: &mut Grant,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<String, StorageError> {
    let owner = (grant.subject_id, grant.grant_id);
    grant.end(Ending::Stopped, now);
    grants::keep(tx, grant)?;
    grants::remove_deposits(tx, owner.0, owner.1)?;
    let line = grants::line(grant, Kind::Stopped, Outcome::Done);
    let seq = log::append(tx, owner.0, line, notary, now)?;
    let papers = grants::papers(tx, grant)?;
    let receipt = log::keep_receipt(tx, owner, (Event::Stopped, seq), &papers, notary, now)?;
    notices::announce(tx, grant, NoticeKind::Ended, notary, now)?;
    Ok(receipt)
}

/// Withdraws several grants: all, or none when one of them is not this account's.
pub(super) fn withdraw_all(
    tx: &mut Tx<'_>,
    subject: SubjectId,
    withdrawals: Vec<(GrantId, General)>,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Option<Vec<Ended>>, StorageError> {
    tx.expect(&needs::account(subject))?;
    for (id, _withdrawal) in &withdrawals {
        if tx.bytes(&keys::grant(subject, *id))?.is_none() {
            return Ok(None);
        }
    }
    let mut ended = Vec::with_capacity(withdrawals.len());
    for (grant_id, withdrawal) in withdrawals {
        let receipt = grants::withdraw(tx, (subject, grant_id), withdrawal, notary, now)?;
        let receipt = receipt.ok_or(StorageError::Damaged)?;
        ended.push(Ended { grant_id, receipt });
    }
    Ok(Some(ended))
}

pub(super) fn in_full(
    tx: &Tx<'_>,
    subject: SubjectId,
    id: GrantId,
) -> Result<Option<GrantInFull>, StorageError> {
    let Some((grant, papers)) = grants::find(tx, subject, id)? else {
        return Ok(None);
    };
    let deposits: Vec<Deposit> = tx.rows(&keys::deposits(subject, id))?;
    Ok(Some(GrantInFull {
        grant,
        papers,
        deposits,
    }))
}
