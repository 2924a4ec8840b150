//! `POST /challenge`: a challenge for the proof that comes with a wallet attestation; needs no token.

use axum::{extract::State, response::Response};
use credential_core::oid4vci::authorization::ChallengeResponse;

use crate::server::{IssuerState, answer::private_json, dpop::Side};

pub(in crate::server) async fn post(State(state): State<IssuerState>) -> Response {
    private_json(&ChallengeResponse {
        attestation_challenge: state.possession().nonce(Side::Attestation, state.now()),
    })
}
