//! What can have happened to a share. The addresses that name events are part of the protocol and lead
//! nowhere; they are the same at every broker.

use serde::{Deserialize, Serialize};

use crate::id::GrantId;

/// One event of a share (RFC 8417 section 2.2, `events`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// It never can be read again.
    #[serde(rename = "https://types.osaamislompakko.example/events/grant-ended")]
    Ended {
        /// The grant.
        grant_id: GrantId,
        /// Why.
        reason: EndReason,
        /// Since when, seconds since 1970.
        effective_at: i64,
    },
    /// The person holds it back for a while.
    #[serde(rename = "https://types.osaamislompakko.example/events/grant-paused")]
    Paused {
        /// The grant.
        grant_id: GrantId,
        /// Since when, seconds since 1970.
        effective_at: i64,
    },
    /// The person lets it go on.
    #[serde(rename = "https://types.osaamislompakko.example/events/grant-resumed")]
    Resumed {
        /// The grant.
        grant_id: GrantId,
        /// Since when, seconds since 1970.
        effective_at: i64,
    },
    /// The person shares less; what exactly, the next token and deposit say.
    #[serde(rename = "https://types.osaamislompakko.example/events/grant-narrowed")]
    Narrowed {
        /// The grant.
        grant_id: GrantId,
        /// Since when, seconds since 1970.
        effective_at: i64,
    },
    /// The person shares for longer.
    #[serde(rename = "https://types.osaamislompakko.example/events/grant-renewed")]
    Renewed {
        /// The grant.
        grant_id: GrantId,
        /// Since when, seconds since 1970.
        effective_at: i64,
        /// The new end, seconds since 1970.
        until: i64,
    },
}

/// Why a share has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The person stopped it.
    Withdrawn,
    /// The person stopped all shares with the account's own key.
    Stopped,
    /// Its time is over.
    Expired,
    /// The last allowed read was made.
    Exhausted,
}

impl Event {
    /// The grant.
    #[must_use]
    pub fn grant_id(&self) -> GrantId {
        match *self {
            Self::Ended { grant_id, .. }
            | Self::Paused { grant_id, .. }
            | Self::Resumed { grant_id, .. }
            | Self::Narrowed { grant_id, .. }
            | Self::Renewed { grant_id, .. } => grant_id,
        }
    }

    /// Since when, seconds since 1970.
    #[must_use]
    pub fn effective_at(&self) -> i64 {
        match *self {
            Self::Ended { effective_at, .. }
            | Self::Paused { effective_at, .. }
            | Self::Resumed { effective_at, .. }
            | Self::Narrowed { effective_at, .. }
            | Self::Renewed { effective_at, .. } => effective_at,
        }
    }

    /// A short word for what happened.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ended { .. } => "ended",
            Self::Paused { .. } => "paused",
            Self::Resumed { .. } => "resumed",
            Self::Narrowed { .. } => "narrowed",
            Self::Renewed { .. } => "renewed",
        }
    }
}

impl EndReason {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Expired => "expired",
            Self::Exhausted => "exhausted",
        }
    }
}
