//! What a running broker does by itself: keeps appointments, and follows the trust list's file.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use consent_broker::{
    AppState, Surroundings,
    metrics::Metrics,
    storage::{PURGED_AT_ONCE, StorageError},
};
use tokio::time::sleep;

use super::{signals, tls::Certificates};

/// How often due appointments are kept.
const PURGE_EVERY: Duration = Duration::from_secs(30);
/// How often waiting notices are counted, and how many of one recipient.
const COUNT_EVERY: Duration = Duration::from_secs(30);
const MOST_COUNTED: usize = 100;
/// How often the trust list's file is looked at.
const WATCH_EVERY: Duration = Duration::from_secs(2);

/// Keeps the appointments that have come, for as long as the broker runs.
///
/// By a clock that has jumped nothing is ended: it cannot be begun again.
pub(super) async fn purge(state: AppState, surroundings: Surroundings) {
    loop {
        let watch = surroundings.clock_watch.as_ref();
        if watch.is_some_and(|watch| !watch.is_steady()) {
            tracing::error!(
                "the clock has jumped: nothing is given out or ended until it is right"
            );
            sleep(PURGE_EVERY).await;
            continue;
        }
        let notary = state.notary();
        match state.store.purge(&notary, state.clock.now()).await {
            Ok(done) => {
                surroundings.metrics.count_purged(done);
                tracing::debug!(done, "appointments kept");
                // There are more only where one transaction was filled.
                if done < PURGED_AT_ONCE {
                    sleep(PURGE_EVERY).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, "appointments could not be kept");
                sleep(PURGE_EVERY).await;
            }
        }
    }
}

/// Counts what waits for recipients, for the metrics.
pub(super) async fn count_notices(state: AppState, metrics: Metrics) {
    loop {
        match waiting(&state).await {
            Ok(waiting) => metrics.set_notices_waiting(waiting),
            Err(error) => tracing::debug!(reason = error.reason(), "notices were not counted"),
        }
        sleep(COUNT_EVERY).await;
    }
}

async fn waiting(state: &AppState) -> Result<usize, StorageError> {
    let trust = state.trust.current();
    let list = trust.list(state.clock.now());
    let participants = list.map(|list| list.participants()).unwrap_or_default();
    let mut count = 0;
    for role in participants.iter().filter_map(|one| one.recipient.as_ref()) {
        let waiting = state.store.waiting_notices(&role.client_id, MOST_COUNTED);
        count += waiting.await?.notices.len();
    }
    Ok(count)
}

/// Imports the trust list whenever its file changes, or on SIGHUP.
pub(super) async fn watch(state: AppState, file: PathBuf, certificates: Option<Certificates>) {
    let mut seen = stamp(&file);
    loop {
        let was_told = tokio::select! {
            () = signals::told_to_reload() => true,
            () = sleep(WATCH_EVERY) => false,
        };
        if was_told && let Some(certificates) = &certificates {
            match certificates.reload() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => {
                    tracing::error!(%error, "the certificate was not usable; the old one stays");
                }
            }
        }
        let found = stamp(&file);
        if found == seen && !was_told {
            continue;
        }
        seen = found;
        match std::fs::read_to_string(&file) {
            Ok(signed) => match state.import_list(&signed).await {
                Ok(sequence) => tracing::info!(sequence, "trust list in force"),
                Err(error) => tracing::warn!(reason = error.reason(), "trust list not accepted"),
            },
            Err(error) => tracing::warn!(%error, "trust list not readable"),
        }
    }
}

/// What tells that a file has changed.
fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = file.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
