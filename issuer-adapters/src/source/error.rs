//! Why a document could not be read.

use std::fmt;

use credential_core::record::RecordError;

use super::{MAX_BYTES, MAX_NESTING, registry};

/// Why a document could not be read. The person who chose the document has to act; no variant
/// repeats a value from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The document is larger than [`MAX_BYTES`], packed or unpacked.
    #[error("the document is larger than {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// Objects, arrays or elements are nested deeper than [`MAX_NESTING`].
    #[error("line {line}: nested deeper than {MAX_NESTING} levels")]
    TooDeep {
        /// Line, from 1.
        line: usize,
    },
    /// The document is not what it should be made of, or was cut off.
    #[error("line {line}, column {column}: {problem}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in octets (JSON) or characters (XML); 0 when the document ends there.
        column: usize,
        /// What is wrong with it.
        problem: SyntaxProblem,
    },
    /// A packed document (base64, gzip) that cannot be unpacked.
    #[error("the packed document cannot be unpacked: it was damaged or cut off")]
    Packing,
    /// No source knows this kind of document.
    #[error(
        "this is no kind of document known here; known are: {}",
        registry::names()
    )]
    NotRecognised,
    /// Readable, but not a document of this kind.
    #[error("this is not a study record of the expected kind: {expected}")]
    OtherDocument {
        /// What such a document has.
        expected: &'static str,
    },
    /// The document speaks of several people, and here one person's record is needed.
    #[error("{pointer}: the document speaks of more than one person")]
    SeveralPeople {
        /// Place of the second person.
        pointer: String,
    },
    /// A part that everything else hangs on has the wrong type.
    #[error("{pointer}: this should be {expected}")]
    WrongType {
        /// JSON pointer (RFC 6901), or path in XML.
        pointer: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// There is more than a record can hold.
    #[error("{pointer}: more than {limit} parts in one document")]
    TooMany {
        /// Place of the first part too many.
        pointer: String,
        /// How many there may be.
        limit: usize,
    },
    /// The parts do not make a record.
    #[error("the document does not make a record: {0}")]
    Record(RecordError),
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxProblem {
    /// The text is not JSON here.
    NotJson,
    /// The text is not well-formed XML 1.0 here.
    NotXml,
    /// The octets are not UTF-8, or the XML declaration names another encoding.
    NotUtf8,
    /// A document type declaration (DTD). None is read: entities could make a small text huge.
    Dtd,
    /// The text ends too early.
    CutOff,
}

impl fmt::Display for SyntaxProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "not JSON",
            Self::NotXml => "not well-formed XML",
            Self::NotUtf8 => "not text in UTF-8",
            Self::Dtd => "a document type declaration is not accepted",
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
            Self::Syntax { problem, .. } => match problem {
                SyntaxProblem::NotJson => "document-not-json",
                SyntaxProblem::NotXml => "document-not-xml",
                SyntaxProblem::NotUtf8 => "document-not-utf8",
                SyntaxProblem::Dtd => "document-dtd",
                SyntaxProblem::CutOff => "document-cut-off",
            },
            Self::Packing => "document-packing",
            Self::NotRecognised => "document-not-recognised",
            Self::OtherDocument { .. } => "document-other-kind",
            Self::SeveralPeople { .. } => "document-several-people",
            Self::WrongType { .. } => "document-wrong-type",
            Self::TooMany { .. } => "document-too-many-parts",
            Self::Record(error) => error.reason(),
        }
    }

    /// Where it is wrong, when the error is about one place.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::SeveralPeople { pointer }
            | Self::WrongType { pointer, .. }
            | Self::TooMany { pointer, .. } => Some(pointer),
            _ => None,
        }
    }
}

impl From<RecordError> for SourceError {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}
