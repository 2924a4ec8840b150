//! A recipient's receipts of its own grant, also after the grant's end.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{Json, extract::State};
use credential_core::id::GrantId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{Describe as _, FormSchema, uuid},
    error::RouteError,
    extract::Client,
    storage::Store,
};

/// Where the endpoint stands.
pub const PATH: &str = "/receipts";

/// Signed receipts in the order of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipts {
    /// Compact JWS of type `consent-receipt+jwt`.
    pub receipts: Vec<String>,
}

pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    client: Client,
) -> Result<Json<Receipts>, RouteError> {
    let grant_id: GrantId = client
        .form()
        .require("grant_id")?
        .parse()
        .map_err(|_error| RouteError::Malformed("grant_id_malformed"))?;
    // Another's grant and an unknown one both have no receipts for this client.
    let receipts = store.receipts_of_recipient(grant_id, client.id()).await?;
    Ok(Json(Receipts { receipts }))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "recipientReceipts",
            "The receipts of a recipient's own grant.",
        )
        .tag("recipient")
        .takes_form(&[FormSchema::default().required("grant_id", "The grant.", uuid())])
}
