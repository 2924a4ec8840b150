//! A register's record, understood: who learned what, where, and how well.
//!
//! An adapter reads a source document into a [`LearningRecord`] and keeps the document's own bytes
//! beside it. Whatever it did not understand, or deliberately left alone, is a [`Notice`] with the
//! place in the document. Sensitive additional information of a study record (support decisions and
//! the like) and the personal identity code have no field here: they stay in the raw document.
//!
//! | part | type |
//! |---|---|
//! | whose record | [`Person`] |
//! | what was achieved, and its parts | [`Attainment`], [`AttainmentKind`] |
//! | by whom it was awarded | [`Organisation`] |
//! | how much and how well | [`Credits`], [`Grade`], [`Level`] |
//! | what supports it | [`Evidence`] |
//! | how far the document's own signature was checked | [`SourceSignature`] |
//! | what was left out, and where | [`Notice`], [`NoticeKind`] |

mod amount;
mod attainment;
mod code;
mod evidence;
pub mod identity_code;
mod local_text;
mod notice;
mod organisation;
mod person;
mod signature;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

pub use amount::{Amount, NotAnAmount};
pub use attainment::{Attainment, AttainmentKind, Credits, Grade, Level};
pub use code::Code;
pub use evidence::Evidence;
pub use local_text::LocalText;
pub use notice::{Notice, NoticeKind};
pub use organisation::Organisation;
pub use person::Person;
pub use signature::{NotChecked, SourceSignature};

/// Deepest nesting of attainments; a top-level one has depth 1.
pub const MAX_DEPTH: usize = 8;
/// Most attainments in one record, all depths counted.
pub const MAX_ATTAINMENTS: usize = 20_000;

/// What one source document says about one person's learning.
#[derive(Clone)]
pub struct LearningRecord {
    source: &'static str,
    person: Person,
    attainments: Vec<Attainment>,
    notices: Vec<Notice>,
    signature: SourceSignature,
    raw: Arc<Zeroizing<Vec<u8>>>,
}

/// Why the parts do not make a record. The adapter's author has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Attainments are nested deeper than [`MAX_DEPTH`].
    #[error("attainments are nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// There are more than [`MAX_ATTAINMENTS`].
    #[error("there are more than {MAX_ATTAINMENTS} attainments")]
    TooMany,
}

impl RecordError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooDeep => "record-too-deep",
            Self::TooMany => "record-too-many-attainments",
        }
    }
}

impl LearningRecord {
    /// Puts a record together; `source` names the kind of document, `raw` is the document itself.
    ///
    /// # Errors
    /// [`RecordError`] when the attainments are nested too deep or are too many.
    pub fn new(
        source: &'static str,
        person: Person,
        attainments: Vec<Attainment>,
        notices: Vec<Notice>,
        raw: &[u8],
    ) -> Result<Self, RecordError> {
        check_size(&attainments)?;
        Ok(Self {
            source,
            person,
            attainments,
            notices,
            signature: SourceSignature::Absent,
            raw: Arc::new(Zeroizing::new(raw.to_vec())),
        })
    }

    /// The same record, with what is known about the document's own signature.
    #[must_use]
    pub fn with_signature(self, signature: SourceSignature) -> Self {
        Self { signature, ..self }
    }

    /// How far the document's own signature was checked.
    #[must_use]
    pub fn signature(&self) -> &SourceSignature {
        &self.signature
    }

    /// The kind of document this was read from, for example `koski`.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whose record it is.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// What was achieved, in the order of the document.
    #[must_use]
    pub fn attainments(&self) -> &[Attainment] {
        &self.attainments
    }

    /// What was left out or not understood, in the order in which it was met.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The source document as it came. It holds everything, sensitive information included, and is
    /// for the person's own store only.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }
}

/// Shows sizes only: a record in a log line would be a disclosure.
impl fmt::Debug for LearningRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LearningRecord")
            .field("source", &self.source)
            .field("attainments", &self.attainments.len())
            .field("notices", &self.notices)
            .field("signature", &self.signature.code())
            .field("raw_bytes", &self.raw.len())
            .finish_non_exhaustive()
    }
}

fn check_size(attainments: &[Attainment]) -> Result<(), RecordError> {
    let mut level: Vec<&Attainment> = attainments.iter().collect();
    let mut count = 0;
    for _depth in 0..MAX_DEPTH {
        count += level.len();
        if count > MAX_ATTAINMENTS {
            return Err(RecordError::TooMany);
        }
        level = level.iter().flat_map(|upper| &upper.parts).collect();
    }
    if level.is_empty() {
        Ok(())
    } else {
        Err(RecordError::TooDeep)
    }
}
