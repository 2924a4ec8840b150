//! All addresses of the issuing server, on one screen.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use credential_core::{oauth::metadata::AUTHORIZATION_SERVER_PATH, oid4vci::metadata::WELL_KNOWN};
use tower_http::catch_panic::CatchPanicLayer;

use super::{
    IssuerState,
    answer::{AfterPanic, Refusal},
    dpop,
    endpoints::{
        authorize, challenge, credential, deferred, did, health, jwks, metadata, nonce,
        notification, oauth_metadata, offer, par, status_list, token, type_metadata,
    },
    status,
};

/// Octets of the largest request: eight proofs and some air.
const LARGEST_BODY: usize = 64 * 1024;
/// How long one request may take.
const LONGEST_REQUEST: Duration = Duration::from_secs(10);

/// The server's addresses. Metadata is inserted before the identifier's own path (OpenID4VCI 1.0
/// section 12.2.2, RFC 8414 section 3.1); everything else stands below it.
pub fn router(state: IssuerState) -> Router {
    let path = state.profile().path().to_owned();
    let authorization_nonce =
        middleware::from_fn_with_state(state.clone(), dpop::authorization_nonce);
    let resource_nonce = middleware::from_fn_with_state(state.clone(), dpop::resource_nonce);
    let endpoints = Router::new()
        .route("/offers/{id}", get(offer::get))
        .route("/par", post(par::post).layer(authorization_nonce.clone()))
        .route("/authorize", get(authorize::get).post(authorize::post))
        .route("/challenge", post(challenge::post))
        .route("/token", post(token::post).layer(authorization_nonce))
        .route("/nonce", post(nonce::post))
        .route(
            "/credential",
            post(credential::post).layer(resource_nonce.clone()),
        )
        .route(
            "/deferred",
            post(deferred::post).layer(resource_nonce.clone()),
        )
        .route(
            "/notification",
            post(notification::post).layer(resource_nonce),
        )
        .route(status::PATH, get(status_list::get))
        .route("/status/{list}/{purpose}", get(status_list::bitstring))
        .route("/jwks", get(jwks::get))
        .route("/types/{name}/{version}", get(type_metadata::get))
        .route("/health", get(health::get));
    let did_document = match path.as_str() {
        "" => "/.well-known/did.json".to_owned(),
        path => format!("{path}/did.json"),
    };
    let well_known = Router::new()
        .route(&did_document, get(did::get))
        .route(&format!("{WELL_KNOWN}{path}"), get(metadata::get))
        .route(
            &format!("{AUTHORIZATION_SERVER_PATH}{path}"),
            get(oauth_metadata::get),
        );
    let all = match path.as_str() {
        "" => well_known.merge(endpoints),
        path => well_known.nest(path, endpoints),
    };
    all.fallback(|| async { Refusal::NOT_FOUND })
        .method_not_allowed_fallback(|| async { Refusal::WRONG_METHOD })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(AfterPanic))
        .with_state(state)
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST_REQUEST, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => Refusal::TOO_SLOW.into_response(),
    }
}
