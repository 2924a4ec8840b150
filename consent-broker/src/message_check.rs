//! Whether a message may be left for the holder of a grant: pure, rows and time in, an answer out.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::message::{MAX_LIFE_SECONDS, MessageHeader};
use serde::{Deserialize, Serialize};

/// Most messages of one grant that wait for its holder.
pub const MAX_WAITING: usize = 20;
/// Most messages that may be left for one grant within 24 hours.
pub const MAX_A_DAY: usize = 10;
/// How far the sender's clock may be ahead of ours.
const SKEW_SECONDS: i64 = 300;

/// What the broker knows of one message beside its octets. It is kept after the holder took the
/// message, so that the same one cannot be left again, nor more of them than in a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageRow {
    /// base64url SHA-256 of its compact form.
    pub hash: String,
    /// When it was left.
    pub left_at: DateTime<Utc>,
    /// Until when it waits.
    pub exp: DateTime<Utc>,
    /// Whether the holder has it.
    pub taken: bool,
}

impl MessageRow {
    /// Whether the holder can still fetch it.
    #[must_use]
    pub fn waits(&self, now: DateTime<Utc>) -> bool {
        !self.taken && now < self.exp
    }

    /// Until when the row is needed: as long as it could be left again, and a day at least.
    #[must_use]
    pub fn kept_until(&self) -> DateTime<Utc> {
        self.exp.max(self.left_at + TimeDelta::days(1))
    }
}

/// Why a message was not taken although it is in order by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageRefused {
    /// The holder of the grant takes no messages.
    #[error("the holder of this grant takes no messages")]
    NoReplyKey,
    /// It is sealed to another key than the grant's.
    #[error("the message is sealed to another key than the grant's key for messages")]
    OtherKey,
    /// Another message of this name was left before.
    #[error("another message with this id was left before")]
    IdTaken,
    /// [`MAX_WAITING`] wait.
    #[error("too many messages wait for the holder of this grant: at most 20")]
    TooManyWaiting,
    /// [`MAX_A_DAY`] were left.
    #[error("too many messages were left for this grant today: at most 10")]
    TooManyToday,
}

impl MessageRefused {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoReplyKey => "message_not_wanted",
            Self::OtherKey => "message_other_key",
            Self::IdTaken => "message_id_taken",
            Self::TooManyWaiting => "messages_waiting",
            Self::TooManyToday => "messages_too_many",
        }
    }
}

/// Checks what a message's header says of itself. Gives the time until which it waits, or the reason
/// code when it is not acceptable.
pub(crate) fn check(
    header: &MessageHeader,
    sender: &str,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, &'static str> {
    let longest = now.timestamp() + MAX_LIFE_SECONDS + SKEW_SECONDS;
    if header.sender != sender {
        return Err("message_other_sender");
    }
    DateTime::from_timestamp(header.exp, 0)
        .filter(|exp| *exp > now && header.exp <= longest)
        .ok_or("message_end_unfit")
}

/// Whether one more may be left beside those that are known.
pub(crate) fn admit(known: &[MessageRow], now: DateTime<Utc>) -> Result<(), MessageRefused> {
    let waiting = known.iter().filter(|row| row.waits(now)).count();
    let day = now - TimeDelta::days(1);
    let today = known.iter().filter(|row| row.left_at > day).count();
    if waiting >= MAX_WAITING {
        Err(MessageRefused::TooManyWaiting)
    } else if today >= MAX_A_DAY {
        Err(MessageRefused::TooManyToday)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
