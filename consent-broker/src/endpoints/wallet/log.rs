//! A person's access log, page by page, each with a signed head and the proof that it continues what
//! the wallet knew.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Json,
    extract::{RawQuery, State},
};
use credential_core::{access_log::LogPage, clock::Clock};
use schemars::{Schema, json_schema};

use crate::{
    api::Describe as _,
    error::RouteError,
    extract::{Form, Holder},
    notary::Notary,
    storage::{LogSlice, Store},
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/log";

/// Answers from `since` (0 when it is absent). One page has at most 4,096 entries and its head is that
/// of the page's end, so a wallet asks again until it gets no entries.
pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(notary): State<Notary>,
    holder: Holder,
    RawQuery(query): RawQuery,
) -> Result<Json<LogPage>, RouteError> {
    let parameters = Form::parse_own(query.unwrap_or_default().as_bytes())?;
    let since: u64 = match parameters.find("since") {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_error| RouteError::Malformed("since_not_a_size"))?,
    };
    let slice = store.log_since(holder.subject(), since).await?;
    let slice = match slice {
        Some(slice) => slice,
        None if since == 0 => LogSlice::empty(&holder.account().log_id),
        None => return Err(RouteError::Malformed("log_shorter_than_since")),
    };
    let head = notary.head(&slice.log_id, &slice.frontier, clock.now())?;
    let known = usize::try_from(since).unwrap_or(usize::MAX);
    if slice.entries.len() != slice.leaves.len().saturating_sub(known) {
        return Err(RouteError::Erased);
    }
    let page = LogPage::new(head, &slice.leaves, slice.entries, known);
    Ok(Json(page))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("log", "A page of the person's access log.")
        .tag("wallet")
        .takes_query(
            "since",
            "The size the wallet knows; 0 when absent.",
            size(),
            false,
        )
        .refuses(410, "What the entries said was erased.")
}

fn size() -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": u64::MAX })
}
