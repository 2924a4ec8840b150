//! A wallet opens a request with the ticket its browser was given. Only now is its account kept: without
//! a ticket, nobody makes a row here.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Json, extract::State};
use credential_core::{clock::Clock, id::RequestId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::Describe as _,
    error::RouteError,
    extract::{Body, Holder},
    handles::{Handles, Ticket},
    interaction::InteractionError,
    storage::Store,
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/requests";

/// What the wallet sends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenRequest {
    ticket: String,
}

/// What it gets: the request object, to be checked against the trust list by the wallet itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenedRequest {
    /// Names the request in the decision.
    pub request_id: RequestId,
    /// The signed request object.
    pub request: String,
}

pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(handles): State<Handles>,
    holder: Holder,
    Body(OpenRequest { ticket }): Body<OpenRequest>,
) -> Result<Json<OpenedRequest>, RouteError> {
    let now = clock.now();
    let ticket: Ticket = handles
        .open(&ticket, now)
        .map_err(|_foreign| InteractionError::Unknown)?;
    let pushed = store
        .open_interaction(ticket.request_id, ticket.session, holder.subject(), now)
        .await??;
    let kept = store.account(holder.thumbprint(), holder.account().clone());
    if kept.await? != *holder.account() {
        // Known under other names since this token was made: the next one will have them.
        return Err(RouteError::Token);
    }
    Ok(Json(OpenedRequest {
        request_id: ticket.request_id,
        request: pushed.request,
    }))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("openRequest", "Open a request with the browser's ticket.")
        .tag("wallet")
        .refuses(409, "The request has been decided.")
}
