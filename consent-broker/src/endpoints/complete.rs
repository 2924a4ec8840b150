//! The way back: the browser that began, and no other, takes the code to the recipient.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use credential_core::clock::Clock;

use super::authorize::{describe_refusals, refused};
use crate::{
    api::Describe as _,
    error::RouteError,
    extract::Visitor,
    grant::Grant,
    handles::{AuthorizationCode, CompletionLink, Handles},
    interaction::{Callback, InteractionError},
    pages::{self, Session},
    state::Issuer,
    storage::{Completion, Store},
};

/// Where the endpoint stands.
pub const PATH: &str = "/complete/{handle}";
/// How long a code lives (FAPI 2.0 section 5.3.2.1), in seconds.
const CODE_LIFE_SECONDS: i64 = 60;

/// The address that finishes an interaction.
pub(crate) fn path(handle: &str) -> String {
    PATH.replace("{handle}", handle)
}

pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(handles): State<Handles>,
    State(issuer): State<Issuer>,
    visitor: Result<Visitor, RouteError>,
    headers: HeaderMap,
    handle: Result<Path<String>, PathRejection>,
) -> Response {
    let now = clock.now();
    let gone_back = async {
        visitor?;
        let handle = handle.map_err(|_not_text| InteractionError::Unknown)?;
        let link: CompletionLink = handles
            .open(&handle, now)
            .map_err(|_foreign| InteractionError::Unknown)?;
        let session = Session::find(&headers).ok_or(InteractionError::OtherBrowser)?;
        let completion = store
            .complete(link.request_id, session.hash(), now)
            .await??;
        location(&completion, &handles, &issuer, now)
    };
    match gone_back.await {
        // RFC 9700 section 4.12: 303, so that nothing but the address travels on.
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(error) => refused(&error, pages::language(None, &headers), &headers),
    }
}

/// The recipient's address with code or error, state and issuer (RFC 9207).
fn location(
    completion: &Completion,
    handles: &Handles,
    issuer: &Issuer,
    now: DateTime<Utc>,
) -> Result<String, RouteError> {
    let Callback {
        redirect_uri,
        state,
        ..
    } = &completion.interaction.callback;
    let (name, value) = match &completion.grant {
        Some(grant) => {
            let code = code(grant, &completion.interaction.callback, now);
            ("code", handles.seal(&code)?)
        }
        None => ("error", "access_denied".into()),
    };
    let mut parameters = url::form_urlencoded::Serializer::new(String::new());
    parameters.append_pair(name, &value);
    // RFC 6749 section 4.1.2: only when the request had one.
    if !state.is_empty() {
        parameters.append_pair("state", state);
    }
    let parameters = parameters.append_pair("iss", issuer.as_str()).finish();
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    Ok(format!("{redirect_uri}{separator}{parameters}"))
}

fn code(grant: &Grant, callback: &Callback, now: DateTime<Utc>) -> AuthorizationCode {
    AuthorizationCode {
        subject_id: grant.subject_id,
        grant_id: grant.grant_id,
        epoch: grant.epoch,
        client_id: grant.recipient.clone(),
        jkt: callback.dpop_jkt.clone(),
        redirect_uri: callback.redirect_uri.clone(),
        code_challenge: callback.code_challenge.clone(),
        exp: now.timestamp() + CODE_LIFE_SECONDS,
    }
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("complete", "Go back to the recipient with the answer.")
        .tag("browser")
        .answers_empty(303, "To the recipient's registered address.")
        .with_header(
            303,
            "Location",
            "With `code` or `error`, the request's `state` if it had one, and `iss`.",
        )
        .with(describe_refusals)
}
