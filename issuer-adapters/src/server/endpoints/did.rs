//! `GET /.well-known/did.json`, or `did.json` below the identifier's path: the document of the institution's
//! `did:web`, with every key that verifies something of it. Who has the trust list needs no document; this is for
//! everyone else.

use axum::{Json, extract::State};
use credential_core::did::document;
use serde_json::Value;

use crate::server::{IssuerState, answer::Refusal};

pub(in crate::server) async fn get(
    State(state): State<IssuerState>,
) -> Result<Json<Value>, Refusal> {
    let did = state.did().ok_or(Refusal::NOT_FOUND)?;
    let mut keys = vec![state.public_key()];
    keys.extend(state.retired().iter().cloned());
    keys.extend(state.badge_signer().map(|key| key.public_jwk().clone()));
    Ok(Json(document(did.as_str(), &keys)))
}
