//! Tables of small institutions (CSV, RFC 4180): one completion on each row.
//!
//! The first row names the columns, in Finnish, Swedish or English. Which column means what, and
//! which words it may be called by, is in `data/csv_columns.json`; a table needs a column for the
//! name of what was completed, and one more that is known. Columns that are not known stay raw.
//!
//! | recognised | how |
//! |---|---|
//! | encoding | UTF-8; UTF-16 by its byte order mark; or else Windows-1252, with a notice |
//! | separator | comma, semicolon or tab: the one that gives most known columns; or a line `sep=;` |
//! | dates | `2026-01-31` and `31.1.2026`; with slashes day and month cannot be told apart |
//! | numbers | `1.5` and `1,5` |
//!
//! Rows of the same person become one record: the same names and date of birth, and the same
//! identity code where the table has them. A full name in one column is read as `Family, Given`;
//! without the comma it does not say which is which. A row that cannot be used is a notice with its
//! line, and the rows around it are read. Cells are text: what a spreadsheet would calculate
//! (`=1+1`) is read as it is written.
//!
//! A row of experience (`työkokemus`, `arbetserfarenhet`, `experience`) is what the institution or the
//! employer that keeps the table says, and is not the person's own word. Its name is the role, its date
//! the last day, and its employer is in a column of that name, or else the organisation. An occupation
//! is words, an ESCO concept, or a code of ISCO-08 (`5321 lähihoitajat`). Where a table has no kinds, a
//! row with an employer or an occupation is experience.
//!
//! A table is of one person or of several. Only in the first case is it kept whole beside the
//! record; of several people each gets the row of column names and their own rows (in UTF-8).
//!
//! # Incomplete support
//! There are no parts within a row; a column `part of` names the whole. Tables without a row of
//! column names are not recognised.

mod attainment;
mod columns;
pub(crate) mod encoding;
mod experience;
mod fields;
pub(crate) mod header;
mod person;
pub(crate) mod rows;
mod table;
#[cfg(test)]
mod tests;
mod values;

use std::collections::HashMap;

use credential_core::record::{Notice, NoticeKind};

#[cfg(feature = "server")]
pub(crate) use self::values::day;

use self::{
    encoding::{Decoded, decode},
    header::Header,
    person::People,
    table::{Place, Table},
};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood,
    reading::{Found, Reading, Share},
};

const EXPECTED: &str =
    "a table has a row of column names, and one of them is the name of what was completed";

/// Reads tables.
#[derive(Debug, Clone, Copy, Default)]
pub struct Csv;

impl RecordSource for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn title(&self) -> &'static str {
        "table of completions (CSV)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.is_other()
            && decode(document.bytes()).is_some_and(|decoded| Header::find(&decoded.text).is_some())
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        let other = SourceError::OtherDocument { expected: EXPECTED };
        let decoded = decode(document.bytes()).ok_or(other.clone())?;
        let header = Header::find(&decoded.text).ok_or(other)?;
        let mut reading = Reading::new();
        if decoded.is_assumed {
            reading.note(&Place::whole(), NoticeKind::EncodingAssumed);
        }
        let table = Table::read(&decoded.text, header, &mut reading);
        let people = people(&table, &mut reading);
        conclude(self, &decoded, document.bytes(), &table, people, reading)
    }
}

/// Reads the rows; each belongs to somebody or is answered with a reason.
fn people(table: &Table, reading: &mut Reading) -> People {
    let mut people = People::default();
    for row in &table.rows {
        if let Some((learner, attainment)) = attainment::of_row(table, row, reading) {
            people.add(learner, attainment, row);
        }
    }
    people
}

fn conclude(
    source: &Csv,
    decoded: &Decoded<'_>,
    raw: &[u8],
    table: &Table,
    people: People,
    mut reading: Reading,
) -> Result<Understood, SourceError> {
    let mut several = people.into_shares();
    if several.len() < 2 {
        let only = several.pop().map(|(found, _rows)| found);
        let found = only.unwrap_or_else(|| {
            reading.note(&Place::whole(), NoticeKind::NothingAwarded);
            Found::default()
        });
        return reading.conclude(source, table, found, raw);
    }
    let mut owners = HashMap::new();
    let mut shares = Vec::with_capacity(several.len());
    for (index, (found, lines)) in several.into_iter().enumerate() {
        let mut own = table.header_text(&decoded.text).to_owned();
        for (line, octets) in lines {
            owners.insert(line, index);
            own.push_str(decoded.text.get(octets).unwrap_or_default());
        }
        let raw = own.into_bytes();
        shares.push(Share { found, raw });
    }
    let owner = |notice: &Notice| owners.get(&line_of(&notice.pointer)?).copied();
    reading.conclude_each(source, table, shares, owner)
}

/// The line of a place such as `/line[7]/column[2]`.
fn line_of(place: &str) -> Option<usize> {
    let number = place.strip_prefix("/line[")?.split(']').next()?;
    number.parse().ok()
}
