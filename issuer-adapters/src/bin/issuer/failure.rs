//! What is said when something was not done: what happened, what to do next, and the exit code.

use std::{
    fmt::Display,
    io::{ErrorKind, Write as _, stderr},
    path::Path,
    process::ExitCode,
};

use issuer_adapters::{
    keystore::KeystoreError,
    server::{OfferRefused, ProfileError, RegistryError, SealError, StoreError},
    source::SourceError,
    writer::WriteError,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The kinds of failure, each with its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Unexpected,
    Usage,
    ClosedPipe,
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
            Self::NotFound => 5,
            Self::Refused => 6,
            Self::Network => 7,
            Self::Damaged => 8,
        }
    }
}

/// Something that was not done. It can travel from a running server to the command that asked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    kind: Kind,
    reason: String,
    message: String,
}

impl Failure {
    pub(crate) fn new(kind: Kind, reason: &str, message: impl Display) -> Self {
        Self {
            kind,
            reason: reason.into(),
            message: message.to_string(),
        }
    }

    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Kind::Usage, "usage", message)
    }

    pub(crate) fn unexpected(error: impl Display) -> Self {
        Self::new(Kind::Unexpected, "unexpected", error)
    }

    pub(crate) fn closed_pipe() -> Self {
        Self::new(Kind::ClosedPipe, "closed_pipe", "")
    }

    /// A file that could not be read or written.
    pub(crate) fn file(path: &Path, error: &std::io::Error) -> Self {
        let (kind, reason) = match error.kind() {
            ErrorKind::NotFound => (Kind::NotFound, "file_not_found"),
            ErrorKind::PermissionDenied => (Kind::Refused, "file_not_allowed"),
            _ => (Kind::Unexpected, "file_io"),
        };
        Self::new(kind, reason, format!("{}: {error}", path.display()))
    }

    /// A record that could not be read: what is wrong with it, and where.
    pub(crate) fn record(path: &Path, error: &SourceError) -> Self {
        let message = format!("{}: {error}", path.display());
        Self::new(Kind::Damaged, error.reason(), message)
    }

    /// A record that an open format cannot say.
    pub(crate) fn export(path: &Path, error: &WriteError) -> Self {
        let kind = match error {
            WriteError::NothingToSay | WriteError::TooLarge => Kind::Refused,
            _ => Kind::Unexpected,
        };
        Self::new(kind, error.reason(), format!("{}: {error}", path.display()))
    }

    pub(crate) fn offer(path: &Path, error: &OfferRefused) -> Self {
        let kind = match error {
            OfferRefused::Registry(error) => kind_of(error),
            OfferRefused::Randomness(_) => Kind::Unexpected,
            _ => Kind::Refused,
        };
        Self::new(kind, error.reason(), format!("{}: {error}", path.display()))
    }

    /// The store is in use because the server runs: it can be asked itself.
    pub(crate) fn while_serving(self, identifier: &str) -> Self {
        match self.reason.as_str() {
            "store_in_use" => Self {
                message: format!(
                    "the server runs; fetch {identifier}/.well-known/openid-credential-issuer"
                ),
                ..self
            },
            _ => self,
        }
    }

    /// Tells on stderr, as text or JSON, and gives the exit code.
    pub(crate) fn report(&self, as_json: bool) -> ExitCode {
        let code = self.kind.exit_code();
        if self.kind != Kind::ClosedPipe {
            let text = if as_json {
                let error =
                    json!({"reason": self.reason, "message": self.message, "exit_code": code});
                json!({"schema": "issuer.error/1", "error": error}).to_string()
            } else {
                format!("{} ({})", self.message, self.reason)
            };
            let _closed = writeln!(stderr(), "{text}");
        }
        ExitCode::from(code)
    }
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        Self::new(kind_of(&error), error.reason(), &error)
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        Self::new(Kind::Usage, error.reason(), error)
    }
}

impl From<KeystoreError> for Failure {
    fn from(error: KeystoreError) -> Self {
        let kind = match &error {
            KeystoreError::Missing { .. } => Kind::NotFound,
            KeystoreError::Damaged { .. } | KeystoreError::Newer => Kind::Damaged,
            KeystoreError::PassphraseNeeded => Kind::Usage,
            KeystoreError::Exists { .. }
            | KeystoreError::WrongPassphrase
            | KeystoreError::ProtectedAlready
            | KeystoreError::TooManyKeys => Kind::Refused,
            _ => Kind::Unexpected,
        };
        Self::new(kind, error.reason(), error)
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::unexpected(error)
    }
}

fn kind_of(error: &RegistryError) -> Kind {
    match error {
        RegistryError::Store(StoreError::Missing)
        | RegistryError::NoSuchCredential { .. }
        | RegistryError::NoSuchOffer => Kind::NotFound,
        RegistryError::Store(StoreError::Damaged | StoreError::Newer) => Kind::Damaged,
        RegistryError::Store(StoreError::InUse | StoreError::Exists)
        | RegistryError::Revoked { .. }
        | RegistryError::OfferRedeemed
        | RegistryError::ListFull => Kind::Refused,
        _ => Kind::Unexpected,
    }
}
