//! What a person is told when something was not done: what happened, whether the data is safe, what
//! to do next; and the exit code.

use std::{
    fmt::Display,
    io::{Write as _, stderr},
    process::ExitCode,
};

use serde_json::json;
use wallet_core::{
    Error, consent::broker::BrokerError, issuance::IssuanceError, vault::VaultError, words::Words,
};

/// The kinds of failure, each with an exit code and words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unexpected,
    Usage,
    ClosedPipe,
    Locked,
    InUse,
    NotFound,
    Refused,
    Network,
    Damaged,
}

impl Kind {
    fn exit_code(self) -> u8 {
        match self {
            Self::Unexpected => 1,
            Self::Usage => 2,
            Self::ClosedPipe => 3,
            Self::Locked | Self::InUse => 4,
            Self::NotFound => 5,
            Self::Refused => 6,
            Self::Network => 7,
            Self::Damaged => 8,
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Unexpected | Self::ClosedPipe => "unexpected",
            Self::Usage => "usage",
            Self::Locked => "locked",
            Self::InUse => "in-use",
            Self::NotFound => "not-found",
            Self::Refused => "refused",
            Self::Network => "network",
            Self::Damaged => "damaged",
        }
    }
}

/// Something that was not done.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    reason: String,
    detail: String,
}

impl Failure {
    fn new(kind: Kind, reason: &str, detail: impl Display) -> Self {
        Self {
            kind,
            reason: reason.into(),
            detail: detail.to_string(),
        }
    }

    pub(crate) fn usage(detail: &str) -> Self {
        Self::new(Kind::Usage, "usage", detail)
    }

    pub(crate) fn unexpected(error: impl Display) -> Self {
        Self::new(Kind::Unexpected, "unexpected", error)
    }

    pub(crate) fn setup(error: impl Display) -> Self {
        Self::new(Kind::Unexpected, "setup", error)
    }

    pub(crate) fn no_home() -> Self {
        Self::usage("give --home, or set WALLET_HOME")
    }

    pub(crate) fn closed_pipe() -> Self {
        Self::new(Kind::ClosedPipe, "closed_pipe", "")
    }

    /// Tells the person on stderr, as text or JSON, and gives the exit code.
    pub(crate) fn report(&self, words: &Words, as_json: bool) -> ExitCode {
        let code = self.kind.exit_code();
        if self.kind != Kind::ClosedPipe {
            let text = if as_json {
                self.json(code)
            } else {
                self.words(words)
            };
            let _closed = writeln!(stderr(), "{text}");
        }
        ExitCode::from(code)
    }

    fn json(&self, code: u8) -> String {
        let error = json!({"reason": self.reason, "message": self.detail, "exit_code": code});
        json!({"schema": "wallet.error/1", "error": error}).to_string()
    }

    fn words(&self, words: &Words) -> String {
        let (kind, why) = (self.kind.message(), format!("why-{}", self.reason));
        let what = if words.has(&why) {
            words.say(&why, &[])
        } else {
            words.say(&format!("err-{kind}"), &[("detail", &self.detail)])
        };
        let next = words.say(&format!("rec-{kind}"), &[]);
        let code = words.say("err-code", &[("code", &self.reason)]);
        format!("{what} {next} ({code})")
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let reason = match &error {
            Error::Broker(BrokerError::Refused {
                reason: Some(reason),
                ..
            })
            | Error::Issuance(IssuanceError::Refused {
                reason: Some(reason),
                ..
            }) => reason.clone(),
            other => other.reason().to_owned(),
        };
        Self {
            kind: kind_of(&error),
            reason,
            detail: error.to_string(),
        }
    }
}

fn kind_of(error: &Error) -> Kind {
    match error {
        Error::Vault(VaultError::WrongPassphrase) => Kind::Locked,
        Error::Vault(VaultError::InUse) => Kind::InUse,
        Error::Vault(VaultError::NotAVault) | Error::NotFound | Error::NoTrustList => {
            Kind::NotFound
        }
        Error::Vault(VaultError::AlreadyExists) => Kind::Usage,
        Error::Vault(VaultError::Damaged { .. }) | Error::HeldCredential(_) | Error::KeyMissing => {
            Kind::Damaged
        }
        Error::Broker(BrokerError::Http(_))
        | Error::Issuance(IssuanceError::Http(_))
        | Error::TrustListUnavailable(_) => Kind::Network,
        Error::Issuance(IssuanceError::CodeNeeded)
        | Error::Offer(_)
        | Error::NotARequestLink(_) => Kind::Usage,
        Error::Vault(_) | Error::Sign(_) | Error::Randomness(_) | Error::Proof(_) => {
            Kind::Unexpected
        }
        _ => Kind::Refused,
    }
}
