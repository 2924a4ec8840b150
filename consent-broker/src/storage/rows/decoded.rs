//! A stored row, read as its table says and written again, for octets that nobody wrote (feature `fuzzing`).
//!
//! A row is its kind, the first letter of its key, and its value. Of appointments, which have no value, the
//! rest of the key is read.

use credential_core::{
    access_log::{Entry, Hash},
    id::SubjectId,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    global_log::{self, CosignedRow, GlobalHead, Included},
    keys, log,
    notices::{Outbox, Row},
    reading::Made,
    recipients::Listed,
    tx::{self, Tx},
};
use crate::{
    grant::{Deposit, Grant, Papers},
    interaction::Interaction,
    message_check::MessageRow,
    storage::{
        Account, StorageError,
        engine::{Pair, Range, Source},
        participants::ListMark,
    },
    suspension::Suspension,
};

/// What is written again of a row that can be read; none for a letter that is no kind.
///
/// # Errors
/// [`StorageError::Damaged`].
pub(crate) fn again(kind: u8, value: &[u8]) -> Option<Result<Vec<u8>, StorageError>> {
    Some(match kind {
        b'0' => row::<u32>(value),
        b'a' => row::<Account>(value),
        keys::REQUEST => row::<Interaction>(value),
        b'i' => row::<SubjectId>(value),
        keys::GRANT => row::<Grant>(value),
        b'p' => row::<Papers>(value),
        keys::DEPOSIT => row::<Deposit>(value),
        b'K' => row::<String>(value),
        keys::MESSAGE => row::<MessageRow>(value),
        keys::READ => row::<Made>(value),
        keys::HEAD => person(value),
        b'u' => row::<Included>(value),
        b'Z' => global(value),
        b'C' => cosigned(value),
        b'l' => row::<Option<Entry>>(value),
        b'r' => row::<log::ReceiptRow>(value),
        keys::SUSPENSION => row::<Suspension>(value),
        b'T' => row::<ListMark>(value),
        b'R' => row::<Listed>(value),
        keys::NOTICE => notice(value),
        keys::OUTBOX => row::<Outbox>(value),
        b'j' | b'c' | b'N' | b's' | b'A' => text(value),
        b'f' | b'E' | b't' => hash(value),
        keys::QUEUE => appointment(value),
        _ => return None,
    })
}

fn row<T: Serialize + DeserializeOwned>(value: &[u8]) -> Result<Vec<u8>, StorageError> {
    written(&tx::read::<T>(value)?)
}

fn written<T: Serialize>(row: &T) -> Result<Vec<u8>, StorageError> {
    serde_json::to_vec(row).map_err(|_error| StorageError::Damaged)
}

fn text(value: &[u8]) -> Result<Vec<u8>, StorageError> {
    let text = String::from_utf8(value.to_vec()).map_err(|_error| StorageError::Damaged)?;
    Ok(text.into_bytes())
}

fn hash(value: &[u8]) -> Result<Vec<u8>, StorageError> {
    let hash: Hash = value.try_into().map_err(|_length| StorageError::Damaged)?;
    Ok(hash.to_vec())
}

/// A head is gone on from: its root is computed, and an entry appended.
fn person(value: &[u8]) -> Result<Vec<u8>, StorageError> {
    let head: log::Head = tx::read(value)?;
    let mut next = head.frontier.clone();
    next.append(next.root());
    written(&head)
}

fn global(value: &[u8]) -> Result<Vec<u8>, StorageError> {
    let only = Only(keys::global_head(), value.to_vec());
    global_log::checkpoints(&Tx::new(&only))?;
    row::<GlobalHead>(value)
}

fn cosigned(value: &[u8]) -> Result<Vec<u8>, StorageError> {
    let row: CosignedRow = tx::read(value)?;
    global_log::checkpoint(&row.checkpoint)?;
    written(&row)
}

fn notice(value: &[u8]) -> Result<Vec<u8>, StorageError> {
    let row: Row = tx::read(value)?;
    let _place = keys::notice_place(row.jti());
    written(&row)
}

fn appointment(rest: &[u8]) -> Result<Vec<u8>, StorageError> {
    let key = [&[keys::QUEUE], rest].concat();
    let target = keys::target(&key);
    let _what = (
        keys::subject_and_grant(target),
        keys::request_id(target),
        keys::message_id(target),
        keys::outbox_of(target),
        keys::is_one_deposit(target),
    );
    Ok(rest.to_vec())
}

/// A store with this one row.
struct Only(keys::Key, Vec<u8>);

impl Source for Only {
    fn max_value(&self) -> usize {
        usize::MAX
    }

    fn expect(&self, _wanted: &[Range]) -> Result<(), StorageError> {
        Ok(())
    }

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        Ok((self.0 == key).then(|| self.1.clone()))
    }

    fn range(&self, range: &Range) -> Result<Vec<Pair>, StorageError> {
        let is_within = range.from <= self.0 && self.0 < range.to && range.limit > 0;
        Ok(Vec::from_iter(
            is_within.then(|| (self.0.clone(), self.1.clone())),
        ))
    }
}
