//! The wallet's own token: an assertion (RFC 7523 section 2.1) and a DPoP proof by the same pairwise key.
//! The first use makes the account; no name, no password.

use std::sync::Arc;

use axum::{Json, extract::State};
use credential_core::{
    clock::Clock,
    encoding::base64url,
    id::SubjectId,
    oauth::{
        client_assertion::{self, JWT_BEARER_GRANT},
        token::TokenResponse,
    },
    rng::{Rng, random},
};

use crate::{
    error::RouteError,
    extract::{Form, Proven, remember},
    handles::{Handles, WalletToken},
    state::Issuer,
    storage::{Account, ProofId, Store},
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/token";
/// How long a wallet's token lives, in seconds.
const LIFE_SECONDS: u32 = 600;

pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(rng): State<Arc<dyn Rng>>,
    State(handles): State<Handles>,
    State(issuer): State<Issuer>,
    proof: Proven,
    form: Form,
) -> Result<Json<TokenResponse>, RouteError> {
    let now = clock.now();
    if form.require("grant_type")? != JWT_BEARER_GRANT {
        return Err(RouteError::GrantType);
    }
    let (assertion, key) =
        client_assertion::check_wallet(form.require("assertion")?, issuer.as_str(), now)
            .map_err(|_any| RouteError::Grant)?;
    let thumbprint = key.thumbprint();
    if thumbprint != proof.jkt() {
        return Err(RouteError::Proof("dpop_other_key"));
    }
    let memory = ProofId {
        owner: format!("wallet {thumbprint}"),
        id: assertion.id().into(),
        until: assertion.remember_until(),
    };
    match remember(&*store, vec![memory, proof.id()]).await? {
        None => {}
        Some(0) => return Err(RouteError::Grant),
        Some(_) => return Err(RouteError::Proof("dpop_replayed")),
    }
    let fresh = Account {
        subject_id: SubjectId::random(&*rng).map_err(|_none| RouteError::NotMade)?,
        log_id: base64url(random::<16>(&*rng).map_err(|_none| RouteError::NotMade)?),
    };
    let account = store.account(&thumbprint, fresh).await?;
    let access_token = handles.seal(&WalletToken {
        subject_id: account.subject_id,
        jkt: thumbprint,
        exp: now.timestamp() + i64::from(LIFE_SECONDS),
    })?;
    Ok(Json(TokenResponse {
        access_token,
        token_type: "DPoP".into(),
        expires_in: LIFE_SECONDS,
        refresh_token: None,
        authorization_details: Vec::new(),
        grant_id: None,
    }))
}
