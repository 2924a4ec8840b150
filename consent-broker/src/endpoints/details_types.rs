//! How `authorization_details` are written: each type with its JSON Schema (2020-12), in the form of
//! draft-ietf-oauth-rar-metadata-remediation.

use aide::transform::TransformOperation;
use axum::Json;
use credential_core::consent::{details, schema};
use schemars::json_schema;
use serde_json::{Value, json};

use crate::api::Describe as _;

/// Where the endpoint stands.
pub const PATH: &str = "/.well-known/authorization-details-types";

pub(crate) async fn get() -> Json<Value> {
    Json(json!({ details::TYPE: { "schema": schema::requested_details() } }))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let described = json_schema!({
        "type": "object",
        "properties": { "schema": { "type": "object" } },
        "required": ["schema"],
    });
    operation
        .called("detailsTypes", "How `authorization_details` are written.")
        .tag("public")
        .answers(
            200,
            "The JSON Schema of each type (draft-ietf-oauth-rar-metadata-remediation).",
            "application/json",
            json_schema!({ "type": "object", "additionalProperties": described }),
        )
}
