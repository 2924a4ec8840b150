//! Readers: the bytes of a register's document become a [`LearningRecord`].
//!
//! A reader is tolerant about what it does not know and strict about size. What it leaves out is a
//! notice in the record, with its place; only a document that cannot be read at all is an error.

mod json;
pub mod koski;
mod node;
mod reading;

use std::fmt;

use credential_core::record::{LearningRecord, RecordError};

/// Largest document, in octets: 8 MiB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Deepest nesting of a document's objects and arrays.
pub const MAX_NESTING: usize = 64;

/// Reads one kind of document.
pub trait RecordSource: Send + Sync + fmt::Debug {
    /// The name of the kind of document, for example `koski`; it becomes [`LearningRecord::source`].
    fn name(&self) -> &'static str;

    /// Reads a document.
    ///
    /// # Errors
    /// [`SourceError`] when nothing of the document can be used.
    fn read(&self, bytes: &[u8]) -> Result<LearningRecord, SourceError>;
}

/// Why a document could not be read. The person who chose the document has to act; no variant
/// repeats a value from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The document is larger than [`MAX_BYTES`].
    #[error("the document is larger than {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// Objects and arrays are nested deeper than [`MAX_NESTING`].
    #[error("line {line}: nested deeper than {MAX_NESTING} levels")]
    TooDeep {
        /// Line, from 1.
        line: usize,
    },
    /// The document is not JSON, or was cut off.
    #[error("line {line}, column {column}: {problem}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in octets, from 1; 0 when the document ends there.
        column: usize,
        /// What is wrong with it.
        problem: SyntaxProblem,
    },
    /// JSON, but not a document of this kind.
    #[error("this is not a study record of the expected kind: {expected}")]
    OtherDocument {
        /// What such a document has.
        expected: &'static str,
    },
    /// A part that everything else hangs on has the wrong type.
    #[error("{pointer}: this should be {expected}")]
    WrongType {
        /// JSON pointer (RFC 6901).
        pointer: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// There is more than a record can hold.
    #[error("{pointer}: more than {limit} parts in one document")]
    TooMany {
        /// JSON pointer of the first part too many.
        pointer: String,
        /// How many there may be.
        limit: usize,
    },
    /// The parts do not make a record.
    #[error("the document does not make a record: {0}")]
    Record(RecordError),
}

/// What is wrong with JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxProblem {
    /// The text is not JSON here.
    NotJson,
    /// The text ends too early.
    CutOff,
}

impl fmt::Display for SyntaxProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "not JSON",
            Self::CutOff => "the document ends too early",
        })
    }
}

impl SourceError {
    /// A stable code for machines, also the message id in the catalogues.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "document-too-large",
            Self::TooDeep { .. } => "document-too-deep",
            Self::Syntax {
                problem: SyntaxProblem::NotJson,
                ..
            } => "document-not-json",
            Self::Syntax {
                problem: SyntaxProblem::CutOff,
                ..
            } => "document-cut-off",
            Self::OtherDocument { .. } => "document-other-kind",
            Self::WrongType { .. } => "document-wrong-type",
            Self::TooMany { .. } => "document-too-many-parts",
            Self::Record(error) => error.reason(),
        }
    }
}

impl From<RecordError> for SourceError {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}
