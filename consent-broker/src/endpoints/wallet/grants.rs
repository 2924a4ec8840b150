//! A person's grants: what is shared now and was shared before, and the end of a share.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    consent::decision::SignedDecision,
    id::{GrantId, SubjectId},
    jose::jws::General,
    trust::TrustList,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::Describe as _,
    error::RouteError,
    extract::{Body, Holder},
    grant::Deposit,
    notary::Notary,
    storage::{GrantOverview, Store},
    trust::TrustHandle,
};

/// Where the list stands.
pub const PATH: &str = "/wallet/grants";
/// Where a grant is stopped.
pub const WITHDRAW_PATH: &str = "/wallet/grants/{grant_id}/withdraw";

/// All grants of the account, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GrantList {
    /// One a grant.
    pub grants: Vec<GrantView>,
}

/// One grant, as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GrantView {
    /// The grant.
    pub grant_id: GrantId,
    /// `active`, `paused`, or how it ended: `withdrawn`, `expired`, `exhausted`, `stopped`, `given_up`.
    pub status: String,
    /// Counted reads.
    pub reads: u32,
    /// When it ends, or would have ended.
    pub until: DateTime<Utc>,
    /// The holder's own signed decision.
    pub decision: General,
    /// The newest deposit that is still kept.
    pub deposit: Option<DepositView>,
    /// When the last deposit that is kept ends, seconds since 1970: by then the wallet renews.
    pub deposits_end: Option<i64>,
    /// The highest place that a deposit has had; the next stands above it.
    pub last_seq: u32,
    /// The thumbprint of the recipient's registered key, when the newest deposit is sealed to another.
    pub reseal_to: Option<String>,
}

/// A deposit, as its holder sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DepositView {
    /// Its place among the grant's deposits, from 1.
    pub seq: u32,
    /// Until when it can be read, seconds since 1970.
    pub exp: i64,
}

pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(trust): State<TrustHandle>,
    State(notary): State<Notary>,
    holder: Holder,
) -> Result<Json<GrantList>, RouteError> {
    let now = clock.now();
    let grants = store.grants(holder.subject()).await?;
    let trust = trust.current();
    let list = trust.list(now);
    let grants: Vec<_> = grants.into_iter().map(|one| view(one, list, now)).collect();
    let asked: Vec<_> = grants
        .iter()
        .filter_map(|view| Some((view.grant_id, view.reseal_to.clone()?)))
        .collect();
    if !asked.is_empty() {
        store
            .note_new_keys(holder.subject(), asked, &notary, now)
            .await?;
    }
    Ok(Json(GrantList { grants }))
}

fn view(overview: GrantOverview, list: Option<&TrustList>, now: DateTime<Utc>) -> GrantView {
    let reseal_to = list.and_then(|list| reseal_to(&overview, list, now));
    let GrantOverview {
        grant,
        decision,
        deposit,
        deposits_end,
    } = overview;
    GrantView {
        grant_id: grant.grant_id,
        status: grant.state_name(now).into(),
        reads: grant.reads,
        until: grant.until,
        decision,
        deposit: deposit.map(|Deposit { seq, exp, .. }| DepositView { seq, exp }),
        deposits_end,
        last_seq: grant.deposits,
        reseal_to,
    }
}

/// The key that the registrar lists for the recipient, when what lies here is sealed to another.
fn reseal_to(overview: &GrantOverview, list: &TrustList, now: DateTime<Utc>) -> Option<String> {
    let newest = overview.deposit.as_ref()?;
    let (recipient, _role) = list.recipient(&overview.grant.recipient)?;
    let listed = recipient.keys.encryption_key()?.thumbprint();
    (overview.grant.is_living(now) && newest.sealed_to != listed).then_some(listed)
}

/// What the wallet sends to stop a share.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawalBody {
    decision: General,
}

/// What it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithdrawalAnswer {
    /// The signed receipt, of a type by the legal basis.
    pub receipt: String,
}

pub(crate) async fn withdraw(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(notary): State<Notary>,
    holder: Holder,
    grant_id: Result<Path<String>, PathRejection>,
    Body(WithdrawalBody { decision }): Body<WithdrawalBody>,
) -> Result<Json<WithdrawalAnswer>, RouteError> {
    let now = clock.now();
    let grant_id = named(grant_id)?;
    check_withdrawal(&*store, holder.subject(), grant_id, &decision, now).await?;
    let receipt = store
        .withdraw(holder.subject(), grant_id, decision, &notary, now)
        .await?
        .ok_or(RouteError::UnknownGrant)?;
    Ok(Json(WithdrawalAnswer { receipt }))
}

/// A grant that is misspelt is as unknown as any other.
pub(super) fn named(grant_id: Result<Path<String>, PathRejection>) -> Result<GrantId, RouteError> {
    let text = grant_id.map_err(|_not_text| RouteError::UnknownGrant)?;
    text.parse().map_err(|_error| RouteError::UnknownGrant)
}

/// The withdrawal is signed with the grant's own key, which never changes: checking it before the
/// transaction is safe.
pub(super) async fn check_withdrawal(
    store: &dyn Store,
    subject: SubjectId,
    grant_id: GrantId,
    withdrawal: &General,
    now: DateTime<Utc>,
) -> Result<(), RouteError> {
    let found = store.grant(subject, grant_id).await?;
    let (_grant, papers) = found.ok_or(RouteError::UnknownGrant)?;
    let approval = SignedDecision::open(papers.decision)?;
    SignedDecision::verify_withdrawal(withdrawal.clone(), &approval, now)?;
    Ok(())
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("grants", "All grants of the account.")
        .tag("wallet")
}

pub(crate) fn describe_withdraw(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("withdraw", "Stop a share.")
        .tag("wallet")
        .refuses(404, "This account has no such grant.")
}
