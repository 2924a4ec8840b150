//! The authorization endpoint: shows a pushed request and hands it to the person's wallet. It decides
//! nothing, asks for no login, and shows nothing about the person. Whatever is wrong stays on our own
//! page: no redirect is ever made from here.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Json,
    extract::{RawQuery, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT, SET_COOKIE},
    },
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock, consent::request::ConsentRequest, oauth::error::ErrorBody, rng::Rng,
    text::Language,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::par::REQUEST_URI_PREFIX;
use crate::{
    api::{Describe as _, some_text, text},
    error::RouteError,
    extract::Form,
    handles::{Handles, RequestUri, Ticket},
    interaction::{INTERACTION_LIFE, InteractionError},
    pages::{self, Session},
    state::Issuer,
    storage::{PushedRequest, Store},
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/authorize";
/// How a wallet is called.
pub const WALLET_SCHEME: &str = "osaamislompakko://request";

/// The page for programs.
#[derive(Debug, Serialize, JsonSchema)]
struct WalletLink {
    /// Opens the wallet; its ticket works once.
    wallet_link: String,
}

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(rng): State<Arc<dyn Rng>>,
    State(trust): State<TrustHandle>,
    State(handles): State<Handles>,
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let now = clock.now();
    let query = query.unwrap_or_default();
    let parameters = Form::parse(query.as_bytes());
    // Only the page's language is taken from outside the pushed request (RFC 9101 section 6.3).
    let wanted = parameters.as_ref().ok().and_then(|p| p.find("ui_locales"));
    let language = pages::language(wanted, &headers);
    let shown = async {
        let pushed = find(&parameters?, &*store, &handles, now).await?;
        let session = Session::of(&headers, &*rng)?;
        let link = wallet_link(&pushed, &session, &handles, &issuer, now)?;
        let list = trust.current();
        let list = list.list(now).ok_or(RouteError::TrustExpired)?;
        let pushed_at = pushed.interaction.pushed_at;
        let asked = ConsentRequest::verify(&pushed.request, issuer.as_str(), list, pushed_at)?;
        Ok::<_, RouteError>((asked, link, session))
    };
    match shown.await {
        Ok((asked, link, session)) => {
            let mut response = if wants_json(&headers) {
                Json(WalletLink { wallet_link: link }).into_response()
            } else {
                pages::request(language, &asked, &link)
            };
            response.headers_mut().insert(SET_COOKIE, session.cookie());
            response
        }
        Err(error) => refused(&error, language, &headers),
    }
}

async fn find(
    parameters: &Form,
    store: &dyn Store,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<PushedRequest, RouteError> {
    let client_id = parameters.require("client_id")?;
    let handle = parameters
        .require("request_uri")?
        .strip_prefix(REQUEST_URI_PREFIX)
        .ok_or(InteractionError::Unknown)?;
    let named: RequestUri = handles
        .open(handle, now)
        .map_err(|_foreign| InteractionError::Unknown)?;
    if named.client_id != client_id {
        return Err(InteractionError::Unknown.into());
    }
    Ok(store.show_request(named.request_id, now).await??)
}

/// The link that opens the wallet. Its ticket belongs to the browser it is shown in: each browser that
/// shows the page has its own, and the first one that a wallet opens is the one that counts.
fn wallet_link(
    pushed: &PushedRequest,
    session: &Session,
    handles: &Handles,
    issuer: &Issuer,
    now: DateTime<Utc>,
) -> Result<String, RouteError> {
    let ticket = handles.seal(&Ticket {
        request_id: pushed.interaction.request_id,
        session: session.hash(),
        exp: (now + INTERACTION_LIFE).timestamp(),
    })?;
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("broker", issuer.as_str())
        .append_pair("ticket", &ticket)
        .finish();
    Ok(format!("{WALLET_SCHEME}?{query}"))
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json") && !accept.contains("text/html"))
}

/// One answer for everything that is wrong with a request: a prober learns nothing from it.
pub(super) fn refused(error: &RouteError, language: Language, headers: &HeaderMap) -> Response {
    let is_ours = error.status().is_server_error();
    tracing::debug!(reason = error.reason(), "a browser was refused");
    let status = if is_ours {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::BAD_REQUEST
    };
    if wants_json(headers) {
        let body = ErrorBody {
            error: if is_ours {
                "temporarily_unavailable"
            } else {
                "invalid_request"
            }
            .into(),
            error_description: None,
            reason: Some(
                if is_ours {
                    "server_error"
                } else {
                    "request_not_usable"
                }
                .into(),
            ),
        };
        let mut response = (status, Json(body)).into_response();
        let no_store = HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(axum::http::header::CACHE_CONTROL, no_store);
        return response;
    }
    pages::refusal(language, status, is_ours)
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("authorize", "Show a pushed request.")
        .tag("browser")
        .takes_query("client_id", "Who pushed it.", some_text(), true)
        .takes_query("request_uri", "From `/par`.", some_text(), true)
        .takes_query("ui_locales", "Languages of the page.", text(), false)
        .response::<200, Json<WalletLink>>()
        .answers(
            200,
            "The request and the way into the wallet.",
            "text/html",
            text(),
        )
        .with_header(200, "Set-Cookie", "The browser's session.")
        .with(describe_refusals)
}

/// What a browser is told when it does not go on.
pub(super) fn describe_refusals(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let (request, ours) = (
        "This request is not usable.",
        "The broker cannot answer now.",
    );
    operation
        .answers(400, request, "text/html", text())
        .refuses(400, request)
        .answers(503, ours, "text/html", text())
        .refuses(503, ours)
}
