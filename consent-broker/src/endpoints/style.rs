//! The pages' stylesheet.

use axum::{
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};

/// Where it stands.
pub const PATH: &str = "/style.css";

pub(crate) async fn get() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("../../assets/style.css")).into_response()
}
