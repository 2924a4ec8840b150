//! A recipient's access token with its DPoP proof (RFC 9449 section 7.1).

use std::sync::Arc;

use aide::{
    OperationInput,
    generate::GenContext,
    openapi::{Operation, StatusCode},
};
use axum::{
    Extension,
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};

use chrono::{DateTime, Utc};

use super::{Proven, proof::TOO_OFTEN, remember};
use crate::{
    api::{Refusals, answer_header, refusals, require_token, text},
    endpoints::mailbox,
    error::RouteError,
    handles::{AccessToken, Handle, Handles},
    limits::Limits,
    state::{AppState, Issuer},
};
use axum::extract::FromRef as _;

/// The security scheme of a recipient's token.
pub(crate) const ACCESS_TOKEN: &str = "accessToken";
/// What is answered without a token that works, and its proof.
const TOKEN_REFUSED: [(u16, &str); 3] = [
    (400, "The request is not acceptable as it is."),
    (
        401,
        "The token or its proof does not work here, whatever the cause.",
    ),
    (429, TOO_OFTEN),
];

/// A mailbox request whose token was made here, has not expired, is meant for the mailbox, and is used
/// with the key it is bound to, in a proof that was not used before. Whether the grant still lives is
/// for the store's transaction to say.
#[derive(Debug)]
pub(crate) struct Authorized(AccessToken);

impl Authorized {
    /// What the token says.
    pub(crate) fn token(&self) -> &AccessToken {
        &self.0
    }
}

impl FromRequestParts<AppState> for Authorized {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, RouteError> {
        let (token, proof) = bound_token::<AccessToken>(parts, state)?;
        let audience = Issuer::from_ref(state).address(mailbox::RESOURCE);
        let now = state.clock.now();
        let trust = state.trust.current();
        let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
        if token.aud != audience {
            return Err(RouteError::Token);
        }
        if token.jkt != proof.jkt() || list.recipient(&token.client_id).is_none() {
            log_refusal(parts, state, &token, now).await?;
            return Err(RouteError::Token);
        }
        refuse_replay(state, &proof).await?;
        Ok(Self(token))
    }
}

/// The person is to know that somebody tried, but nobody fills a log from outside.
async fn log_refusal(
    parts: &mut Parts,
    state: &AppState,
    token: &AccessToken,
    now: DateTime<Utc>,
) -> Result<(), RouteError> {
    let Extension(limits) = Extension::<Arc<Limits>>::from_request_parts(parts, state)
        .await
        .map_err(|_missing| RouteError::NotMade)?;
    let grant = token.grant_id.to_string();
    if limits.strangers_reads.admit(&grant, now).is_ok() {
        let (subject, grant) = (token.subject_id, token.grant_id);
        let logged = state
            .store
            .refuse_read(subject, grant, &state.notary(), now);
        logged.await?;
    }
    Ok(())
}

/// Opens the token of the `Authorization` header and checks the proof that comes with it. The proof is
/// looked at first: what is wrong with it says nothing about the token.
pub(super) fn bound_token<H: Handle>(
    parts: &Parts,
    state: &AppState,
) -> Result<(H, Proven), RouteError> {
    let token = dpop_token(&parts.headers).ok_or(RouteError::Token)?;
    let proof = Proven::check(parts, state, Some(token)).map_err(|error| match error {
        RouteError::Proof(reason) => RouteError::ResourceProof(reason),
        RouteError::ProofNonce => RouteError::ResourceProofNonce,
        other => other,
    })?;
    let handle = Handles::from_ref(state).open(token, state.clock.now())?;
    Ok((handle, proof))
}

pub(super) async fn refuse_replay(state: &AppState, proof: &Proven) -> Result<(), RouteError> {
    match remember(&*state.store, vec![proof.id()]).await? {
        None => Ok(()),
        Some(_) => Err(RouteError::ResourceProof("dpop_replayed")),
    }
}

/// The token of exactly one `Authorization: DPoP …` header; the scheme's case does not matter.
fn dpop_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("DPoP")
        .then_some(token.trim_start())
}

impl OperationInput for Authorized {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        require_token(operation, ACCESS_TOKEN);
    }

    fn inferred_early_responses(ctx: &mut GenContext, _operation: &mut Operation) -> Refusals {
        token_refusals(ctx)
    }
}

/// What is answered without a working token.
pub(super) fn token_refusals(ctx: &mut GenContext) -> Refusals {
    let mut refused = refusals(ctx, &TOKEN_REFUSED);
    for (status, response) in &mut refused {
        if *status == Some(StatusCode::Code(401)) {
            let challenge = answer_header("Names the error and the algorithms of proofs.", text());
            response
                .headers
                .insert("WWW-Authenticate".into(), challenge);
        }
    }
    refused
}
