//! Somebody who has proven nothing and is known by an address alone.

use std::sync::Arc;

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::{extract::FromRequestParts, http::request::Parts};

use super::proof::TOO_OFTEN;
use crate::{
    api::{Refusals, refusals},
    callers::TrustedProxies,
    error::RouteError,
    limits::Limits,
    state::AppState,
};

/// A visit from an address that does not come too often.
#[derive(Debug)]
pub(crate) struct Visitor(());

impl FromRequestParts<AppState> for Visitor {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, RouteError> {
        let proxies = parts.extensions.get::<Arc<TrustedProxies>>();
        let caller = proxies.ok_or(RouteError::NotMade)?.caller(parts);
        let limits = Limits::of(parts)?;
        limits.visitors.admit(&caller, state.clock.now())?;
        Ok(Self(()))
    }
}

impl OperationInput for Visitor {
    fn inferred_early_responses(ctx: &mut GenContext, _operation: &mut Operation) -> Refusals {
        refusals(ctx, &[(429, TOO_OFTEN)])
    }
}
