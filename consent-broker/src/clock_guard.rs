//! Refuses what must not happen by a clock that has jumped.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{
    endpoints::{
        details_types, health, jwks, metadata, openapi, revoke, style, trust_list, wallet,
    },
    surroundings::Surroundings,
};

/// What gives nothing out, whatever the time is: descriptions, and all ways to stop a share. A proof that
/// is shown twice because of the wrong time stops it twice.
const ALWAYS: [&str; 14] = [
    details_types::PATH,
    health::PATH,
    health::LIVE_PATH,
    health::READY_PATH,
    jwks::PATH,
    metadata::PATH,
    openapi::PATH,
    revoke::PATH,
    style::PATH,
    trust_list::PATH,
    wallet::token::PATH,
    wallet::grants::WITHDRAW_PATH,
    wallet::ending::STOP_ALL_PATH,
    wallet::ending::WITHDRAW_PATH,
];

pub(crate) async fn guard(
    State(surroundings): State<Arc<Surroundings>>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let is_harmless = route.is_none_or(|route| ALWAYS.contains(&route.as_str()));
    if !is_harmless && let Err(refusal) = surroundings.refuse_a_jump() {
        return refusal.into_response();
    }
    next.run(request).await
}
