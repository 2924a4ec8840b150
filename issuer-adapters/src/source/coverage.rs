//! How much of a document was understood: every value it holds is mapped, kept raw or refused.

use std::collections::BTreeMap;

use credential_core::record::NoticeKind;

use super::fields::{Field, FieldTable};

/// The values of one document, or of several of one kind, by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    pub(super) rows: Vec<(&'static Field, Counts)>,
    pub(super) others: Counts,
}

/// How many values met which fate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Read into the record, or used to decide about it.
    pub mapped: usize,
    /// Left in the raw document.
    pub kept_raw: usize,
    /// Not accepted, by reason.
    pub refused: BTreeMap<NoticeKind, usize>,
}

impl Coverage {
    /// Nothing met yet.
    #[must_use]
    pub fn new(table: &'static FieldTable) -> Self {
        let rows = table.fields.iter().map(|field| (field, Counts::default()));
        Self {
            rows: rows.collect(),
            others: Counts::default(),
        }
    }

    /// The fields that were met, in the order of the table.
    pub fn rows(&self) -> impl Iterator<Item = (&'static Field, &Counts)> {
        let met = self.rows.iter().filter(|(_, counts)| counts.total() > 0);
        met.map(|(field, counts)| (*field, counts))
    }

    /// Values of fields that the table does not name.
    #[must_use]
    pub fn others(&self) -> &Counts {
        &self.others
    }

    /// All values together.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = self.others.clone();
        for (_, counts) in &self.rows {
            total.add(counts);
        }
        total
    }

    /// Adds another document of the same kind.
    pub fn add(&mut self, other: &Self) {
        for ((_, counts), (_, more)) in self.rows.iter_mut().zip(&other.rows) {
            counts.add(more);
        }
        self.others.add(&other.others);
    }
}

impl Counts {
    /// Values of all fates.
    #[must_use]
    pub fn total(&self) -> usize {
        self.mapped + self.kept_raw + self.refused_in_all()
    }

    /// Values refused for whatever reason.
    #[must_use]
    pub fn refused_in_all(&self) -> usize {
        self.refused.values().sum()
    }

    fn add(&mut self, other: &Self) {
        self.mapped += other.mapped;
        self.kept_raw += other.kept_raw;
        for (kind, count) in &other.refused {
            *self.refused.entry(*kind).or_default() += count;
        }
    }
}
