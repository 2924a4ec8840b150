//! The store of many nodes: rows in PostgreSQL, changed by optimistic transactions.
//!
//! An operation runs on rows that were fetched for it, all of one moment, in one statement; what it
//! changes is made by a second one, if nothing that it looked at has changed in between, else it runs
//! again. Whoever gets an answer gets it after the commit lasts, and nothing is kept in a node: so a
//! share that was stopped on one node is stopped on all.
//!
//! Every commit lasts before it is answered, that of a used proof too: a database that recovers forgets
//! nothing, so that a node need not know when it did.
//!
//! What must not have changed is a version for each person whose rows were looked at, and the row
//! itself for what belongs to nobody (see `layout.rs`). Operations on one person follow each other;
//! those on different persons never wait for each other.

mod counts;
mod layout;
mod snapshot;
mod statements;
mod stripes;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, collections::BTreeSet, str::FromStr as _, sync::Arc, time::Duration};

use sqlx::{
    PgConnection, PgPool, SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::{Instant, sleep};

pub use self::counts::Spoken;
use self::{
    counts::Counts,
    layout::Extent,
    snapshot::{Seen, Snapshot},
    statements::{Failed, commit, load},
    stripes::Stripes,
};
use super::{
    Answer, StorageError,
    engine::{Changes, Engine, Key, Mode, Range},
    rows::Tx,
};

/// How long an operation may be overtaken, or wait for a connection, before it is refused.
const PATIENCE: Duration = Duration::from_secs(5);
/// The server ends what takes longer.
const STATEMENT_TIMEOUT: &str = "10s";
/// Pauses after being overtaken get longer by this.
const PAUSE: Duration = Duration::from_micros(300);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);
/// Most times that an operation asks for more rows.
const MOST_FETCHES: usize = 1000;

/// Connections to one database.
#[derive(Debug)]
pub struct Postgres {
    pool: PgPool,
    stripes: Stripes,
    counts: Counts,
}

