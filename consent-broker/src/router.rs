//! All endpoints on one screen.

use std::{sync::Arc, time::Duration};

use aide::axum::{
    ApiRouter,
    routing::{get_with, post_with},
};
use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use crate::{
    api::{Document, described},
    endpoints::{
        authorize, complete, health, jwks, mailbox, metadata, openapi, par, receipts, style, token,
        trust_list, wallet,
    },
    error::RouteError,
    limits::Limits,
    state::AppState,
};

/// Largest body where nothing else is said, in octets.
const MAX_BODY: usize = 64 * 1024;
/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The broker's server.
pub fn router(state: AppState) -> Router {
    let (routes, document) = described(endpoints);
    let document = Document::of_issuer(document, &state.issuer);
    routes
        .fallback(async || RouteError::NotHere(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || RouteError::NotHere(StatusCode::METHOD_NOT_ALLOWED))
        .layer(Extension(document))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(Extension(Arc::new(Limits::default())))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(CatchPanicLayer::custom(|_panic| {
            RouteError::NotMade.into_response()
        }))
        .layer(map_response(with_safe_defaults))
        .with_state(state)
}

/// The OpenAPI document of every broker; a running one adds its own address.
#[must_use]
pub fn openapi() -> Value {
    described(endpoints).1
}

fn endpoints() -> ApiRouter<AppState> {
    let large = DefaultBodyLimit::max(wallet::decisions::MAX_BODY);
    ApiRouter::new()
        .api_route(
            wallet::decisions::PATH,
            post_with(wallet::decisions::post, wallet::decisions::describe),
        )
        .layer(large)
        .api_route(metadata::PATH, get_with(metadata::get, metadata::describe))
        .api_route(
            &metadata::resource_path(),
            get_with(metadata::resource, metadata::describe_resource),
        )
        .api_route(jwks::PATH, get_with(jwks::get, jwks::describe))
        .api_route(
            trust_list::PATH,
            get_with(trust_list::get, trust_list::describe),
        )
        .api_route(health::PATH, get_with(health::get, health::describe))
        .api_route(openapi::PATH, get_with(openapi::get, openapi::describe))
        .api_route(style::PATH, get_with(style::get, style::describe))
        .api_route(par::PATH, post_with(par::post, par::describe))
        .api_route(
            authorize::PATH,
            get_with(authorize::get, authorize::describe),
        )
        .api_route(complete::PATH, get_with(complete::get, complete::describe))
        .api_route(token::PATH, post_with(token::post, token::describe))
        .api_route(mailbox::PATH, get_with(mailbox::get, mailbox::describe))
        .api_route(
            receipts::PATH,
            post_with(receipts::post, receipts::describe),
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
            wallet::log::PATH,
            get_with(wallet::log::get, wallet::log::describe),
        )
        .api_route(
            wallet::receipts::PATH,
            get_with(wallet::receipts::get, wallet::receipts::describe),
        )
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
