//! All endpoints on one screen.

use std::{future::ready, sync::Arc, time::Duration};

use aide::axum::{
    ApiRouter,
    routing::{delete_with, get_with, post_with},
};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, FromRef as _, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{from_fn_with_state, map_response},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use crate::{
    api::{Document, described},
    callers::TrustedProxies,
    challenge::{self, Challenges},
    clock_guard,
    endpoints::{
        acks, authorize, complete, details_types, digits, grants, health, introspect, jwks, log,
        mailbox, messages, metadata, notices, openapi, par, receipts, recipient, revoke, style,
        token, trust_list, wallet,
    },
    error::RouteError,
    known_decisions::KnownDecisions,
    limits::Limits,
    metrics,
    nonces::Nonces,
    state::{AppState, Issuer},
    surroundings::Surroundings,
    waiting::{LONGEST, Waits},
};

/// Largest body where nothing else is said, in octets.
const MAX_BODY: usize = 64 * 1024;
/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How long a request may take that waits for something to happen.
const PATIENT_TIMEOUT: Duration = LONGEST.saturating_add(TIMEOUT);
/// A year: how long a browser must come by TLS only after it did once (RFC 6797 section 6.1.1).
const BY_TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The broker's server, with nothing in front of it whose word about addresses is taken.
pub fn router(state: AppState) -> Router {
    router_behind(state, TrustedProxies::default())
}

/// The broker's server behind these proxies. To tell callers apart it must be served
/// [with their addresses](Router::into_make_service_with_connect_info); otherwise they count as one.
pub fn router_behind(state: AppState, proxies: TrustedProxies) -> Router {
    let surroundings = Surroundings {
        proxies,
        ..Surroundings::default()
    };
    router_within(state, surroundings)
}

