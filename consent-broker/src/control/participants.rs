//! Who is on the trust list, who is suspended, and the operator's two orders about it. Both take effect
//! with the next request: nothing about a participant is remembered outside the store.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use credential_core::{text::Text, trust::Participant};
use serde::{Deserialize, Serialize};

use crate::{
    error::RouteError,
    extract::Body,
    state::AppState,
    suspension::{EntityId, Note, Suspension},
};

/// Everyone on the trust list, and whoever is suspended without being on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantList {
    /// The sequence number of the list; none when it has expired.
    pub trust_list: Option<u64>,
    /// By entity id.
    pub participants: Vec<ParticipantView>,
}

/// One participant, as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantView {
    /// Its identifier.
    pub entity_id: EntityId,
    /// Its legal name; empty when it is not on the list.
    pub name: Text,
    /// Its roles, when it is on the list.
    pub roles: Vec<String>,
    /// Its suspension.
    pub suspension: Option<Suspension>,
}

pub(super) async fn list(
    State(state): State<AppState>,
) -> Result<Json<ParticipantList>, RouteError> {
    let mut found: BTreeMap<EntityId, ParticipantView> = BTreeMap::new();
    let trust = state.trust.current();
    let list = trust.list(state.clock.now());
    for participant in list.map(|list| list.participants()).unwrap_or_default() {
        let view = view(participant);
        found.insert(view.entity_id.clone(), view);
    }
    for suspension in state.store.suspensions().await? {
        let view = found.entry(suspension.participant.clone());
        view.or_insert_with_key(unlisted).suspension = Some(suspension);
    }
    Ok(Json(ParticipantList {
        trust_list: list.map(|list| list.sequence()),
        participants: found.into_values().collect(),
    }))
}

fn view(participant: &Participant) -> ParticipantView {
    let roles = [
        participant.issuer.as_ref().map(|_| "issuer"),
        participant.recipient.as_ref().map(|_| "recipient"),
        participant.broker.as_ref().map(|_| "broker"),
    ];
    ParticipantView {
        entity_id: EntityId::of_client(&participant.entity_id),
        name: participant.name.clone(),
        roles: roles.into_iter().flatten().map(str::to_owned).collect(),
        suspension: None,
    }
}

fn unlisted(entity_id: &EntityId) -> ParticipantView {
    ParticipantView {
        entity_id: entity_id.clone(),
        name: Text::default(),
        roles: Vec::new(),
        suspension: None,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SuspendOrder {
    participant: String,
    reason: String,
}

pub(super) async fn suspend(
    State(state): State<AppState>,
    Body(order): Body<SuspendOrder>,
) -> Result<Json<Suspension>, RouteError> {
    let suspension = Suspension {
        participant: order.participant.parse()?,
        note: order.reason.parse::<Note>()?,
        since: state.clock.now(),
    };
    refuse_unlisted(&state, &suspension.participant)?;
    let kept = state.store.suspend(suspension).await?;
    tracing::warn!(participant = %kept.participant, "a participant is suspended");
    Ok(Json(kept))
}

/// A name that is on no list is more likely mistyped than meant. When the list has expired, nobody can
/// say; stopping somebody must work all the same.
fn refuse_unlisted(state: &AppState, participant: &EntityId) -> Result<(), RouteError> {
    let trust = state.trust.current();
    let Some(list) = trust.list(state.clock.now()) else {
        return Ok(());
    };
    let is_it = |listed: &Participant| listed.entity_id == participant.as_str();
    if list.participants().iter().any(is_it) {
        Ok(())
    } else {
        Err(RouteError::UnknownParticipant)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResumeOrder {
    participant: String,
}

/// What a resumption ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// The suspension; null when the participant was not suspended.
    pub suspension: Option<Suspension>,
}

pub(super) async fn resume(
    State(state): State<AppState>,
    Body(order): Body<ResumeOrder>,
) -> Result<Json<Resumed>, RouteError> {
    let participant: EntityId = order.participant.parse()?;
    let suspension = state.store.resume(&participant).await?;
    if suspension.is_some() {
        tracing::warn!(%participant, "a participant is resumed");
    }
    Ok(Json(Resumed { suspension }))
}
