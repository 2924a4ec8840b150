//! `GET /jwks`: the institution's public signing key (RFC 7517 section 5). Wallets and verifiers take
//! it from the trust list; this is for everyone else.

use axum::{Json, extract::State};
use credential_core::jose::{JwkSet, KeyUse};

use crate::server::IssuerState;

pub(in crate::server) async fn get(State(state): State<IssuerState>) -> Json<JwkSet> {
    let key = state.signer().public_jwk().clone();
    Json(JwkSet {
        keys: vec![key.with_use(KeyUse::Sig)],
    })
}
