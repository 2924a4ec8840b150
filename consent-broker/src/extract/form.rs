//! Form parameters (RFC 6749 appendix B), each at most once (section 3.1).

use std::collections::BTreeMap;

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};

use crate::{
    api::{FormSchema, Refusals, form_body, refusals},
    error::RouteError,
    state::AppState,
};

/// Most parameters in one form or query.
pub(crate) const MAX_PARAMETERS: usize = 32;

/// Parameters by name. `Debug` shows names only: values are codes and assertions.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Form(BTreeMap<String, String>);

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Form {
    /// Reads `name=value&…`; a parameter without a value counts as absent (RFC 6749 section 3.1).
    pub(crate) fn parse(octets: &[u8]) -> Result<Self, RouteError> {
        let mut form = Self::read(octets)?;
        form.0.retain(|_name, value| !value.is_empty());
        Ok(form)
    }

    /// As [`Self::parse`], for queries of our own, where a filter without a value must not become no
    /// filter at all.
    pub(crate) fn parse_own(octets: &[u8]) -> Result<Self, RouteError> {
        let form = Self::read(octets)?;
        if form.0.values().any(String::is_empty) {
            return Err(RouteError::Malformed("parameter_empty"));
        }
        Ok(form)
    }

    fn read(octets: &[u8]) -> Result<Self, RouteError> {
        let mut parameters = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(octets) {
            // The decoder puts U+FFFD where octets are no UTF-8; no parameter of ours holds it.
            let is_text = |text: &str| !text.contains(['\0', char::REPLACEMENT_CHARACTER]);
            if !is_text(&name) || !is_text(&value) {
                return Err(RouteError::Malformed("parameter_not_text"));
            }
            if parameters.len() >= MAX_PARAMETERS {
                return Err(RouteError::Malformed("parameters_too_many"));
            }
            if parameters
                .insert(name.into_owned(), value.into_owned())
                .is_some()
            {
                return Err(RouteError::Malformed("parameter_doubled"));
            }
        }
        Ok(Self(parameters))
    }

    /// The value of a parameter.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a parameter that must be there.
    pub(crate) fn require(&self, name: &str) -> Result<&str, RouteError> {
        self.find(name)
            .ok_or(RouteError::Malformed("parameter_missing"))
    }
}

#[cfg(feature = "fuzzing")]
impl Form {
    /// All parameters.
    pub(crate) fn into_parameters(self) -> BTreeMap<String, String> {
        self.0
    }
}

impl FromRequest<AppState> for Form {
    type Rejection = RouteError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, RouteError> {
        if !has_content_type(request.headers(), "application/x-www-form-urlencoded") {
            return Err(RouteError::Malformed("content_type"));
        }
        Self::parse(&read_body(request, state).await?)
    }
}

impl OperationInput for Form {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        form_body(operation, FormSchema::default().schema());
    }

    fn inferred_early_responses(ctx: &mut GenContext, _operation: &mut Operation) -> Refusals {
        refusals(ctx, &BODY_REFUSALS)
    }
}

/// Why a body is not read.
pub(super) const BODY_REFUSALS: [(u16, &str); 2] = [
    (400, "The body is not of the form it must have."),
    (413, "The body is too large."),
];

pub(super) fn has_content_type(headers: &HeaderMap, expected: &str) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(expected))
}

pub(super) async fn read_body(request: Request, state: &AppState) -> Result<Bytes, RouteError> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejected| match rejected.status() {
            StatusCode::PAYLOAD_TOO_LARGE => RouteError::TooLarge,
            _ => RouteError::Malformed("body_unreadable"),
        })
}

#[cfg(test)]
mod tests;