impl Postgres {
    /// Connects. The address is a `postgres://` URL; its password is never printed.
    pub(super) async fn connect(url: &str, connections: u32) -> Result<Self, StorageError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_error| StorageError::Unavailable)?
            .application_name("consent-broker")
            .options([("statement_timeout", STATEMENT_TIMEOUT)]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            // A broken connection is noticed when it is used, and the fetch is made again.
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(|error| opaque(error.into()))?;
        Ok(Self {
            pool,
            stripes: Stripes::default(),
            counts: Counts::default(),
        })
    }

    /// Makes or raises the tables. Several nodes may ask at once: one does it.
    pub(super) async fn migrate(&self) -> Result<(), StorageError> {
        let migrated = migrator().run(&self.pool).await;
        migrated.map_err(|error| {
            tracing::error!(%error, "the tables were not made");
            match error {
                sqlx::migrate::MigrateError::VersionMissing(_) => StorageError::NewerFormat,
                _ => StorageError::Unavailable,
            }
        })
    }

    /// How often this node has spoken to the database.
    pub(super) fn spoken(&self) -> Spoken {
        (&self.counts).into()
    }

    async fn transact<T>(
        &self,
        mode: Mode,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let deadline = Instant::now() + PATIENCE;
        let mut wanted = BTreeSet::new();
        let mut pause = PAUSE;
        // The first run finds out what to fetch; it has nothing to look at.
        let (_nothing, missing) = run(&work, &Snapshot::default());
        wanted.extend(missing);
        let _turn = match mode {
            Mode::Write | Mode::TakeAway => self.stripes.turn(&subjects(&wanted)).await,
            Mode::Look | Mode::Glance => Vec::new(),
        };
        loop {
            match self.attempt(&work, &mut wanted).await {
                Ok(value) => return Ok(value),
                Err(Failed::Other(error)) => return Err(error),
                Err(Failed::Overtaken) if Instant::now() < deadline => {
                    self.counts.overtaken.add_one();
                }
                Err(Failed::Connection) if Instant::now() < deadline => {}
                Err(_) => return Err(StorageError::Unavailable),
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// One run to the end. What it found that it needs stays known for the next.
    async fn attempt<T>(
        &self,
        work: &impl Fn(&mut Tx<'_>) -> Result<T, StorageError>,
        wanted: &mut BTreeSet<Range>,
    ) -> Result<T, Failed> {
        let mut connection = self.pool.acquire().await?;
        let mut snapshot = Snapshot::default();
        let mut missing = wanted.clone();
        for _fetch in 0..MOST_FETCHES {
            self.counts.fetches.add_one();
            fetch(&mut connection, &mut snapshot, &missing).await?;
            let ((value, changes), more) = run(work, &snapshot);
            if more.is_empty() {
                let value = value?;
                if !changes.is_empty() {
                    self.counts.commits.add_one();
                    write(connection, snapshot.seen(), &changes).await?;
                }
                return Ok(value);
            }
            wanted.extend(more.iter().cloned());
            missing = more;
        }
        tracing::error!("an operation needs too many rows");
        Err(StorageError::Unavailable.into())
    }
}

impl Engine for Postgres {
    fn run<T, W>(self: &Arc<Self>, mode: Mode, work: W) -> Answer<'static, T>
    where
        T: Send + 'static,
        W: Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    {
        let engine = Arc::clone(self);
        Box::pin(async move {
            // A task of its own: whoever asked may go away. Begun when it is awaited, because commands of
            // the operator ask outside of the runtime.
            let task = tokio::spawn(async move { engine.transact(mode, work).await });
            task.await.unwrap_or(Err(StorageError::Unavailable))
        })
    }
}

/// Runs the operation on what is there: its answer and changes, and what it lacked.
fn run<T>(
    work: &impl Fn(&mut Tx<'_>) -> Result<T, StorageError>,
    snapshot: &Snapshot,
) -> ((Result<T, StorageError>, Changes), BTreeSet<Range>) {
    let mut tx = Tx::new(snapshot);
    let value = work(&mut tx);
    let changes = tx.into_changes();
    let missing = snapshot.missing(&changes);
    ((value, changes), missing)
}

async fn fetch(
    connection: &mut PgConnection,
    snapshot: &mut Snapshot,
    missing: &BTreeSet<Range>,
) -> Result<(), Failed> {
    let mut known: BTreeSet<Key> = snapshot.subjects().cloned().collect();
    known.extend(subjects(missing));
    let fetched = load(connection, &known, missing).await?;
    if snapshot.add(missing, &known, fetched) {
        Ok(())
    } else {
        Err(Failed::Overtaken)
    }
}

/// A commit whose connection breaks may have been made or not: it is not tried again.
async fn write(
    mut connection: PoolConnection<sqlx::Postgres>,
    seen: Seen,
    changes: &Changes,
) -> Result<(), Failed> {
    let written = commit(&mut connection, &seen, changes).await;
    written.map_err(|failed| match failed {
        Failed::Connection => Failed::Other(StorageError::Unavailable),
        other => other,
    })
}

/// The persons whose rows these are.
fn subjects(ranges: &BTreeSet<Range>) -> BTreeSet<Key> {
    ranges
        .iter()
        .filter_map(|range| Extent::of(range).ok()?.subject().map(<[u8]>::to_vec))
        .collect()
}

fn opaque(failed: Failed) -> StorageError {
    match failed {
        Failed::Other(error) => error,
        Failed::Overtaken | Failed::Connection => StorageError::Unavailable,
    }
}

fn migrator() -> Migrator {
    let rows = include_str!("../../../migrations/0001_rows.sql").into_sql_str();
    Migrator::with_migrations(vec![Migration::new(
        1,
        Cow::Borrowed("rows"),
        MigrationType::Simple,
        rows,
        false,
    )])
}
