//! A recipient's own page. The recipient authenticates as everywhere and gets a link; the first browser
//! that opens it within ten minutes sees the page for half an hour. There is no other way in, and what
//! the page shows is about the recipient alone.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Extension, Json,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    canonical,
    clock::Clock,
    encoding::base64url,
    rng::{Rng, random},
    trust::Participant,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{Describe as _, text, uuid},
    error::RouteError,
    extract::{Client, Form, remember},
    handles::{Handles, PageLink, PageSession},
    nonces::Nonces,
    pages::{self, RecipientPage, cookie_value},
    state::Issuer,
    storage::{ProofId, Store},
    suspension::EntityId,
    trust::{TrustHandle, TrustSnapshot},
};

/// Where a recipient asks for a link.
pub const LINK_PATH: &str = "/recipient/page";
/// Where the link leads.
pub const ENTER_PATH: &str = "/recipient/enter/{handle}";
/// Where the page stands.
pub const PATH: &str = "/recipient";
/// How long the link waits to be opened.
const LINK_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How long the page can be seen.
const SESSION_LIFE: TimeDelta = TimeDelta::minutes(30);
/// The prefix makes browsers insist on `Secure`, this host and `Path=/` (RFC 6265bis section 4.1.3.2).
const COOKIE: &str = "__Host-recipient";
/// Grants on one page.
const AT_ONCE: usize = 20;
/// Grants that are counted by their states; of more, the newest.
const COUNTED: usize = 5_000;

/// The way to the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageAnswer {
    /// To be opened in a browser, once.
    pub page_url: String,
    /// How long it waits, in seconds.
    pub expires_in: i64,
}

pub(crate) async fn link(
    State(clock): State<Arc<dyn Clock>>,
    State(rng): State<Arc<dyn Rng>>,
    State(trust): State<TrustHandle>,
    State(handles): State<Handles>,
    State(issuer): State<Issuer>,
    client: Client,
) -> Result<Json<PageAnswer>, RouteError> {
    let now = clock.now();
    let trust = trust.current();
    let participant = listed(&trust, client.id(), now)?;
    let id = random::<16>(&*rng).map_err(|_none| RouteError::NotMade)?;
    let handle = handles.seal(&PageLink {
        client_id: client.id().into(),
        keys: keys_of(participant)?,
        id: base64url(id),
        exp: (now + LINK_LIFE).timestamp(),
    })?;
    Ok(Json(PageAnswer {
        page_url: issuer.address(&ENTER_PATH.replace("{handle}", &handle)),
        expires_in: LINK_LIFE.num_seconds(),
    }))
}

