//! The OpenAPI document of this broker, as its router makes it.

use aide::transform::TransformOperation;
use axum::{Extension, Json};
use serde_json::Value;

use crate::api::{Describe as _, Document};

/// Where the document stands.
pub const PATH: &str = "/openapi.json";

pub(crate) async fn get(Extension(document): Extension<Document>) -> Json<Value> {
    Json(document.json().clone())
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.called("openapi", "This document.").tag("public")
}
