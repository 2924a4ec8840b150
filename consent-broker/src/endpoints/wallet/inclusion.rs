//! The proof that the global log has a person's head: for the person's own wallet alone, because the
//! place of an entry says whose it is.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Json,
    extract::{RawQuery, State},
};
use credential_core::{encoding::base64url, transparency::HeadProof};
use schemars::json_schema;

use crate::{
    api::Describe as _,
    error::RouteError,
    extract::{Form, Holder},
    storage::{LogProof, Store},
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/log/inclusion";

/// Answers for the newest head that the global log has, with the proof that a global log of `known`
/// entries (0 when it is absent) is the beginning of it.
pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    holder: Holder,
    RawQuery(query): RawQuery,
) -> Result<Json<HeadProof>, RouteError> {
    let parameters = Form::parse_own(query.unwrap_or_default().as_bytes())?;
    let known: u64 = match parameters.find("known") {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_error| RouteError::Malformed("known_not_a_size"))?,
    };
    let proof = store.prove_in_global_log(holder.subject(), known).await?;
    proof.map(shown).map(Json).ok_or(RouteError::NotYetIncluded)
}

fn shown(proof: LogProof) -> HeadProof {
    HeadProof {
        checkpoint: proof.checkpoint,
        index: proof.place.index,
        size: proof.place.size,
        root: base64url(proof.place.root),
        inclusion: HeadProof::texts(&proof.inclusion),
        consistency: HeadProof::texts(&proof.consistency),
        log_key: proof.drawn_key,
    }
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "logInclusion",
            "The proof that the global log has the person's head.",
        )
        .tag("wallet")
        .takes_query(
            "known",
            "The size of the global log that the wallet has checked; 0 when absent.",
            json_schema!({ "type": "integer", "minimum": 0, "maximum": u64::MAX }),
            false,
        )
        .refuses(
            404,
            "The global log does not have a head of this person yet.",
        )
}
