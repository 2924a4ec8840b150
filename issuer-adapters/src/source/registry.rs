//! All sources, and which of them a document belongs to.

use super::{
    Document, RecordSource, SourceError, Understood, clr::Clr, csv::Csv, elm::Elm, elmo::Elmo,
    koski::Koski, openbadges::OpenBadges, ripa::Ripa, tyomarkkinatori::Tyomarkkinatori,
    virta::Virta,
};

/// Every source, in the order in which they are asked. A new source is one line here.
pub const SOURCES: &[&dyn RecordSource] = &[
    &Koski,
    &Virta,
    &Elmo,
    &Clr,
    &OpenBadges,
    &Elm,
    &Ripa,
    &Tyomarkkinatori,
    #[cfg(feature = "pdf")]
    &super::pdf::Pdf,
    &Csv,
];

/// The source that a document belongs to, by what the document itself says.
///
/// # Errors
/// [`SourceError::NotRecognised`] names the kinds that are known; a document that cannot be opened
/// says why.
pub fn recognise(bytes: &[u8]) -> Result<&'static dyn RecordSource, SourceError> {
    source_of(&Document::open(bytes)?)
}

/// Reads a document of any known kind.
///
/// # Errors
/// As [`recognise`], and [`SourceError`] when nothing of the document can be used.
pub fn understand(bytes: &[u8]) -> Result<Understood, SourceError> {
    let document = Document::open(bytes)?;
    source_of(&document)?.understand(&document)
}

/// The names of all kinds, for people.
pub(super) fn names() -> String {
    let names: Vec<_> = SOURCES.iter().map(|source| source.title()).collect();
    names.join(", ")
}

fn source_of(document: &Document<'_>) -> Result<&'static dyn RecordSource, SourceError> {
    SOURCES
        .iter()
        .copied()
        .find(|source| source.recognises(document))
        .ok_or(SourceError::NotRecognised)
}
