//! One grant as the broker holds it, and the question asked at every read: may this be read now?
//!
//! Everything here is pure: rows and time in, an answer out. Stores call it inside their transactions.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::Outcome,
    consent::{
        decision::SignedDecision,
        details::{GrantedDetails, LegalBasis},
    },
    encoding::sha256_base64url,
    id::{GrantId, SubjectId},
    jose::{Jwk, jws::General},
    mailbox::DepositHeader,
    text::Text,
};
use serde::{Deserialize, Serialize};

mod changing;

pub use changing::{ChangeError, ChangeKind, MadeChange, Terms};

/// One grant's row. It says who may read how often and until when, and nothing about what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The person's account.
    pub subject_id: SubjectId,
    /// The grant, named by the wallet.
    pub grant_id: GrantId,
    /// The recipient's client id.
    pub recipient: String,
    /// On what basis the data was asked for.
    pub legal_basis: LegalBasis,
    /// base64url SHA-256 of the canonical granted details.
    pub details_hash: String,
    /// The first moment in which it can no longer be read.
    pub until: DateTime<Utc>,
    /// Most reads; none for no limit.
    pub max_reads: Option<u32>,
    /// Counted reads so far.
    pub reads: u32,
    /// Every handle names the epoch it was made in; raising it ends them all at once.
    pub epoch: u32,
    /// How often the person has paused, resumed, narrowed or renewed it.
    pub changes: u32,
    /// The highest place that a deposit has had; a later one stands above it.
    pub deposits: u32,
    /// Active, paused or ended.
    pub status: Status,
    /// When the person decided.
    pub created_at: DateTime<Utc>,
    /// When the code was redeemed.
    pub code_used_at: Option<DateTime<Utc>>,
    /// When it was last read; a repeat of a read is none.
    #[serde(default)]
    pub last_read_at: Option<DateTime<Utc>>,
    /// The change that was made last.
    #[serde(default)]
    pub last_change: Option<MadeChange>,
}

/// Whether a grant lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", deny_unknown_fields)]
pub enum Status {
    /// It can be read.
    Active,
    /// The person holds it back for a while.
    Paused {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It never can be read again.
    Ended {
        /// Why it ended.
        how: Ending,
        /// When.
        at: DateTime<Utc>,
    },
}

/// How a grant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The person stopped it.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// The last allowed read was made.
    Exhausted,
    /// The person stopped all shares with the account's own key.
    Stopped,
    /// The recipient gave it up.
    GivenUp,
}

impl Ending {
    /// The word that wallets get.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Exhausted => "exhausted",
            Self::Stopped => "stopped",
            Self::GivenUp => "given_up",
        }
    }
}

/// The answer to a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Read, and count it.
    Counted,
    /// The same read again: give the same, count nothing.
    Repeated,
    /// Do not read; the outcome is what the person's log says.
    Refused(Outcome),
}

impl Grant {
    /// Whether a token of `epoch` may read now; `repeats` when the same key made the same read within
    /// the last ten minutes.
    #[must_use]
    pub fn admit(&self, epoch: u32, repeats: bool, now: DateTime<Utc>) -> Admission {
        let over = now >= self.until;
        match self.status {
            _ if over => Admission::Refused(Outcome::GrantEnded),
            Status::Ended { how, .. } if how != Ending::Exhausted || !repeats => {
                Admission::Refused(Outcome::GrantEnded)
            }
            _ if epoch != self.epoch => Admission::Refused(Outcome::NotAuthorized),
            Status::Paused { .. } => Admission::Refused(Outcome::GrantPaused),
            _ if repeats => Admission::Repeated,
            Status::Active if self.max_reads.is_none_or(|most| self.reads < most) => {
                Admission::Counted
            }
            _ => Admission::Refused(Outcome::GrantEnded),
        }
    }

    /// Whether a new token may be made for a handle of `epoch`: also while it is paused, so that its
    /// recipient learns that it pauses and need not ask anew afterwards.
    #[must_use]
    pub fn may_have_token(&self, epoch: u32, now: DateTime<Utc>) -> bool {
        self.is_living(now) && epoch == self.epoch
    }

