//! A recipient with a token for its own grant's administration.

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::{
    extract::{FromRef as _, FromRequestParts},
    http::request::Parts,
};

use super::token::{bound_token, refuse_replay, token_refusals};
use crate::{
    api::{Refusals, require_token},
    endpoints::grants,
    error::RouteError,
    handles::AccessToken,
    state::{AppState, Issuer},
};

/// The security scheme of a token for the administration of a grant.
pub(crate) const GRANT_TOKEN: &str = "grantToken";

/// A request whose token was made here for the administration of one grant, has not expired, and is used
/// with the key it is bound to, in a proof that was not used before. Whether the grant still lives is for
/// the store to say.
#[derive(Debug)]
pub(crate) struct Manager(AccessToken);

impl Manager {
    /// What the token says.
    pub(crate) fn token(&self) -> &AccessToken {
        &self.0
    }
}

impl FromRequestParts<AppState> for Manager {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, RouteError> {
        let (token, proof) = bound_token::<AccessToken>(parts, state)?;
        let trust = state.trust.current();
        let list = trust.list(state.clock.now());
        let list = list.ok_or(RouteError::TrustExpired)?;
        let is_good = token.aud == Issuer::from_ref(state).address(grants::RESOURCE)
            && token.jkt == proof.jkt()
            && list.recipient(&token.client_id).is_some();
        if !is_good {
            return Err(RouteError::Token);
        }
        refuse_replay(state, &proof).await?;
        Ok(Self(token))
    }
}

impl OperationInput for Manager {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        require_token(operation, GRANT_TOKEN);
    }

    fn inferred_early_responses(ctx: &mut GenContext, _operation: &mut Operation) -> Refusals {
        token_refusals(ctx)
    }
}
