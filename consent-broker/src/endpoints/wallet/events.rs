//! Tells the wallet that its log has grown, so that it looks: how far the log goes and what kind its
//! last entry is, and nothing else. As server-sent events, or as one answer that may take its time.

use std::{convert::Infallible, sync::Arc, time::Duration};

use aide::transform::TransformOperation;
use axum::{
    Extension, Json,
    extract::{RawQuery, State},
    http::{HeaderMap, header::ACCEPT},
    response::{
        IntoResponse as _, Response, Sse,
        sse::{self, KeepAlive},
    },
};
use credential_core::{access_log::Kind, clock::Clock, id::SubjectId};
use futures_util::stream::{self, Stream};
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{
    api::{Describe as _, text},
    error::RouteError,
    extract::{Form, Holder},
    storage::{LogEnd, Store, Topic},
    waiting::{LONGEST, LOOK_AGAIN, Seat, Waits, hear, wait_for},
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/events";
/// How often an open stream says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How far the log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogGrown {
    /// Entries.
    pub size: u64,
    /// What the last one is about; none when there is nothing new.
    pub kind: Option<Kind>,
}

pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    Extension(waits): Extension<Waits>,
    holder: Holder,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, RouteError> {
    let parameters = Form::parse_own(query.unwrap_or_default().as_bytes())?;
    let since = number(&parameters, "since", "since_not_a_size")?.unwrap_or(0);
    let seat = waits.admit(format!("log {}", holder.subject()))?;
    if wants_stream(&headers) {
        let watching = Watching {
            bell: store.listen(&Topic::Log(holder.subject())),
            store,
            clock,
            subject: holder.subject(),
            since,
            ends: holder.expires_at(),
            _seat: seat,
        };
        let heartbeat = KeepAlive::new().interval(HEARTBEAT);
        return Ok(Sse::new(events(watching))
            .keep_alive(heartbeat)
            .into_response());
    }
    let wait = number(&parameters, "wait", "wait_not_seconds")?.unwrap_or(0);
    let wait = Duration::from_secs(wait).min(LONGEST);
    let grown = grown_past(&*store, holder.subject(), since, wait).await?;
    Ok(Json(grown).into_response())
}

async fn grown_past(
    store: &dyn Store,
    subject: SubjectId,
    since: u64,
    wait: Duration,
) -> Result<LogGrown, RouteError> {
    let topic = Topic::Log(subject);
    let look = || store.log_end(subject);
    let LogEnd { size, kind } = wait_for(store, &topic, wait, look, |end| end.size > since).await?;
    Ok(LogGrown {
        size,
        kind: kind.filter(|_kind| size > since),
    })
}

/// An open stream.
struct Watching {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    bell: watch::Receiver<()>,
    subject: SubjectId,
    since: u64,
    /// When the wallet's token expires, seconds since 1970.
    ends: i64,
    _seat: Seat,
}

/// One event each time the log has grown, until the token expires or the store fails.
fn events(watching: Watching) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    stream::unfold(watching, async |mut watching| {
        loop {
            if watching.clock.now().timestamp() >= watching.ends {
                return None;
            }
            let end = watching.store.log_end(watching.subject).await.ok()?;
            if end.size > watching.since {
                watching.since = end.size;
                return Some((Ok(event(end)?), watching));
            }
            hear(&mut watching.bell, LOOK_AGAIN).await;
        }
    })
}

fn event(LogEnd { size, kind }: LogEnd) -> Option<sse::Event> {
    let event = sse::Event::default().event("log").id(size.to_string());
    event.json_data(LogGrown { size, kind }).ok()
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        let mut kinds = accepted.split(',');
        kinds.any(|kind| {
            let kind = kind.split(';').next().unwrap_or_default();
            kind.trim().eq_ignore_ascii_case("text/event-stream")
        })
    })
}

fn number(parameters: &Form, name: &str, reason: &'static str) -> Result<Option<u64>, RouteError> {
    let text = parameters.find(name);
    text.map(|text| text.parse().map_err(|_error| RouteError::Malformed(reason)))
        .transpose()
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let since = "The size the wallet knows; 0 when absent.";
    let wait = "Seconds to wait at most, 30 at most; 0 when absent.";
    operation
        .called("events", "Whether the person's log has grown.")
        .tag("wallet")
        .takes_query("since", since, whole_number(), false)
        .takes_query("wait", wait, whole_number(), false)
        .response::<200, Json<LogGrown>>()
        .answers(
            200,
            "How far the log goes; as a stream, an event each time it has grown.",
            "text/event-stream",
            text(),
        )
        .refuses(500, "The broker has failed.")
        .refuses(503, "The broker cannot answer now.")
}

fn whole_number() -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": u64::MAX })
}