    /// Whether a token of `epoch` is good for reading, as far as this row tells: it lives and does not
    /// pause.
    #[must_use]
    pub fn may_be_read(&self, epoch: u32, now: DateTime<Utc>) -> bool {
        self.status == Status::Active && self.may_have_token(epoch, now)
    }

    /// Whether it has not ended; it may be paused.
    #[must_use]
    pub fn is_living(&self, now: DateTime<Utc>) -> bool {
        !matches!(self.status, Status::Ended { .. }) && now < self.until
    }

    /// Counts one read; true when it was the last, which ends the grant.
    pub fn count_read(&mut self, now: DateTime<Utc>) -> bool {
        self.reads = self.reads.saturating_add(1);
        self.last_read_at = Some(now);
        let was_last = self.max_reads.is_some_and(|most| self.reads >= most);
        if was_last {
            self.status = Status::Ended {
                how: Ending::Exhausted,
                at: now,
            };
        }
        was_last
    }

    /// Ends the grant and every handle made for it.
    pub fn end(&mut self, how: Ending, now: DateTime<Utc>) {
        self.status = Status::Ended { how, at: now };
        self.end_handles();
    }

    /// Ends every handle made for the grant; the grant itself stays as it is.
    pub fn end_handles(&mut self) {
        self.epoch = self.epoch.saturating_add(1);
    }

    /// The word for the grant's state now, also when its end was not recorded yet.
    #[must_use]
    pub fn state_name(&self, now: DateTime<Utc>) -> &'static str {
        match self.status {
            Status::Ended { how, .. } => how.name(),
            _ if now >= self.until => Ending::Expired.name(),
            Status::Paused { .. } => "paused",
            Status::Active => "active",
        }
    }
}

/// What was signed about a grant: nothing is ever taken out, later words are added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Papers {
    /// The recipient's legal name when the person decided.
    pub recipient_name: Text,
    /// The recipient's signed request, letter by letter.
    pub request: String,
    /// The holder's signed decision in force: the approval or refusal, or the last narrowing or renewal.
    pub decision: General,
    /// The decisions that were in force before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<General>,
    /// The holder's last signed pause, resumption or withdrawal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<General>,
}

impl Papers {
    /// Where the recipient may seal messages to; none when the approval names no such key.
    #[must_use]
    pub fn reply_key(&self) -> Option<Jwk> {
        let approval = self.earlier.first().unwrap_or(&self.decision);
        let approval = SignedDecision::open(approval.clone()).ok()?;
        approval.claims().reply_jwk.clone()
    }

    /// What the decision grants; none for a refusal.
    #[must_use]
    pub fn granted(&self) -> Option<GrantedDetails> {
        let decision = SignedDecision::open(self.decision.clone()).ok()?;
        decision.claims().details.clone()
    }
}

/// What the broker knows of one deposit beside its octets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deposit {
    /// Its place among the grant's deposits, from 1.
    pub seq: u32,
    /// From when it may be read, seconds since 1970.
    pub nbf: i64,
    /// Until when it may be read.
    pub exp: i64,
    /// base64url SHA-256 of its compact form.
    pub hash: String,
    /// Characters of its compact form.
    pub length: u32,
    /// The thumbprint of the recipient's key that it is sealed to.
    pub sealed_to: String,
    /// When it was put here.
    pub deposited_at: DateTime<Utc>,
}

impl Deposit {
    /// The row of a deposit whose header was [checked](crate::deposit_check).
    #[must_use]
    pub fn of(
        header: &DepositHeader,
        ciphertext: &str,
        sealed_to: &Jwk,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            seq: header.seq,
            nbf: header.nbf,
            exp: header.exp,
            hash: sha256_base64url(ciphertext),
            length: u32::try_from(ciphertext.len()).unwrap_or(u32::MAX),
            sealed_to: sealed_to.thumbprint(),
            deposited_at: now,
        }
    }

    /// Whether it may be given out now.
    #[must_use]
    pub fn is_current(&self, now: DateTime<Utc>) -> bool {
        (self.nbf..self.exp).contains(&now.timestamp())
    }
}

#[cfg(test)]
mod tests;
