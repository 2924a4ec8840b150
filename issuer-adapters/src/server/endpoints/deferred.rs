//! `POST /deferred`: a credential that could not be issued when it was asked for (OpenID4VCI 1.0 section 9).

use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::HeaderMap,
    response::Response,
};
use credential_core::encoding::from_base64url;
use serde::Deserialize;
use serde_json::Value;

use super::credential::MALFORMED;
use crate::server::{
    IssuerState,
    access::authorized,
    answer::{Refusal, off_the_loop},
    envelope::respond,
    form::body,
    registry::TransactionId,
};

/// Members this issuer knows; others are ignored.
#[derive(Debug, Deserialize)]
struct Request {
    transaction_id: Option<String>,
    credential_response_encryption: Option<Value>,
}

pub(in crate::server) async fn post(
    State(state): State<IssuerState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let access = authorized(&state, "/deferred", query.as_deref(), &headers)?;
    let content = state.envelopes().open(&headers, &body(sent)?)?;
    let request: Request = serde_json::from_slice(&content.json).map_err(|_malformed| MALFORMED)?;
    let transaction = request.transaction_id.ok_or(MALFORMED)?;
    let encryption = state
        .envelopes()
        .wanted(request.credential_response_encryption, &content)?;
    let id = transaction_id(&transaction).ok_or(UNKNOWN)?;
    let answer = off_the_loop(state, move |state| {
        state.hand_out_later(access.offer, &id).inspect_err(
            |error| tracing::info!(offer.id = %access.offer, %error, "nothing was issued"),
        )
    });
    respond(&answer.await?, encryption.as_ref())
}

fn transaction_id(text: &str) -> Option<TransactionId> {
    if text.len() > 64 {
        return None;
    }
    from_base64url(text).ok()?.try_into().ok()
}

pub(super) const UNKNOWN: Refusal = Refusal::bad_request(
    "invalid_transaction_id",
    "transaction_unknown",
    "There is no such transaction, or its credential was collected.",
);
