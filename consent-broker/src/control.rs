//! The operator's view of a running broker, on a socket in its own folder: what it holds about a
//! grant, and whether its logs are sound. Whoever can open the folder could read the files as well.

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde_json::Value;

use crate::{
    error::RouteError,
    log_check::{LogCheck, check_logs},
    state::AppState,
};

/// Where a grant is shown.
pub const GRANT_PATH: &str = "/grants/{grant_id}";
/// Where the logs are checked.
pub const LOG_PATH: &str = "/log/verify";

/// The operator's endpoints. Never to be served on a network.
pub fn control_router(state: AppState) -> Router {
    Router::new()
        .route(GRANT_PATH, get(show_grant))
        .route(LOG_PATH, get(verify_logs))
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

async fn verify_logs(State(state): State<AppState>) -> Result<Json<LogCheck>, RouteError> {
    Ok(Json(check_logs(&*state.store).await?))
}
