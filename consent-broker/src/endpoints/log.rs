//! The global log by C2SP tlog-tiles: checkpoint, tiles and bundles of entries, for everybody. Nothing of
//! it says who anybody is.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    extract::{Path, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use credential_core::transparency::Resource;
use schemars::json_schema;

use crate::{api::Describe as _, error::RouteError, extract::Visitor, storage::Store};

/// Where the checkpoint stands.
pub const CHECKPOINT_PATH: &str = "/log/checkpoint";
/// Where tiles and entries stand.
pub const TILE_PATH: &str = "/log/tile/{*tile}";

const NOTE: &str = "text/plain; charset=utf-8";
const OCTETS: &str = "application/octet-stream";
/// The log may grow every second.
const BRIEFLY: &str = "public, max-age=1";
/// What has been served once never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

pub(crate) async fn checkpoint(
    State(store): State<Arc<dyn Store>>,
    _visitor: Visitor,
) -> Result<Response, RouteError> {
    let found = store.checkpoints().await?;
    let newest = found
        .ok_or(RouteError::NotHere(StatusCode::NOT_FOUND))?
        .newest;
    let headers = [(CONTENT_TYPE, NOTE), (CACHE_CONTROL, BRIEFLY)];
    Ok((headers, newest).into_response())
}

pub(crate) async fn tile(
    State(store): State<Arc<dyn Store>>,
    _visitor: Visitor,
    Path(tile): Path<String>,
) -> Result<Response, RouteError> {
    let nothing = RouteError::NotHere(StatusCode::NOT_FOUND);
    let resource: Resource = tile.parse().map_err(|_malformed| nothing.clone())?;
    let octets = store.log_tile(resource).await?.ok_or(nothing)?;
    let headers = [(CONTENT_TYPE, OCTETS), (CACHE_CONTROL, FOREVER)];
    Ok((headers, octets).into_response())
}

pub(crate) fn describe_checkpoint(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "logCheckpoint",
            "The global log's head, a signed note (C2SP tlog-checkpoint).",
        )
        .tag("public")
        .answers(
            200,
            "The newest checkpoint.",
            "text/plain",
            json_schema!({ "type": "string" }),
        )
        .refuses(404, "The log has not begun.")
}

pub(crate) fn describe_tile(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "logTile",
            "A tile, `<L>/<N>[.p/<W>]`, or entries, `entries/<N>[.p/<W>]` (C2SP tlog-tiles).",
        )
        .tag("public")
        .answers(
            200,
            "Hashes or entries.",
            OCTETS,
            json_schema!({ "type": "string" }),
        )
        .refuses(404, "The log does not have it.")
}
