//! How the program ends when it could not do what was asked.

use std::process::ExitCode;

use consent_broker::{
    ImportError, KeyFileError, backup::BackupError, registrar::FolderError, storage::StorageError,
};
use credential_core::trust::TrustError;

use crate::{
    output,
    settings::{FileError, Problem},
};

/// An exit code, what happened, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    error: anyhow::Error,
    hint: Option<&'static str>,
}

impl Failure {
    pub(crate) const UNEXPECTED: u8 = 1;
    pub(crate) const USAGE: u8 = 2;
    pub(crate) const CLOSED_PIPE: u8 = 3;
    pub(crate) const NOT_FOUND: u8 = 5;
    pub(crate) const REFUSED: u8 = 6;
    pub(crate) const NETWORK: u8 = 7;
    pub(crate) const DAMAGED: u8 = 8;

    pub(crate) fn new(code: u8, error: impl Into<anyhow::Error>) -> Self {
        Self {
            code,
            error: error.into(),
            hint: None,
        }
    }

    pub(crate) fn unexpected(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Self::UNEXPECTED, error)
    }

    pub(crate) fn closed_pipe() -> Self {
        Self::new(Self::CLOSED_PIPE, anyhow::anyhow!("the reader has gone"))
    }

    pub(crate) fn about(mut self, what: impl std::fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(what);
        self
    }

    fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Whether nobody answered.
    pub(crate) fn is_network(&self) -> bool {
        self.error.downcast_ref::<std::io::Error>().is_some()
    }

    /// Tells the person and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if self.code != Self::CLOSED_PIPE {
            output::message(&format!("broker: {:#}", self.error));
            if let Some(hint) = self.hint {
                output::message(&format!("  {hint}"));
            }
        }
        ExitCode::from(self.code)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.error)
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let code = match error {
            KeyFileError::AlreadyThere | KeyFileError::TooOpen => Self::REFUSED,
            KeyFileError::Missing => Self::NOT_FOUND,
            KeyFileError::Damaged => Self::DAMAGED,
            _ => Self::UNEXPECTED,
        };
        Self::new(code, error)
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Damaged(_) => Self::new(Self::DAMAGED, error),
            BackupError::NotEmpty(_) | BackupError::NewerFormat => Self::new(Self::REFUSED, error),
            BackupError::Storage(error) => error.into(),
            BackupError::Keys(error) => error.into(),
            other => Self::unexpected(other),
        }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        match &error {
            StorageError::InUse => Self::new(Self::REFUSED, error)
                .hint("a broker is running with this folder and does not answer on its socket"),
            StorageError::Full => Self::new(Self::REFUSED, error).hint(
                "make room on the disk, or move the store: store.reserve_megabytes stay free",
            ),
            StorageError::Damaged | StorageError::Unavailable => Self::new(Self::DAMAGED, error),
            _ => Self::new(Self::REFUSED, error),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let code = match error {
            FileError::Unreadable { .. } => Self::NOT_FOUND,
            _ => Self::USAGE,
        };
        Self::new(code, error).about("the configuration")
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::new(Self::USAGE, problem).hint("broker config check says everything that is wrong")
    }
}

impl From<TrustError> for Failure {
    fn from(error: TrustError) -> Self {
        Self::new(Self::REFUSED, error).hint("ask the registrar for the newest list")
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::List(error) => error.into(),
            ImportError::Storage(error) => error.into(),
            other => Self::unexpected(other),
        }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::unexpected(error)
    }
}
