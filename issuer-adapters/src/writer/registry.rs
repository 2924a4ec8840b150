//! All writers.

use super::{
    RecordWriter, clr::ClrWriter, elm::ElmWriter, elmo::ElmoWriter, openbadges::OpenBadgesWriter,
    tyomarkkinatori::TyomarkkinatoriWriter,
};

/// Every writer. A new format is one line here.
pub const WRITERS: &[&dyn RecordWriter] = &[
    &ElmoWriter,
    &ElmWriter,
    &OpenBadgesWriter,
    &ClrWriter,
    &TyomarkkinatoriWriter,
];

/// The writer of a format, by its name.
#[must_use]
pub fn writer(name: &str) -> Option<&'static dyn RecordWriter> {
    WRITERS.iter().copied().find(|writer| writer.name() == name)
}
