//! What the server publishes for everybody, as the server itself would answer.

use axum::{
    body::to_bytes,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use super::{
    IssuerState,
    endpoints::{jwks, metadata, oauth_metadata},
};

/// Longest document, in octets.
const LONGEST: usize = 1024 * 1024;

/// What everybody may fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublishedDocuments {
    /// `/.well-known/openid-credential-issuer` (OpenID4VCI 1.0 section 12.2).
    pub credential_issuer: Value,
    /// `/.well-known/oauth-authorization-server` (RFC 8414).
    pub authorization_server: Value,
    /// `/jwks` (RFC 7517 section 5).
    pub jwks: Value,
}

impl IssuerState {
    /// The documents of this moment; none when one of them is no JSON.
    pub async fn published_documents(&self) -> Option<PublishedDocuments> {
        let state = || State(self.clone());
        Some(PublishedDocuments {
            credential_issuer: json(
                metadata::get(state(), HeaderMap::new())
                    .await
                    .into_response(),
            )
            .await?,
            authorization_server: json(oauth_metadata::get(state()).await.into_response()).await?,
            jwks: json(jwks::get(state()).await.into_response()).await?,
        })
    }
}

async fn json(answer: Response) -> Option<Value> {
    let octets = to_bytes(answer.into_body(), LONGEST).await.ok()?;
    serde_json::from_slice(&octets).ok()
}
