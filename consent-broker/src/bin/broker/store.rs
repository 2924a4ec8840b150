//! The one place where a store is opened, whichever engine it stands on.

use std::sync::Arc;

use consent_broker::storage::{LocalStore, PostgresStore, StorageError, Store};
use tokio::runtime::Runtime;

use crate::{
    config::Place,
    failure::Failure,
    settings::{Environment, Given, Layers, StoreSettings},
};

/// Opens the store. For a database its tables have to be there already.
///
/// # Errors
/// [`StorageError`].
pub(crate) async fn open_store(settings: &StoreSettings) -> Result<Opened, StorageError> {
    match settings {
        StoreSettings::Sled { folder, reserve } => {
            let store = LocalStore::open_with_reserve(folder, *reserve)?;
            Ok(Opened {
                store: Arc::new(store.clone()),
                local: Some(store),
            })
        }
        StoreSettings::Postgres { url, connections } => {
            let store = PostgresStore::open(url.expose(), *connections).await?;
            Ok(Opened {
                store: Arc::new(store),
                local: None,
            })
        }
    }
}

/// An open store.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    /// The same, when this program copies it.
    pub(crate) local: Option<LocalStore>,
}

/// A store that a command works on by itself, and what it runs on.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) runtime: Runtime,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) local: Option<LocalStore>,
}

/// Opens the store, or makes it; none when a running broker has it for itself.
pub(crate) fn own_or_new(settings: &StoreSettings) -> Result<Option<Own>, Failure> {
    let runtime = Runtime::new().map_err(Failure::unexpected)?;
    match runtime.block_on(open_store(settings)) {
        Ok(Opened { store, local }) => Ok(Some(Own {
            runtime,
            store,
            local,
        })),
        Err(StorageError::InUse) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Opens the store; none when a running broker has it for itself.
pub(crate) fn own(settings: &StoreSettings) -> Result<Option<Own>, Failure> {
    match settings {
        StoreSettings::Sled { folder, .. } if !folder.exists() => {
            let error = anyhow::anyhow!("there is no store in {}", folder.display());
            Err(Failure::new(Failure::NOT_FOUND, error))
        }
        _ => own_or_new(settings),
    }
}

/// The configuration of this place, with what the command line says.
pub(crate) fn configured(place: &Place, given: Given) -> Result<Layers, Failure> {
    let environment = Environment::of_process();
    Ok(Layers::read(given, place.config.as_deref(), &environment)?)
}
