//! More deposits for a grant: renewed ones, ones prepared for later, and ones sealed to the recipient's
//! new key. They are taken all together or not at all.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Extension,
    extract::{Path, State, rejection::PathRejection},
};
use chrono::{DateTime, Utc};
use credential_core::{clock::Clock, id::GrantId, jose::Jwk, mailbox::DepositHeader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{Created, Describe as _},
    deposit_check::{self, Begin, MAX_GRANT_LENGTH, MAX_LIVING},
    error::RouteError,
    extract::{Body, Holder},
    grant::{Deposit, Grant},
    limits::Limits,
    notary::Notary,
    storage::{AddDeposits, SealedDeposit, Store},
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/wallet/grants/{grant_id}/deposits";
/// Largest body, in octets: as much as one grant may hold, and the JSON around it.
pub const MAX_BODY: usize = MAX_GRANT_LENGTH + 64 * 1024;

/// What the wallet sends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DepositsBody {
    deposits: Vec<String>,
    /// Whether what was put before goes at once, also what could still be read.
    #[serde(default)]
    replace: bool,
}

/// What it gets, the same for the same deposits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DepositsAnswer {
    /// What was put, by rising place.
    pub deposits: Vec<PutDeposit>,
}

/// One deposit that was put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PutDeposit {
    /// Its place among the grant's deposits.
    pub seq: u32,
    /// From when it may be read, seconds since 1970.
    pub nbf: i64,
    /// Until when.
    pub exp: i64,
    /// base64url SHA-256 of its compact form, as in the log.
    pub hash: String,
}

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(trust): State<TrustHandle>,
    State(notary): State<Notary>,
    Extension(limits): Extension<Arc<Limits>>,
    holder: Holder,
    grant_id: Result<Path<String>, PathRejection>,
    Body(body): Body<DepositsBody>,
) -> Result<Created<DepositsAnswer>, RouteError> {
    let now = clock.now();
    if body.deposits.is_empty() || body.deposits.len() > MAX_LIVING {
        return Err(RouteError::DepositUnfit("deposits_not_one_to_eight"));
    }
    let grant_id: GrantId = grant_id
        .map_err(|_not_text| RouteError::UnknownGrant)?
        .parse()
        .map_err(|_error| RouteError::UnknownGrant)?;
    let found = store.grant(holder.subject(), grant_id).await?;
    let (grant, _papers) = found.ok_or(RouteError::UnknownGrant)?;
    limits.deposits.admit(holder.thumbprint(), now)?;
    let trust = trust.current();
    let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
    // The key of this moment: who has sealed to one that is listed no more seals again.
    let key = list
        .recipient(&grant.recipient)
        .and_then(|(recipient, _role)| recipient.keys.encryption_key())
        .ok_or(RouteError::DepositUnfit("deposit_recipient_not_listed"))?;
    let deposits = body
        .deposits
        .into_iter()
        .map(|compact| checked(compact, &grant, key, now))
        .collect::<Result<Vec<_>, _>>()?;
    let answer = DepositsAnswer {
        deposits: deposits.iter().map(|one| put(&one.row)).collect(),
    };
    let order = AddDeposits {
        subject_id: holder.subject(),
        grant_id,
        details_hash: grant.details_hash,
        replace: body.replace,
        deposits,
    };
    let added = store.add_deposits(order, &notary, now).await?;
    added.ok_or(RouteError::UnknownGrant)??;
    Ok(Created(answer))
}

fn checked(
    ciphertext: String,
    grant: &Grant,
    key: &Jwk,
    now: DateTime<Utc>,
) -> Result<SealedDeposit, RouteError> {
    let header = DepositHeader::read(&ciphertext)?;
    deposit_check::check(&header, &grant.into(), key, Begin::Prepared, now)
        .map_err(RouteError::DepositUnfit)?;
    let row = Deposit::of(&header, &ciphertext, key, now);
    Ok(SealedDeposit { row, ciphertext })
}

fn put(row: &Deposit) -> PutDeposit {
    PutDeposit {
        seq: row.seq,
        nbf: row.nbf,
        exp: row.exp,
        hash: row.hash.clone(),
    }
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "putDeposits",
            "Put more deposits into the mailbox of a share.",
        )
        .tag("wallet")
        .refuses(404, "This account has no such grant.")
        .refuses(409, "The deposits do not follow, or the grant has ended.")
        .refuses(413, "Too many deposits, or too large.")
}
