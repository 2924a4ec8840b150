//! Somebody who has proven nothing and is known by an address alone.

use std::sync::Arc;

use aide::OperationInput;
use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{callers::TrustedProxies, error::RouteError, limits::Limits, state::AppState};

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

impl OperationInput for Visitor {}
