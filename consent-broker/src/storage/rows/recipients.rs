//! A recipient's own list of its grants, the newest first. It is written in the transaction of the
//! grant; whatever changes later is read from the grant's own row.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        details::Purpose,
        request::{self, RequestObject},
    },
    id::{GrantId, SubjectId},
    jose::jws::Unverified,
};
use serde::{Deserialize, Serialize};

use super::{
    grants, keys, needs,
    tx::{Tx, all},
};
use crate::{
    grant::{Deposit, Grant, Papers},
    storage::{
        GrantCounts, RecipientGrant, StorageError,
        engine::{Pair, Range},
    },
};

/// What the list keeps of a grant beside its place.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    subject_id: SubjectId,
    grant_id: GrantId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_read: Option<DateTime<Utc>>,
}

/// Lists all grants of a store that was made before there was a list.
pub(super) fn index(tx: &mut Tx<'_>) -> Result<(), StorageError> {
    if tx.bytes(&keys::recipients_indexed())?.is_some() {
        return Ok(());
    }
    for grant in tx.rows::<Grant>(&[keys::GRANT])? {
        list(tx, &grant)?;
    }
    tx.set_bytes(keys::recipients_indexed(), Vec::new());
    Ok(())
}

/// Puts a new grant into its recipient's list.
pub(super) fn list(tx: &mut Tx<'_>, grant: &Grant) -> Result<(), StorageError> {
    keep(tx, grant, None)
}

/// Remembers when a grant was last read.
pub(super) fn note_read(
    tx: &mut Tx<'_>,
    grant: &Grant,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    keep(tx, grant, Some(now))
}

fn keep(
    tx: &mut Tx<'_>,
    grant: &Grant,
    last_read: Option<DateTime<Utc>>,
) -> Result<(), StorageError> {
    let listed = Listed {
        subject_id: grant.subject_id,
        grant_id: grant.grant_id,
        last_read,
    };
    tx.set(place(grant), &listed)
}

fn place(grant: &Grant) -> keys::Key {
    keys::recipient_grant(&grant.recipient, grant.created_at, grant.grant_id)
}

pub(super) fn grants(
    tx: &Tx<'_>,
    client_id: &str,
    after: Option<GrantId>,
    limit: usize,
    now: DateTime<Utc>,
) -> Result<Vec<RecipientGrant>, StorageError> {
    let prefix = keys::recipient_grants(client_id);
    let from = match after {
        None => prefix.clone(),
        Some(after) => match own_grant(tx, client_id, after)? {
            // The next key there can be.
            Some(grant) => [place(&grant).as_slice(), &[0]].concat(),
            None => return Ok(Vec::new()),
        },
    };
    let listed = tx.stored_range(&from, &end(&prefix), limit)?;
    expect(tx, &listed, |one| {
        let mut wanted = needs::grant(one.subject_id, one.grant_id);
        wanted.push(all(&keys::deposits(one.subject_id, one.grant_id)));
        wanted
    })?;
    listed
        .iter()
        .map(|(_key, row)| show(tx, row, now))
        .collect()
}

pub(super) fn count(
    tx: &Tx<'_>,
    client_id: &str,
    limit: usize,
    now: DateTime<Utc>,
) -> Result<GrantCounts, StorageError> {
    let prefix = keys::recipient_grants(client_id);
    let listed = tx.stored_range(&prefix, &end(&prefix), limit.saturating_add(1))?;
    expect(tx, &listed, |one| {
        needs::rows([keys::grant(one.subject_id, one.grant_id)])
    })?;
    let mut counts = GrantCounts {
        is_whole: listed.len() <= limit,
        ..GrantCounts::default()
    };
    for (_key, row) in listed.iter().take(limit) {
        let (_listed, grant) = find(tx, row)?;
        *counts.by_state.entry(grant.state_name(now)).or_default() += 1;
    }
    Ok(counts)
}

fn expect(
    tx: &Tx<'_>,
    listed: &[Pair],
    needs: impl Fn(Listed) -> Vec<Range>,
) -> Result<(), StorageError> {
    let rows = listed
        .iter()
        .filter_map(|(_key, row)| serde_json::from_slice(row).ok());
    tx.expect(&rows.flat_map(needs).collect::<Vec<_>>())
}

/// The first key after all that begin with `prefix`, which ends in a hash.
fn end(prefix: &[u8]) -> keys::Key {
    [prefix, &[0xff; 25]].concat()
}

fn own_grant(tx: &Tx<'_>, client_id: &str, id: GrantId) -> Result<Option<Grant>, StorageError> {
    let Some(subject) = tx.row::<SubjectId>(&keys::grant_owner(id))? else {
        return Ok(None);
    };
    let grant: Option<Grant> = tx.row(&keys::grant(subject, id))?;
    Ok(grant.filter(|grant| grant.recipient == client_id))
}

fn find(tx: &Tx<'_>, row: &[u8]) -> Result<(Listed, Grant), StorageError> {
    let listed: Listed = serde_json::from_slice(row).map_err(|_error| StorageError::Damaged)?;
    let key = keys::grant(listed.subject_id, listed.grant_id);
    let grant = tx.row(&key)?.ok_or(StorageError::Damaged)?;
    Ok((listed, grant))
}

fn show(tx: &Tx<'_>, row: &[u8], now: DateTime<Utc>) -> Result<RecipientGrant, StorageError> {
    let (listed, grant) = find(tx, row)?;
    let deposits: Vec<Deposit> = tx.rows(&keys::deposits(grant.subject_id, grant.grant_id))?;
    let newest = deposits.last().map(|deposit| deposit.exp);
    Ok(RecipientGrant {
        grant_id: grant.grant_id,
        purpose: purpose(&grants::papers(tx, &grant)?)?,
        state: grant.state_name(now),
        from: grant.created_at,
        until: grant.until,
        reads: grant.reads,
        max_reads: grant.max_reads,
        last_read: listed.last_read,
        deposit_until: newest.and_then(|exp| DateTime::from_timestamp(exp, 0)),
    })
}

/// The purpose of the recipient's own request, which was verified when it was pushed.
fn purpose(papers: &Papers) -> Result<Purpose, StorageError> {
    Unverified::parse(&papers.request, request::TYP)
        .and_then(|object| object.untrusted_payload::<RequestObject>())
        .ok()
        .and_then(|object| object.authorization_details.into_iter().next())
        .map(|asked| asked.purpose)
        .ok_or(StorageError::Damaged)
}
