//! DPoP proofs (RFC 9449 section 4.3) and the memory of what was used before.

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::{extract::FromRequestParts, http::request::Parts};
use credential_core::jose::dpop::{self, Proof};

use crate::{
    api::{Refusals, compact_jws, header, refusals},
    error::RouteError,
    nonces::Nonces,
    state::AppState,
    storage::{ProofId, Store},
};

/// A request whose DPoP proof belongs to it. Whether the proof was used before is not known yet.
#[derive(Debug)]
pub(crate) struct Proven(Proof);

impl Proven {
    /// The thumbprint of the key.
    pub(crate) fn jkt(&self) -> &str {
        self.0.thumbprint()
    }

    /// What must be remembered of it.
    pub(crate) fn id(&self) -> ProofId {
        ProofId {
            owner: format!("dpop {}", self.0.thumbprint()),
            id: self.0.id().into(),
            until: self.0.remember_until(),
        }
    }

    /// Checks the one `DPoP` header of a request; with `access_token`, that it is bound to it. The nonce
    /// comes last: only who would be let in otherwise is told to take a new one.
    pub(super) fn check(
        parts: &Parts,
        state: &AppState,
        access_token: Option<&str>,
    ) -> Result<Self, RouteError> {
        let mut headers = parts.headers.get_all("dpop").iter();
        let (Some(header), None) = (headers.next(), headers.next()) else {
            return Err(RouteError::Proof("dpop_not_exactly_one"));
        };
        let header = header
            .to_str()
            .map_err(|_not_ascii| RouteError::Proof("dpop_not_ascii"))?;
        // The address is our own idea of it: a proxy or a Host header has no say.
        let issuer = state.issuer.trim_end_matches('/');
        let uri = format!("{issuer}{}", parts.uri.path());
        let now = state.clock.now();
        let proof = dpop::check(header, parts.method.as_str(), &uri, access_token, now)?;
        let nonces = Nonces::of(&parts.extensions)?;
        if !proof.nonce().is_some_and(|n| nonces.accepts(n, now)) {
            return Err(RouteError::ProofNonce);
        }
        Ok(Self(proof))
    }
}

impl FromRequestParts<AppState> for Proven {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, RouteError> {
        Self::check(parts, state, None)
    }
}

/// Remembers used proofs; gives the place of the first that was used before.
pub(crate) async fn remember(
    store: &dyn Store,
    proofs: Vec<ProofId>,
) -> Result<Option<usize>, RouteError> {
    Ok(store.remember_proofs(proofs).await?)
}

/// What is answered to those who come too often.
pub(super) const TOO_OFTEN: &str = "Too many requests.";

impl OperationInput for Proven {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        let proof = "A fresh DPoP proof for this request (RFC 9449 section 4).";
        header(operation, "DPoP", proof, compact_jws(), true);
    }

    fn inferred_early_responses(ctx: &mut GenContext, _operation: &mut Operation) -> Refusals {
        refusals(
            ctx,
            &[
                (400, "The proof or the request is not acceptable."),
                (429, TOO_OFTEN),
            ],
        )
    }
}
