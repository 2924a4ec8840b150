//! JSON bodies.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::form::{has_content_type, read_body};
use crate::{error::RouteError, state::AppState};

/// A JSON body of this shape; unknown members are for `T` to refuse.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = RouteError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, RouteError> {
        if !has_content_type(request.headers(), "application/json") {
            return Err(RouteError::Malformed("content_type"));
        }
        let octets = read_body(request, state).await?;
        serde_json::from_slice(&octets)
            .map(Self)
            .map_err(|_error| RouteError::Malformed("body_not_as_specified"))
    }
}
