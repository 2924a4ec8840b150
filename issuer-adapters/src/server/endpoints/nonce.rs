//! `POST /nonce`: a nonce for key proofs (OpenID4VCI 1.0 section 7); needs no token.

use axum::{extract::State, response::Response};
use credential_core::oid4vci::NonceResponse;

use crate::server::{
    IssuerState,
    answer::{Refusal, private_json},
};

pub(in crate::server) async fn post(State(state): State<IssuerState>) -> Result<Response, Refusal> {
    let expires_at = state.now() + state.lifetimes().nonce;
    let c_nonce = state.nonces().issue(expires_at, state.rng())?;
    Ok(private_json(&NonceResponse { c_nonce }))
}
