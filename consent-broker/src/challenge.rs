//! What every answer tells a client about proofs and tokens, wherever it was made: the nonce for the next
//! proof (RFC 9449 section 8), and where a resource is described (RFC 9728 section 5.1).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{ToStrError, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::Response,
};
use credential_core::clock::Clock;

use crate::{endpoints::metadata, nonces::Nonces, state::Issuer};

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What the answers are made of.
#[derive(Debug, Clone)]
pub(crate) struct Challenges {
    pub(crate) nonces: Arc<Nonces>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) issuer: Issuer,
}

/// Whoever shows a proof gets the nonce for the next one; whoever is refused at a resource learns where
/// it is described.
pub(crate) async fn complete(
    State(challenges): State<Challenges>,
    mut request: Request,
    next: Next,
) -> Response {
    let has_proof = request.headers().contains_key("dpop");
    let described = metadata::description_of(request.uri().path());
    let described = described.map(|path| challenges.issuer.address(&path));
    request
        .extensions_mut()
        .insert(Arc::clone(&challenges.nonces));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let nonce = challenges.nonces.current(challenges.clock.now());
    if let Some(nonce) = nonce.filter(|_any| has_proof)
        && let Ok(nonce) = HeaderValue::try_from(nonce)
    {
        headers.insert(DPOP_NONCE, nonce);
    }
    if let Some(described) = described {
        point_to(&described, headers);
    }
    response
}

fn point_to(description: &str, headers: &mut HeaderMap) {
    let challenge = headers.get(WWW_AUTHENTICATE).map(HeaderValue::to_str);
    let Some(Ok::<_, ToStrError>(challenge)) = challenge else {
        return;
    };
    let longer = format!(r#"{challenge}, resource_metadata="{description}""#);
    if let Ok(longer) = HeaderValue::try_from(longer) {
        headers.insert(WWW_AUTHENTICATE, longer);
    }
}
