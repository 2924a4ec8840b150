//! The row of column names, and with it the separator.

use std::collections::HashSet;

use super::{
    columns::{Column, Known, known},
    rows::Rows,
};

pub(crate) const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The row of column names.
pub(super) struct Header {
    pub(super) separator: u8,
    /// The line on which it stands, from 1.
    pub(super) line: usize,
    /// On how many lines.
    pub(super) lines: usize,
    /// Where it ends in the text, in octets.
    pub(super) end: usize,
    /// Each column; `None` where the name is not known, or was there before.
    pub(super) columns: Vec<Option<Known>>,
    /// Whether each column has a name at all.
    pub(super) names: Vec<bool>,
}

impl Header {
    /// Finds the separator with which most columns are known: at least one for the name of what was
    /// completed, and another.
    pub(super) fn find(text: &str) -> Option<Self> {
        if text.trim_start().starts_with(['{', '[', '<']) {
            return None;
        }
        let said = said_separator(text);
        let start = said.map_or(0, |(_, end)| end);
        let separators = said.map_or(SEPARATORS.to_vec(), |(separator, _)| vec![separator]);
        let headers = separators
            .into_iter()
            .filter_map(|it| Self::with(text, start, it));
        headers
            .max_by_key(Self::known)
            .filter(|header| header.has(Column::Title) && header.known() > 1)
    }

    fn with(text: &str, start: usize, separator: u8) -> Option<Self> {
        let row = Rows::new(text.get(start..)?, separator).next()?;
        let mut seen = HashSet::new();
        let mut is_first = |known: &Known| {
            let language = known.column.has_languages().then_some(known.language);
            seen.insert((known.column.field(), language))
        };
        let names = row.cells.ok()?;
        let columns: Vec<_> = names.iter().map(|name| known(name)).collect();
        let columns = columns.into_iter().map(|known| known.filter(&mut is_first));
        Some(Self {
            separator,
            line: row.line + usize::from(start > 0),
            lines: row.lines,
            end: start + row.octets.end,
            columns: columns.collect(),
            names: names.iter().map(|name| !name.trim().is_empty()).collect(),
        })
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns
            .iter()
            .flatten()
            .any(|known| known.column == column)
    }

    /// Each row says whose it is.
    pub(super) fn names_people(&self) -> bool {
        self.columns
            .iter()
            .flatten()
            .any(|known| known.column.is_of_person())
    }

    fn known(&self) -> usize {
        self.columns.iter().flatten().count()
    }
}

/// The separator that a first line `sep=;` says, as spreadsheets write it, and where that line ends.
pub(crate) fn said_separator(text: &str) -> Option<(u8, usize)> {
    let line = text.lines().next()?;
    let rest = line
        .strip_prefix("sep=")
        .or_else(|| line.strip_prefix("SEP="))?;
    let separator = SEPARATORS.into_iter().find(|it| rest.as_bytes() == [*it])?;
    let end = text.find('\n')? + 1;
    Some((separator, end))
}
