//! The public keys that sign receipts and log heads. Wallets take them from the trust list; these are
//! for those who want to compare.

use aide::transform::TransformOperation;
use axum::{Json, extract::State};
use credential_core::jose::JwkSet;

use crate::{api::Describe as _, keys::BrokerKeys};

/// Where the endpoint stands.
pub const PATH: &str = "/jwks";

pub(crate) async fn get(State(keys): State<BrokerKeys>) -> Json<JwkSet> {
    Json(keys.public())
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("keys", "The keys that sign receipts and log heads.")
        .tag("public")
}
