//! Answers of all endpoints: JSON that nobody keeps, and refusals with a registered code.

use axum::{
    Json,
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use credential_core::{jose::Algorithm, oauth::error::ErrorBody, rng::NoRandomness};
use serde::Serialize;

use super::{IssuerState, RegistryError, SealError, store::StoreError};

/// A JSON answer that no cache may keep.
pub(super) fn private_json(body: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// A refusal: what the other side is told, and nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// The registered code.
    pub(super) error: &'static str,
    /// Our own, finer code.
    pub(super) reason: &'static str,
    /// One neutral sentence.
    pub(super) description: &'static str,
}

impl Refusal {
    pub(super) const fn bad_request(
        error: &'static str,
        reason: &'static str,
        description: &'static str,
    ) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            reason,
            description,
        }
    }

    /// There is nothing here.
    pub(super) const NOT_FOUND: Self = Self {
        status: StatusCode::NOT_FOUND,
        error: "invalid_request",
        reason: "not_found",
        description: "There is nothing at this address.",
    };
    /// Another method is needed.
    pub(super) const WRONG_METHOD: Self = Self {
        status: StatusCode::METHOD_NOT_ALLOWED,
        error: "invalid_request",
        reason: "method_not_allowed",
        description: "This address is used with another method.",
    };
    /// The body is larger than the endpoint reads, or broke off.
    pub(super) const BODY: Self = Self {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        error: "invalid_request",
        reason: "body_unreadable",
        description: "The request is too large, or broke off.",
    };
    /// The request did not arrive, or was not answered, in time.
    pub(super) const TOO_SLOW: Self = Self {
        status: StatusCode::REQUEST_TIMEOUT,
        error: "temporarily_unavailable",
        reason: "too_slow",
        description: "The request took too long.",
    };
    /// Something on our side failed; the request can be repeated.
    pub(super) const UNAVAILABLE: Self = Self {
        status: StatusCode::SERVICE_UNAVAILABLE,
        error: "temporarily_unavailable",
        reason: "issuer_unavailable",
        description: "The issuer cannot answer now. Please try again later.",
    };
    /// A fault in this program.
    pub(super) const FAULT: Self = Self {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        error: "server_error",
        reason: "issuer_fault",
        description: "The issuer could not finish the request.",
    };
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            error: self.error.into(),
            error_description: Some(self.description.into()),
            reason: Some(self.reason.into()),
        };
        let mut response = private_json(&body);
        *response.status_mut() = self.status;
        if self.status == StatusCode::UNAUTHORIZED {
            for challenge in challenges(self.error) {
                response
                    .headers_mut()
                    .append(header::WWW_AUTHENTICATE, challenge);
            }
        }
        response
    }
}

/// How a token can be used (RFC 6750 section 3, RFC 9449 section 7.1).
fn challenges(error: &str) -> impl Iterator<Item = HeaderValue> {
    let bearer = (error == "invalid_token").then(|| format!("Bearer error=\"{error}\""));
    let algorithms = Algorithm::NAMES.join(" ");
    let bound = format!("DPoP error=\"{error}\", algs=\"{algorithms}\"");
    let both = bearer.into_iter().chain([bound]);
    both.filter_map(|challenge| HeaderValue::from_str(&challenge).ok())
}

impl From<RegistryError> for Refusal {
    fn from(error: RegistryError) -> Self {
        tracing::error!(reason = error.reason(), %error, "the registry refused");
        Self::UNAVAILABLE
    }
}

impl From<SealError> for Refusal {
    fn from(error: SealError) -> Self {
        tracing::error!(%error, "nothing could be sealed");
        Self::UNAVAILABLE
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        RegistryError::from(error).into()
    }
}

impl From<NoRandomness> for Refusal {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(%error, "no randomness");
        Self::UNAVAILABLE
    }
}

/// Runs work that waits for the disk where it holds up no other request.
pub(super) async fn off_the_loop<T: Send + 'static, E: Send + 'static>(
    state: IssuerState,
    work: impl FnOnce(&IssuerState) -> Result<T, E> + Send + 'static,
) -> Result<T, Refusal>
where
    Refusal: From<E>,
{
    match tokio::task::spawn_blocking(move || work(&state)).await {
        Ok(result) => result.map_err(Refusal::from),
        Err(error) => {
            tracing::error!(panicked = error.is_panic(), "a request was not finished");
            Err(Refusal::FAULT)
        }
    }
}

/// What a request gets whose handler panicked; the server itself goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct AfterPanic;

impl tower_http::catch_panic::ResponseForPanic for AfterPanic {
    type ResponseBody = Body;

    fn response_for_panic(
        &mut self,
        _panic: Box<dyn std::any::Any + Send + 'static>,
    ) -> Response<Body> {
        tracing::error!("a handler panicked");
        Refusal::FAULT.into_response()
    }
}
