//! JSON bodies.

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::{FromRequest, Request};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::form::{BODY_REFUSALS, has_content_type, read_body};
use crate::{
    api::{Refusals, json_body, refusals},
    error::RouteError,
    state::AppState,
};

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

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        json_body(operation, ctx.schema.subschema_for::<T>());
    }

    fn inferred_early_responses(ctx: &mut GenContext, _operation: &mut Operation) -> Refusals {
        refusals(ctx, &BODY_REFUSALS)
    }
}
