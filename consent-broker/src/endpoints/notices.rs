//! Notices, asked for by their recipient (RFC 8936). The request is a member of the form with which
//! recipients authenticate everywhere here; request and answer themselves are the standard's.

use std::{sync::Arc, time::Duration};

use aide::transform::TransformOperation;
use axum::{Extension, Json, extract::State};
use credential_core::{
    clock::Clock,
    notices::{PollAnswer, PollRequest},
};

use crate::{
    api::{Describe as _, FormSchema, some_text},
    error::RouteError,
    extract::Client,
    notary::Notary,
    storage::{Settle, Store, Topic, Waiting},
    waiting::{LONGEST, Waits, wait_for},
};

/// Where the endpoint stands.
pub const PATH: &str = "/notices/poll";
/// Most notices in one answer.
const MOST: usize = 100;

pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(notary): State<Notary>,
    Extension(waits): Extension<Waits>,
    client: Client,
) -> Result<Json<PollAnswer>, RouteError> {
    let poll = PollRequest::read(client.form().require("poll")?)
        .ok_or(RouteError::Malformed("poll_malformed"))?;
    if !poll.is_within_limits() {
        return Err(RouteError::Malformed("poll_too_much"));
    }
    let most = poll
        .max_events
        .map_or(MOST, |most| usize::try_from(most).unwrap_or(MOST).min(MOST));
    let waits_for = if poll.return_immediately || most == 0 {
        Duration::ZERO
    } else {
        LONGEST
    };
    settle(&*store, &client, poll, &notary, &*clock).await?;
    if most == 0 {
        return Ok(Json(PollAnswer::default()));
    }
    let _seat = waits.admit(format!("notices {}", client.id()))?;
    let topic = Topic::Notices(client.id().into());
    let look = || store.waiting_notices(client.id(), most);
    let has_some = |waiting: &Waiting| !waiting.notices.is_empty();
    let waiting = wait_for(&*store, &topic, waits_for, look, has_some).await?;
    Ok(Json(answer(waiting)))
}

/// What the recipient has, and what it cannot take, is not given again.
async fn settle(
    store: &dyn Store,
    client: &Client,
    poll: PollRequest,
    notary: &Notary,
    clock: &dyn Clock,
) -> Result<(), RouteError> {
    for error in poll.set_errs.values() {
        tracing::warn!(
            recipient = client.id(),
            code = short(&error.err),
            "a recipient cannot take a notice"
        );
    }
    let settled = Settle {
        acknowledged: poll.ack,
        refused: poll.set_errs.into_keys().collect(),
    };
    if settled != Settle::default() {
        let settling = store.settle_notices(client.id(), settled, notary, clock.now());
        settling.await?;
    }
    Ok(())
}

fn answer(waiting: Waiting) -> PollAnswer {
    let sets = waiting.notices.into_iter().map(|one| (one.jti, one.set));
    PollAnswer {
        sets: sets.collect(),
        more_available: waiting.has_more,
    }
}

/// Foreign text for our own log: short, and nothing that steers a terminal.
pub(crate) fn short(text: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
    text.chars().filter(is_plain).take(40).collect()
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("pollNotices", "Take notices (RFC 8936).")
        .tag("recipient")
        .takes_form(&[FormSchema::default().required(
            "poll",
            "The request of RFC 8936 section 2.2, as JSON.",
            some_text(),
        )])
}
