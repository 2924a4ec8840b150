//! Notices of a broker, checked with its key from the trust list.

use chrono::{DateTime, Utc};
use credential_core::{
    notices::{EndReason, Event, Notice, NoticeError},
    text::Language,
    trust::TrustList,
};

use crate::{
    broker_key::{NoKey, broker_key},
    report, words,
};

/// Why a notice is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoticeCheckError {
    /// The broker that the notice names is not on the trust list.
    #[error("the broker of this notice is not on the trust list")]
    UnknownBroker,
    /// The key that signed is not one of the broker's.
    #[error("the notice is signed with a key that is not the broker's")]
    UnknownKey,
    /// The notice itself.
    #[error(transparent)]
    Notice(#[from] NoticeError),
}

impl NoticeCheckError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::UnknownBroker => "notice_broker_unknown",
            Self::UnknownKey => "notice_key_unknown",
            Self::Notice(error) => error.reason(),
        }
    }

    /// The registered code for what the broker is told about it (RFC 8935 section 2.4).
    #[must_use]
    pub fn set_error(self) -> &'static str {
        match self {
            Self::UnknownBroker => "invalid_issuer",
            Self::UnknownKey => "invalid_key",
            Self::Notice(error) => error.set_error(),
        }
    }
}

impl From<NoKey> for NoticeCheckError {
    fn from(none: NoKey) -> Self {
        match none {
            NoKey::UnknownBroker => Self::UnknownBroker,
            NoKey::UnknownKey => Self::UnknownKey,
        }
    }
}

/// Checks a notice that was pushed or asked for: signed by a listed key of the broker it names, meant for
/// `client_id`, and of this time. A notice may come more than once; [`Notice::id`] tells.
///
/// # Errors
/// [`NoticeCheckError`] names the first rule that is broken.
pub fn verify_notice(
    compact: &str,
    trust: &TrustList,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<Notice, NoticeCheckError> {
    let (issuer, kid) = Notice::claimed_issuer(compact)?;
    let key = broker_key(trust, &issuer, kid.as_deref())?;
    Ok(Notice::verify(compact, &key, &issuer, client_id, now)?)
}

/// A checked notice in words, on one line.
#[must_use]
pub fn to_text(notice: &Notice, language: Language) -> String {
    let key = match notice.event() {
        Event::Ended { reason, .. } => match reason {
            EndReason::Withdrawn => "notice-withdrawn",
            EndReason::Stopped => "notice-stopped",
            EndReason::Expired => "notice-expired",
            EndReason::Exhausted => "notice-exhausted",
        },
        Event::Paused { .. } => "notice-paused",
        Event::Resumed { .. } => "notice-resumed",
        Event::Narrowed { .. } => "notice-narrowed",
        Event::Renewed { .. } => "notice-renewed",
    };
    let grant = notice.grant_id().to_string();
    let at = report::moment(notice.effective_at(), language);
    words::catalog(language).say(key, &[("grant", &grant), ("time", &at)])
}

#[cfg(test)]
mod tests;
