//! The registrar's list, relayed as it was signed. Whoever fetches it verifies it.

use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};

use crate::trust::TrustHandle;

/// Where the endpoint stands.
pub const PATH: &str = "/trust-list";
/// The list's media type.
pub const MEDIA_TYPE: &str = "application/trust-list+jwt";

pub(crate) async fn get(State(trust): State<TrustHandle>) -> Response {
    let signed = trust.current().signed().to_owned();
    ([(CONTENT_TYPE, MEDIA_TYPE)], signed).into_response()
}
