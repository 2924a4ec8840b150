//! The outbox: what recipients are to be told, kept in the transaction in which it happened. A row a
//! notice, and one row a recipient that counts them and remembers how pushing went.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    id::{GrantId, SubjectId},
    notices::KEPT,
};
use serde::{Deserialize, Serialize};

use super::{grants, keys, log, needs, tx::Tx};
use crate::{
    grant::Grant,
    notary::Notary,
    notice::{MOST_WAITING, NoticeKind, PUSHED_FOR},
    storage::{Push, Pushed, Settle, StorageError, Waiting, WaitingNotice},
};

/// How long a push that was handed out may take before it is handed out again.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// How many rows are looked at together for the next one to push.
const PAGE: usize = 64;

/// The recipient's row.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outbox {
    /// The place of the next notice.
    next: u64,
    /// How many wait.
    waiting: u32,
    /// What stands before this place is not pushed any more.
    push_from: u64,
    /// Failed attempts in a row.
    tries: u32,
    /// Not to be pushed before.
    not_before: Option<DateTime<Utc>>,
}

/// One notice.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    jti: String,
    set: String,
    subject_id: SubjectId,
    grant_id: GrantId,
    at: DateTime<Utc>,
}

#[cfg(feature = "fuzzing")]
impl Row {
    pub(super) fn jti(&self) -> &str {
        &self.jti
    }
}

/// Keeps a notice for the grant's recipient. Never the reason why what it is about does not happen: a
/// full outbox takes no more, and the recipient learns it at its next read.
pub(super) fn announce(
    tx: &mut Tx<'_>,
    grant: &Grant,
    kind: NoticeKind,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let Some(event) = kind.event(grant, now) else {
        return Ok(());
    };
    let mut outbox = outbox(tx, &grant.recipient)?;
    if outbox.waiting >= MOST_WAITING {
        tracing::warn!(
            recipient = grant.recipient,
            "a recipient's outbox is full; a notice was not kept"
        );
        return Ok(());
    }
    let seq = outbox.next;
    let (jti, set) = notary.notice(&grant.recipient, event, seq, now)?;
    outbox.next = seq.saturating_add(1);
    outbox.waiting = outbox.waiting.saturating_add(1);
    tx.set(keys::outbox(&grant.recipient), &outbox)?;
    let key = keys::notice(&grant.recipient, seq);
    tx.set_bytes(keys::appointment(now + KEPT, &key), Vec::new());
    let row = Row {
        jti,
        set,
        subject_id: grant.subject_id,
        grant_id: grant.grant_id,
        at: now,
    };
    tx.set(key, &row)
}

/// The oldest notices that wait.
pub(super) fn waiting(tx: &Tx<'_>, client: &str, most: usize) -> Result<Waiting, StorageError> {
    let mut rows = rows_from(tx, client, 0, most.saturating_add(1))?;
    let has_more = rows.len() > most;
    rows.truncate(most);
    let notices = rows.into_iter().map(|(_seq, row)| row.into_waiting());
    Ok(Waiting {
        notices: notices.collect(),
        has_more,
    })
}

/// The notices that wait about one grant.
pub(super) fn about(
    tx: &Tx<'_>,
    client: &str,
    grant: GrantId,
) -> Result<Vec<WaitingNotice>, StorageError> {
    let rows = rows_from(tx, client, 0, usize::MAX)?;
    let about = rows.into_iter().filter(|(_, row)| row.grant_id == grant);
    Ok(about.map(|(_, row)| row.into_waiting()).collect())
}

/// Takes off what the recipient has, and what it cannot take; gives how many there were.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    client: &str,
    settled: &Settle,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    let mut count = 0;
    for jti in &settled.acknowledged {
        if let Some((_seq, row)) = take(tx, client, jti)? {
            record_told(tx, &row, notary, now)?;
            count += 1;
        }
    }
    for jti in &settled.refused {
        if take(tx, client, jti)?.is_some() {
            count += 1;
        }
    }
    Ok(count)
}

