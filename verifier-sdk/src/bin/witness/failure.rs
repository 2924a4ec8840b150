//! How the program ends when it could not do what was asked.

use std::process::ExitCode;

use verifier_sdk::witness::FolderError;

use crate::output;

/// An exit code and what happened.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    error: anyhow::Error,
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

    /// Tells the person and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if self.code != Self::CLOSED_PIPE {
            output::message(&format!("witness: {:#}", self.error));
        }
        ExitCode::from(self.code)
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        let code = match error {
            FolderError::Missing => Self::NOT_FOUND,
            FolderError::AlreadyThere | FolderError::InUse | FolderError::TooOpen => Self::REFUSED,
            FolderError::Name | FolderError::Logs => Self::USAGE,
            FolderError::Damaged => Self::DAMAGED,
            _ => Self::UNEXPECTED,
        };
        Self::new(code, error)
    }
}
