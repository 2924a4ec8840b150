//! Whether a deposit belongs to its grant and may lie in the mailbox: pure, rows and time in, an answer
//! out.

use chrono::{DateTime, Utc};
use credential_core::{
    id::GrantId,
    jose::Jwk,
    mailbox::{self, DepositHeader, MAX_LIFE_SECONDS},
};

use crate::grant::{Deposit, Grant};

/// Most deposits of one grant that can still be read, now or later.
pub const MAX_LIVING: usize = 8;
/// Most characters of them together: four mebioctets.
pub const MAX_GRANT_LENGTH: usize = MAX_LIVING * mailbox::MAX_LENGTH;
/// Most characters of all deposits of one account.
pub const MAX_ACCOUNT_LENGTH: u64 = 64 << 20;
/// How far the begin of a deposit that is to be read at once may be from our clock.
const MAX_SKEW_SECONDS: u64 = 300;

/// What binds a deposit to its grant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) grant_id: GrantId,
    /// The recipient's client id.
    pub(crate) recipient: &'a str,
    /// base64url SHA-256 of the canonical granted details.
    pub(crate) details_hash: &'a str,
    /// When the grant ends.
    pub(crate) until: DateTime<Utc>,
}

impl<'a> From<&'a Grant> for Bound<'a> {
    fn from(grant: &'a Grant) -> Self {
        Self {
            grant_id: grant.grant_id,
            recipient: &grant.recipient,
            details_hash: &grant.details_hash,
            until: grant.until,
        }
    }
}

/// When a deposit is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// From now on.
    Now,
    /// From a time on that may still come, at most 30 days away.
    Prepared,
}

/// Why deposits were not taken although each is in order by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DepositRefused {
    /// The grant has ended.
    #[error("the grant has ended")]
    Ended,
    /// The places do not rise above those that were used before.
    #[error("the deposits do not follow those that were put before")]
    OutOfOrder,
    /// The grant's details have changed since.
    #[error("the deposits were made for other details")]
    OtherDetails,
    /// More than [`MAX_LIVING`] could be read.
    #[error("the grant has too many deposits: at most 8 at a time")]
    TooMany,
    /// The account's mailbox is full.
    #[error("the mailbox of this account is full: at most 64 MiB of deposits")]
    Quota,
}

impl DepositRefused {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Ended => "grant_ended",
            Self::OutOfOrder => "deposit_not_next",
            Self::OtherDetails => "deposit_other_details",
            Self::TooMany => "deposits_too_many",
            Self::Quota => "deposit_quota",
        }
    }
}

/// Checks that a deposit belongs to its grant, is sealed to `key`, and can be read in its time. Gives
/// the reason code when not. Its place among others is for [`admit`].
pub(crate) fn check(
    header: &DepositHeader,
    grant: &Bound<'_>,
    key: &Jwk,
    begin: Begin,
    now: DateTime<Utc>,
) -> Result<(), &'static str> {
    let now = now.timestamp();
    let latest = now.saturating_add(MAX_LIFE_SECONDS);
    let (begins_in_time, ends_in_time) = match begin {
        Begin::Now => (
            header.nbf.abs_diff(now) <= MAX_SKEW_SECONDS,
            header.exp <= latest,
        ),
        Begin::Prepared => (header.nbf <= latest, true),
    };
    if header.grant_id != grant.grant_id {
        Err("deposit_other_grant")
    } else if header.recipient != grant.recipient {
        Err("deposit_other_recipient")
    } else if header.details_hash != grant.details_hash {
        Err("deposit_other_details")
    } else if !names(&header.kid, key) {
        Err("deposit_other_key")
    } else if header.exp <= now || header.exp > grant.until.timestamp() || !ends_in_time {
        Err("deposit_end_unfit")
    } else if !begins_in_time {
        Err("deposit_begin_unfit")
    } else {
        Ok(())
    }
}

fn names(kid: &str, key: &Jwk) -> bool {
    kid == key.thumbprint() || key.kid.as_deref() == Some(kid)
}

/// What a grant and its account hold besides the deposits that come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<'a> {
    /// The grant's deposits that stay.
    pub(crate) living: &'a [Deposit],
    /// Characters of all deposits of the account that stay.
    pub(crate) account_length: u64,
}

/// Whether these deposits, made for the details with this hash, may be added to a grant.
pub(crate) fn admit(
    grant: &Grant,
    details_hash: &str,
    new: &[&Deposit],
    kept: Kept<'_>,
    now: DateTime<Utc>,
) -> Result<(), DepositRefused> {
    if !grant.is_living(now) {
        return Err(DepositRefused::Ended);
    }
    if details_hash != grant.details_hash {
        return Err(DepositRefused::OtherDetails);
    }
    let mut last = grant.deposits;
    for row in new {
        if row.seq <= last {
            return Err(DepositRefused::OutOfOrder);
        }
        last = row.seq;
    }
    if kept.living.len() + new.len() > MAX_LIVING {
        return Err(DepositRefused::TooMany);
    }
    let coming: u64 = new.iter().map(|row| u64::from(row.length)).sum();
    if kept.account_length + coming > MAX_ACCOUNT_LENGTH {
        return Err(DepositRefused::Quota);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
