//! The properties for the store of many nodes.

use private_postgres::PrivatePostgres;

use crate::storage::{PostgresStore, conformance::fixture::Fixture};

/// A store in a schema of its own.
async fn open() -> Option<(Fixture<PostgresStore>, String)> {
    let url = PrivatePostgres::shared()?.fresh().unwrap();
    PostgresStore::migrate(&url).await.unwrap();
    let store = PostgresStore::open(&url, 4).await.unwrap();
    Some((Fixture::new(store), url))
}

every_property!(open().await);
