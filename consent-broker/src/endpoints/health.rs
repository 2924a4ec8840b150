//! Whether this node lives, and whether it can serve: the clock can be relied on, the trust list is in
//! force and the store answers.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Extension, Json, extract::State};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{api::Describe as _, error::RouteError, state::AppState, surroundings::Surroundings};

/// Where the endpoint stands.
pub const PATH: &str = "/health";
/// Where a supervisor asks whether to start the node anew.
pub const LIVE_PATH: &str = "/health/live";
/// Where a balancer asks whether to send requests here.
pub const READY_PATH: &str = "/health/ready";

/// A node that can serve.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Sequence number of the trust list in force.
    trust_list: u64,
}

/// A node that answers.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Life {
    /// Always `ok`.
    status: &'static str,
}

pub(crate) async fn get(
    State(state): State<AppState>,
    Extension(surroundings): Extension<Arc<Surroundings>>,
) -> Result<Json<Health>, RouteError> {
    let ready = surroundings.ready(&state).await?;
    Ok(Json(Health {
        status: "ok",
        trust_list: ready.trust_list,
    }))
}

pub(crate) async fn live() -> Json<Life> {
    Json(Life { status: "ok" })
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("health", "Whether this node can serve.")
        .tag("public")
}

pub(crate) fn describe_ready(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("ready", "Whether this node can serve, for a balancer.")
        .tag("public")
}

pub(crate) fn describe_live(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "live",
            "Whether this node answers at all, for a supervisor.",
        )
        .tag("public")
}
