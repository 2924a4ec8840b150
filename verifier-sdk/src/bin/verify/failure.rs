//! What went wrong, for a person and for a script.

use verifier_sdk::{
    RecipientKeyError, VerifyError,
    http::HttpError,
    receipt::ReceiptCheckError,
    recipient::{CallError, PushError, ReadError, ReceiptsError, RedeemError, SendError},
};

/// The kinds of failure, each with its exit code and its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Unexpected,
    Usage,
    NotFound,
    Refused,
    Network,
    Damaged,
    NotValid,
    CouldNotCheck,
}

impl Kind {
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Unexpected => 1,
            Self::Usage => 2,
            Self::NotFound => 5,
            Self::Refused => 6,
            Self::Network => 7,
            Self::Damaged => 8,
            Self::NotValid => 10,
            Self::CouldNotCheck => 11,
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Unexpected | Self::CouldNotCheck => "err-unexpected",
            Self::Usage => "err-usage",
            Self::NotFound => "err-not-found",
            Self::Refused => "err-refused",
            Self::Network => "err-network",
            Self::Damaged => "err-damaged",
            Self::NotValid => "err-not-valid",
        }
    }
}

/// A failure: its kind, a stable code, and what it is about.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
    /// A message that says more than the kind's own.
    pub(crate) message: Option<&'static str>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, reason: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            reason,
            detail: detail.into(),
            message: None,
        }
    }

    fn saying(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => Kind::NotFound,
            std::io::ErrorKind::PermissionDenied => Kind::Refused,
            _ => Kind::Unexpected,
        };
        Self::new(kind, "io", error.to_string())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Kind::Unexpected, "unexpected", format!("{error:#}"))
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        let kind = match error {
            HttpError::Refused(_) => Kind::Refused,
            _ => Kind::Network,
        };
        Self::new(kind, error.reason(), error.to_string())
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Http(error) => error.into(),
            CallError::Refused { status, .. } if status >= 500 => {
                Self::new(Kind::Network, error.reason(), error.to_string())
            }
            CallError::Refused {
                ref description, ..
            } => {
                let said = description.clone().map(|text| format!(" ({text})"));
                let detail = format!("{error}{}", said.unwrap_or_default());
                Self::new(Kind::Refused, error.reason(), detail)
            }
            CallError::Malformed(_) => Self::new(Kind::Network, error.reason(), error.to_string()),
            _ => Self::new(Kind::Unexpected, error.reason(), error.to_string()),
        }
    }
}

impl From<PushError> for Failure {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Call(error) => error.into(),
            _ => Self::new(Kind::Usage, error.reason(), error.to_string()),
        }
    }
}

impl From<RedeemError> for Failure {
    fn from(error: RedeemError) -> Self {
        match error {
            RedeemError::Call(error) => error.into(),
            RedeemError::Refused => Self::new(Kind::Refused, error.reason(), error.to_string())
                .saying("request-refused"),
            _ => Self::new(Kind::Refused, error.reason(), error.to_string()),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Call(error) => error.into(),
            ReadError::Ended => {
                Self::new(Kind::Refused, error.reason(), error.to_string()).saying("share-ended")
            }
            ReadError::Paused => {
                Self::new(Kind::Refused, error.reason(), error.to_string()).saying("share-paused")
            }
            _ => Self::new(Kind::NotValid, error.reason(), error.to_string()),
        }
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Call(error) => error.into(),
            SendError::Content => Self::new(Kind::Usage, error.reason(), error.to_string()),
            _ => Self::new(Kind::Refused, error.reason(), error.to_string()),
        }
    }
}

impl From<ReceiptCheckError> for Failure {
    fn from(error: ReceiptCheckError) -> Self {
        Self::new(Kind::NotValid, error.reason(), error.to_string())
    }
}

impl From<ReceiptsError> for Failure {
    fn from(error: ReceiptsError) -> Self {
        match error {
            ReceiptsError::Call(error) => error.into(),
            _ => Self::new(Kind::NotValid, error.reason(), error.to_string()),
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self::new(Kind::CouldNotCheck, error.reason(), error.to_string())
    }
}

impl From<RecipientKeyError> for Failure {
    fn from(error: RecipientKeyError) -> Self {
        Self::new(Kind::Damaged, error.reason(), error.to_string())
    }
}
