//! A broker in a folder: its keys, a trust list with enough clients that no limit is met, a filled store,
//! and the program `broker serve` over it.
//!
//! Limits count by client, resource server and grant (docs/protocols.md), so load comes from
//! [`CLIENTS`] recipients and as many resource servers in turn, over many grants: no limit is switched
//! off or raised for the measurement.

use std::{fs, path::Path, process::Command, sync::Arc};

use axum::extract::FromRef as _;
use chrono::TimeDelta;
use consent_broker::{
    AppState, BrokerKeys, TrustHandle,
    handles::Handles,
    notary::Notary,
    registrar::{Entry, Registry},
    storage::{LocalStore, PostgresStore, Store},
};
use credential_core::{
    clock::SystemClock,
    jose::{Es256Key, KeyUse, Signer as _},
    network::Network,
    rng::SystemRng,
    text::Text,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    fill::{Given, fill},
    generator::CONNECTIONS,
    people::{Client, key, now},
    process::Server,
};

/// The broker's name. That it listens elsewhere does not matter: only the configured name counts.
pub(crate) const ISSUER: &str = "https://broker.example";
/// Recipients, and resource servers. Each recipient may push 300 requests at once and 10 more a second,
/// each resource server may ask 1,000 times and 100 more a second.
pub(crate) const CLIENTS: usize = 128;
const TRUST_LIST: &str = "trust-list.jwt";
const REGISTRAR_KEY: &str = "registrar.jwk";

/// Where a broker keeps its rows.
#[derive(Debug, Clone)]
pub(crate) enum Rows {
    /// sled, in the broker's folder.
    Folder,
    /// PostgreSQL, at this address, in tables that are there.
    Database(String),
}

/// Everything a broker and its callers have.
#[derive(Debug)]
pub(crate) struct House {
    folder: TempDir,
    rows: Rows,
    pub(crate) recipients: Vec<Client>,
    pub(crate) resource_servers: Vec<Client>,
    /// Of all wallets: what a wallet's token is bound to. Their accounts differ.
    pub(crate) wallet: Arc<Es256Key>,
    pub(crate) given: Vec<Given>,
    /// The broker's own, so that tokens need not be fetched one by one.
    pub(crate) handles: Handles,
    pub(crate) notary: Notary,
}

impl House {
    /// With a store of so many grants.
    pub(crate) fn of(grants: usize, rows: Rows) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["init", "--data", "broker", "--issuer", ISSUER];
        let entry = broker()
            .current_dir(&folder)
            .args(arguments)
            .output()
            .unwrap();
        assert!(entry.status.success(), "{entry:?}");
        let mut entry: Entry = serde_json::from_slice(&entry.stdout).unwrap();
        // The registrar names it.
        entry.name = Text::new("Välittäjä", "Förmedlaren", "The Broker");
        let recipients: Vec<_> = (0..CLIENTS).map(Client::recipient).collect();
        let resource_servers: Vec<_> = (0..CLIENTS).map(Client::resource_server).collect();
        let of_recipients = recipients.iter().map(Client::recipient_entry);
        let of_servers = resource_servers.iter().map(Client::resource_entry);
        let trust = publish(
            folder.path(),
            of_recipients.chain(of_servers).chain([entry]),
        );
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(open(folder.path(), &rows));
        let state = AppState {
            issuer: ISSUER.into(),
            store: Arc::clone(&store),
            keys: BrokerKeys::load(&folder.path().join("broker/keys")).unwrap(),
            trust,
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng::default()),
        };
        let notary = state.notary();
        let given = runtime.block_on(fill(store, notary.clone(), &recipients, grants));
        Self {
            folder,
            rows,
            recipients,
            resource_servers,
            wallet: key(),
            given,
            handles: Handles::from_ref(&state),
            notary,
        }
    }

    /// The store; a folder's only while no broker runs on it.
    pub(crate) async fn open_store(&self) -> Arc<dyn Store> {
        open(self.folder.path(), &self.rows).await
    }

    /// The broker's program over this folder.
    pub(crate) fn serve(&self) -> Server {
        self.serve_from("broker")
    }

    /// One more node over the same database, with the same keys.
    pub(crate) fn serve_beside(&self) -> Server {
        let copy = ["-a", "broker", "another"];
        let copied = Command::new("cp")
            .args(copy)
            .current_dir(&self.folder)
            .status();
        assert!(copied.unwrap().success());
        self.serve_from("another")
    }

    fn serve_from(&self, data: &str) -> Server {
        let mut command = broker();
        command
            .current_dir(&self.folder)
            .args(["serve", "--data", data, "--issuer", ISSUER]);
        command.args(["--trust-list", TRUST_LIST, "--registrar-key", REGISTRAR_KEY]);
        command.args(["--listen", "127.0.0.1:0"]);
        if let Rows::Database(url) = &self.rows {
            command
                .env("BROKER_STORE_KIND", "postgres")
                .env("BROKER_STORE_URL", url);
        }
        Server::start(command)
    }
}

/// The registrar's list of these, signed, and in the folder as the broker's program takes it.
fn publish(folder: &Path, entries: impl Iterator<Item = Entry>) -> TrustHandle {
    let registrar = key();
    let mut registry = Registry::new("https://registrar.example");
    for entry in entries {
        registry.add(entry, Network::Public).unwrap();
    }
    let list = registry
        .publish(now(), TimeDelta::days(30), &*registrar)
        .unwrap();
    let pinned = registrar.public_jwk().clone().with_use(KeyUse::Sig);
    fs::write(folder.join(TRUST_LIST), &list).unwrap();
    fs::write(
        folder.join(REGISTRAR_KEY),
        serde_json::to_string(&pinned).unwrap(),
    )
    .unwrap();
    TrustHandle::new(pinned, &list, now()).unwrap()
}

async fn open(folder: &Path, rows: &Rows) -> Arc<dyn Store> {
    match rows {
        Rows::Folder => Arc::new(LocalStore::open(&folder.join("broker/store")).unwrap()),
        Rows::Database(url) => {
            let connections = u32::try_from(CONNECTIONS).unwrap();
            Arc::new(PostgresStore::open(url, connections).await.unwrap())
        }
    }
}

fn broker() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_broker"));
    command.env_remove("RUST_LOG");
    command
}
