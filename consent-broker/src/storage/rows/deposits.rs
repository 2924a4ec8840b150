//! Deposits after the first: put, replaced, forgotten; and the note that a recipient's key has changed.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    id::{GrantId, SubjectId},
};

use super::{
    grants, keys, log, needs,
    tx::{Tx, all},
};
use crate::{
    deposit_check::{self, DepositRefused, Kept},
    grant::{Deposit, Grant},
    notary::{Line, Notary},
    storage::{AddDeposits, SealedDeposit, StorageError},
};

/// Puts deposits into the mailbox of a grant. The same deposits again change nothing.
pub(super) fn add(
    tx: &mut Tx<'_>,
    order: &AddDeposits,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Option<Result<(), DepositRefused>>, StorageError> {
    let (subject, id) = (order.subject_id, order.grant_id);
    let mut wanted = needs::rows([keys::grant(subject, id), keys::head(subject)]);
    wanted.extend([
        all(&keys::deposits_of(subject)),
        all(&keys::ciphertexts(subject, id)),
    ]);
    tx.expect(&wanted)?;
    let Some(mut grant) = tx.row::<Grant>(&keys::grant(subject, id))? else {
        return Ok(None);
    };
    let kept: Vec<Deposit> = tx.rows(&keys::deposits(subject, id))?;
    let is_kept = |new: &SealedDeposit| {
        let same = |old: &Deposit| old.seq == new.row.seq && old.hash == new.row.hash;
        kept.iter().any(same)
    };
    if order.deposits.iter().all(is_kept) {
        return Ok(Some(Ok(())));
    }
    let (living, over): (Vec<_>, Vec<_>) = kept
        .into_iter()
        .partition(|row| !order.replace && now.timestamp() < row.exp);
    let leaving: u64 = over.iter().map(|row| u64::from(row.length)).sum();
    let new: Vec<&Deposit> = order.deposits.iter().map(|one| &one.row).collect();
    let beside = Kept {
        living: &living,
        account_length: account_length(tx, subject)?.saturating_sub(leaving),
    };
    if let Err(refused) = deposit_check::admit(&grant, &order.details_hash, &new, beside, now) {
        return Ok(Some(Err(refused)));
    }
    for row in over {
        remove(tx, subject, id, row.seq)?;
    }
    for deposit in &order.deposits {
        insert(tx, &grant, deposit)?;
        grant.deposits = deposit.row.seq;
        let line = Line {
            deposit_hash: Some(deposit.row.hash.clone()),
            ..grants::line(&grant, Kind::Deposit, Outcome::Done)
        };
        log::append(tx, subject, line, notary, now)?;
    }
    grants::keep(tx, &grant)?;
    Ok(Some(Ok(())))
}

/// Writes one deposit, and the appointment to forget it.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    grant: &Grant,
    deposit: &SealedDeposit,
) -> Result<(), StorageError> {
    let (subject, id, seq) = (grant.subject_id, grant.grant_id, deposit.row.seq);
    let key = keys::deposit(subject, id, seq);
    if let Some(end) = DateTime::from_timestamp(deposit.row.exp, 0) {
        tx.set_bytes(keys::appointment(end, &key), Vec::new());
    }
    tx.set(key, &deposit.row)?;
    let ciphertext = keys::ciphertext(subject, id, seq);
    tx.set_large(&ciphertext, deposit.ciphertext.as_bytes())
}

/// Forgets a deposit whose time is over; another may stand in its place since.
pub(super) fn forget(tx: &mut Tx<'_>, key: &[u8], now: DateTime<Utc>) -> Result<(), StorageError> {
    let (subject, id) = keys::subject_and_grant(key).ok_or(StorageError::Damaged)?;
    match tx.row::<Deposit>(key)? {
        Some(row) if row.exp <= now.timestamp() => remove(tx, subject, id, row.seq),
        _ => Ok(()),
    }
}

fn remove(tx: &mut Tx<'_>, subject: SubjectId, id: GrantId, seq: u32) -> Result<(), StorageError> {
    tx.remove(keys::deposit(subject, id, seq));
    tx.remove_all(&keys::ciphertext(subject, id, seq)).map(drop)
}

fn account_length(tx: &Tx<'_>, subject: SubjectId) -> Result<u64, StorageError> {
    let all: Vec<Deposit> = tx.rows(&keys::deposits_of(subject))?;
    Ok(all.iter().map(|row| u64::from(row.length)).sum())
}

/// Writes into the log that the wallet is asked to seal to these keys, each once.
pub(super) fn note_new_keys(
    tx: &mut Tx<'_>,
    subject: SubjectId,
    asked: &[(GrantId, String)],
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    for (id, thumbprint) in asked {
        let found = tx.row::<Grant>(&keys::grant(subject, *id))?;
        let Some(grant) = found.filter(|grant| grant.is_living(now)) else {
            continue;
        };
        let note = keys::key_note(subject, *id);
        if tx.row::<String>(&note)?.as_ref() != Some(thumbprint) {
            tx.set(note, thumbprint)?;
            let line = grants::line(&grant, Kind::KeyChanged, Outcome::Done);
            log::append(tx, subject, line, notary, now)?;
        }
    }
    Ok(())
}
