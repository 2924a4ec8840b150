//! The node itself: its health in full, and the operator's word about its clock.

use std::path::PathBuf;

use axum::{Extension, Json, extract::State};
use serde::{Deserialize, Serialize};

use crate::{
    backup::{Backup, back_up as copy},
    error::RouteError,
    extract::Body,
    state::AppState,
    surroundings::Surroundings,
};

/// What can keep a node from serving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeHealth {
    /// Whether it serves.
    pub is_ready: bool,
    /// The reason code, when it does not.
    pub reason: Option<String>,
    /// The trust list that is or was in force.
    pub trust_list: u64,
    /// How long it is good for, in seconds; negative when it has expired.
    pub trust_list_expires_in_seconds: i64,
    /// How far the wall clock has moved against the steady one, in milliseconds; none without a watch.
    pub clock_difference_milliseconds: Option<i64>,
    /// Whether the registrar's list names this broker with a key that it signs with.
    pub is_listed: bool,
}

pub(super) async fn health(
    State(state): State<AppState>,
    Extension(surroundings): Extension<Surroundings>,
) -> Json<NodeHealth> {
    let reason = match surroundings.ready(&state).await {
        Ok(_ready) => None,
        Err(refusal) => Some(refusal.reason().to_owned()),
    };
    let (trust, now) = (state.trust.current(), state.clock.now());
    let watch = surroundings.clock_watch.as_ref();
    Json(NodeHealth {
        is_ready: reason.is_none(),
        reason,
        trust_list: trust.sequence(),
        trust_list_expires_in_seconds: (trust.expires_at() - now).num_seconds(),
        clock_difference_milliseconds: watch.map(|watch| watch.difference().num_milliseconds()),
        is_listed: state.is_listed(now),
    })
}

/// An order without anything in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {}

/// The wall clock is believed from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockAccepted {
    /// How far it had moved against the steady one, in milliseconds.
    pub difference_milliseconds: i64,
}

pub(super) async fn accept_clock(
    Extension(surroundings): Extension<Surroundings>,
    Body(Order {}): Body<Order>,
) -> Json<ClockAccepted> {
    let watch = surroundings.clock_watch.as_ref();
    let difference = watch.map(|watch| watch.accept().num_milliseconds());
    let difference_milliseconds = difference.unwrap_or_default();
    tracing::warn!(difference_milliseconds, "the operator accepts the clock");
    Json(ClockAccepted {
        difference_milliseconds,
    })
}

/// The keys that the broker uses now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysReloaded {
    /// The id of the key that signs.
    pub signs_with: String,
    /// Whether the registrar's list names that key.
    pub is_listed: bool,
}

pub(super) async fn reload_keys(
    State(state): State<AppState>,
    Extension(surroundings): Extension<Surroundings>,
    Body(Order {}): Body<Order>,
) -> Result<Json<KeysReloaded>, RouteError> {
    let folder = surroundings.keys.as_deref().ok_or(RouteError::NotMade)?;
    state.keys.reload(folder).map_err(|error| {
        tracing::error!(
            reason = error.reason(),
            "the keys cannot be used; those in use stay"
        );
        RouteError::NotMade
    })?;
    tracing::warn!("the keys were read again");
    Ok(Json(KeysReloaded {
        signs_with: state.signing_kid(state.clock.now()),
        is_listed: state.is_listed(state.clock.now()),
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackupOrder {
    folder: PathBuf,
}

/// The operator gets files of the broker's own, in a place that the broker's user may write to.
pub(super) async fn back_up(
    State(state): State<AppState>,
    Extension(surroundings): Extension<Surroundings>,
    Body(BackupOrder { folder }): Body<BackupOrder>,
) -> Result<Json<Backup>, RouteError> {
    let (store, keys) = surroundings
        .local
        .zip(surroundings.keys)
        .ok_or(RouteError::NoCopies)?;
    let now = state.clock.now();
    let copied = tokio::task::spawn_blocking(move || copy(&store, &keys, &folder, now)).await;
    let copied = copied.map_err(|_panic| RouteError::NotMade)?;
    copied.map(Json).map_err(|error| {
        tracing::error!(reason = error.reason(), %error, "no copy was made");
        RouteError::NotCopied(error.reason())
    })
}
