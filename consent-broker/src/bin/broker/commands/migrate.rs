//! `broker migrate`.

use consent_broker::storage::PostgresStore;
use tokio::runtime::Runtime;

use crate::{
    config::Migrate,
    failure::Failure,
    output,
    settings::StoreSettings,
    store::{configured, own_or_new},
};

pub(crate) fn run(arguments: &Migrate) -> Result<(), Failure> {
    let mut given = arguments.place.given();
    given.store.kind = arguments.store;
    let store = configured(&arguments.place, given)?.merged().store()?;
    if let StoreSettings::Postgres { url, .. } = &store {
        let runtime = Runtime::new().map_err(Failure::unexpected)?;
        runtime.block_on(PostgresStore::migrate(url.expose()))?;
    }
    // Opening checks the format, and makes what an older version did not have.
    if own_or_new(&store)?.is_none() {
        let error = anyhow::anyhow!("a broker is running with this store: stop it first");
        return Err(Failure::new(Failure::REFUSED, error));
    }
    output::message("The store is as this version needs it.");
    Ok(())
}
