//! Grants: their codes and tokens, their end by the person, and what is to be seen of them.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    consent::receipt::Event,
    id::{GrantId, SubjectId},
    jose::jws::General,
};
use serde::Deserialize;

use super::{
    keys, log, messages, needs, notices, reading,
    tx::{Tx, all},
};
use crate::{
    grant::{Deposit, Ending, Grant, Papers, Status},
    notary::{Line, Notary},
    notice::NoticeKind,
    storage::{GrantOverview, Held, SealedDeposit, StorageError, UseToken},
};

pub(super) fn find(
    tx: &Tx<'_>,
    subject: SubjectId,
    id: GrantId,
) -> Result<Option<(Grant, Papers)>, StorageError> {
    tx.expect(&needs::grant(subject, id))?;
    let Some(grant) = tx.row::<Grant>(&keys::grant(subject, id))? else {
        return Ok(None);
    };
    let papers = papers(tx, &grant)?;
    Ok(Some((grant, papers)))
}

/// A grant and its decision in force: all that a token rests on, and little of the papers.
pub(super) fn in_force(
    tx: &Tx<'_>,
    subject: SubjectId,
    id: GrantId,
) -> Result<Option<(Grant, General)>, StorageError> {
    #[derive(Deserialize)]
    struct InForce {
        decision: General,
    }
    tx.expect(&needs::grant(subject, id))?;
    let Some(grant) = tx.row::<Grant>(&keys::grant(subject, id))? else {
        return Ok(None);
    };
    let papers = tx.large_row::<InForce>(&keys::papers(subject, id))?;
    let decision = papers.ok_or(StorageError::Damaged)?.decision;
    Ok(Some((grant, decision)))
}

pub(super) fn papers(tx: &Tx<'_>, grant: &Grant) -> Result<Papers, StorageError> {
    tx.large_row(&keys::papers(grant.subject_id, grant.grant_id))?
        .ok_or(StorageError::Damaged)
}

pub(super) fn keep_papers(
    tx: &mut Tx<'_>,
    grant: &Grant,
    papers: &Papers,
) -> Result<(), StorageError> {
    let papers = serde_json::to_vec(papers).map_err(|_error| StorageError::Damaged)?;
    tx.set_large(&keys::papers(grant.subject_id, grant.grant_id), &papers)
}

pub(super) fn keep(tx: &mut Tx<'_>, grant: &Grant) -> Result<(), StorageError> {
    tx.set(keys::grant(grant.subject_id, grant.grant_id), grant)
}

/// A line about a grant for the person's log.
pub(super) fn line(grant: &Grant, kind: Kind, outcome: Outcome) -> Line {
    Line {
        kind,
        outcome,
        grant_id: grant.grant_id,
        recipient: grant.recipient.clone(),
        legal_basis: grant.legal_basis,
        details_hash: Some(grant.details_hash.clone()),
        deposit_hash: None,
    }
}

