//! The pages' stylesheet.

use aide::transform::TransformOperation;
use axum::{
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};

use crate::api::{Describe as _, text};

/// Where it stands.
pub const PATH: &str = "/style.css";

pub(crate) async fn get() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("../../assets/style.css")).into_response()
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("style", "The pages' stylesheet.")
        .tag("public")
        .answers(200, "The stylesheet.", "text/css", text())
}
