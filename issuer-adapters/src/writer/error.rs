//! Why a record was not written.

use crate::source::SourceError;

/// Why a record was not written. Nothing of it is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is nothing in the record that the format could say. The person may choose another format.
    #[error("the record holds nothing that this format can say")]
    NothingToSay,
    /// The document would be larger, or have more parts, than its reader accepts.
    #[error("the record is too large for one document of this format")]
    TooLarge,
    /// The document was read again and has not the attainments that were written into it. The author
    /// of the writer has to act.
    #[error("the document does not hold what was written into it")]
    NotFaithful,
}

impl WriteError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NothingToSay => "export-nothing-to-say",
            Self::TooLarge => "export-too-large",
            Self::NotFaithful => "export-not-faithful",
        }
    }
}

/// What the reader says of a document that was just written.
impl From<SourceError> for WriteError {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::TooLarge | SourceError::TooMany { .. } | SourceError::TooDeep { .. } => {
                Self::TooLarge
            }
            _other => Self::NotFaithful,
        }
    }
}