pub(super) fn redeem_code(
    tx: &mut Tx<'_>,
    order: &UseToken,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Option<Grant>, StorageError> {
    tx.expect(&needs::tokens(order.subject_id, order.grant_id))?;
    let key = keys::grant(order.subject_id, order.grant_id);
    let Some(mut grant) = tx.row::<Grant>(&key)? else {
        return Ok(None);
    };
    if grant.code_used_at.is_some() {
        refuse_second_use(tx, &mut grant, order.epoch, notary, now)?;
        return Ok(None);
    }
    if !grant.may_have_token(order.epoch, now) {
        return Ok(None);
    }
    grant.code_used_at = Some(now);
    keep(tx, &grant)?;
    let issued = line(&grant, Kind::TokenIssued, Outcome::Done);
    log::append(tx, grant.subject_id, issued, notary, now)?;
    Ok(Some(grant))
}

pub(super) fn spend_code(
    tx: &mut Tx<'_>,
    order: &UseToken,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    match tx.row::<Grant>(&keys::grant(order.subject_id, order.grant_id))? {
        Some(mut grant) => refuse_second_use(tx, &mut grant, order.epoch, notary, now),
        None => Ok(()),
    }
}

/// A code that comes twice may have been stolen: what it gave ends too (RFC 6749 section 4.1.2).
fn refuse_second_use(
    tx: &mut Tx<'_>,
    grant: &mut Grant,
    epoch: u32,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    if !grant.may_have_token(epoch, now) {
        return Ok(());
    }
    grant.end_handles();
    keep(tx, grant)?;
    let refused = line(grant, Kind::TokenIssued, Outcome::NotAuthorized);
    log::append(tx, grant.subject_id, refused, notary, now)?;
    Ok(())
}

pub(super) fn renew(
    tx: &mut Tx<'_>,
    order: &UseToken,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Option<Grant>, StorageError> {
    tx.expect(&needs::tokens(order.subject_id, order.grant_id))?;
    let found = tx.row::<Grant>(&keys::grant(order.subject_id, order.grant_id))?;
    let Some(grant) = found.filter(|grant| grant.may_have_token(order.epoch, now)) else {
        return Ok(None);
    };
    let issued = line(&grant, Kind::TokenIssued, Outcome::Done);
    log::append(tx, grant.subject_id, issued, notary, now)?;
    Ok(Some(grant))
}

pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    (subject, id): (SubjectId, GrantId),
    withdrawal: General,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Option<String>, StorageError> {
    tx.expect(&needs::whole_grant(subject, id))?;
    let Some((mut grant, mut papers)) = find(tx, subject, id)? else {
        return Ok(None);
    };
    if let Status::Ended {
        how: Ending::Withdrawn,
        ..
    } = grant.status
    {
        return log::receipt_of(tx, (subject, id), Event::Withdrawn).map(Some);
    }
    grant.end(Ending::Withdrawn, now);
    keep(tx, &grant)?;
    remove_deposits(tx, subject, id)?;
    papers.change = Some(withdrawal);
    keep_papers(tx, &grant, &papers)?;
    let stopped = line(&grant, Kind::Withdrawn, Outcome::Done);
    let seq = log::append(tx, subject, stopped, notary, now)?;
    notices::announce(tx, &grant, NoticeKind::Ended, notary, now)?;
    let event = (Event::Withdrawn, seq);
    log::keep_receipt(tx, (subject, id), event, &papers, notary, now).map(Some)
}

/// Deletes a grant's deposits; answers whether there were any.
pub(super) fn remove_deposits(
    tx: &mut Tx<'_>,
    subject: SubjectId,
    id: GrantId,
) -> Result<bool, StorageError> {
    let deposits = keys::deposits(subject, id);
    for row in tx.rows::<Deposit>(&deposits)? {
        tx.remove_all(&keys::ciphertext(subject, id, row.seq))?;
    }
    tx.remove_all(&deposits)
}

pub(super) fn overview(
    tx: &Tx<'_>,
    subject: SubjectId,
) -> Result<Vec<GrantOverview>, StorageError> {
    tx.expect(&[
        all(&keys::grants(subject)),
        all(&keys::papers_of(subject)),
        all(&keys::deposits_of(subject)),
    ])?;
    let grants: Vec<Grant> = tx.rows(&keys::grants(subject))?;
    let mut overview = Vec::with_capacity(grants.len());
    for grant in grants {
        let deposits: Vec<Deposit> = tx.rows(&keys::deposits(subject, grant.grant_id))?;
        overview.push(GrantOverview {
            decision: papers(tx, &grant)?.decision,
            deposits_end: deposits.iter().map(|row| row.exp).max(),
            deposit: deposits.into_iter().next_back(),
            grant,
        });
    }
    overview.sort_by_key(|one| (one.grant.created_at, one.grant.grant_id));
    Ok(overview)
}

pub(super) fn receipts_of_recipient(
    tx: &Tx<'_>,
    id: GrantId,
    client_id: &str,
) -> Result<Vec<String>, StorageError> {
    let Some(subject) = tx.row::<SubjectId>(&keys::grant_owner(id))? else {
        return Ok(Vec::new());
    };
    let grant: Option<Grant> = tx.row(&keys::grant(subject, id))?;
    match grant {
        Some(grant) if grant.recipient == client_id => log::receipts(tx, subject, Some(id)),
        _ => Ok(Vec::new()),
    }
}

pub(super) fn held(tx: &Tx<'_>, id: GrantId) -> Result<Option<Held>, StorageError> {
    let Some(subject) = tx.row::<SubjectId>(&keys::grant_owner(id))? else {
        return Ok(None);
    };
    let Some((grant, papers)) = find(tx, subject, id)? else {
        return Ok(None);
    };
    let rows: Vec<Deposit> = tx.rows(&keys::deposits(subject, id))?;
    let deposits = rows
        .into_iter()
        .map(|row| {
            let ciphertext = ciphertext(tx, &grant, &row)?;
            Ok(SealedDeposit { row, ciphertext })
        })
        .collect::<Result<_, StorageError>>()?;
    Ok(Some(Held {
        notices: notices::about(tx, &grant.recipient, id)?,
        grant,
        papers,
        deposits,
        messages: messages::held(tx, subject, id)?,
        acks: reading::acknowledged(tx, subject, id)?,
    }))
}

pub(super) fn ciphertext(
    tx: &Tx<'_>,
    grant: &Grant,
    deposit: &Deposit,
) -> Result<String, StorageError> {
    let key = keys::ciphertext(grant.subject_id, grant.grant_id, deposit.seq);
    tx.large_text(&key)?.ok_or(StorageError::Damaged)
}
