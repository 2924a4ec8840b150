//! `GET /status/{list}`: a signed Token Status List (draft-ietf-oauth-status-list section 8.1). Anyone may
//! fetch it, and it says nothing about who asks for which entry.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use credential_core::jose::SignError;

use crate::server::{
    IssuerState,
    answer::{Refusal, off_the_loop},
    status::TTL,
};

pub(in crate::server) async fn get(
    State(state): State<IssuerState>,
    Path(list): Path<String>,
) -> Result<Response, Refusal> {
    let number = number(&list).ok_or(Refusal::NOT_FOUND)?;
    let token = off_the_loop(state, move |state| state.status_list_token(number)).await?;
    let token = token.ok_or(Refusal::NOT_FOUND)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/statuslist+jwt".to_owned(),
        ),
        (header::CACHE_CONTROL, format!("max-age={TTL}")),
    ];
    Ok((headers, token.to_string()).into_response())
}

/// From 0, of a list written from 1 and in one way only: each list has one address.
fn number(list: &str) -> Option<usize> {
    let number = list.parse::<usize>().ok()?.checked_sub(1)?;
    (list == (number + 1).to_string()).then_some(number)
}

impl From<SignError> for Refusal {
    fn from(error: SignError) -> Self {
        tracing::error!(%error, "nothing could be signed");
        Self::UNAVAILABLE
    }
}
