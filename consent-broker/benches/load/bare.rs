//! The servers that ours is held against, as processes of their own: this program, started again.
//!
//! `/echo` gives back what it gets. `/bare/N` reads the same form as the broker, verifies the first N of
//! the proof, the assertion and the request object with ring, hashes each, and answers with the hashes:
//! what no server that checks as much can go below.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse as _,
    response::Response,
    routing::post,
};
use credential_core::encoding::{base64url, from_base64url, sha256_base64url};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use tokio::{net::TcpListener, runtime::Runtime};

/// Serves until it is killed. `point` is the key of all signatures, as base64url.
pub(crate) fn serve(point: &str) {
    let point = from_base64url(point).unwrap();
    let app = Router::new()
        .route("/echo", post(async |body: Bytes| body))
        .route("/bare/{count}", post(check))
        .with_state(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point));
    Runtime::new().unwrap().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("listens on http://{}", listener.local_addr().unwrap());
        axum::serve(listener, app).await.unwrap();
    });
}

async fn check(
    State(key): State<UnparsedPublicKey<Vec<u8>>>,
    Path(count): Path<usize>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form: Vec<_> = url::form_urlencoded::parse(&body).collect();
    let proof = headers.get("dpop").and_then(|value| value.to_str().ok());
    let named = |wanted: &str| {
        let found = form.iter().find(|(name, _value)| name == wanted);
        found.map(|(_name, value)| value.as_ref())
    };
    let signed = [proof, named("client_assertion"), named("request")];
    let mut hashes = String::new();
    for compact in signed.into_iter().take(count) {
        match compact.and_then(|compact| verify(&key, compact)) {
            Some(hash) => hashes.push_str(&hash),
            None => return StatusCode::BAD_REQUEST.into_response(),
        }
    }
    hashes.into_response()
}

fn verify(key: &UnparsedPublicKey<Vec<u8>>, compact: &str) -> Option<String> {
    let (input, signature) = compact.rsplit_once('.')?;
    let signature = from_base64url(signature).ok()?;
    key.verify(input.as_bytes(), &signature).ok()?;
    Some(sha256_base64url(compact))
}

/// A public key as [`serve`] takes it.
pub(crate) fn point(key: &credential_core::jose::Jwk) -> String {
    base64url(key.p256_point().unwrap())
}
