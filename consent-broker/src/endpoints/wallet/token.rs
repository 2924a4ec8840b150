//! The wallet's own token: an assertion (RFC 7523 section 2.1) and a DPoP proof by the same pairwise key.
//! No name, no password, and nothing kept but the proofs for their time: the account begins when the
//! wallet opens a request.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Extension, Json, extract::State};
use credential_core::{
    clock::Clock,
    encoding::base64url,
    id::SubjectId,
    oauth::{
        client_assertion::{self, JWT_BEARER_GRANT},
        token::TokenResponse,
    },
};

use crate::{
    api::{Describe as _, FormSchema, compact_jws},
    error::RouteError,
    extract::{Form, Proven, Visitor, remember},
    handles::{Handles, WalletToken},
    keys::BrokerKeys,
    limits::Limits,
    state::Issuer,
    storage::{Account, ProofId, Store},
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/token";
/// How long a wallet's token lives, in seconds.
const LIFE_SECONDS: u32 = 600;

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(keys): State<BrokerKeys>,
    State(handles): State<Handles>,
    State(issuer): State<Issuer>,
    Extension(limits): Extension<Arc<Limits>>,
    _visitor: Visitor,
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
    let known = store.known_account(&thumbprint).await?;
    if known.is_none() {
        limits.new_wallets.admit("all", now)?;
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
    let account = match known {
        Some(account) => account,
        None => future_account(&keys, &thumbprint)?,
    };
    let access_token = handles.seal(&WalletToken {
        subject_id: account.subject_id,
        log_id: account.log_id,
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

/// The names an account will have once it is kept: the same each time, and random to everyone without
/// the broker's secret.
fn future_account(keys: &BrokerKeys, thumbprint: &str) -> Result<Account, RouteError> {
    let name = |of: &[u8]| {
        let derived = keys.names_key().derive(&[of, thumbprint.as_bytes()])?;
        derived.first_chunk::<16>().copied()
    };
    let (subject, log) = name(b"account subject/")
        .zip(name(b"account log/"))
        .ok_or(RouteError::NotMade)?;
    Ok(Account {
        subject_id: SubjectId::from_bytes(subject),
        log_id: base64url(log),
    })
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("walletToken", "Get the wallet's own token.")
        .tag("wallet")
        .takes_form(&[FormSchema::default()
            .constant("grant_type", JWT_BEARER_GRANT)
            .required(
                "assertion",
                "Signed with the pairwise key of the proof.",
                compact_jws(),
            )])
}
