//! A recipient leaves a sealed message for the holder of its grant, also after the grant's end: who
//! confirms that it has deleted what it read does so when there is no token any more. So the recipient
//! authenticates as a client here.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::extract::{Path, State, rejection::PathRejection};
use credential_core::{
    clock::Clock,
    id::{GrantId, MessageId},
    message::MessageHeader,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{Created, Describe as _, FormSchema, some_text},
    error::RouteError,
    extract::Client,
    message_check,
    notary::Notary,
    storage::{LeaveMessage, Store},
};

/// Where the endpoint stands.
pub const PATH: &str = "/grants/{grant_id}/messages";

/// What the recipient gets, the same for the same message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageAnswer {
    /// The message.
    pub message_id: MessageId,
    /// Until when it waits, seconds since 1970.
    pub exp: i64,
}

pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(notary): State<Notary>,
    grant_id: Result<Path<String>, PathRejection>,
    client: Client,
) -> Result<Created<MessageAnswer>, RouteError> {
    let now = clock.now();
    let message = client.form().require("message")?;
    let header = MessageHeader::read(message)?;
    let exp = message_check::check(&header, client.id(), now).map_err(RouteError::MessageUnfit)?;
    // A misspelt, an unknown and another's grant are the same to who asks.
    let grant_id: GrantId = grant_id
        .map_err(|_not_text| RouteError::UnknownGrant)?
        .parse()
        .map_err(|_error| RouteError::UnknownGrant)?;
    if header.grant_id != grant_id {
        return Err(RouteError::MessageUnfit("message_other_grant"));
    }
    let order = LeaveMessage {
        grant_id,
        sender: client.id().into(),
        message_id: header.message_id,
        kid: header.kid,
        exp,
        message: message.into(),
    };
    let left = store.leave_message(order, &notary, now).await?;
    left.ok_or(RouteError::UnknownGrant)??;
    let answer = MessageAnswer {
        message_id: header.message_id,
        exp: header.exp,
    };
    Ok(Created(answer))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "leaveMessage",
            "Leave a sealed message for the holder of a grant.",
        )
        .tag("recipient")
        .takes_form(&[FormSchema::default().required(
            "message",
            "The sealed message.",
            some_text(),
        )])
        .refuses(404, "This recipient has no such grant.")
        .refuses(409, "The message's id is in use.")
}
