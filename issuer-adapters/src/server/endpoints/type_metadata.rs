//! `GET /types/{name}/{version}`: type metadata, octet for octet as `vct#integrity` covers it
//! (draft-ietf-oauth-sd-jwt-vc section 6).

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse as _, Response},
};
use credential_core::credential::CredentialType;

use crate::server::answer::Refusal;

pub(in crate::server) async fn get(
    Path((name, version)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let ending = format!("/{name}/{version}");
    let found = CredentialType::ALL
        .into_iter()
        .find(|kind| path_of(kind.vct()) == Some(&ending))
        .ok_or(Refusal::NOT_FOUND)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "max-age=86400"),
    ];
    Ok((headers, found.type_metadata()).into_response())
}

fn path_of(vct: &str) -> Option<&str> {
    let without_scheme = vct.strip_prefix("https://")?;
    without_scheme
        .find('/')
        .and_then(|at| without_scheme.get(at..))
}
