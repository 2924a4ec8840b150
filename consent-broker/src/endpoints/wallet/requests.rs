//! A wallet opens a request with the ticket its browser was given. Only now is its account kept: without
//! a ticket, nobody makes a row here.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use credential_core::{clock::Clock, id::RequestId, transparency::BlindingKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::Describe as _,
    error::RouteError,
    extract::{Body, Holder},
    handles::{CrossDeviceTicket, HandleError, Handles, Ticket},
    interaction::{InteractionError, Opened, Way},
    storage::Store,
    suspension::refuse_suspended,
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/requests";

/// What the wallet sends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenRequest {
    ticket: String,
    /// The key under which this account's heads are blinded in the global log; counts at the first time.
    log_key: Option<BlindingKey>,
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
    Body(OpenRequest { ticket, log_key }): Body<OpenRequest>,
) -> Result<Json<OpenedRequest>, RouteError> {
    let now = clock.now();
    let (request_id, session, way) =
        read_ticket(&ticket, &handles, now).map_err(|_foreign| InteractionError::Unknown)?;
    let opened = Opened {
        subject_id: holder.subject(),
        session,
        way,
    };
    let pushed = store.open_interaction(request_id, opened, now).await??;
    refuse_suspended(&*store, &pushed.interaction.client_id).await?;
    let kept = store.account(holder.thumbprint(), holder.account().clone());
    if kept.await? != *holder.account() {
        // Known under other names since this token was made: the next one will have them.
        return Err(RouteError::Token);
    }
    if let Some(key) = log_key {
        store.give_log_key(holder.subject(), key).await?;
    }
    Ok(Json(OpenedRequest {
        request_id,
        request: pushed.request,
    }))
}

/// A ticket of either kind: the request, the browser, and where that browser is.
fn read_ticket(
    text: &str,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<(RequestId, String, Way), HandleError> {
    match handles.open::<Ticket>(text, now) {
        Ok(ticket) => Ok((ticket.request_id, ticket.session, Way::SameDevice)),
        Err(_foreign) => {
            let ticket: CrossDeviceTicket = handles.open(text, now)?;
            Ok((ticket.request_id, ticket.session, Way::CrossDevice))
        }
    }
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("openRequest", "Open a request with the browser's ticket.")
        .tag("wallet")
        .refuses(409, "The request has been decided.")
}
