//! The statements of the store: each is one call of a function of `migrations/`, and a transaction of its
//! own.

use std::collections::BTreeSet;

use sqlx::{PgConnection, Row as _, postgres::PgRow};

use super::{
    layout::{Extent, Place},
    snapshot::{Fetched, Seen},
};
use crate::storage::{
    StorageError,
    engine::{Changes, Key, Range},
};

/// The format that the functions of the last migration know.
const FORMAT: i32 = 1;

const LOAD: &str = "select place, owner, key, value, version \
    from broker_load($1, p_subjects => $2, p_kinds => $3, p_owners => $4, \
        p_from => $5, p_to => $6, p_limits => $7)";

const COMMIT: &str = "select broker_commit($1, p_subjects => $2, p_versions => $3, \
        p_is_changed => $4, p_seen_kinds => $5, p_seen_owners => $6, p_seen_keys => $7, \
        p_seen_values => $8, p_seen_is_changed => $9, p_kinds => $10, p_owners => $11, \
        p_keys => $12, p_values => $13, p_is_new => $14)";

/// Why a statement did not give its answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// Somebody else changed what was looked at; nothing was done.
    Overtaken,
    /// There is no connection, or it broke.
    Connection,
    /// Anything else.
    Other(StorageError),
}

impl From<StorageError> for Failed {
    fn from(error: StorageError) -> Self {
        Self::Other(error)
    }
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(told) => told.code().map(|code| code.into_owned()),
            _ => None,
        };
        match code.as_deref() {
            // serialization_failure, deadlock_detected
            Some("40001" | "40P01") => return Self::Overtaken,
            Some("BR001") => return Self::Other(StorageError::NewerFormat),
            // undefined_function, undefined_table
            Some("42883" | "42P01") => return Self::Other(StorageError::NotMigrated),
            _ => {}
        }
        // What the server says may repeat what is in a row: its code is enough.
        let kind = code.unwrap_or_else(|| kind_of(&error).into());
        tracing::error!(kind, "the database failed");
        match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_) => {
                Self::Connection
            }
            // Class 57: the server is being stopped, or has just been started.
            sqlx::Error::Database(_) if kind.starts_with("57P") => Self::Connection,
            _ => Self::Other(StorageError::Unavailable),
        }
    }
}

fn kind_of(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Io(_) => "the connection broke",
        sqlx::Error::PoolTimedOut => "no connection was free in time",
        sqlx::Error::Tls(_) => "TLS",
        sqlx::Error::Protocol(_) => "protocol",
        _ => "other",
    }
}

/// Fetches ranges of rows, and the versions of persons, all of one moment.
pub(super) async fn load(
    connection: &mut PgConnection,
    subjects: &BTreeSet<Key>,
    ranges: &BTreeSet<Range>,
) -> Result<Fetched, Failed> {
    let ranges: Vec<&Range> = ranges.iter().collect();
    let extents: Vec<Extent<'_>> = ranges
        .iter()
        .map(|range| Extent::of(range))
        .collect::<Result<_, _>>()?;
    let limits = ranges
        .iter()
        .map(|range| i64::try_from(range.limit).unwrap_or(i64::MAX));
    let rows = sqlx::query(LOAD)
        .bind(FORMAT)
        .bind(subjects.iter().map(Vec::as_slice).collect::<Vec<_>>())
        .bind(
            extents
                .iter()
                .map(|one| letter(one.kind))
                .collect::<Vec<_>>(),
        )
        .bind(extents.iter().map(|one| one.owner).collect::<Vec<_>>())
        .bind(extents.iter().map(|one| one.from).collect::<Vec<_>>())
        .bind(extents.iter().map(|one| one.to).collect::<Vec<_>>())
        .bind(limits.collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    let mut fetched = Fetched::default();
    for row in rows {
        take(&row, &extents, &mut fetched)?;
    }
    Ok(fetched)
}

/// Place 0 is a version; the others are the rows of the ranges from 1 on.
fn take(row: &PgRow, extents: &[Extent<'_>], fetched: &mut Fetched) -> Result<(), Failed> {
    let place: i32 = row.try_get(0)?;
    let owner: &[u8] = row.try_get(1)?;
    if place == 0 {
        fetched.versions.insert(owner.to_vec(), row.try_get(4)?);
        return Ok(());
    }
    let extent = usize::try_from(place - 1)
        .ok()
        .and_then(|place| extents.get(place));
    let kind = extent.ok_or(StorageError::Damaged)?.kind;
    let rest: &[u8] = row.try_get(2)?;
    let value: &[u8] = row.try_get(3)?;
    fetched
        .rows
        .push(([&[kind], owner, rest].concat(), value.to_vec()));
    Ok(())
}

/// Rows as the columns that a statement takes.
#[derive(Default)]
struct Columns<'k> {
    kinds: Vec<String>,
    owners: Vec<&'k [u8]>,
    keys: Vec<&'k [u8]>,
    values: Vec<Option<&'k [u8]>>,
    flags: Vec<bool>,
}

impl<'k> Columns<'k> {
    fn push(
        &mut self,
        key: &'k Key,
        value: &'k Option<Vec<u8>>,
        flag: bool,
    ) -> Result<(), StorageError> {
        let place = Place::of(key)?;
        self.kinds.push(letter(place.kind));
        self.owners.push(place.owner);
        self.keys.push(place.rest);
        self.values.push(value.as_deref());
        self.flags.push(flag);
        Ok(())
    }
}

/// Makes these changes, if nothing that was seen has changed since.
pub(super) async fn commit(
    connection: &mut PgConnection,
    seen: &Seen,
    changes: &Changes,
) -> Result<(), Failed> {
    let mut compared = Columns::default();
    for (key, value) in &seen.rows {
        let is_changed = changes.contains_key(key);
        // A row that is to be new is not compared: making it fails when it is there.
        if value.is_some() || !is_changed {
            compared.push(key, value, is_changed)?;
        }
    }
    let mut changed = Columns::default();
    for (key, value) in changes {
        changed.push(key, value, seen.rows.get(key) == Some(&None))?;
    }
    let subjects = seen.subjects.keys().map(Vec::as_slice);
    let touched: BTreeSet<&[u8]> = changes
        .keys()
        .filter_map(|key| Place::of(key).ok()?.subject())
        .collect();
    let is_done: bool = sqlx::query_scalar(COMMIT)
        .bind(FORMAT)
        .bind(subjects.clone().collect::<Vec<_>>())
        .bind(seen.subjects.values().copied().collect::<Vec<_>>())
        .bind(
            subjects
                .map(|one| touched.contains(one))
                .collect::<Vec<_>>(),
        )
        .bind(compared.kinds)
        .bind(compared.owners)
        .bind(compared.keys)
        .bind(compared.values)
        .bind(compared.flags)
        .bind(changed.kinds)
        .bind(changed.owners)
        .bind(changed.keys)
        .bind(changed.values)
        .bind(changed.flags)
        .fetch_one(connection)
        .await?;
    if is_done {
        Ok(())
    } else {
        Err(Failed::Overtaken)
    }
}

fn letter(kind: u8) -> String {
    char::from(kind).into()
}
