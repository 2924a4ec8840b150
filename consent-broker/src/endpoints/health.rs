//! Whether this node can serve: the store answers and the trust list is in force.

use std::sync::Arc;

use axum::{Json, extract::State};
use credential_core::{clock::Clock, id::GrantId};
use serde_json::{Value, json};

use crate::{error::RouteError, storage::Store, trust::TrustHandle};

/// Where the endpoint stands.
pub const PATH: &str = "/health";

pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(trust): State<TrustHandle>,
) -> Result<Json<Value>, RouteError> {
    // Any row would do; this one never exists.
    store.held(GrantId::from_bytes([0; 16])).await?;
    let trust = trust.current();
    trust.list(clock.now()).ok_or(RouteError::TrustExpired)?;
    Ok(Json(
        json!({ "status": "ok", "trust_list": trust.sequence() }),
    ))
}
