//! The person's log and receipts. The head row holds the tree's right edge and advances in the same
//! transaction as whatever it records.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Entry, Frontier, Hash},
    consent::receipt::Event,
    id::{GrantId, SubjectId},
    transparency::BlindingKey,
};
use serde::{Deserialize, Serialize};

use super::{
    keys,
    tx::{Tx, all},
};
use crate::{
    grant::Papers,
    notary::{Line, Notary},
    storage::{LogEnd, LogSlice, StorageError, engine::Range},
};

/// Most entries on one page; about two megabytes of JSON.
const PAGE: u64 = 4096;

/// What stands in place of an entry that was erased: null, as JSON.
const ERASED: &[u8] = b"null";

/// The head row.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) log_id: String,
    pub(super) frontier: Frontier,
    /// Blinds this log's heads in the global one. None until the wallet has given one, or the first head
    /// was appended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) log_key: Option<BlindingKey>,
    /// The key is the broker's own, because the wallet had given none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_key_drawn: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptRow {
    grant_id: GrantId,
    event: Event,
}

pub(super) fn head(tx: &Tx<'_>, subject: SubjectId) -> Result<Head, StorageError> {
    tx.row(&keys::head(subject))?.ok_or(StorageError::Damaged)
}

/// Appends a line and gives its place.
pub(super) fn append(
    tx: &mut Tx<'_>,
    subject: SubjectId,
    line: Line,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<u64, StorageError> {
    let mut head = head(tx, subject)?;
    let seq = head.frontier.size();
    let entry = notary.entry(line, &head.log_id, seq, now)?;
    let leaf = entry.leaf().map_err(|_malformed| StorageError::Damaged)?;
    head.frontier.append(leaf);
    tx.set(keys::entry(subject, seq), &entry)?;
    tx.set_bytes(keys::leaf(subject, seq), leaf.to_vec());
    tx.set(keys::head(subject), &head)?;
    tx.set_bytes(keys::moved(subject), Vec::new());
    Ok(seq)
}

/// The leaf of the entry at place `seq`.
pub(super) fn leaf(tx: &Tx<'_>, subject: SubjectId, seq: u64) -> Result<Hash, StorageError> {
    let octets = tx.bytes(&keys::leaf(subject, seq))?;
    octets
        .and_then(|octets| octets.try_into().ok())
        .ok_or(StorageError::Damaged)
}

/// Makes and keeps the receipt of an event at place `seq`.
pub(super) fn keep_receipt(
    tx: &mut Tx<'_>,
    (subject, grant_id): (SubjectId, GrantId),
    (event, seq): (Event, u64),
    papers: &Papers,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<String, StorageError> {
    let signed = notary.receipt(papers, event, seq, now)?;
    tx.set(keys::receipt(subject, seq), &ReceiptRow { grant_id, event })?;
    tx.add_large(&keys::receipt_text(subject, seq), signed.as_bytes());
    Ok(signed)
}

pub(super) fn receipts(
    tx: &Tx<'_>,
    subject: SubjectId,
    grant: Option<GrantId>,
) -> Result<Vec<String>, StorageError> {
    tx.expect(&[
        all(&keys::receipts(subject)),
        all(&keys::receipt_texts(subject)),
    ])?;
    let mut found = Vec::new();
    for (row, signed) in receipt_rows(tx, subject)? {
        if grant.is_none_or(|wanted| wanted == row.grant_id) {
            found.push(signed_text(tx, &signed)?);
        }
    }
    Ok(found)
}

/// The receipt of one event of a grant.
pub(super) fn receipt_of(
    tx: &Tx<'_>,
    (subject, grant): (SubjectId, GrantId),
    event: Event,
) -> Result<String, StorageError> {
    let rows = receipt_rows(tx, subject)?;
    let (_row, signed) = rows
        .into_iter()
        .find(|(row, _)| row.grant_id == grant && row.event == event)
        .ok_or(StorageError::Damaged)?;
    signed_text(tx, &signed)
}

fn receipt_rows(
    tx: &Tx<'_>,
    subject: SubjectId,
) -> Result<Vec<(ReceiptRow, keys::Key)>, StorageError> {
    let rows = tx.scan(&keys::receipts(subject))?;
    rows.into_iter()
        .map(|(key, value)| {
            let seq = key.last_chunk().map(|octets| u64::from_be_bytes(*octets));
            let row = serde_json::from_slice(&value).ok();
            let (Some(seq), Some(row)) = (seq, row) else {
                return Err(StorageError::Damaged);
            };
            Ok((row, keys::receipt_text(subject, seq)))
        })
        .collect()
}

pub(super) fn signed_text(tx: &Tx<'_>, key: &[u8]) -> Result<String, StorageError> {
    tx.large_text(key)?.ok_or(StorageError::Damaged)
}

pub(super) fn since(
    tx: &Tx<'_>,
    subject: SubjectId,
    since: u64,
) -> Result<Option<LogSlice>, StorageError> {
    let page = |from: keys::Key, to: keys::Key, limit| Range { from, to, limit };
    let (first, last) = (keys::leaf(subject, 0), keys::leaf(subject, u64::MAX));
    tx.expect(&[
        Range::one(&keys::head(subject)),
        page(
            keys::entry(subject, since),
            keys::entry(subject, u64::MAX),
            PAGE as usize,
        ),
        page(first, last, usize::MAX),
    ])?;
    let found: Option<Head> = tx.row(&keys::head(subject))?;
    let Some(Head {
        log_id, frontier, ..
    }) = found.filter(|head| since <= head.frontier.size())
    else {
        return Ok(None);
    };
    let end = frontier.size().min(since.saturating_add(PAGE));
    let is_whole = end == frontier.size();
    let entries = rows_between(tx, since, end, |seq| keys::entry(subject, seq))?
        .iter()
        .map(|octets| serde_json::from_slice(octets).map_err(|_error| StorageError::Damaged))
        .collect::<Result<Vec<Option<Entry>>, _>>()?;
    let leaves = rows_between(tx, 0, end, |seq| keys::leaf(subject, seq))?
        .into_iter()
        .map(|octets| octets.try_into().map_err(|_length| StorageError::Damaged))
        .collect::<Result<Vec<Hash>, _>>()?;
    let frontier = if is_whole {
        frontier
    } else {
        let mut cut = Frontier::default();
        leaves.iter().for_each(|leaf| cut.append(*leaf));
        cut
    };
    Ok(Some(LogSlice {
        log_id,
        leaves,
        entries: entries.into_iter().flatten().collect(),
        frontier,
        is_whole,
    }))
}

pub(super) fn end(tx: &Tx<'_>, subject: SubjectId) -> Result<LogEnd, StorageError> {
    let Some(head) = tx.row::<Head>(&keys::head(subject))? else {
        return Ok(LogEnd::default());
    };
    let size = head.frontier.size();
    let last = match size.checked_sub(1) {
        Some(seq) => tx.row::<Option<Entry>>(&keys::entry(subject, seq))?,
        None => None,
    };
    Ok(LogEnd {
        size,
        kind: last.flatten().map(|entry| entry.kind),
    })
}

/// Forgets what the entries say, and their salts: what is left of each is its leaf.
pub(super) fn erase(tx: &mut Tx<'_>, subject: SubjectId) -> Result<u64, StorageError> {
    let Some(head) = tx.row::<Head>(&keys::head(subject))? else {
        return Ok(0);
    };
    let (from, to) = (
        keys::entry(subject, 0),
        keys::entry(subject, head.frontier.size()),
    );
    let mut erased = 0;
    for (key, value) in tx.stored_range(&from, &to, usize::MAX)? {
        if value != ERASED {
            tx.set_bytes(key, ERASED.to_vec());
            erased += 1;
        }
    }
    Ok(erased)
}

fn rows_between(
    tx: &Tx<'_>,
    from: u64,
    to: u64,
    key: impl Fn(u64) -> keys::Key,
) -> Result<Vec<Vec<u8>>, StorageError> {
    let rows = tx.stored_range(&key(from), &key(to), usize::MAX)?;
    if u64::try_from(rows.len()) != Ok(to.saturating_sub(from)) {
        return Err(StorageError::Damaged);
    }
    Ok(rows.into_iter().map(|(_key, value)| value).collect())
}

pub(super) fn subjects(tx: &Tx<'_>) -> Result<Vec<SubjectId>, StorageError> {
    let heads = tx.scan(&[keys::HEAD])?;
    heads
        .iter()
        .map(|(key, _)| keys::subject(key).ok_or(StorageError::Damaged))
        .collect()
}
