//! How a refusal is written: one JSON body (RFC 6749 section 5.2), and the headers that its kind needs.

use axum::{
    Json,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use credential_core::oauth::error::ErrorBody;

use super::RouteError;
use crate::{message_check::MessageRefused, metrics::Refused};

const TOKEN_CHALLENGE: HeaderValue =
    HeaderValue::from_static(r#"DPoP error="invalid_token", algs="ES256 EdDSA Ed25519""#);
const PROOF_CHALLENGE: HeaderValue =
    HeaderValue::from_static(r#"DPoP error="invalid_dpop_proof", algs="ES256 EdDSA Ed25519""#);

const NONCE_CHALLENGE: HeaderValue =
    HeaderValue::from_static(r#"DPoP error="use_dpop_nonce", algs="ES256 EdDSA Ed25519""#);

impl IntoResponse for RouteError {
    fn into_response(self) -> Response {
        if self.status().is_server_error() {
            tracing::error!(reason = self.reason(), error = %self, "a request could not be answered");
        } else {
            tracing::debug!(reason = self.reason(), "a request was refused");
        }
        let mut response = (self.status(), Json(self.body())).into_response();
        response.extensions_mut().insert(Refused(self.reason()));
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::Token => {
                headers.insert(WWW_AUTHENTICATE, TOKEN_CHALLENGE);
            }
            Self::ResourceProof(_) => {
                headers.insert(WWW_AUTHENTICATE, PROOF_CHALLENGE);
            }
            Self::ResourceProofNonce => {
                headers.insert(WWW_AUTHENTICATE, NONCE_CHALLENGE);
            }
            Self::TooOften { seconds } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            // When the holder looks, or tomorrow: nobody knows better.
            Self::MessageRefused(MessageRefused::TooManyWaiting | MessageRefused::TooManyToday) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("3600"));
            }
            _ => {}
        }
        response
    }
}

impl RouteError {
    /// A sentence in ASCII; of what was sent, only a claim's path is ever repeated, cleaned.
    fn description(&self) -> String {
        match self {
            Self::Storage(_) => "the server cannot answer now".into(),
            other => other
                .to_string()
                .chars()
                .filter(is_harmless)
                .take(300)
                .collect(),
        }
    }

    fn body(&self) -> ErrorBody {
        // Finer reasons would tell a prober what exists.
        let reason = match self {
            Self::Token | Self::Grant => None,
            other => Some(other.reason().into()),
        };
        ErrorBody {
            error: self.code().into(),
            error_description: Some(self.description().into()),
            reason,
        }
    }
}

/// RFC 6749 section 5.2: printable ASCII without quotation mark and backslash; and nothing that could
/// begin markup.
fn is_harmless(character: &char) -> bool {
    matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '<' | '>' | '&')
}
