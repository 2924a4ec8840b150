//! `GET /status/1`: the signed Token Status List (draft-ietf-oauth-status-list section 8.1). Anyone may
//! fetch it, and it says nothing about who asks for which entry.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use credential_core::jose::SignError;

use crate::server::{
    IssuerState,
    answer::{Refusal, off_the_loop},
    status::TTL,
};

pub(in crate::server) async fn get(State(state): State<IssuerState>) -> Result<Response, Refusal> {
    let token = off_the_loop(state, IssuerState::status_list_token).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/statuslist+jwt".to_owned(),
        ),
        (header::CACHE_CONTROL, format!("max-age={TTL}")),
    ];
    Ok((headers, token.to_string()).into_response())
}

impl From<SignError> for Refusal {
    fn from(error: SignError) -> Self {
        tracing::error!(%error, "nothing could be signed");
        Self::UNAVAILABLE
    }
}
