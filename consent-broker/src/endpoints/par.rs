//! Pushed authorization requests (RFC 9126): the only way to ask. Whatever the recipient's
//! registration does not cover is refused here, before any person sees it.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Extension, extract::State};
use chrono::TimeDelta;
use credential_core::{
    clock::Clock,
    consent::{
        details::RequestedDetails,
        request::{self, ConsentRequest, RequestError},
    },
    id::RequestId,
    jose::jws::{JwsError, Unverified},
    oauth::token::PushedResponse,
    rng::Rng,
};
use serde_json::{Map, Value};

use crate::{
    api::{Created, Describe as _, FormSchema, compact_jws},
    error::RouteError,
    extract::Pusher,
    handles::{Handles, RequestUri},
    interaction::{Callback, Interaction, REQUEST_LIFE_SECONDS},
    limits::Limits,
    state::Issuer,
    storage::Store,
    suspension::refuse_suspended,
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/par";
/// The form in which a handle becomes a `request_uri` (RFC 9126 section 2.2).
pub const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(rng): State<Arc<dyn Rng>>,
    State(trust): State<TrustHandle>,
    State(handles): State<Handles>,
    State(issuer): State<Issuer>,
    Extension(limits): Extension<Arc<Limits>>,
    client: Pusher,
) -> Result<Created<PushedResponse>, RouteError> {
    let now = clock.now();
    limits.requests.admit(client.id(), now)?;
    refuse_suspended(&*store, client.id()).await?;
    // RFC 9126 section 2.1: a request_uri cannot be pushed.
    if client.form().find("request_uri").is_some() {
        return Err(RouteError::Malformed("request_uri_pushed"));
    }
    let signed = client.form().require("request")?;
    let trust = trust.current();
    let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
    let asked = ConsentRequest::verify(signed, issuer.as_str(), list, now)
        .map_err(|error| refine(error, signed))?;
    if asked.client_id() != client.id() {
        return Err(RouteError::Client("request_other_client"));
    }
    let object = asked.object();
    let dpop_jkt = bound_key(&object.dpop_jkt, client.jkt())?;
    let request_id = RequestId::random(&*rng).map_err(|_none| RouteError::NotMade)?;
    let interaction = Interaction {
        request_id,
        client_id: client.id().into(),
        callback: Callback {
            redirect_uri: object.redirect_uri.clone(),
            state: object.state.clone(),
            code_challenge: object.code_challenge.clone(),
            dpop_jkt: dpop_jkt.into(),
        },
        pushed_at: now,
        shown_at: None,
        opened: None,
        decided: None,
        completed_at: None,
    };
    store.push_request(interaction, signed.into()).await??;
    // The handle outlives its first use; the row says how long it works.
    let handle = handles.seal(&RequestUri {
        request_id,
        client_id: client.id().into(),
        exp: (now + TimeDelta::hours(2)).timestamp(),
    })?;
    let answer = PushedResponse {
        request_uri: format!("{REQUEST_URI_PREFIX}{handle}"),
        expires_in: REQUEST_LIFE_SECONDS,
    };
    Ok(Created(answer))
}

/// The key that the code will be bound to: named in the request, shown by a proof, or both, which
/// must then agree (RFC 9449 section 10.1).
fn bound_key<'k>(named: &'k str, proven: Option<&'k str>) -> Result<&'k str, RouteError> {
    match proven {
        None if named.is_empty() => Err(RouteError::Proof("dpop_not_exactly_one")),
        None => Ok(named),
        Some(proven) if named.is_empty() || named == proven => Ok(proven),
        Some(_other) => Err(RouteError::Proof("dpop_other_key")),
    }
}

/// RFC 9396 section 5 wants an error of its own where the object is in order but for its details.
fn refine(error: RequestError, signed: &str) -> RouteError {
    let details = (error == RequestError::Jws(JwsError::WrongContent))
        .then(|| claims(signed).ok()?.remove("authorization_details"))
        .flatten();
    match details.map(serde_json::from_value::<Vec<RequestedDetails>>) {
        Some(Err(_error)) => RouteError::Details,
        _ => error.into(),
    }
}

fn claims(signed: &str) -> Result<Map<String, Value>, JwsError> {
    Unverified::parse(signed, request::TYP)?.untrusted_payload()
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("push", "Push an authorization request (RFC 9126).")
        .tag("recipient")
        .takes_form(&[FormSchema::default().required(
            "request",
            "The signed request object (RFC 9101): all parameters of the request are in it.",
            compact_jws(),
        )])
}
