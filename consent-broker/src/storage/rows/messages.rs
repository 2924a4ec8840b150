//! Messages from recipients: left, fetched, taken, forgotten.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    encoding::sha256_base64url,
    id::{GrantId, MessageId, SubjectId},
};

use super::{
    grants, keys, log,
    tx::{Tx, all},
};
use crate::{
    message_check::{self, MessageRefused, MessageRow},
    notary::{Line, Notary},
    storage::{HeldMessage, LeaveMessage, StorageError, WaitingMessage},
};

/// Most messages that are fetched at once.
const PAGE: usize = 100;

/// Leaves a message for the holder of a grant; none for an unknown grant or another's. The same
/// message again changes nothing.
pub(super) fn leave(
    tx: &mut Tx<'_>,
    order: &LeaveMessage,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<Option<Result<(), MessageRefused>>, StorageError> {
    let Some(subject) = tx.row::<SubjectId>(&keys::grant_owner(order.grant_id))? else {
        return Ok(None);
    };
    let found = grants::find(tx, subject, order.grant_id)?;
    let Some((grant, papers)) = found.filter(|(grant, _)| grant.recipient == order.sender) else {
        return Ok(None);
    };
    let Some(reply_key) = papers.reply_key() else {
        return Ok(Some(Err(MessageRefused::NoReplyKey)));
    };
    if reply_key.thumbprint() != order.kid {
        return Ok(Some(Err(MessageRefused::OtherKey)));
    }
    let row = MessageRow {
        hash: sha256_base64url(&order.message),
        left_at: now,
        exp: order.exp,
        taken: false,
    };
    let key = keys::message(subject, order.grant_id, order.message_id);
    match tx.row::<MessageRow>(&key)? {
        Some(known) if known.hash == row.hash => return Ok(Some(Ok(()))),
        Some(_other) => return Ok(Some(Err(MessageRefused::IdTaken))),
        None => {}
    }
    let known: Vec<MessageRow> = tx.rows(&keys::messages(subject, order.grant_id))?;
    if let Err(refused) = message_check::admit(&known, now) {
        return Ok(Some(Err(refused)));
    }
    for at in [row.exp, row.kept_until()] {
        tx.set_bytes(keys::appointment(at, &key), Vec::new());
    }
    tx.set(key, &row)?;
    let text = keys::message_text(subject, order.grant_id, order.message_id);
    tx.set_large(&text, order.message.as_bytes())?;
    let line = Line {
        deposit_hash: Some(row.hash),
        ..grants::line(&grant, Kind::MessageLeft, Outcome::Done)
    };
    log::append(tx, subject, line, notary, now)?;
    Ok(Some(Ok(())))
}

/// The messages that wait for an account, oldest first.
pub(super) fn waiting(
    tx: &Tx<'_>,
    subject: SubjectId,
    now: DateTime<Utc>,
) -> Result<Vec<WaitingMessage>, StorageError> {
    let mut waiting = Vec::new();
    for (key, value) in tx.scan(&keys::messages_of(subject))? {
        let row: MessageRow =
            serde_json::from_slice(&value).map_err(|_error| StorageError::Damaged)?;
        if row.waits(now) {
            waiting.push((row.left_at, key));
        }
    }
    waiting.sort();
    waiting.truncate(PAGE);
    let texts = waiting.iter().filter_map(|(_left_at, key)| {
        let (_, grant) = keys::subject_and_grant(key)?;
        Some(all(&keys::message_text(
            subject,
            grant,
            keys::message_id(key)?,
        )))
    });
    tx.expect(&texts.collect::<Vec<_>>())?;
    waiting
        .into_iter()
        .map(|(left_at, key)| {
            let (_, grant_id) = keys::subject_and_grant(&key).ok_or(StorageError::Damaged)?;
            let message_id = keys::message_id(&key).ok_or(StorageError::Damaged)?;
            let text = keys::message_text(subject, grant_id, message_id);
            Ok(WaitingMessage {
                grant_id,
                message_id,
                left_at,
                message: tx.large_text(&text)?.ok_or(StorageError::Damaged)?,
            })
        })
        .collect()
}

/// What is known of the messages of one grant.
pub(super) fn held(
    tx: &Tx<'_>,
    subject: SubjectId,
    grant: GrantId,
) -> Result<Vec<HeldMessage>, StorageError> {
    let rows = tx.scan(&keys::messages(subject, grant))?;
    rows.into_iter()
        .map(|(key, value)| {
            let message_id = keys::message_id(&key).ok_or(StorageError::Damaged)?;
            let text = keys::message_text(subject, grant, message_id);
            Ok(HeldMessage {
                message_id,
                row: serde_json::from_slice(&value).map_err(|_error| StorageError::Damaged)?,
                message: tx.large_text(&text)?,
            })
        })
        .collect()
}

/// Deletes a message that its holder has; also when that was done before.
pub(super) fn take(
    tx: &mut Tx<'_>,
    subject: SubjectId,
    grant: GrantId,
    message: MessageId,
) -> Result<(), StorageError> {
    let key = keys::message(subject, grant, message);
    let Some(row) = tx.row::<MessageRow>(&key)? else {
        return Ok(());
    };
    tx.set(key, &MessageRow { taken: true, ..row })?;
    tx.remove_all(&keys::message_text(subject, grant, message))
        .map(drop)
}

/// Forgets a message whose time is over, and its row once that is needed no more.
pub(super) fn forget(tx: &mut Tx<'_>, key: &[u8], now: DateTime<Utc>) -> Result<(), StorageError> {
    let Some(row) = tx.row::<MessageRow>(key)? else {
        return Ok(());
    };
    let (subject, grant) = keys::subject_and_grant(key).ok_or(StorageError::Damaged)?;
    let message = keys::message_id(key).ok_or(StorageError::Damaged)?;
    if now >= row.exp {
        tx.remove_all(&keys::message_text(subject, grant, message))?;
    }
    if now >= row.kept_until() {
        tx.remove(key.to_vec());
    }
    Ok(())
}
