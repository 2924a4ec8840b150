//! Writers: a [`LearningRecord`] becomes a document in an open standard, so that a person can leave with
//! everything they have.
//!
//! No format says all that a record holds. A writer therefore reads its own document again, with the
//! reader of that format, and lists each value of the record that does not come back, with its place and
//! the reason: nothing is lost silently. The documents are unsigned, and say so where the format has a
//! place for it: the person exports them, and cannot sign for the institutions.
//!
//! | part | where |
//! |---|---|
//! | all writers, and one by its name | [`WRITERS`], [`writer`] |
//! | one format | [`RecordWriter`] |
//! | when and as what a document is written | [`Occasion`] |
//! | what goes where, and what cannot be said | [`Row`], [`Fate`] |
//! | the documents, and what is not in them | [`Written`], [`Unsaid`] |
//! | why nothing was written | [`WriteError`] |
//!
//! Pure: no clock, no network, no randomness of its own.

pub mod clr;
mod compare;
pub mod elm;
pub mod elmo;
mod error;
mod occasion;
pub mod openbadges;
mod registry;
mod table;
#[cfg(test)]
mod tests;
pub mod tyomarkkinatori;
mod view;
mod xml;

use std::fmt;

use credential_core::record::LearningRecord;
use zeroize::Zeroizing;

pub use self::{
    error::WriteError,
    occasion::Occasion,
    registry::{WRITERS, writer},
    table::{Fate, Row},
};

/// Writes one format.
pub trait RecordWriter: Send + Sync + fmt::Debug {
    /// The name of the format, the same as of its reader, for example `elmo`.
    fn name(&self) -> &'static str;

    /// What people call the format, in English.
    fn title(&self) -> &'static str;

    /// The media type of a document (RFC 6838).
    fn media_type(&self) -> &'static str;

    /// What goes where, and what the format cannot say.
    fn table(&self) -> &'static [Row];

    /// Writes a record.
    ///
    /// # Errors
    /// [`WriteError`] when the format can say nothing of it, when it would be too large, or when the
    /// document does not hold what was written into it.
    fn write(&self, record: &LearningRecord, occasion: &Occasion) -> Result<Written, WriteError>;
}

/// The documents of one record.
#[derive(Clone)]
#[non_exhaustive]
pub struct Written {
    /// One document, or in formats that hold one attainment each (Open Badges) one for each.
    pub documents: Vec<Zeroizing<Vec<u8>>>,
    /// What of the record is not in them, in the order of the record.
    pub unsaid: Vec<Unsaid>,
}

/// A value of the record that the documents do not say, or say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsaid {
    /// The place in the record: a JSON pointer (RFC 6901) of its fields, for example
    /// `/attainments/0/parts/2/grade/label` or `/person/birthdate`. It stands for everything below it.
    pub place: String,
    /// The reason.
    pub why: &'static str,
}

/// Shows sizes and places only: the documents hold everything.
impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<_> = self.documents.iter().map(|one| one.len()).collect();
        f.debug_struct("Written")
            .field("document_bytes", &sizes)
            .field("unsaid", &self.unsaid)
            .finish()
    }
}
