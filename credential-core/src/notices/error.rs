//! Why a notice is not believed.

use crate::jose::jws::JwsError;

/// Why a notice was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoticeError {
    /// The signed object itself.
    #[error("the notice: {0}")]
    Jws(#[from] JwsError),
    /// It names another broker than the one whose key was asked for.
    #[error("the notice is of another broker")]
    OtherBroker,
    /// It is meant for somebody else.
    #[error("the notice is meant for another recipient")]
    OtherRecipient,
    /// Its subject and its event name different grants.
    #[error("the parts of the notice do not belong together")]
    Contradiction,
    /// Too old, from the future, or without a usable name.
    #[error("the notice is not valid at this moment")]
    NotOfThisMoment,
}

impl NoticeError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::OtherBroker => "notice_other_broker",
            Self::OtherRecipient => "notice_other_recipient",
            Self::Contradiction => "notice_contradiction",
            Self::NotOfThisMoment => "notice_not_of_this_moment",
        }
    }

    /// The registered code for what a recipient tells the broker about it (RFC 8935 section 2.4).
    #[must_use]
    pub fn set_error(self) -> &'static str {
        match self {
            Self::Jws(JwsError::BadSignature | JwsError::AlgorithmMismatch) => {
                "authentication_failed"
            }
            Self::OtherBroker => "invalid_issuer",
            Self::OtherRecipient => "invalid_audience",
            _ => "invalid_request",
        }
    }
}
