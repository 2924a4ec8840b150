//! The witness's one endpoint.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use credential_core::transparency::{MAX_REQUEST, Refusal};
use tokio::time::timeout;

use super::{Witness, WitnessError};

/// How long one request may take to come in.
const PATIENCE: Duration = Duration::from_secs(20);
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const SIZE: HeaderValue = HeaderValue::from_static("text/x.tlog.size");

/// `POST /add-checkpoint` by C2SP tlog-witness, and `GET /health`.
pub fn witness_router(witness: Witness) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add))
        .route("/health", get(async || "ok"))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(witness)
}

async fn add(State(witness): State<Witness>, request: axum::extract::Request) -> Response {
    let body = axum::body::to_bytes(request.into_body(), MAX_REQUEST);
    let Ok(body) = timeout(PATIENCE, body).await else {
        return StatusCode::REQUEST_TIMEOUT.into_response();
    };
    let Some(body) = body
        .ok()
        .and_then(|body| String::from_utf8(body.into()).ok())
    else {
        return answer(Err(Refusal::Malformed.into()));
    };
    // Keeping waits for the disk.
    match tokio::task::spawn_blocking(move || witness.add_checkpoint(&body)).await {
        Ok(decided) => answer(decided),
        Err(_panic) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn answer(decided: Result<String, WitnessError>) -> Response {
    let error = match decided {
        Ok(line) => return ([(header::CONTENT_TYPE, PLAIN)], line).into_response(),
        Err(error) => error,
    };
    match error {
        WitnessError::Folder(error) => {
            tracing::error!(reason = error.reason(), "nothing is cosigned");
        }
        WitnessError::Refused(Refusal::Inconsistent) => {
            tracing::warn!(reason = error.reason(), "a log is not what it was");
        }
        WitnessError::Refused(_) => {
            tracing::info!(reason = error.reason(), "not cosigned");
        }
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let WitnessError::Refused(Refusal::Conflict { size }) = error {
        return (status, [(header::CONTENT_TYPE, SIZE)], format!("{size}\n")).into_response();
    }
    (
        status,
        [(header::CONTENT_TYPE, PLAIN)],
        format!("{error}\n"),
    )
        .into_response()
}
