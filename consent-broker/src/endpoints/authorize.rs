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
        header::{ACCEPT, CACHE_CONTROL, RETRY_AFTER, SET_COOKIE},
    },
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock, consent::request::ConsentRequest, id::RequestId, oauth::error::ErrorBody,
    rng::Rng, text::Language,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{digits, par::REQUEST_URI_PREFIX};
use crate::{
    api::{Describe as _, some_text, text},
    error::RouteError,
    extract::{Form, Visitor},
    handles::{CrossDeviceTicket, Handles, RequestUri, Ticket},
    interaction::{INTERACTION_LIFE, InteractionError},
    pages::{self, Session},
    state::Issuer,
    storage::Store,
    suspension::refuse_suspended,
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
    visitor: Result<Visitor, RouteError>,
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
        visitor?;
        let named = named(&parameters?, &handles, now)?;
        let session = Session::of(&headers, &*rng)?;
        let pushed = match store.show_request(named.request_id, now).await? {
            Err(InteractionError::Decided) if !wants_json(&headers) => {
                // A page that is loaded again must not lose the way for digits.
                let waiting = store.awaits_digits(named.request_id, session.hash(), now);
                waiting.await?.map_err(|_other| InteractionError::Decided)?;
                let form = digits::form(named.request_id, &session, &handles, now)?;
                return Ok(pages::digits(language, &form, pages::Try::First));
            }
            shown => shown?,
        };
        let list = trust.current();
        let list = list.list(now).ok_or(RouteError::TrustExpired)?;
        let pushed_at = pushed.interaction.pushed_at;
        let asked = ConsentRequest::verify(&pushed.request, issuer.as_str(), list, pushed_at)?;
        refuse_suspended(&*store, asked.client_id()).await?;
        let links = Links::new(named.request_id, &session, &handles, &issuer, now)?;
        let mut response = if wants_json(&headers) {
            Json(WalletLink {
                wallet_link: links.same_device,
            })
            .into_response()
        } else {
            pages::request(language, &asked, &links)
        };
        response.headers_mut().insert(SET_COOKIE, session.cookie());
        Ok::<_, RouteError>(response)
    };
    let answer = shown.await;
    answer.unwrap_or_else(|error| refused(&error, language, &headers))
}

/// What the parameters name, when this client pushed it.
fn named(
    parameters: &Form,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<RequestUri, RouteError> {
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
    Ok(named)
}

/// The ways from the page into a wallet, and back by digits. Their tickets belong to the browser they
/// are shown in: each browser that shows the page has its own, and the first one that a wallet opens is
/// the one that counts.
pub(crate) struct Links {
    /// Opens the wallet on the browser's own device.
    pub(crate) same_device: String,
    /// Read by a wallet on another device.
    pub(crate) cross_device: String,
    /// The form for the digits that such a wallet shows.
    pub(crate) form: String,
}

impl Links {
    fn new(
        request_id: RequestId,
        session: &Session,
        handles: &Handles,
        issuer: &Issuer,
        now: DateTime<Utc>,
    ) -> Result<Self, RouteError> {
        let exp = (now + INTERACTION_LIFE).timestamp();
        let same_device = handles.seal(&Ticket {
            request_id,
            session: session.hash(),
            exp,
        })?;
        let cross_device = handles.seal(&CrossDeviceTicket {
            request_id,
            session: session.hash(),
            exp,
        })?;
        Ok(Self {
            same_device: wallet_link(issuer, &same_device),
            cross_device: wallet_link(issuer, &cross_device),
            form: digits::form(request_id, session, handles, now)?,
        })
    }
}

fn wallet_link(issuer: &Issuer, ticket: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("broker", issuer.as_str())
        .append_pair("ticket", ticket)
        .finish();
    format!("{WALLET_SCHEME}?{query}")
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json") && !accept.contains("text/html"))
}

/// One answer for everything that is wrong with a request: a prober learns nothing from it. Only the
/// person who opens a good request of a suspended recipient is told so, on the page.
pub(super) fn refused(error: &RouteError, language: Language, headers: &HeaderMap) -> Response {
    let status = match error.status() {
        StatusCode::TOO_MANY_REQUESTS => StatusCode::TOO_MANY_REQUESTS,
        status if status.is_server_error() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    tracing::debug!(reason = error.reason(), "a browser was refused");
    let mut response = if wants_json(headers) {
        in_json(status)
    } else if *error == RouteError::Suspended {
        pages::suspended(language)
    } else {
        pages::refusal(language, status)
    };
    if let RouteError::TooOften { seconds } = error {
        let wait = HeaderValue::from(*seconds);
        response.headers_mut().insert(RETRY_AFTER, wait);
    }
    response
}

fn in_json(status: StatusCode) -> Response {
    let (error, reason) = match status {
        StatusCode::TOO_MANY_REQUESTS => ("slow_down", "too_many_requests"),
        StatusCode::SERVICE_UNAVAILABLE => ("temporarily_unavailable", "server_error"),
        _ => ("invalid_request", "request_not_usable"),
    };
    let body = ErrorBody {
        error: error.into(),
        error_description: None,
        reason: Some(reason.into()),
    };
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
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
            "The request and the way into the wallet, or the form for the digits.",
            "text/html",
            text(),
        )
        .with_optional_header(
            200,
            "Set-Cookie",
            "The browser's session; absent where the page only asks for the digits again.",
        )
        .answers(
            403,
            "The broker's operator has suspended the recipient.",
            "text/html",
            text(),
        )
        .with(describe_refusals)
}

/// What a browser is told when it does not go on.
pub(super) fn describe_refusals(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let (request, too_often, ours) = (
        "This request is not usable.",
        "Too many requests.",
        "The broker cannot answer now.",
    );
    operation
        .answers(400, request, "text/html", text())
        .refuses(400, request)
        .answers(429, too_often, "text/html", text())
        .refuses(429, too_often)
        .answers(503, ours, "text/html", text())
        .refuses(503, ours)
}