/// Hands out the next notice of each of these recipients whose time has come; what is handed out is not
/// handed out again for a while, also to another node.
pub(super) fn claim_pushes(
    tx: &mut Tx<'_>,
    clients: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<Push>, StorageError> {
    tx.expect(&needs::rows(
        clients.iter().map(|client| keys::outbox(client)),
    ))?;
    let mut pushes = Vec::new();
    for client in clients {
        let mut outbox = outbox(tx, client)?;
        let is_due = outbox.not_before.is_none_or(|at| at <= now);
        if outbox.waiting == 0 || outbox.push_from >= outbox.next || !is_due {
            continue;
        }
        let Some((seq, row)) = next_push(tx, client, &outbox, now)? else {
            // All that waits is too old to be pushed.
            outbox.push_from = outbox.next;
            tx.set(keys::outbox(client), &outbox)?;
            continue;
        };
        outbox.push_from = seq;
        outbox.not_before = Some(now + LEASE);
        tx.set(keys::outbox(client), &outbox)?;
        pushes.push(Push {
            client_id: client.clone(),
            jti: row.jti,
            set: row.set,
            tries: outbox.tries,
        });
    }
    Ok(pushes)
}

/// Records how a push went.
pub(super) fn record_push(
    tx: &mut Tx<'_>,
    client: &str,
    jti: &str,
    pushed: Pushed,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    if pushed == Pushed::Delivered
        && let Some((_seq, row)) = take(tx, client, jti)?
    {
        record_told(tx, &row, notary, now)?;
    }
    let mut outbox = outbox(tx, client)?;
    match pushed {
        Pushed::Delivered | Pushed::Refused => {
            let next = keys::notice_place(jti).map_or(0, |seq| seq.saturating_add(1));
            outbox.push_from = outbox.push_from.max(next);
            outbox.tries = 0;
            outbox.not_before = None;
        }
        Pushed::Failed { again_at } => {
            outbox.tries = outbox.tries.saturating_add(1);
            outbox.not_before = Some(again_at);
        }
    }
    tx.set(keys::outbox(client), &outbox)
}

/// Forgets a notice that was kept long enough.
pub(super) fn forget(tx: &mut Tx<'_>, key: &[u8]) -> Result<(), StorageError> {
    if tx.bytes(key)?.is_none() {
        return Ok(());
    }
    tx.remove(key.to_vec());
    let outbox_key = keys::outbox_of(key).ok_or(StorageError::Damaged)?;
    let mut outbox: Outbox = tx.row(&outbox_key)?.ok_or(StorageError::Damaged)?;
    outbox.waiting = outbox.waiting.saturating_sub(1);
    tx.set(outbox_key, &outbox)
}

impl Row {
    fn into_waiting(self) -> WaitingNotice {
        WaitingNotice {
            jti: self.jti,
            set: self.set,
        }
    }
}

fn outbox(tx: &Tx<'_>, client: &str) -> Result<Outbox, StorageError> {
    Ok(tx.row(&keys::outbox(client))?.unwrap_or_default())
}

fn next_push(
    tx: &Tx<'_>,
    client: &str,
    outbox: &Outbox,
    now: DateTime<Utc>,
) -> Result<Option<(u64, Row)>, StorageError> {
    let mut from = outbox.push_from;
    loop {
        let page = rows_from(tx, client, from, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(None);
        };
        from = last.saturating_add(1);
        let young = page.into_iter().find(|(_, row)| now < row.at + PUSHED_FOR);
        if young.is_some() {
            return Ok(young);
        }
    }
}

/// Takes a notice of this recipient off, if it is there.
fn take(tx: &mut Tx<'_>, client: &str, jti: &str) -> Result<Option<(u64, Row)>, StorageError> {
    let Some(seq) = keys::notice_place(jti) else {
        return Ok(None);
    };
    let key = keys::notice(client, seq);
    let row: Option<Row> = tx.row(&key)?;
    let Some(row) = row.filter(|row| row.jti == jti) else {
        return Ok(None);
    };
    forget(tx, &key)?;
    Ok(Some((seq, row)))
}

/// The person sees that the recipient was told.
fn record_told(
    tx: &mut Tx<'_>,
    row: &Row,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let grant: Option<Grant> = tx.row(&keys::grant(row.subject_id, row.grant_id))?;
    let Some(grant) = grant else { return Ok(()) };
    let line = grants::line(&grant, Kind::Notified, Outcome::Done);
    log::append(tx, row.subject_id, line, notary, now).map(drop)
}

fn rows_from(
    tx: &Tx<'_>,
    client: &str,
    from: u64,
    most: usize,
) -> Result<Vec<(u64, Row)>, StorageError> {
    let (from, to) = (keys::notice(client, from), keys::notice(client, u64::MAX));
    let rows = tx.stored_range(&from, &to, most)?;
    rows.into_iter()
        .map(|(key, value)| {
            let seq = key.last_chunk().map(|octets| u64::from_be_bytes(*octets));
            let row = serde_json::from_slice(&value).ok();
            seq.zip(row).ok_or(StorageError::Damaged)
        })
        .collect()
}
