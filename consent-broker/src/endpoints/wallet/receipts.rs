//! A person's receipts.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Json,
    extract::{RawQuery, State},
};

use crate::{
    api::{Describe as _, uuid},
    endpoints::receipts::Receipts,
    error::RouteError,
    extract::{Form, Holder},
    storage::Store,
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/receipts";

pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    holder: Holder,
    RawQuery(query): RawQuery,
) -> Result<Json<Receipts>, RouteError> {
    let parameters = Form::parse_own(query.unwrap_or_default().as_bytes())?;
    let grant_id = match parameters.find("grant_id") {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_error| RouteError::Malformed("grant_id_malformed"))?,
        ),
    };
    let receipts = store.receipts(holder.subject(), grant_id).await?;
    Ok(Json(Receipts { receipts }))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("receipts", "The person's receipts.")
        .tag("wallet")
        .takes_query("grant_id", "Of this grant alone.", uuid(), false)
}
