//! Readers: the bytes of a register's document become a [`LearningRecord`].
//!
//! A reader is tolerant about what it does not know and strict about size. What it leaves out is a
//! notice in the record, with its place; only a document that cannot be read at all is an error.
//!
//! | part | where |
//! |---|---|
//! | all sources, and which a document belongs to | [`SOURCES`], [`recognise`], [`understand`] |
//! | one source | [`RecordSource`] |
//! | a document's outer form: JSON, XML, packed | [`Document`] |
//! | what a source does with each field | [`FieldTable`], [`Field`], [`Fate`] |
//! | what became of each value of a document | [`Coverage`], [`Counts`] |
//! | why a document was not read | [`SourceError`] |

mod account;
pub mod clr;
mod coverage;
pub mod csv;
mod document;
pub mod elm;
pub mod elmo;
mod error;
mod fields;
mod json;
mod jws;
pub mod koski;
mod node;
pub mod openbadges;
mod organisation;
mod packed;
#[cfg(feature = "pdf")]
pub mod pdf;
mod reading;
mod registry;
pub mod ripa;
pub(crate) mod scheme;
#[cfg(test)]
pub(crate) mod tests;
pub mod tyomarkkinatori;
pub mod virta;
mod xml;
mod xml_node;

use std::fmt;

use credential_core::record::{LearningRecord, Notice};

pub use self::{
    coverage::{Counts, Coverage},
    document::Document,
    error::{SourceError, SyntaxProblem},
    fields::{Fate, Field, FieldTable},
    registry::{SOURCES, recognise, understand},
};

pub(crate) use self::openbadges::{ects, is_ects, is_esco_skill};

/// Largest document, in octets, packed or unpacked: 8 MiB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Deepest nesting of a document's objects and arrays, or elements.
pub const MAX_NESTING: usize = 64;

/// Reads one kind of document.
pub trait RecordSource: Send + Sync + fmt::Debug {
    /// The name of the kind of document, for example `koski`; it becomes [`LearningRecord::source`].
    fn name(&self) -> &'static str;

    /// What people call this kind of document, in English.
    fn title(&self) -> &'static str;

    /// What the reader does with each field.
    fn fields(&self) -> &'static FieldTable;

    /// Whether this is such a document, by its outermost names alone.
    fn recognises(&self, document: &Document<'_>) -> bool;

    /// Reads a document.
    ///
    /// # Errors
    /// [`SourceError`] when nothing of the document can be used.
    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError>;

    /// Reads the record of one person.
    ///
    /// # Errors
    /// As [`Self::understand`], and when the document does not hold exactly one person's record.
    fn read(&self, bytes: &[u8]) -> Result<LearningRecord, SourceError> {
        self.understand(&Document::open(bytes)?)?.into_record()
    }
}

/// What a document says, and how much of it was understood.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Understood {
    /// One record, or one for each person of a table.
    pub records: Vec<LearningRecord>,
    /// What was left out of a document of several people and belongs to none of their records: a row
    /// without a person, a column that is not known. Otherwise empty.
    pub notices: Vec<Notice>,
    /// What became of each value of the document.
    pub coverage: Coverage,
}

impl Understood {
    /// The record of the only person.
    ///
    /// # Errors
    /// [`SourceError::SeveralPeople`], or [`SourceError::OtherDocument`] when there is nobody.
    pub fn into_record(self) -> Result<LearningRecord, SourceError> {
        let mut records = self.records.into_iter();
        let first = records.next().ok_or(SourceError::OtherDocument {
            expected: "one person's record",
        })?;
        match records.next() {
            None => Ok(first),
            Some(_second) => Err(SourceError::SeveralPeople {
                pointer: String::new(),
            }),
        }
    }
}
