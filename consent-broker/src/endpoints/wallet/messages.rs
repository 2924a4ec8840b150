//! A person fetches the sealed messages of recipients, and deletes them here once the wallet has them.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    id::{GrantId, MessageId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::Describe as _,
    error::RouteError,
    extract::Holder,
    storage::{Store, WaitingMessage},
};

/// Where the messages stand.
pub const PATH: &str = "/wallet/messages";
/// Where one is deleted. Its sender names a message, so the name counts within one grant only.
pub const ONE_PATH: &str = "/wallet/messages/{grant_id}/{message_id}";

/// What waits, oldest first; after these were deleted there may be more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageList {
    /// At most 100.
    pub messages: Vec<MessageView>,
}

/// One message, as the broker has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageView {
    /// Under which grant it was left.
    pub grant_id: GrantId,
    /// The message.
    pub message_id: MessageId,
    /// When it was left.
    pub left_at: DateTime<Utc>,
    /// The compact JWE.
    pub message: String,
}

pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    holder: Holder,
) -> Result<Json<MessageList>, RouteError> {
    let waiting = store.waiting_messages(holder.subject(), clock.now());
    let messages = waiting.await?.into_iter().map(view).collect();
    Ok(Json(MessageList { messages }))
}

fn view(waiting: WaitingMessage) -> MessageView {
    let WaitingMessage {
        grant_id,
        message_id,
        left_at,
        message,
    } = waiting;
    MessageView {
        grant_id,
        message_id,
        left_at,
        message,
    }
}

/// Whether it was there or not, afterwards it is not.
pub(crate) async fn delete(
    State(store): State<Arc<dyn Store>>,
    holder: Holder,
    ids: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, RouteError> {
    let Path((grant, message)) = ids.map_err(|_not_text| RouteError::UnknownGrant)?;
    let grant: GrantId = grant.parse().map_err(|_error| RouteError::UnknownGrant)?;
    let message: MessageId = message.parse().map_err(|_error| RouteError::UnknownGrant)?;
    store.take_message(holder.subject(), grant, message).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("messages", "Messages that recipients have left.")
        .tag("wallet")
}

pub(crate) fn describe_delete(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("deleteMessage", "Delete a message that the wallet has.")
        .tag("wallet")
        .answers_empty(204, "It is not here, or not any more.")
        .refuses(404, "There is no such address.")
}