pub(crate) async fn enter(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(handles): State<Handles>,
    Extension(nonces): Extension<Arc<Nonces>>,
    headers: HeaderMap,
    handle: Result<Path<String>, PathRejection>,
) -> Response {
    let now = clock.now();
    let entered = async {
        let Path(handle) = handle.map_err(|_not_text| RouteError::Token)?;
        let link: PageLink = handles.open(&handle, now)?;
        // Whether a link of before the start was used may have been forgotten.
        let made_at = DateTime::from_timestamp(link.exp, 0).map(|exp| exp - LINK_LIFE);
        if !made_at.is_some_and(|made_at| nonces.is_since_start(made_at)) {
            return Err(RouteError::Token);
        }
        let memory = ProofId {
            owner: "page link".into(),
            id: link.id,
            until: now + LINK_LIFE,
        };
        if remember(&*store, vec![memory]).await?.is_some() {
            return Err(RouteError::Token);
        }
        let session = handles.seal(&PageSession {
            client_id: link.client_id,
            keys: link.keys,
            exp: (now + SESSION_LIFE).timestamp(),
        })?;
        cookie(&session)
    };
    match entered.await {
        Ok(cookie) => {
            let page = HeaderValue::from_static(PATH);
            let headers = [(LOCATION, page), (SET_COOKIE, cookie)];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(error) => refused(&error, None, &headers),
    }
}

/// `Lax`, because the link may be clicked on another site's page; nothing is ever changed by it.
fn cookie(session: &str) -> Result<HeaderValue, RouteError> {
    let life = SESSION_LIFE.num_seconds();
    let cookie =
        format!("{COOKIE}={session}; Max-Age={life}; Secure; HttpOnly; SameSite=Lax; Path=/");
    HeaderValue::from_str(&cookie).map_err(|_not_text| RouteError::NotMade)
}

pub(crate) async fn page(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(trust): State<TrustHandle>,
    State(handles): State<Handles>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let now = clock.now();
    let parameters = Form::parse(query.unwrap_or_default().as_bytes());
    let wanted = parameters.as_ref().ok().and_then(|p| p.find("ui_locales"));
    let language = pages::language(wanted, &headers);
    let shown = async {
        let session = session(&headers, &handles, now)?;
        let trust = trust.current();
        let participant = listed(&trust, &session.client_id, now)?;
        if keys_of(participant)? != session.keys {
            return Err(RouteError::Token);
        }
        let after = match parameters.as_ref().ok().and_then(|p| p.find("after")) {
            Some(id) => Some(id.parse().map_err(|_error| RouteError::UnknownGrant)?),
            None => None,
        };
        let client = &session.client_id;
        let one_more = AT_ONCE + 1;
        let mut grants = store
            .grants_of_recipient(client, after, one_more, now)
            .await?;
        let has_more = grants.len() > AT_ONCE;
        grants.truncate(AT_ONCE);
        let suspension = store.suspension(&EntityId::of_client(client)).await?;
        let page = RecipientPage {
            participant,
            counts: store
                .count_grants_of_recipient(client, COUNTED, now)
                .await?,
            grants,
            after,
            has_more,
            is_suspended: suspension.is_some(),
            open_until: DateTime::from_timestamp(session.exp, 0).unwrap_or(now),
            now,
        };
        Ok::<_, RouteError>(page.show(language))
    };
    match shown.await {
        Ok(response) => response,
        Err(error) => refused(&error, wanted, &headers),
    }
}

fn session(
    headers: &HeaderMap,
    handles: &Handles,
    now: DateTime<Utc>,
) -> Result<PageSession, RouteError> {
    let sealed = cookie_value(headers, COOKIE).ok_or(RouteError::Token)?;
    Ok(handles.open(sealed, now)?)
}

fn listed<'t>(
    trust: &'t TrustSnapshot,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<&'t Participant, RouteError> {
    let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
    let (participant, _role) = list.recipient(client_id).ok_or(RouteError::Token)?;
    Ok(participant)
}

/// A recipient whose registered keys have changed must ask for the page anew.
fn keys_of(participant: &Participant) -> Result<String, RouteError> {
    canonical::hash(&participant.keys)
        .map(base64url)
        .map_err(|_fraction| RouteError::NotMade)
}

/// One answer for a link or session that is unknown, used, over, or of another's keys.
fn refused(error: &RouteError, wanted: Option<&str>, headers: &HeaderMap) -> Response {
    tracing::debug!(reason = error.reason(), "a recipient's page was refused");
    let language = pages::language(wanted, headers);
    if error.status().is_server_error() {
        return pages::refusal(language, StatusCode::SERVICE_UNAVAILABLE);
    }
    pages::recipient_page_closed(language)
}

pub(crate) fn describe_link(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "recipientPage",
            "Ask for a link to the recipient's own page.",
        )
        .tag("recipient")
}

pub(crate) fn describe_enter(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("enterRecipientPage", "Follow the link, once.")
        .tag("browser")
        .answers_empty(303, "To the page.")
        .with_header(303, "Location", "The page.")
        .with_header(303, "Set-Cookie", "The page's session.")
        .with(describe_closed)
}

pub(crate) fn describe_page(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("showRecipientPage", "The recipient's own page.")
        .tag("browser")
        .takes_query("ui_locales", "Languages of the page.", text(), false)
        .takes_query("after", "The last grant of the page before.", uuid(), false)
        .answers(
            200,
            "Registered uses and grants, nothing about the persons.",
            "text/html",
            text(),
        )
        .with(describe_closed)
}

fn describe_closed(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let (closed, ours) = (
        "The link or session does not work, whatever the cause.",
        "The broker cannot answer now.",
    );
    operation
        .answers(401, closed, "text/html", text())
        .answers(503, ours, "text/html", text())
}
