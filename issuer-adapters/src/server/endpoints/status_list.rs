//! `GET /status/{list}`: a signed Token Status List (draft-ietf-oauth-status-list section 8.1). Anyone may
//! fetch it, and it says nothing about who asks for which entry.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use credential_core::{
    jose::SignError,
    status_list::bitstring::{BitstringError, MEDIA_TYPE, Purpose},
};

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

/// `GET /status/{list}/{purpose}`: the same for badges, as a signed credential (Bitstring Status List 1.0).
pub(in crate::server) async fn bitstring(
    State(state): State<IssuerState>,
    Path((list, purpose)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let number = number(&list).ok_or(Refusal::NOT_FOUND)?;
    let purpose = Purpose::ALL
        .into_iter()
        .find(|known| known.name() == purpose);
    let purpose = purpose.ok_or(Refusal::NOT_FOUND)?;
    let list = off_the_loop(state, move |state| state.bitstring(number, purpose)).await?;
    let list = list.ok_or(Refusal::NOT_FOUND)?;
    let headers = [
        (header::CONTENT_TYPE, MEDIA_TYPE.to_owned()),
        (header::CACHE_CONTROL, format!("max-age={TTL}")),
    ];
    Ok((headers, list.to_string()).into_response())
}

impl From<BitstringError> for Refusal {
    fn from(error: BitstringError) -> Self {
        tracing::error!(%error, "a bitstring list was not signed");
        Self::UNAVAILABLE
    }
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
