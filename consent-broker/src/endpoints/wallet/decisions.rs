//! The person's decision. Approval and first deposit are one step: a code never exists without
//! something to read.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::extract::State;
use chrono::{DateTime, Utc};
use credential_core::{
    canonical,
    clock::Clock,
    consent::{
        decision::{DecisionError, SignedDecision},
        digits::Digits,
        request::ConsentRequest,
    },
    encoding::sha256_base64url,
    id::{RequestId, SubjectId},
    jose::jws::General,
    mailbox::DepositHeader,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{Created, Describe as _},
    deposit_check::{self, Begin},
    digits,
    endpoints::complete,
    error::RouteError,
    extract::{Body, Holder},
    grant::{Deposit, Grant, Papers, Status},
    handles::{CompletionLink, Handles},
    interaction::{INTERACTION_LIFE, Interaction, Way, WayBack},
    keys::BrokerKeys,
    notary::Notary,
    state::Issuer,
    storage::{BeforeDecision, Decide, SealedDeposit, Store},
    suspension::refuse_suspended,
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/decisions";
/// Largest body, in octets: the largest deposit and a decision.
pub const MAX_BODY: usize = 600 * 1024;

/// What the wallet sends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionBody {
    request_id: RequestId,
    decision: General,
    #[serde(default)]
    deposit: Option<String>,
}

/// What it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionAnswer {
    /// How the person finishes in the browser that began.
    #[serde(flatten)]
    pub finish: Finish,
    /// The signed receipt, of a type by the legal basis.
    pub receipt: String,
    /// The person's log.
    pub log: LogSize,
}

/// One member of the answer: `complete_url` or `digits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// To be opened in the browser that began, which is on this device.
    CompleteUrl(String),
    /// To be typed there; it is on another device.
    Digits(Digits),
}

/// How long the log is, so that the wallet knows what it must be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    State(keys): State<BrokerKeys>,
    State(notary): State<Notary>,
    State(issuer): State<Issuer>,
    holder: Holder,
    Body(body): Body<DecisionBody>,
) -> Result<Created<DecisionAnswer>, RouteError> {
    let now = clock.now();
    let digest = digest(&body.decision, body.deposit.as_deref())?;
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
            // Whoever refuses may do so; nothing is given to a recipient that is suspended.
            if body.deposit.is_some() {
                refuse_suspended(&*store, asked.client_id()).await?;
            }
            let order = Decide {
                request_id: body.request_id,
                subject_id: holder.subject(),
                grant_id: decision.claims().grant_id,
                completion: completion(&handles, &keys, &pushed.interaction, &digest, now)?,
                digest: digest.clone(),
                recipient: asked.client_id().into(),
                legal_basis: asked.details().legal_basis,
                approval: approval(body.deposit, &decision, &asked, holder.subject(), now)?,
                papers: Papers {
                    recipient_name: asked.recipient().name.clone(),
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
        finish: match recorded.completion {
            WayBack::Link(handle) => Finish::CompleteUrl(issuer.address(&complete::path(&handle))),
            WayBack::Digits(_) => {
                let digits = digits::of_decision(&keys.names_key(), body.request_id, &digest)?;
                Finish::Digits(digits)
            }
        },
        receipt: recorded.receipt,
        log: LogSize {
            size: recorded.log_size,
        },
    };
    Ok(Created(answer))
}

/// Tells the same decision from another.
pub(super) fn digest(decision: &General, deposit: Option<&str>) -> Result<String, RouteError> {
    let decision = canonical::to_string(decision)
        .map_err(|_error| RouteError::Malformed("decision_not_canonical"))?;
    let deposit = deposit.map(sha256_base64url);
    Ok(sha256_base64url(format!("{decision}\0{deposit:?}")))
}

fn completion(
    handles: &Handles,
    keys: &BrokerKeys,
    interaction: &Interaction,
    digest: &str,
    now: DateTime<Utc>,
) -> Result<WayBack, RouteError> {
    let request_id = interaction.request_id;
    match interaction.opened.as_ref().map(|opened| opened.way) {
        Some(Way::CrossDevice) => {
            let digits = digits::of_decision(&keys.names_key(), request_id, digest)?;
            let awaited = digits::awaited(&keys.names_key(), request_id, &digits, now)?;
            Ok(WayBack::Digits(awaited))
        }
        Some(Way::SameDevice) | None => {
            let exp = (now + INTERACTION_LIFE).timestamp();
            let handle = handles.seal(&CompletionLink { request_id, exp })?;
            Ok(WayBack::Link(handle))
        }
    }
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
        last_read_at: None,
        last_change: None,
    };
    let header = DepositHeader::read(&ciphertext)?;
    if header.seq != grant.deposits {
        return Err(RouteError::DepositUnfit("deposit_not_the_first"));
    }
    let key = asked.encryption_key();
    deposit_check::check(&header, &(&grant).into(), key, Begin::Now, now)
        .map_err(RouteError::DepositUnfit)?;
    let row = Deposit::of(&header, &ciphertext, key, now);
    Ok(Some((grant, SealedDeposit { row, ciphertext })))
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("decide", "Approve with a first deposit, or refuse.")
        .tag("wallet")
        .refuses(
            409,
            "The request has been decided, or the grant id is in use.",
        )
}
