//! `POST /notification`: what became of credentials in the wallet (OpenID4VCI 1.0 section 11). It is kept
//! beside them in the registry; nothing is revoked because of it.

use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
};
use credential_core::oid4vci::notification::Notification;

use crate::server::{
    IssuerState, RegistryError,
    access::authorized,
    answer::{Refusal, off_the_loop},
    form::{body, has_type},
};

/// Why nothing was noted.
#[derive(Debug, thiserror::Error)]
enum NotificationError {
    #[error("the notification id is not one of this access token")]
    UnknownId,
    #[error(transparent)]
    Registry(RegistryError),
}

pub(in crate::server) async fn post(
    State(state): State<IssuerState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    let access = authorized(&state, "/notification", query.as_deref(), &headers)?;
    let body = body(sent)?;
    if !has_type(&headers, "application/json") {
        return Err(MALFORMED);
    }
    let told: Notification = serde_json::from_slice(&body).map_err(|_malformed| MALFORMED)?;
    if !told.is_acceptable() {
        return Err(MALFORMED);
    }
    let indexes = state
        .notification_ids()
        .indexes(&told.notification_id)
        .ok_or(NotificationError::UnknownId)?;
    let offer = access.offer;
    off_the_loop(state, move |state| {
        let noted = state.registry().note(offer, &indexes, told.event);
        noted.map_err(|error| match error {
            RegistryError::NoSuchCredential { .. } => NotificationError::UnknownId,
            error => NotificationError::Registry(error),
        })
    })
    .await?;
    tracing::info!(offer.id = %offer, event = ?told.event, "a wallet told what became of its credentials");
    Ok(StatusCode::NO_CONTENT)
}

impl From<NotificationError> for Refusal {
    fn from(error: NotificationError) -> Self {
        match error {
            NotificationError::UnknownId => Self::bad_request(
                "invalid_notification_id",
                "notification_unknown",
                "There is no such notification id for this access token.",
            ),
            NotificationError::Registry(error) => error.into(),
        }
    }
}

const MALFORMED: Refusal = Refusal::bad_request(
    "invalid_notification_request",
    "notification_malformed",
    "The notification is not JSON of the required form.",
);
