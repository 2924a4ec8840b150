//! What a source's reader does with each field: one table per source, which the report and the
//! documents print.

use credential_core::record::NoticeKind;

/// The fields of one kind of document.
#[derive(Debug)]
pub struct FieldTable {
    /// The fields, in the order in which to show them.
    pub fields: &'static [Field],
    /// Names of objects and elements that only hold others. A notice may name these and the names
    /// in [`Self::fields`]; every other name is the document's own and is never repeated.
    pub containers: &'static [&'static str],
    /// Notices about what stays raw name no field, only one of the containers or the whole
    /// document: the name of a support decision is the decision.
    pub discreet: bool,
}

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The last names of its path, as many as tell it from others: `Laajuus/Opintopiste`; an
    /// attribute is `@name`, list positions are left out. The longest path that fits counts.
    pub path: &'static str,
    /// What the reader does with it.
    pub fate: Fate,
}

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Read; the text says what it becomes, or what it decides.
    Mapped(&'static str),
    /// Stays in the raw document; the text says why.
    KeptRaw(&'static str),
    /// Never read, whatever it says.
    Refused(NoticeKind),
}

/// A field that is read.
pub(super) const fn mapped(path: &'static str, becomes: &'static str) -> Field {
    Field {
        path,
        fate: Fate::Mapped(becomes),
    }
}

/// A field that stays raw.
pub(super) const fn raw(path: &'static str, why: &'static str) -> Field {
    Field {
        path,
        fate: Fate::KeptRaw(why),
    }
}
