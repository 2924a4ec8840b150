//! How `authorization_details` are written: each type with its JSON Schema (2020-12), in the form of
//! draft-ietf-oauth-rar-metadata-remediation.

use axum::Json;
use credential_core::consent::{details, schema};
use serde_json::{Value, json};

/// Where the endpoint stands.
pub const PATH: &str = "/.well-known/authorization-details-types";

pub(crate) async fn get() -> Json<Value> {
    Json(json!({ details::TYPE: { "schema": schema::requested_details() } }))
}
