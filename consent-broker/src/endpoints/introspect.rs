//! Introspection (RFC 7662): a listed resource server asks whether a token is good for it, and for what.
//! The grant is asked each time; no answer is kept. Whatever is not good for this very server is one and
//! the same answer.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Extension, Json,
    extract::State,
    http::{
        HeaderMap,
        header::{ACCEPT, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    oauth::introspection::{ActiveToken, Confirmation, Introspection, MEDIA_TYPE},
};

use crate::{
    api::{Describe as _, FormSchema, compact_jws, some_text, text},
    audience,
    error::RouteError,
    extract::ResourceServer,
    handles::{AccessToken, Handles},
    known_decisions::KnownDecisions,
    limits::Limits,
    notary::Notary,
    state::Issuer,
    storage::Store,
    suspension::is_suspended,
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/introspect";

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(notary): State<Notary>,
    State(handles): State<Handles>,
    State(issuer): State<Issuer>,
    State(trust): State<TrustHandle>,
    Extension(limits): Extension<Arc<Limits>>,
    Extension(decisions): Extension<Arc<KnownDecisions>>,
    headers: HeaderMap,
    server: ResourceServer,
) -> Result<Response, RouteError> {
    let now = clock.now();
    limits.calls.admit(server.id(), now)?;
    let text = server.form().require("token")?;
    let listed = meant_for(&server, text, &handles, now).filter(|token| {
        let trust = trust.current();
        let list = trust.list(now);
        list.is_some_and(|list| list.recipient(&token.client_id).is_some())
    });
    let found = match listed {
        Some(token) => active(token, &server, (&*store, &decisions), &issuer, now).await?,
        None => None,
    };
    let answer = Introspection::new(found);
    if !wants_jwt(&headers) {
        return Ok(Json(answer).into_response());
    }
    let signed = answer.sign(issuer.as_str(), server.id(), now, notary.signer())?;
    Ok(([(CONTENT_TYPE, MEDIA_TYPE)], signed).into_response())
}

/// A token that was made here and names this server's resource as its audience.
fn meant_for(
    server: &ResourceServer,
    text: &str,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Option<AccessToken> {
    let token: AccessToken = handles.open(text, now).ok()?;
    (token.aud == server.role().resource).then_some(token)
}

/// What is said of a token whose grant lives, as far as it concerns this server.
async fn active(
    token: AccessToken,
    server: &ResourceServer,
    (store, decisions): (&dyn Store, &KnownDecisions),
    issuer: &Issuer,
    now: DateTime<Utc>,
) -> Result<Option<ActiveToken>, RouteError> {
    if is_suspended(store, &token.client_id).await? {
        return Ok(None);
    }
    let found = store.in_force(token.subject_id, token.grant_id).await?;
    let part = found
        .filter(|(grant, _decision)| grant.may_be_read(token.epoch, now))
        .and_then(|(_grant, decision)| {
            let types = &server.role().credential_types;
            audience::part_of(
                &decisions.granted(decision)?,
                token.narrowing.as_ref(),
                types,
            )
        });
    Ok(part.map(|details| ActiveToken {
        iss: issuer.as_str().into(),
        aud: token.aud,
        client_id: token.client_id,
        exp: token.exp,
        iat: token.iat,
        token_type: "DPoP".into(),
        cnf: Confirmation { jkt: token.jkt },
        authorization_details: vec![details],
        grant_id: token.grant_id,
    }))
}

/// RFC 9701 section 4: who names the signed form gets it.
fn wants_jwt(headers: &HeaderMap) -> bool {
    let named = headers.get_all(ACCEPT).iter();
    named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case(MEDIA_TYPE))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let answered = "What the token is good for at this server, or that it is not.";
    operation
        .called("introspect", "Ask about a token (RFC 7662).")
        .tag("resource server")
        .takes_form(&[FormSchema::default()
            .required("token", "The token.", some_text())
            .optional("token_type_hint", "Not looked at.", text())])
        .response::<200, Json<Introspection>>()
        .answers(200, answered, MEDIA_TYPE, compact_jws())
        .refuses(500, "The broker has failed.")
        .refuses(503, "The broker cannot answer now.")
}
