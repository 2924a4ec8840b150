//! One grant in full, as its holder sees it.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use chrono::{DateTime, Utc};
use credential_core::{clock::Clock, id::GrantId, jose::jws::General};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grants::named;
use crate::{
    api::Describe as _,
    error::RouteError,
    extract::Holder,
    grant::{Deposit, Status},
    storage::{GrantInFull, Store},
};

/// Where one grant stands.
pub const PATH: &str = "/wallet/grants/{grant_id}";

/// Everything the holder may want to know of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WholeGrant {
    /// The grant.
    pub grant_id: GrantId,
    /// The recipient's client id.
    pub recipient: String,
    /// `active`, `paused`, or how it ended.
    pub status: String,
    /// Since when it is paused, or when its end was recorded.
    pub since: Option<DateTime<Utc>>,
    /// When the person decided.
    pub created_at: DateTime<Utc>,
    /// When it ends, or would have ended.
    pub until: DateTime<Utc>,
    /// Counted reads.
    pub reads: u32,
    /// Most reads; null for no limit.
    pub max_reads: Option<u32>,
    /// When it was last read.
    pub last_read_at: Option<DateTime<Utc>>,
    /// How often the person has changed it; the next change has one more.
    pub changes: u32,
    /// The highest place that a deposit has had; the next stands above it.
    pub last_deposit: u32,
    /// base64url SHA-256 of the granted details in force.
    pub details_hash: String,
    /// The holder's own signed decision in force.
    pub decision: General,
    /// The deposits that are still kept.
    pub deposits: Vec<KeptDeposit>,
}

/// A deposit, as its holder sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeptDeposit {
    /// Its place among the grant's deposits, from 1.
    pub seq: u32,
    /// From when it can be read, seconds since 1970.
    pub nbf: i64,
    /// Until when.
    pub exp: i64,
    /// When it was put here.
    pub deposited_at: DateTime<Utc>,
}

pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    holder: Holder,
    grant_id: Result<Path<String>, PathRejection>,
) -> Result<Json<WholeGrant>, RouteError> {
    let found = store.grant_in_full(holder.subject(), named(grant_id)?);
    let found = found.await?.ok_or(RouteError::UnknownGrant)?;
    Ok(Json(view(found, clock.now())))
}

fn view(found: GrantInFull, now: DateTime<Utc>) -> WholeGrant {
    let GrantInFull {
        grant,
        papers,
        deposits,
    } = found;
    WholeGrant {
        status: grant.state_name(now).into(),
        since: match grant.status {
            Status::Active => None,
            Status::Paused { at } | Status::Ended { at, .. } => Some(at),
        },
        grant_id: grant.grant_id,
        recipient: grant.recipient,
        created_at: grant.created_at,
        until: grant.until,
        reads: grant.reads,
        max_reads: grant.max_reads,
        last_read_at: grant.last_read_at,
        changes: grant.changes,
        last_deposit: grant.deposits,
        details_hash: grant.details_hash,
        decision: papers.decision,
        deposits: deposits.iter().map(kept).collect(),
    }
}

fn kept(deposit: &Deposit) -> KeptDeposit {
    KeptDeposit {
        seq: deposit.seq,
        nbf: deposit.nbf,
        exp: deposit.exp,
        deposited_at: deposit.deposited_at,
    }
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("grantInFull", "One share in full.")
        .tag("wallet")
        .refuses(404, "This account has no such grant.")
}
