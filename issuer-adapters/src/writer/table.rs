//! The one table of a format: what goes where, and what it cannot say.

/// What becomes of one field of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The field of an attainment (`grade/label`), or of the person (`person/birthdate`); `attainment`
    /// stands for whole attainments. A row is also about what is below its field and has no own row.
    pub field: &'static str,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is always written.
    Said {
        /// Where it goes.
        to: &'static str,
    },
    /// It is written as far as the format goes.
    Partly {
        /// Where it goes.
        to: &'static str,
        /// What is lost.
        but: &'static str,
    },
    /// It is not written.
    Unsaid {
        /// Why not.
        why: &'static str,
    },
}

/// What is said of a value that should have come back. No test meets it; it is there so that even then
/// nothing is lost silently.
pub(super) const OTHERWISE: &str = "it reads otherwise in the written document";

pub(super) const fn said(field: &'static str, to: &'static str) -> Row {
    let fate = Fate::Said { to };
    Row { field, fate }
}

pub(super) const fn partly(field: &'static str, to: &'static str, but: &'static str) -> Row {
    let fate = Fate::Partly { to, but };
    Row { field, fate }
}

pub(super) const fn unsaid(field: &'static str, why: &'static str) -> Row {
    let fate = Fate::Unsaid { why };
    Row { field, fate }
}

/// Why a field does not come back.
pub(super) fn why(table: &[Row], field: &str) -> &'static str {
    let is_about = |row: &&Row| {
        field
            .strip_prefix(row.field)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let row = table
        .iter()
        .filter(is_about)
        .max_by_key(|row| row.field.len());
    match row.map(|row| row.fate) {
        Some(Fate::Partly { but: why, .. } | Fate::Unsaid { why }) => why,
        Some(Fate::Said { .. }) | None => OTHERWISE,
    }
}
