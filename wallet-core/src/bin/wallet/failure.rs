//! What a person is told when something was not done: what happened, whether the data is safe, what
//! to do next; and the exit code.

use std::{
    fmt::Display,
    io::{Write as _, stderr},
    path::Path,
    process::ExitCode,
};

use serde_json::json;
use verifier_sdk::{checks::Reason, http::HttpError};
use wallet_core::{
    Error, badges::BadgeError, consent::broker::BrokerError, issuance::IssuanceError,
    vault::VaultError, words::Words,
};

use crate::output::shown;

/// The kinds of failure, each with an exit code and words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unexpected,
    Usage,
    ClosedPipe,
    Locked,
    InUse,
    NotFound,
    NoWallet,
    NoTrustList,
    Refused,
    Doubtful,
    Network,
    Damaged,
    Newer,
}

impl Kind {
    #[cfg(test)]
    const ALL: [Self; 13] = [
        Self::Unexpected,
        Self::Usage,
        Self::ClosedPipe,
        Self::Locked,
        Self::InUse,
        Self::NotFound,
        Self::NoWallet,
        Self::NoTrustList,
        Self::Refused,
        Self::Doubtful,
        Self::Network,
        Self::Damaged,
        Self::Newer,
    ];

    fn exit_code(self) -> u8 {
        match self {
            Self::Unexpected | Self::Newer => 1,
            Self::Usage => 2,
            Self::ClosedPipe => 3,
            Self::Locked | Self::InUse => 4,
            Self::NotFound | Self::NoWallet | Self::NoTrustList => 5,
            Self::Refused | Self::Doubtful => 6,
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
            Self::NoWallet => "no-wallet",
            Self::NoTrustList => "no-trust-list",
            Self::Newer => "newer",
            Self::Refused => "refused",
            Self::Doubtful => "doubtful",
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
    /// Whether the reason is what another party said: it never chooses the wallet's own words.
    told: bool,
    /// What the check of a badge found, which has words of its own.
    found: Option<Reason>,
}

impl Failure {
    fn new(kind: Kind, reason: &str, detail: impl Display) -> Self {
        Self {
            kind,
            reason: reason.into(),
            detail: detail.to_string(),
            told: false,
            found: None,
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

    /// A badge's file that is not there or cannot be read.
    pub(crate) fn badge_file(path: &Path, error: &std::io::Error) -> Self {
        let detail = format!("cannot read {}: {error}", path.display());
        Self::new(Kind::Usage, "badge_file_unreadable", detail)
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
                shown(&self.words(words))
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
        let whose = if self.told { "told" } else { "why" };
        let (kind, why) = (self.kind.message(), format!("{whose}-{}", self.reason));
        let what = match self.found {
            Some(found) => words.say("badge-not-added", &[("reason", &words.check(found))]),
            None if words.has(&why) => words.say(&why, &[]),
            None => words.say(&format!("err-{kind}"), &[("detail", &self.detail)]),
        };
        let next = words.say(&format!("rec-{kind}"), &[]);
        let code = words.say("err-code", &[("code", &self.reason)]);
        format!("{what} {next} ({code})")
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let told = told(&error);
        Self {
            kind: kind_of(&error),
            reason: told.unwrap_or(error.reason()).to_owned(),
            told: told.is_some(),
            found: found(&error),
            detail: error.to_string(),
        }
    }
}

/// The reason code that another party gave.
fn told(error: &Error) -> Option<&str> {
    match error {
        Error::Broker(BrokerError::Refused { reason, .. })
        | Error::Issuance(IssuanceError::Refused { reason, .. }) => reason.as_deref(),
        _ => None,
    }
}

fn found(error: &Error) -> Option<Reason> {
    match error {
        Error::Badge(BadgeError::NotVerified { reason }) => Some(*reason),
        _ => None,
    }
}

fn kind_of(error: &Error) -> Kind {
    match error {
        Error::Vault(error) => kind_of_vault(error),
        Error::Broker(error) => kind_of_broker(error),
        Error::Issuance(error) => kind_of_issuance(error),
        Error::NotFound => Kind::NotFound,
        Error::NoTrustList => Kind::NoTrustList,
        Error::HeldCredential(_) | Error::HeldBadge(_) | Error::KeyMissing => Kind::Damaged,
        Error::Badge(BadgeError::TooLarge | BadgeError::NotABadge { .. }) => Kind::Usage,
        Error::TrustListUnavailable(error) => kind_of_http(error),
        Error::TrustListNotServed { .. } => Kind::Network,
        Error::Offer(_) | Error::NotARequestLink(_) => Kind::Usage,
        Error::KeyNotListed
        | Error::Receipt(_)
        | Error::ReceiptNotOurs
        | Error::Log(_)
        | Error::LogOmits
        | Error::GlobalLog(_)
        | Error::ReadReceipt(_)
        | Error::TrustListChanged => Kind::Doubtful,
        Error::Sign(_) | Error::Randomness(_) | Error::Proof(_) => Kind::Unexpected,
        _ => Kind::Refused,
    }
}

fn kind_of_vault(error: &VaultError) -> Kind {
    match error {
        VaultError::WrongPassphrase => Kind::Locked,
        VaultError::InUse => Kind::InUse,
        VaultError::NotAVault => Kind::NoWallet,
        VaultError::AlreadyExists => Kind::Usage,
        VaultError::Damaged { .. } => Kind::Damaged,
        VaultError::NewerVersion { .. } => Kind::Newer,
        _ => Kind::Unexpected,
    }
}

fn kind_of_broker(error: &BrokerError) -> Kind {
    match error {
        BrokerError::Http(error) => kind_of_http(error),
        BrokerError::Refused { status, .. } if *status < 500 => Kind::Refused,
        // What stands in between answered, or the server failed.
        _ => Kind::Network,
    }
}

fn kind_of_issuance(error: &IssuanceError) -> Kind {
    match error {
        IssuanceError::Http(error) => kind_of_http(error),
        IssuanceError::CodeNeeded => Kind::Usage,
        IssuanceError::Refused { status, .. } if *status >= 500 => Kind::Network,
        IssuanceError::NotUnderstood => Kind::Network,
        _ => Kind::Refused,
    }
}

/// An address that is not allowed stays so, however often it is tried.
fn kind_of_http(error: &HttpError) -> Kind {
    match error {
        HttpError::Refused(_) => Kind::Refused,
        _ => Kind::Network,
    }
}

#[cfg(test)]
mod tests;
