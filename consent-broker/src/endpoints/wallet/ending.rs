//! The end of several shares at once: on the word of each grant's own key, or, when the wallet with those
//! keys is gone, on the word of the account's key alone.

use std::{collections::BTreeSet, sync::Arc};

use aide::transform::TransformOperation;
use axum::{Json, extract::State};
use credential_core::{
    clock::Clock, consent::decision::SignedDecision, id::GrantId, jose::jws::General,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grants::check_withdrawal;
use crate::{
    api::Describe as _,
    error::RouteError,
    extract::{Body, Holder},
    notary::Notary,
    storage::{Ended, Store},
};

/// Where all shares are stopped.
pub const STOP_ALL_PATH: &str = "/wallet/grants/stop-all";
/// Where several are withdrawn.
pub const WITHDRAW_PATH: &str = "/wallet/grants/withdraw";
/// Most withdrawals in one request; about 1,200 octets each.
const MAX_TOGETHER: usize = 40;

/// The grants that have ended so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndedGrants {
    /// One a grant.
    pub grants: Vec<EndedGrant>,
}

/// A grant that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndedGrant {
    /// The grant.
    pub grant_id: GrantId,
    /// The signed receipt, of a type by the legal basis.
    pub receipt: String,
}

impl From<Vec<Ended>> for EndedGrants {
    fn from(ended: Vec<Ended>) -> Self {
        let grants = ended.into_iter().map(|one| EndedGrant {
            grant_id: one.grant_id,
            receipt: one.receipt,
        });
        Self {
            grants: grants.collect(),
        }
    }
}

pub(crate) async fn stop_all(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(notary): State<Notary>,
    holder: Holder,
) -> Result<Json<EndedGrants>, RouteError> {
    let stopped = store.stop_all(holder.subject(), &notary, clock.now());
    Ok(Json(stopped.await?.into()))
}

/// What the wallet sends to stop several shares.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawals {
    decisions: Vec<General>,
}

pub(crate) async fn withdraw(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(notary): State<Notary>,
    holder: Holder,
    Body(Withdrawals { decisions }): Body<Withdrawals>,
) -> Result<Json<EndedGrants>, RouteError> {
    if decisions.is_empty() || decisions.len() > MAX_TOGETHER {
        return Err(RouteError::Malformed("decisions_count"));
    }
    let (now, mut seen) = (clock.now(), BTreeSet::new());
    let mut withdrawals = Vec::with_capacity(decisions.len());
    for decision in decisions {
        let id = SignedDecision::open(decision.clone())?.claims().grant_id;
        if !seen.insert(id) {
            return Err(RouteError::Malformed("decision_twice"));
        }
        check_withdrawal(&*store, holder.subject(), id, &decision, now).await?;
        withdrawals.push((id, decision));
    }
    let ended = store
        .withdraw_all(holder.subject(), withdrawals, &notary, now)
        .await?
        .ok_or(RouteError::UnknownGrant)?;
    Ok(Json(ended.into()))
}

pub(crate) fn describe_stop_all(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("stopAll", "Stop every share with the account's own key.")
        .tag("wallet")
}

pub(crate) fn describe_withdraw(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("withdrawSeveral", "Stop several shares in one step.")
        .tag("wallet")
        .refuses(404, "One of them is not this account's.")
}
