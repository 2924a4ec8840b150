//! `GET /health`: whether the server can do its work, for whoever keeps it running.

use axum::{extract::State, response::Response};
use serde_json::json;

use crate::server::{
    IssuerState,
    answer::{Refusal, private_json},
};

pub(in crate::server) async fn get(State(state): State<IssuerState>) -> Result<Response, Refusal> {
    if state.registry().is_running() {
        Ok(private_json(&json!({"status": "ok"})))
    } else {
        Err(Refusal::UNAVAILABLE)
    }
}
