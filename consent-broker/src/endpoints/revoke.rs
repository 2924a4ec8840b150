//! Revocation (RFC 7009): a recipient gives back its tokens. Handles are not kept anywhere, so that one
//! cannot end alone: whichever token comes, every handle of its grant ends. The grant itself stays.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Extension, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use credential_core::clock::Clock;

use crate::{
    api::{Describe as _, FormSchema, some_text, text},
    error::RouteError,
    extract::Asserted,
    handles::{AccessToken, Handles, RefreshToken},
    limits::Limits,
    notary::Notary,
    storage::{Store, UseToken},
};

/// Where the endpoint stands.
pub const PATH: &str = "/revoke";

/// 200 for every token, also for unknown, ended and foreign ones (section 2.2); `token_type_hint` is not
/// needed, because a handle says what it is.
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(handles): State<Handles>,
    State(notary): State<Notary>,
    Extension(limits): Extension<Arc<Limits>>,
    client: Asserted,
) -> Result<StatusCode, RouteError> {
    let now = clock.now();
    limits.calls.admit(client.id(), now)?;
    let token = client.form().require("token")?;
    if let Some(order) = own(token, client.id(), &handles, now) {
        store.end_handles(order, &notary, now).await?;
    }
    Ok(StatusCode::OK)
}

/// The grant of a token that was made for this client.
fn own(token: &str, client_id: &str, handles: &Handles, now: DateTime<Utc>) -> Option<UseToken> {
    let (named, order) = if let Ok(refresh) = handles.open::<RefreshToken>(token, now) {
        let order = UseToken {
            subject_id: refresh.subject_id,
            grant_id: refresh.grant_id,
            epoch: refresh.epoch,
        };
        (refresh.client_id, order)
    } else {
        let access: AccessToken = handles.open(token, now).ok()?;
        (access.client_id.clone(), UseToken::from(&access))
    };
    (named == client_id).then_some(order)
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("revoke", "End the tokens of a grant (RFC 7009).")
        .tag("recipient")
        .takes_form(&[FormSchema::default()
            .required("token", "Any token of the grant.", some_text())
            .optional("token_type_hint", "Not looked at.", text())])
        .answers_empty(200, "Whatever token it was does not work.")
}
