//! The person's decision. Approval and first deposit are one step: a code never exists without
//! something to read.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use credential_core::{
    canonical,
    clock::Clock,
    consent::{
        decision::{DecisionError, SignedDecision},
        request::ConsentRequest,
    },
    encoding::sha256_base64url,
    id::{RequestId, SubjectId},
    jose::jws::General,
    mailbox::DepositHeader,
};
use serde::{Deserialize, Serialize};

use crate::{
    deposit_check::{self, Begin},
    endpoints::complete,
    error::RouteError,
    extract::{Body, Holder},
    grant::{Deposit, Grant, Papers, Status},
    handles::{CompletionLink, Handles},
    interaction::INTERACTION_LIFE,
    notary::Notary,
    state::Issuer,
    storage::{BeforeDecision, Decide, SealedDeposit, Store},
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/decisions";
/// Largest body, in octets: the largest deposit and a decision.
pub const MAX_BODY: usize = 600 * 1024;

/// What the wallet sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionBody {
    request_id: RequestId,
    decision: General,
    #[serde(default)]
    deposit: Option<String>,
}

/// What it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionAnswer {
    /// To be opened in the browser that began.
    pub complete_url: String,
    /// The signed receipt; null for a statutory request.
    pub receipt: Option<String>,
    /// The person's log.
    pub log: LogSize,
}

/// How long the log is, so that the wallet knows what it must be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSize {
    /// Entries.
    pub size: u64,
}

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(trust): State<TrustHandle>,
    State(handles): State<Handles>,
    State(notary): State<Notary>,
    State(issuer): State<Issuer>,
    holder: Holder,
    Body(body): Body<DecisionBody>,
) -> Result<(StatusCode, Json<DecisionAnswer>), RouteError> {
    let now = clock.now();
    let digest = digest(&body)?;
    let waiting = store
        .before_decision(body.request_id, holder.subject(), digest.clone(), now)
        .await??;
    let recorded = match waiting {
        // A repeat is not checked again: its moment may have passed since.
        BeforeDecision::Made(earlier) => earlier,
        BeforeDecision::Waiting(pushed) => {
            let trust = trust.current();
            let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
            let pushed_at = pushed.interaction.pushed_at;
            let asked = ConsentRequest::verify(&pushed.request, issuer.as_str(), list, pushed_at)?;
            let decision = SignedDecision::verify(body.decision.clone(), &asked, now)?;
            let order = Decide {
                request_id: body.request_id,
                subject_id: holder.subject(),
                digest,
                grant_id: decision.claims().grant_id,
                completion: completion(&handles, body.request_id, now)?,
                recipient: asked.client_id().into(),
                legal_basis: asked.details().legal_basis,
                approval: approval(body.deposit, &decision, &asked, holder.subject(), now)?,
                papers: Papers {
                    request: pushed.request,
                    decision: body.decision,
                    earlier: Vec::new(),
                    change: None,
                },
            };
            store.decide(order, &notary, now).await??
        }
    };
    let answer = DecisionAnswer {
        complete_url: issuer.address(&complete::path(&recorded.completion)),
        receipt: recorded.receipt,
        log: LogSize {
            size: recorded.log_size,
        },
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Tells the same decision from another.
fn digest(body: &DecisionBody) -> Result<String, RouteError> {
    let decision = canonical::to_string(&body.decision)
        .map_err(|_error| RouteError::Malformed("decision_not_canonical"))?;
    let deposit = body.deposit.as_deref().map(sha256_base64url);
    Ok(sha256_base64url(format!("{decision}\0{deposit:?}")))
}

fn completion(
    handles: &Handles,
    request_id: RequestId,
    now: DateTime<Utc>,
) -> Result<String, RouteError> {
    let exp = (now + INTERACTION_LIFE).timestamp();
    Ok(handles.seal(&CompletionLink { request_id, exp })?)
}

/// The grant and first deposit of an approval; none for a refusal, which has no deposit.
fn approval(
    deposit: Option<String>,
    decision: &SignedDecision,
    asked: &ConsentRequest,
    subject_id: SubjectId,
    now: DateTime<Utc>,
) -> Result<Option<(Grant, SealedDeposit)>, RouteError> {
    let (details, ciphertext) = match (&decision.claims().details, deposit) {
        (Some(details), Some(deposit)) => (details, deposit),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(RouteError::DepositUnfit("deposit_missing")),
        (None, Some(_)) => return Err(RouteError::DepositUnfit("deposit_with_refusal")),
    };
    let grant = Grant {
        subject_id,
        grant_id: details.grant_id,
        recipient: asked.client_id().into(),
        legal_basis: details.legal_basis,
        details_hash: details
            .hash_base64url()
            .map_err(|_fraction| DecisionError::NotANarrowing)?,
        until: details.until,
        max_reads: details.max_reads,
        reads: 0,
        epoch: 1,
        changes: 0,
        deposits: 1,
        status: Status::Active,
        created_at: now,
        code_used_at: None,
    };
    let header = DepositHeader::read(&ciphertext)?;
    if header.seq != 1 {
        return Err(RouteError::DepositUnfit("deposit_not_the_first"));
    }
    let key = asked.encryption_key();
    deposit_check::check(&header, &grant, key, Begin::Now, now)
        .map_err(RouteError::DepositUnfit)?;
    let row = Deposit::of(&header, &ciphertext, key, now);
    Ok(Some((grant, SealedDeposit { row, ciphertext })))
}
