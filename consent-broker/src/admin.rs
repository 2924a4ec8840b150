//! For the operator's own machines, at an address of its own: what is measured, and whether the node
//! lives and serves. It names nobody, and nothing can be changed here.

use axum::{
    Json, Router,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use crate::{
    endpoints::health, error::RouteError, metrics::MEDIA_TYPE, state::AppState,
    surroundings::Surroundings,
};

/// Where Prometheus reads.
const METRICS_PATH: &str = "/metrics";

#[derive(Clone)]
struct Admin {
    state: AppState,
    surroundings: Surroundings,
}

/// The server for the operator's own machines. Never to be served to the public.
pub fn admin_router(state: AppState, surroundings: Surroundings) -> Router {
    Router::new()
        .route(METRICS_PATH, get(metrics))
        .route(health::LIVE_PATH, get(health::live))
        .route(health::READY_PATH, get(ready))
        .with_state(Admin {
            state,
            surroundings,
        })
}

async fn metrics(State(admin): State<Admin>) -> Response {
    admin.surroundings.note(&admin.state);
    let text = admin.surroundings.metrics.text();
    ([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response()
}

async fn ready(State(admin): State<Admin>) -> Result<impl IntoResponse, RouteError> {
    let ready = admin.surroundings.ready(&admin.state).await?;
    Ok(Json(json!({
        "status": "ok",
        "trust_list": ready.trust_list,
        "trust_list_expires_in_seconds": ready.list_expires_in.num_seconds(),
    })))
}
