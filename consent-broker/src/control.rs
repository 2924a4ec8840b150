//! The operator's way into a running broker, on a socket in its own folder: what it holds about a
//! grant, whether its logs are sound, who is suspended, and a newer trust list. Whoever can open the
//! folder could read and change the files as well.

mod node;
mod participants;

use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    routing::{get, post},
};
use credential_core::{transparency::VerifierKey, trust};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use node::{ClockAccepted, KeysReloaded, NodeHealth};
pub use participants::{ParticipantList, ParticipantView, Resumed};

use crate::{
    error::RouteError,
    extract::Body,
    log_check::{Against, LogCheck, check_logs_against},
    state::AppState,
    surroundings::Surroundings,
    trust::ImportError,
};

/// Where a grant is shown.
pub const GRANT_PATH: &str = "/grants/{grant_id}";
/// Where the logs are checked.
pub const LOG_PATH: &str = "/log/verify";
/// Where a newer trust list is imported.
pub const TRUST_LIST_PATH: &str = "/trust-list";
/// Where all participants are listed.
pub const PARTICIPANTS_PATH: &str = "/participants";
/// Where a participant is suspended.
pub const SUSPEND_PATH: &str = "/participants/suspend";
/// Where its suspension ends.
pub const RESUME_PATH: &str = "/participants/resume";

/// Where the node's health is told.
pub const HEALTH_PATH: &str = "/health";
/// Where the operator says that the clock is right.
pub const CLOCK_PATH: &str = "/clock/accept";

/// Where the broker is told to read its keys again.
pub const KEYS_PATH: &str = "/keys/reload";

/// Where the broker is told to copy its store.
pub const BACKUP_PATH: &str = "/backup";

/// The operator's endpoints. Never to be served on a network.
pub fn control_router(state: AppState) -> Router {
    control_router_within(state, Surroundings::default())
}

/// The same for a server with these surroundings.
pub fn control_router_within(state: AppState, surroundings: Surroundings) -> Router {
    Router::new()
        .route(GRANT_PATH, get(show_grant))
        .route(LOG_PATH, post(verify_logs))
        .route(TRUST_LIST_PATH, post(import_list))
        .route(PARTICIPANTS_PATH, get(participants::list))
        .route(SUSPEND_PATH, post(participants::suspend))
        .route(RESUME_PATH, post(participants::resume))
        .route(HEALTH_PATH, get(node::health))
        .route(CLOCK_PATH, post(node::accept_clock))
        .route(KEYS_PATH, post(node::reload_keys))
        .route(BACKUP_PATH, post(node::back_up))
        .layer(Extension(surroundings))
        .layer(DefaultBodyLimit::max(trust::MAX_LENGTH + 1024))
        .with_state(state)
}

async fn show_grant(
    State(state): State<AppState>,
    Path(grant_id): Path<String>,
) -> Result<Json<Value>, RouteError> {
    let grant_id = grant_id
        .parse()
        .map_err(|_error| RouteError::UnknownGrant)?;
    let held = state.peek(grant_id).await?;
    held.map(Json).ok_or(RouteError::UnknownGrant)
}

/// What the operator has of the global log from others.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogsToVerify {
    /// Witnesses that must have cosigned it.
    pub witnesses: Vec<VerifierKey>,
    /// Checkpoints that somebody has kept, as notes.
    pub kept: Vec<String>,
}

async fn verify_logs(
    State(state): State<AppState>,
    Body(LogsToVerify { witnesses, kept }): Body<LogsToVerify>,
) -> Result<Json<LogCheck>, RouteError> {
    let log = state.log_signer()?.verifier().clone();
    let against = Against {
        log: Some(log),
        witnesses,
        kept,
    };
    Ok(Json(check_logs_against(&*state.store, &against).await?))
}

/// A list to import.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListImport {
    /// As the registrar signed it.
    pub trust_list: String,
}

/// The list that is in force now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Its sequence number.
    pub sequence: u64,
}

async fn import_list(
    State(state): State<AppState>,
    Body(ListImport { trust_list }): Body<ListImport>,
) -> Result<Json<Imported>, RouteError> {
    let imported = state.import_list(&trust_list).await;
    let sequence = imported.map_err(|error| match error {
        ImportError::List(error) => RouteError::TrustList(error),
        ImportError::Storage(error) => RouteError::Storage(error),
    })?;
    tracing::info!(sequence, "trust list in force");
    Ok(Json(Imported { sequence }))
}
