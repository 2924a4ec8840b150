//! `GET /jwks`: the institution's public signing keys, the one that signs first (RFC 7517 section 5). Wallets and verifiers take
//! it from the trust list; this is for everyone else.

use axum::{Json, extract::State};
use credential_core::jose::{JwkSet, KeyUse};

use crate::server::IssuerState;

pub(in crate::server) async fn get(State(state): State<IssuerState>) -> Json<JwkSet> {
    let keys = std::iter::once(state.public_key()).chain(state.retired().iter().cloned());
    Json(JwkSet {
        keys: keys.map(|key| key.with_use(KeyUse::Sig)).collect(),
    })
}
