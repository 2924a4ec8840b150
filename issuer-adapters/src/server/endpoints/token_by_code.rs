//! The authorization code at the token endpoint (RFC 6749 section 4.1.3): for the client, address, code
//! verifier and key it was asked for with, once, and always with a DPoP proof (HAIP 1.0 section 4).

use axum::{http::HeaderMap, response::Response};
use credential_core::oauth::pkce;

use super::token::token;
use crate::server::{
    IssuerState,
    answer::{Refusal, off_the_loop, private_json},
    attestation::attested,
    authorization::{Asked, Code},
    dpop::{Side, proven},
    form::Form,
    handles::Grant,
    registry::CodeUse,
};

pub(super) async fn redeem(
    state: IssuerState,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Response, Refusal> {
    let sent = form.value("code").ok_or(NO_CODE)?;
    let code: Code = state.handles().open(sent, state.now()).ok_or(DEAD)?;
    let asked = &code.asked;
    belongs(asked, form)?;
    let client = attested(&state, headers, Some(&asked.client_id))?;
    if asked.attested.is_some() && client != asked.attested {
        return Err(ATTESTATION);
    }
    let jkt = proven(&state, Side::Authorization, "/token", headers, None)?.ok_or(NO_PROOF)?;
    if asked.dpop_jkt.as_ref().is_some_and(|bound| *bound != jkt) {
        return Err(OTHER_KEY);
    }
    let answer = off_the_loop(state, move |state| {
        let now = state.now();
        let life = state.token_life(&code.offer, true)?;
        let used = state
            .registry()
            .redeem_by(&code.offer, &code.id, now, now + life)?;
        if used != CodeUse::Granted {
            tracing::warn!(offer.id = %code.offer, ?used, "an authorization code was refused");
            return Err(DEAD);
        }
        let grant = Grant {
            offer: code.offer,
            configurations: Some(code.asked.configurations),
            by_identifier: code.asked.by_identifier,
            jkt: Some(jkt),
        };
        token(state, grant, life).map_err(Refusal::from)
    });
    Ok(private_json(&answer.await?))
}

/// Whether client, address and verifier are those of the pushed request.
fn belongs(asked: &Asked, form: &Form) -> Result<(), Refusal> {
    if form.value("client_id") != Some(&asked.client_id) {
        return Err(CLIENT);
    }
    if form.value("redirect_uri") != Some(&asked.redirect_uri) {
        return Err(ADDRESS);
    }
    let verifier = form.value("code_verifier").unwrap_or_default();
    if !pkce::matches(verifier, &asked.code_challenge) {
        return Err(VERIFIER);
    }
    Ok(())
}

const NO_CODE: Refusal =
    Refusal::bad_request("invalid_request", "code_missing", "The code is missing.");
const DEAD: Refusal = Refusal::bad_request(
    "invalid_grant",
    "code_dead",
    "This code cannot be used, or no longer.",
);
const CLIENT: Refusal = Refusal::bad_request(
    "invalid_grant",
    "code_other_client",
    "The code was given to another client.",
);
const ADDRESS: Refusal = Refusal::bad_request(
    "invalid_grant",
    "code_other_redirect_uri",
    "The code was given for another redirect_uri.",
);
const VERIFIER: Refusal = Refusal::bad_request(
    "invalid_grant",
    "code_other_verifier",
    "The code_verifier does not belong to the code.",
);
const ATTESTATION: Refusal = Refusal::bad_request(
    "invalid_client",
    "attestation_other_key",
    "The request was pushed with a wallet attestation of another key.",
);
const NO_PROOF: Refusal = Refusal::bad_request(
    "invalid_dpop_proof",
    "dpop_missing",
    "An authorization code is used with a DPoP proof.",
);
const OTHER_KEY: Refusal = Refusal::bad_request(
    "invalid_dpop_proof",
    "dpop_other_key",
    "The code is bound to another key.",
);
