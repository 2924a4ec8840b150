//! Whether this node can serve: the store answers and the trust list is in force.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Json, extract::State};
use credential_core::{clock::Clock, id::GrantId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{api::Describe as _, error::RouteError, storage::Store, trust::TrustHandle};

/// Where the endpoint stands.
pub const PATH: &str = "/health";

/// A node that can serve.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Sequence number of the trust list in force.
    trust_list: u64,
}

pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(trust): State<TrustHandle>,
) -> Result<Json<Health>, RouteError> {
    // Any row would do; this one never exists.
    store.held(GrantId::from_bytes([0; 16])).await?;
    let trust = trust.current();
    trust.list(clock.now()).ok_or(RouteError::TrustExpired)?;
    Ok(Json(Health {
        status: "ok",
        trust_list: trust.sequence(),
    }))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("health", "Whether this node can serve.")
        .tag("public")
}
