//! The registrar's list, relayed as it was signed. Whoever fetches it verifies it.

use aide::transform::TransformOperation;
use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};

use crate::{
    api::{Describe as _, compact_jws},
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/trust-list";
/// The list's media type.
pub const MEDIA_TYPE: &str = "application/trust-list+jwt";

pub(crate) async fn get(State(trust): State<TrustHandle>) -> Response {
    let signed = trust.current().signed().to_owned();
    ([(CONTENT_TYPE, MEDIA_TYPE)], signed).into_response()
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("trustList", "The registrar's signed list.")
        .tag("public")
        .answers(200, "The list as it was signed.", MEDIA_TYPE, compact_jws())
}
