//! Whether a deposit belongs to its grant, is sealed to the certified key, and can be read now.

use chrono::{DateTime, Utc};
use credential_core::{
    encoding::sha256_base64url,
    id::GrantId,
    jose::Jwk,
    mailbox::{DepositHeader, MAX_LIFE_SECONDS},
};

use crate::{error::RouteError, grant::Deposit, storage::SealedDeposit};

/// How far a deposit's begin may be from our clock.
const MAX_SKEW_SECONDS: u64 = 300;

/// What a deposit's header has to say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) grant_id: GrantId,
    /// The recipient's client id.
    pub(super) recipient: &'a str,
    /// base64url SHA-256 of the canonical granted details.
    pub(super) details_hash: &'a str,
    /// When the grant ends.
    pub(super) until: DateTime<Utc>,
    /// The recipient's registrar-certified key.
    pub(super) key: &'a Jwk,
}

/// Reads a compact JWE that is brought now.
pub(super) fn sealed(
    ciphertext: String,
    expected: &Expected<'_>,
    now: DateTime<Utc>,
) -> Result<SealedDeposit, RouteError> {
    let header = DepositHeader::read(&ciphertext)?;
    check(&header, expected, now)?;
    let row = Deposit {
        seq: header.seq,
        nbf: header.nbf,
        exp: header.exp,
        hash: sha256_base64url(&ciphertext),
        deposited_at: now,
    };
    Ok(SealedDeposit { row, ciphertext })
}

fn check(
    header: &DepositHeader,
    expected: &Expected<'_>,
    now: DateTime<Utc>,
) -> Result<(), RouteError> {
    let key = expected.key;
    let names_key = header.kid == key.thumbprint() || key.kid.as_ref() == Some(&header.kid);
    let latest = now.timestamp() + MAX_LIFE_SECONDS;
    let now = now.timestamp();
    let reason = if header.grant_id != expected.grant_id {
        "deposit_other_grant"
    } else if header.recipient != expected.recipient {
        "deposit_other_recipient"
    } else if header.details_hash != expected.details_hash {
        "deposit_other_details"
    } else if !names_key {
        "deposit_other_key"
    } else if header.exp <= now || header.exp > expected.until.timestamp().min(latest) {
        "deposit_end_unfit"
    } else if header.nbf.abs_diff(now) > MAX_SKEW_SECONDS {
        "deposit_begin_unfit"
    } else {
        return Ok(());
    };
    Err(RouteError::DepositUnfit(reason))
}
