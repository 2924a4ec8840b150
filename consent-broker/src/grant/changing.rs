//! What the person may change about a living grant: hold it back, let it go on, share less, share for
//! longer. Pure steps on the row; stores call them inside their transactions.

use chrono::{DateTime, Utc};
use credential_core::{access_log::Kind, consent::decision::Verdict, consent::receipt::Event};
use serde::{Deserialize, Serialize};

use super::{Grant, Status};
use crate::notice::NoticeKind;

/// Most changes of one grant; a paused one can be resumed after that, and every one stopped.
const MAX_CHANGES: u32 = 200;

/// One of the four changes of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Hold it back.
    Pause,
    /// Let it go on.
    Resume,
    /// Share less.
    Narrow,
    /// Share the same for longer.
    Renew,
}

impl ChangeKind {
    /// The change that a verdict is; none for an approval, a refusal and a withdrawal.
    #[must_use]
    pub fn of(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Paused => Some(Self::Pause),
            Verdict::Resumed => Some(Self::Resume),
            Verdict::Narrowed => Some(Self::Narrow),
            Verdict::Renewed => Some(Self::Renew),
            Verdict::Approved | Verdict::Refused | Verdict::Withdrawn => None,
        }
    }

    /// What the receipt calls it.
    #[must_use]
    pub fn event(self) -> Event {
        match self {
            Self::Pause => Event::Paused,
            Self::Resume => Event::Resumed,
            Self::Narrow => Event::Narrowed,
            Self::Renew => Event::Renewed,
        }
    }

    /// What the recipient is told.
    #[must_use]
    pub fn notice(self) -> NoticeKind {
        match self {
            Self::Pause => NoticeKind::Paused,
            Self::Resume => NoticeKind::Resumed,
            Self::Narrow => NoticeKind::Narrowed,
            Self::Renew => NoticeKind::Renewed,
        }
    }

    /// What the log calls it.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Pause => Kind::Paused,
            Self::Resume => Kind::Resumed,
            Self::Narrow => Kind::Narrowed,
            Self::Renew => Kind::Renewed,
        }
    }
}

/// What narrowing and renewing move, as the newly signed details say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// base64url SHA-256 of the canonical granted details.
    pub details_hash: String,
    /// The first moment in which it can no longer be read.
    pub until: DateTime<Utc>,
    /// Most reads; none for no limit.
    pub max_reads: Option<u32>,
    /// The place of the deposit that comes with them.
    pub deposit: u32,
}

/// The last change that was made, so that the very same again gets the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeChange {
    /// base64url SHA-256 over decision and deposit.
    pub digest: String,
    /// Its place in the person's log.
    pub log_seq: u64,
    /// Size of the person's log after it.
    pub log_size: u64,
}

/// A change does not fit how the grant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// It has ended, and never changes again.
    #[error("the grant has ended")]
    Ended,
    /// Another change was made before this one.
    #[error("the change is not the next one of this grant")]
    OutOfOrder,
    /// It was changed as often as a grant can be.
    #[error("the grant cannot be changed any more")]
    TooMany,
    /// It is paused already.
    #[error("the grant is paused already")]
    Paused,
    /// It is not paused.
    #[error("the grant is not paused")]
    NotPaused,
    /// As many reads as would be allowed have been made: that is a stop, and is to be said so.
    #[error("so many reads have been made already")]
    ReadsUsed,
    /// The deposit's place is not above all earlier ones.
    #[error("the deposit does not stand above the earlier ones")]
    DepositOutOfOrder,
}

impl ChangeError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Ended => "grant_ended",
            Self::OutOfOrder => "decision_out_of_order",
            Self::TooMany => "change_too_many",
            Self::Paused => "grant_paused",
            Self::NotPaused => "grant_not_paused",
            Self::ReadsUsed => "change_reads_used",
            Self::DepositOutOfOrder => "deposit_out_of_order",
        }
    }
}

impl Grant {
    /// Makes change `number`. `terms` come with narrowing and renewing.
    ///
    /// # Errors
    /// [`ChangeError`] says what does not fit; the grant is unchanged then.
    pub fn change(
        &mut self,
        kind: ChangeKind,
        number: u32,
        terms: Option<Terms>,
        now: DateTime<Utc>,
    ) -> Result<(), ChangeError> {
        if !self.is_living(now) {
            return Err(ChangeError::Ended);
        }
        if Some(number) != self.changes.checked_add(1) {
            return Err(ChangeError::OutOfOrder);
        }
        if self.changes >= MAX_CHANGES && kind != ChangeKind::Resume {
            return Err(ChangeError::TooMany);
        }
        let status = match (kind, self.status) {
            (ChangeKind::Pause, Status::Active) => Status::Paused { at: now },
            (ChangeKind::Pause, _) => return Err(ChangeError::Paused),
            (ChangeKind::Resume, Status::Paused { .. }) => Status::Active,
            (ChangeKind::Resume, _) => return Err(ChangeError::NotPaused),
            (ChangeKind::Narrow | ChangeKind::Renew, same) => same,
        };
        if let Some(terms) = terms {
            self.take(terms)?;
        }
        self.status = status;
        self.changes = number;
        Ok(())
    }

    fn take(&mut self, terms: Terms) -> Result<(), ChangeError> {
        if terms.max_reads.is_some_and(|most| most <= self.reads) {
            return Err(ChangeError::ReadsUsed);
        }
        if terms.deposit <= self.deposits {
            return Err(ChangeError::DepositOutOfOrder);
        }
        self.details_hash = terms.details_hash;
        self.until = terms.until;
        self.max_reads = terms.max_reads;
        self.deposits = terms.deposit;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
