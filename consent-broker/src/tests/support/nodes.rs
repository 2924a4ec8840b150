//! The stores behind a broker: one in a folder, or two nodes over one database.

use std::{path::Path, sync::Arc};

use private_postgres::PrivatePostgres;
use tempfile::TempDir;

use crate::storage::{LocalStore, PostgresStore, Store};

/// Set to `postgres`, it has every test of this package talk to two nodes in turn, over one database.
const CHOICE: &str = "BROKER_TEST_STORE";

/// Where the rows are.
#[derive(Debug)]
pub(crate) enum Rows {
    Folder(TempDir),
    Database(String),
}

impl Rows {
    /// Where [`CHOICE`] says.
    pub(crate) async fn chosen() -> Self {
        match std::env::var_os(CHOICE) {
            Some(choice) if choice == "postgres" => Self::database().await.unwrap(),
            Some(other) => panic!("{CHOICE} is {}", other.display()),
            None => Self::Folder(tempfile::tempdir().unwrap()),
        }
    }

    /// A new database; none where there is no PostgreSQL.
    pub(crate) async fn database() -> Option<Self> {
        let url = PrivatePostgres::shared()?.fresh().unwrap();
        PostgresStore::migrate(&url).await.unwrap();
        Some(Self::Database(url))
    }

    /// A store for each node.
    pub(crate) async fn nodes(&self) -> Vec<Arc<dyn Store>> {
        match self {
            Self::Folder(folder) => vec![Arc::new(LocalStore::open(folder.path()).unwrap())],
            Self::Database(url) => vec![node(url).await, node(url).await],
        }
    }

    /// Everything that is stored, as text.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Folder(folder) => {
                let mut octets = Vec::new();
                octets_below(folder.path(), &mut octets);
                String::from_utf8_lossy(&octets).into_owned()
            }
            Self::Database(url) => text_of_all_tables(url.rsplit("%3D").next().unwrap()),
        }
    }
}

async fn node(url: &str) -> Arc<dyn Store> {
    Arc::new(PostgresStore::open(url, 4).await.unwrap())
}

fn octets_below(folder: &Path, octets: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            octets_below(&path, octets);
        } else {
            octets.extend(std::fs::read(path).unwrap());
        }
    }
}

fn text_of_all_tables(schema: &str) -> String {
    let sql = |statement: String| PrivatePostgres::shared().unwrap().sql(&statement).unwrap();
    let tables = sql(format!("select name from {schema}.broker_tables()"));
    let rows = tables.lines().map(|table| {
        sql(format!(
            "select encode(key, 'escape'), encode(value, 'escape') from {schema}.{table}"
        ))
    });
    rows.collect()
}
