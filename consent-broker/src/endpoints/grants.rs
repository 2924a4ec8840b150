//! A recipient's own grant (FAPI Grant Management for OAuth 2.0): how it stands, and that it is needed no
//! longer. The token is one for this resource, made under that very grant, so that nothing can be learnt
//! here about another one.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use credential_core::{clock::Clock, id::GrantId, oauth::grant_management::GrantStatus};

use crate::{
    api::Describe as _,
    error::RouteError,
    extract::Manager,
    handles::AccessToken,
    limits::Limits,
    notary::Notary,
    storage::{Store, UseToken},
};

/// The resource that its access tokens are for, relative to the issuer.
pub const RESOURCE: &str = "/grants";
/// Where one grant stands.
pub const PATH: &str = "/grants/{grant_id}";

/// What was granted, and how often it was read.
pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    Extension(limits): Extension<Arc<Limits>>,
    manager: Manager,
    grant_id: Result<Path<String>, PathRejection>,
) -> Result<Json<GrantStatus>, RouteError> {
    let now = clock.now();
    let token = named(&manager, grant_id, &limits, now)?;
    let found = store.grant(token.subject_id, token.grant_id).await?;
    let (grant, papers) = found
        .filter(|(grant, _papers)| grant.may_have_token(token.epoch, now))
        .ok_or(RouteError::Token)?;
    Ok(Json(GrantStatus {
        authorization_details: papers.granted().into_iter().collect(),
        reads: grant.reads,
    }))
}

/// Ends the grant; what was deposited is gone in the same step.
pub(crate) async fn delete(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(notary): State<Notary>,
    Extension(limits): Extension<Arc<Limits>>,
    manager: Manager,
    grant_id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, RouteError> {
    let now = clock.now();
    let token = named(&manager, grant_id, &limits, now)?;
    let has_ended = store.give_up(UseToken::from(token), &notary, now).await?;
    if has_ended {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(RouteError::Token)
    }
}

/// The token, when the address names its grant: a foreign, an unknown and a misspelt one are the same.
fn named<'m>(
    manager: &'m Manager,
    grant_id: Result<Path<String>, PathRejection>,
    limits: &Limits,
    now: DateTime<Utc>,
) -> Result<&'m AccessToken, RouteError> {
    let token = manager.token();
    let grant_id = grant_id.map_err(|_not_text| RouteError::Token)?;
    if grant_id.parse::<GrantId>() != Ok(token.grant_id) {
        return Err(RouteError::Token);
    }
    limits.grants.admit(&token.grant_id.to_string(), now)?;
    Ok(token)
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("grant", "How a recipient's own grant stands.")
        .tag("recipient")
}

pub(crate) fn describe_delete(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("giveUp", "End a recipient's own grant.")
        .tag("recipient")
        .answers_empty(204, "The grant has ended, and its deposits are gone.")
}
