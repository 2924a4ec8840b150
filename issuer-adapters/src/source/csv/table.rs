//! A table read into cells, each of which knows its place.

use std::ops::Range;

use credential_core::{record::NoticeKind, text::Language};

use super::{
    columns::Column,
    header::Header,
    rows::{Problem, Row, Rows},
};
use crate::source::{
    account::{Tree, Visitor},
    reading::{Id, Placed, Reading},
};

/// The whole table.
pub(super) struct Table {
    pub(super) header: Header,
    pub(super) rows: Vec<TableRow>,
    /// Lines of the rows that could not be read.
    unread: Vec<usize>,
}

/// A row that could be read.
pub(super) struct TableRow {
    pub(super) line: usize,
    /// Where it stands in the text.
    pub(super) octets: Range<usize>,
    pub(super) place: Place,
    cells: Vec<String>,
}

/// One cell; `/line[2]/column[3]`.
pub(super) struct Cell<'r> {
    pub(super) text: &'r str,
    place: String,
    id: Id,
}

/// The whole table or one line of it, as a place without a value.
pub(super) struct Place {
    pointer: String,
    line: usize,
}

impl Place {
    pub(super) fn whole() -> Self {
        Self {
            pointer: String::new(),
            line: 0,
        }
    }

    fn line(line: usize) -> Self {
        Self {
            pointer: format!("/line[{line}]"),
            line,
        }
    }
}

impl Table {
    pub(super) fn read(text: &str, header: Header, reading: &mut Reading) -> Self {
        let mut table = Self {
            header,
            rows: Vec::new(),
            unread: Vec::new(),
        };
        for (column, known) in table.header.columns.iter().enumerate() {
            let name = table.name_of(column);
            match known {
                Some(_) => reading.take(&name),
                None => reading.note(&name, NoticeKind::KeptRaw),
            }
        }
        let body = text.get(table.header.end..).unwrap_or_default();
        for row in Rows::new(body, table.header.separator) {
            if !table.add(row, reading) {
                break;
            }
        }
        table
    }

    /// The text from the beginning to the end of the column names.
    pub(super) fn header_text<'t>(&self, text: &'t str) -> &'t str {
        text.get(..self.header.end).unwrap_or_default()
    }

    fn add(&mut self, row: Row, reading: &mut Reading) -> bool {
        let line = self.header.line + self.header.lines + row.line - 1;
        let place = Place::line(line);
        let end = self.header.end;
        let octets = row.octets.start + end..row.octets.end + end;
        match row.cells.and_then(|cells| self.fitting(cells)) {
            Ok(cells) => self.rows.push(TableRow {
                line,
                octets,
                place: Place::line(line),
                cells,
            }),
            Err(problem) => {
                self.unread.push(line);
                reading.note(
                    &place,
                    match problem {
                        Problem::Malformed => NoticeKind::RowMalformed,
                        Problem::TooLong => NoticeKind::RowTooLong,
                    },
                );
            }
        }
        reading.enter(&place)
    }

    /// Spreadsheets leave empty cells out at the end of a row, and add some; with words in a cell that no
    /// column is for, one of the others is probably not where it belongs.
    fn fitting(&self, mut cells: Vec<String>) -> Result<Vec<String>, Problem> {
        let columns = self.header.columns.len();
        let surplus = cells.iter().skip(columns);
        if surplus.into_iter().any(|cell| !cell.trim().is_empty()) {
            return Err(Problem::Malformed);
        }
        cells.truncate(columns);
        Ok(cells)
    }

    fn name_of(&self, column: usize) -> Cell<'static> {
        Cell::at("", self.header.line, column)
    }
}

impl TableRow {
    /// The cell of this column, when there is one and it is not empty.
    pub(super) fn cell(&self, table: &Table, column: Column) -> Option<Cell<'_>> {
        self.all(table, column)
            .into_iter()
            .next()
            .map(|(_, cell)| cell)
    }

    /// The cells of this column that are not empty, each with its language.
    pub(super) fn all(&self, table: &Table, column: Column) -> Vec<(Language, Cell<'_>)> {
        let of_column = self.known(table).filter(|(it, _, _)| *it == column);
        of_column
            .map(|(_, language, cell)| (language, cell))
            .collect()
    }

    /// The cells of known columns that are not empty.
    pub(super) fn known(
        &self,
        table: &Table,
    ) -> impl Iterator<Item = (Column, Language, Cell<'_>)> {
        let columns = table.header.columns.iter().enumerate();
        columns.filter_map(|(index, known)| {
            let known = (*known)?;
            Some((known.column, known.language, self.at(index)?))
        })
    }

    fn at(&self, column: usize) -> Option<Cell<'_>> {
        let text = self.cells.get(column)?;
        (!text.trim().is_empty()).then(|| Cell::at(text, self.line, column))
    }
}

impl<'r> Cell<'r> {
    fn at(text: &'r str, line: usize, column: usize) -> Self {
        Self {
            text,
            place: format!("/line[{line}]/column[{}]", column + 1),
            id: Id(line, column + 1),
        }
    }
}

impl Placed for Cell<'_> {
    fn pointer(&self) -> &str {
        &self.place
    }
    fn id(&self) -> Id {
        self.id
    }
    fn text(&self) -> Option<String> {
        Some(self.text.to_owned())
    }
    /// With a decimal point or a decimal comma.
    fn number(&self) -> Option<String> {
        Some(self.text.trim().replace(',', "."))
    }
}

impl Placed for Place {
    fn pointer(&self) -> &str {
        &self.pointer
    }
    fn id(&self) -> Id {
        Id(self.line, 0)
    }
    fn text(&self) -> Option<String> {
        None
    }
    fn number(&self) -> Option<String> {
        None
    }
}

/// Columns that are not known are gone through one by one, so that each has one notice, at its name.
impl Tree for Table {
    fn walk(&self, visitor: &mut Visitor<'_>) {
        visitor.enter_unnamed("", |visitor| {
            for (index, known) in self.header.columns.iter().enumerate() {
                let name = self.name_of(index);
                visitor.enter_unnamed(&name.place, |visitor| match known {
                    Some(_) => leaf(visitor, "column name", &name),
                    None => self.walk_unknown(visitor, index, &name),
                });
            }
            for row in &self.rows {
                visitor.enter_unnamed(&row.place.pointer, |visitor| {
                    for (column, _, cell) in row.known(self) {
                        leaf(visitor, column.field(), &cell);
                    }
                });
            }
            for line in &self.unread {
                leaf(visitor, "unread row", &Place::line(*line));
            }
        });
    }
}

impl Table {
    fn walk_unknown(&self, visitor: &mut Visitor<'_>, index: usize, name: &Cell<'_>) {
        if self.header.names.get(index) == Some(&true) {
            leaf(visitor, "other column", name);
        }
        for cell in self.rows.iter().filter_map(|row| row.at(index)) {
            visitor.enter("other column", &name.place, |visitor| visitor.leaf(cell.id));
        }
    }
}

fn leaf(visitor: &mut Visitor<'_>, name: &str, value: &impl Placed) {
    visitor.enter(name, value.pointer(), |visitor| visitor.leaf(value.id()));
}
