//! What is asked of a store about notices and waiting, and what it answers.

use chrono::{DateTime, Utc};
use credential_core::{access_log::Kind, id::SubjectId};

/// A notice that waits for its recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingNotice {
    /// Its name.
    pub jti: String,
    /// The signed notice.
    pub set: String,
}

/// The oldest notices that wait for one recipient, in the order in which things happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The notices.
    pub notices: Vec<WaitingNotice>,
    /// Whether more wait than these.
    pub has_more: bool,
}

/// Notices that a recipient needs no longer, by their `jti`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settle {
    /// It has them.
    pub acknowledged: Vec<String>,
    /// It cannot take them.
    pub refused: Vec<String>,
}

/// A notice to push now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// To whom.
    pub client_id: String,
    /// Its name.
    pub jti: String,
    /// The signed notice.
    pub set: String,
    /// How many attempts in a row have failed before this one.
    pub tries: u32,
}

/// How a push went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The recipient has it.
    Delivered,
    /// The recipient cannot take this one: it waits to be asked for, and the next is pushed.
    Refused,
    /// Nobody took it.
    Failed {
        /// When to try again.
        again_at: DateTime<Utc>,
    },
}

/// Something one can wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// The log of an account.
    Log(SubjectId),
    /// The outbox of a recipient, by client id.
    Notices(String),
}

/// How far a person's log goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogEnd {
    /// Entries.
    pub size: u64,
    /// What the last one is about.
    pub kind: Option<Kind>,
}
