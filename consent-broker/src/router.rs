//! All endpoints on one screen.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse as _, Response},
    routing::{delete, get, post},
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use crate::{
    endpoints::{
        authorize, complete, health, jwks, mailbox, messages, metadata, par, receipts, style,
        token, trust_list, wallet,
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
    let large = DefaultBodyLimit::max(wallet::decisions::MAX_BODY);
    let largest = DefaultBodyLimit::max(wallet::deposits::MAX_BODY);
    Router::new()
        .route(wallet::deposits::PATH, post(wallet::deposits::post))
        .layer(largest)
        .route(wallet::decisions::PATH, post(wallet::decisions::post))
        .layer(large)
        .route(metadata::PATH, get(metadata::get))
        .route(&metadata::resource_path(), get(metadata::resource))
        .route(jwks::PATH, get(jwks::get))
        .route(trust_list::PATH, get(trust_list::get))
        .route(health::PATH, get(health::get))
        .route(style::PATH, get(style::get))
        .route(par::PATH, post(par::post))
        .route(authorize::PATH, get(authorize::get))
        .route(complete::PATH, get(complete::get))
        .route(token::PATH, post(token::post))
        .route(mailbox::PATH, get(mailbox::get))
        .route(receipts::PATH, post(receipts::post))
        .route(messages::PATH, post(messages::post))
        .route(wallet::token::PATH, post(wallet::token::post))
        .route(wallet::requests::PATH, post(wallet::requests::post))
        .route(wallet::grants::PATH, get(wallet::grants::get))
        .route(
            wallet::grants::WITHDRAW_PATH,
            post(wallet::grants::withdraw),
        )
        .route(wallet::messages::PATH, get(wallet::messages::get))
        .route(wallet::messages::ONE_PATH, delete(wallet::messages::delete))
        .route(wallet::log::PATH, get(wallet::log::get))
        .route(wallet::receipts::PATH, get(wallet::receipts::get))
        .fallback(async || RouteError::NotHere(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || RouteError::NotHere(StatusCode::METHOD_NOT_ALLOWED))
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
