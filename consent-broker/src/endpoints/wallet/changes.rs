//! A person pauses, resumes, narrows or renews a grant, in a word signed with the grant's own key. What
//! is shared from then on stands in a new deposit that comes with it, in the same step.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    consent::{
        decision::{DecisionError, SignedDecision},
        details::{GrantedDetails, RequestedDetails},
        request::{self, RequestObject},
    },
    jose::{
        Jwk,
        jws::{General, Unverified},
    },
    mailbox::DepositHeader,
    trust::TrustList,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    decisions::{LogSize, digest},
    grants::named,
};
use crate::{
    api::Describe as _,
    deposit_check::{self, Begin, Bound},
    error::RouteError,
    extract::{Body, Holder},
    grant::{ChangeKind, Deposit, Grant, Papers, Terms},
    notary::Notary,
    storage::{Change, SealedDeposit, StorageError, Store},
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/grants/{grant_id}/changes";

/// What the wallet sends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeBody {
    decision: General,
    #[serde(default)]
    deposit: Option<String>,
}

/// What it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeAnswer {
    /// The signed receipt, of a type by the legal basis.
    pub receipt: String,
    /// The person's log.
    pub log: LogSize,
}

pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(trust): State<TrustHandle>,
    State(notary): State<Notary>,
    holder: Holder,
    grant_id: Result<Path<String>, PathRejection>,
    Body(body): Body<ChangeBody>,
) -> Result<Json<ChangeAnswer>, RouteError> {
    let (now, subject, id) = (clock.now(), holder.subject(), named(grant_id)?);
    let digest = digest(&body.decision, body.deposit.as_deref())?;
    // Looked at before the repeat is: a change that is made in between is found as one.
    let found = store.grant(subject, id).await?;
    let found = found.ok_or(RouteError::UnknownGrant)?;
    let changed = match store.made_change(subject, id, &digest).await? {
        // A repeat is not checked again: its moment may have passed since.
        Some(earlier) => earlier,
        None => {
            let order = order(found, body, digest, &trust, now)?;
            let changed = store.change(order, &notary, now).await?;
            changed.ok_or(RouteError::UnknownGrant)??
        }
    };
    Ok(Json(ChangeAnswer {
        receipt: changed.receipt,
        log: LogSize {
            size: changed.log_size,
        },
    }))
}

/// Checks the word against the one in force. That one changes only with the grant's number of changes,
/// which the transaction looks at again: checking here is safe.
fn order(
    (grant, papers): (Grant, Papers),
    body: ChangeBody,
    digest: String,
    trust: &TrustHandle,
    now: DateTime<Utc>,
) -> Result<Change, RouteError> {
    let asked = asked(&papers)?;
    let in_force = SignedDecision::open(papers.decision)?;
    let number = grant.changes.saturating_add(1);
    let said =
        SignedDecision::verify_change(body.decision.clone(), &in_force, &asked, number, now)?;
    let kind = ChangeKind::of(said.claims().decision).ok_or(DecisionError::NotANarrowing)?;
    let terms = match (&said.claims().details, body.deposit) {
        (None, None) => None,
        (None, Some(_)) => return Err(RouteError::DepositUnfit("deposit_with_change")),
        (Some(_), None) => return Err(RouteError::DepositUnfit("deposit_missing")),
        (Some(details), Some(deposit)) => {
            let trust = trust.current();
            let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
            let key = key_for(kind, details, list, now)?;
            Some(terms(details, deposit, key, now)?)
        }
    };
    Ok(Change {
        subject_id: grant.subject_id,
        grant_id: grant.grant_id,
        number,
        kind,
        digest,
        decision: body.decision,
        terms,
    })
}

/// The request was verified when it was pushed and when it was decided; here it is read again.
fn asked(papers: &Papers) -> Result<RequestedDetails, RouteError> {
    let object: RequestObject = Unverified::parse(&papers.request, request::TYP)
        .and_then(|object| object.untrusted_payload())
        .map_err(|_unreadable| StorageError::Damaged)?;
    let mut details = object.authorization_details.into_iter();
    Ok(details.next().ok_or(StorageError::Damaged)?)
}

/// The key that the recipient is listed with. Renewing is asking anew: it needs everything that the
/// registrar would demand of a request of this moment.
fn key_for<'l>(
    kind: ChangeKind,
    details: &GrantedDetails,
    list: &'l TrustList,
    now: DateTime<Utc>,
) -> Result<&'l Jwk, RouteError> {
    let (participant, role) = list
        .recipient(&details.recipient)
        .ok_or(RouteError::NotRegistered)?;
    if kind == ChangeKind::Renew && !role.registers_now(details, now) {
        return Err(RouteError::NotRegistered);
    }
    participant
        .keys
        .encryption_key()
        .ok_or(RouteError::DepositUnfit("deposit_other_key"))
}

fn terms(
    details: &GrantedDetails,
    deposit: String,
    key: &Jwk,
    now: DateTime<Utc>,
) -> Result<(Terms, SealedDeposit), RouteError> {
    let details_hash = details
        .hash_base64url()
        .map_err(|_fraction| DecisionError::NotANarrowing)?;
    let header = DepositHeader::read(&deposit)?;
    let bound = Bound {
        grant_id: details.grant_id,
        recipient: &details.recipient,
        details_hash: &details_hash,
        until: details.until,
    };
    deposit_check::check(&header, &bound, key, Begin::Now, now)
        .map_err(RouteError::DepositUnfit)?;
    let row = Deposit::of(&header, &deposit, key, now);
    let terms = Terms {
        details_hash,
        until: details.until,
        max_reads: details.max_reads,
        deposit: row.seq,
    };
    let ciphertext = deposit;
    Ok((terms, SealedDeposit { row, ciphertext }))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("changeGrant", "Pause, resume, narrow or renew a share.")
        .tag("wallet")
        .refuses(404, "This account has no such grant.")
        .refuses(409, "The change does not fit how the grant stands.")
}
