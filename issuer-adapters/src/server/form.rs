//! Form parameters (RFC 6749 section 3.2): each at most once, an empty one as if it were not there.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, header},
};

use super::answer::Refusal;

/// Most parameters in one form.
const MAX_PARAMETERS: usize = 32;

/// The parameters of a request.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// The value of a parameter, if it was sent.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(sent, _)| sent == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if parameters.len() == MAX_PARAMETERS {
                return Err(TOO_MANY);
            }
            if parameters.iter().any(|(sent, _)| *sent == name) {
                return Err(REPEATED);
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        parameters.retain(|(_, value)| !value.is_empty());
        Ok(Self(parameters))
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !has_type(request.headers(), "application/x-www-form-urlencoded") {
            return Err(NOT_A_FORM);
        }
        Self::read(&body(Bytes::from_request(request, state).await)?)
    }
}

/// The body, or a refusal that says it is too large.
pub(super) fn body(read: Result<Bytes, BytesRejection>) -> Result<Bytes, Refusal> {
    read.map_err(|_rejected| Refusal::BODY)
}

/// Whether the body is said to be of this media type, whatever its parameters.
pub(super) fn has_type(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|sent| sent.trim().eq_ignore_ascii_case(media_type))
}

const NOT_A_FORM: Refusal = Refusal::bad_request(
    "invalid_request",
    "not_a_form",
    "The parameters must be sent as application/x-www-form-urlencoded.",
);
const REPEATED: Refusal = Refusal::bad_request(
    "invalid_request",
    "parameter_repeated",
    "A parameter was sent more than once.",
);
const TOO_MANY: Refusal = Refusal::bad_request(
    "invalid_request",
    "too_many_parameters",
    "Too many parameters were sent.",
);