/// The same with everything that is around it.
pub fn router_within(state: AppState, surroundings: Surroundings) -> Router {
    let is_by_tls = state.issuer.starts_with("https://");
    let surroundings = Arc::new(surroundings);
    // What was used before this moment may have been forgotten, and does not work any more.
    let challenges = Challenges {
        nonces: Arc::new(Nonces::new(&state.keys, state.clock.now())),
        clock: Arc::clone(&state.clock),
        issuer: Issuer::from_ref(&state),
    };
    let (routes, document) = described(endpoints);
    let document = Document::of_issuer(document, &state.issuer);
    routes
        .fallback(async || RouteError::NotHere(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || RouteError::NotHere(StatusCode::METHOD_NOT_ALLOWED))
        .layer(Extension(document))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(Extension(Arc::new(Limits::default())))
        .layer(Extension(Arc::new(KnownDecisions::default())))
        .layer(Extension(Arc::new(surroundings.proxies.clone())))
        .layer(Extension(Arc::clone(&surroundings)))
        .layer(Extension(Waits::default()))
        .layer(from_fn_with_state(
            Arc::clone(&surroundings),
            clock_guard::guard,
        ))
        .layer(from_fn_with_state(challenges, challenge::complete))
        .layer(CatchPanicLayer::custom(|_panic| {
            RouteError::NotMade.into_response()
        }))
        .layer(map_response(with_safe_defaults))
        .layer(map_response(move |response: Response| {
            ready(with_tls_only(response, is_by_tls))
        }))
        .layer(from_fn_with_state(surroundings, metrics::observe))
        .with_state(state)
}

/// The OpenAPI document of every broker; a running one adds its own address.
#[must_use]
pub fn openapi() -> Value {
    described(endpoints).1
}

fn endpoints() -> ApiRouter<AppState> {
    quick().layer(timeout(TIMEOUT)).merge(patient())
}

/// What answers as soon as it can.
fn quick() -> ApiRouter<AppState> {
    let large = DefaultBodyLimit::max(wallet::decisions::MAX_BODY);
    let largest = DefaultBodyLimit::max(wallet::deposits::MAX_BODY);
    ApiRouter::new()
        .api_route(
            wallet::deposits::PATH,
            post_with(wallet::deposits::post, wallet::deposits::describe),
        )
        .layer(largest)
        .api_route(
            wallet::changes::PATH,
            post_with(wallet::changes::post, wallet::changes::describe),
        )
        .api_route(
            wallet::decisions::PATH,
            post_with(wallet::decisions::post, wallet::decisions::describe),
        )
        .layer(large)
        .api_route(metadata::PATH, get_with(metadata::get, metadata::describe))
        .merge(descriptions())
        .api_route(
            details_types::PATH,
            get_with(details_types::get, details_types::describe),
        )
        .api_route(jwks::PATH, get_with(jwks::get, jwks::describe))
        .api_route(
            log::CHECKPOINT_PATH,
            get_with(log::checkpoint, log::describe_checkpoint),
        )
        .api_route(log::TILE_PATH, get_with(log::tile, log::describe_tile))
        .api_route(
            trust_list::PATH,
            get_with(trust_list::get, trust_list::describe),
        )
        .api_route(health::PATH, get_with(health::get, health::describe))
        .api_route(
            health::LIVE_PATH,
            get_with(health::live, health::describe_live),
        )
        .api_route(
            health::READY_PATH,
            get_with(health::get, health::describe_ready),
        )
        .api_route(openapi::PATH, get_with(openapi::get, openapi::describe))
        .api_route(style::PATH, get_with(style::get, style::describe))
        .api_route(par::PATH, post_with(par::post, par::describe))
        .api_route(
            authorize::PATH,
            get_with(authorize::get, authorize::describe),
        )
        .api_route(complete::PATH, get_with(complete::get, complete::describe))
        .api_route(digits::PATH, post_with(digits::post, digits::describe))
        .api_route(token::PATH, post_with(token::post, token::describe))
        .api_route(mailbox::PATH, get_with(mailbox::get, mailbox::describe))
        .api_route(
            receipts::PATH,
            post_with(receipts::post, receipts::describe),
        )
        .api_route(
            recipient::LINK_PATH,
            post_with(recipient::link, recipient::describe_link),
        )
        .api_route(
            recipient::ENTER_PATH,
            get_with(recipient::enter, recipient::describe_enter),
        )
        .api_route(
            recipient::PATH,
            get_with(recipient::page, recipient::describe_page),
        )
        .api_route(
            introspect::PATH,
            post_with(introspect::post, introspect::describe),
        )
        .api_route(
            messages::PATH,
            post_with(messages::post, messages::describe),
        )
        .api_route(acks::PATH, post_with(acks::post, acks::describe))
        .api_route(revoke::PATH, post_with(revoke::post, revoke::describe))
        .api_route(
            grants::PATH,
            get_with(grants::get, grants::describe)
                .delete_with(grants::delete, grants::describe_delete),
        )
        .api_route(
            wallet::token::PATH,
            post_with(wallet::token::post, wallet::token::describe),
        )
        .api_route(
            wallet::requests::PATH,
            post_with(wallet::requests::post, wallet::requests::describe),
        )
        .api_route(
            wallet::grants::PATH,
            get_with(wallet::grants::get, wallet::grants::describe),
        )
        .api_route(
            wallet::grants::WITHDRAW_PATH,
            post_with(wallet::grants::withdraw, wallet::grants::describe_withdraw),
        )
        .api_route(
            wallet::messages::PATH,
            get_with(wallet::messages::get, wallet::messages::describe),
        )
        .api_route(
            wallet::messages::ONE_PATH,
            delete_with(wallet::messages::delete, wallet::messages::describe_delete),
        )
        .api_route(
            wallet::grant_view::PATH,
            get_with(wallet::grant_view::get, wallet::grant_view::describe),
        )
        .api_route(
            wallet::ending::WITHDRAW_PATH,
            post_with(wallet::ending::withdraw, wallet::ending::describe_withdraw),
        )
        .api_route(
            wallet::ending::STOP_ALL_PATH,
            post_with(wallet::ending::stop_all, wallet::ending::describe_stop_all),
        )
        .api_route(
            wallet::log::PATH,
            get_with(wallet::log::get, wallet::log::describe),
        )
        .api_route(
            wallet::inclusion::PATH,
            get_with(wallet::inclusion::get, wallet::inclusion::describe),
        )
        .api_route(
            wallet::receipts::PATH,
            get_with(wallet::receipts::get, wallet::receipts::describe),
        )
}

/// One description for each of our resources.
fn descriptions() -> ApiRouter<AppState> {
    metadata::resource_paths().fold(ApiRouter::new(), |router, (resource, path)| {
        let describe =
            async move |State(issuer): State<Issuer>| metadata::resource(resource, &issuer);
        let documented = metadata::describe_resource(resource);
        router.api_route(&path, get_with(describe, documented))
    })
}

/// What may wait for something to happen.
fn patient() -> ApiRouter<AppState> {
    ApiRouter::new()
        .api_route(notices::PATH, post_with(notices::post, notices::describe))
        .api_route(
            wallet::events::PATH,
            get_with(wallet::events::get, wallet::events::describe),
        )
        .layer(timeout(PATIENT_TIMEOUT))
}

fn timeout(longest: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, longest)
}

/// Nothing here is to be cached, sniffed or framed unless an endpoint says otherwise.
async fn with_safe_defaults(mut response: Response) -> Response {
    let defaults = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ];
    for (name, value) in defaults {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// RFC 6797 section 7.2: only where TLS is spoken.
fn with_tls_only(mut response: Response, is_by_tls: bool) -> Response {
    if is_by_tls {
        let headers = response.headers_mut();
        headers.insert(header::STRICT_TRANSPORT_SECURITY, BY_TLS_ONLY);
    }
    response
}
