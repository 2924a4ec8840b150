//! The rows of a table. A row that is not well-formed ends with its line, so that one quotation mark too
//! many does not swallow every row after it.
//!
//! Where a row ends is found here; what its cells say, the `csv` crate reads.

use std::ops::Range;

/// Longest row, in octets of UTF-8.
const MAX_ROW: usize = 64 * 1024;
/// Most lines in a row.
const MAX_LINES: usize = 200;
/// Most cells in a row.
const MAX_CELLS: usize = 200;

/// Goes through a table.
pub(crate) struct Rows<'t> {
    text: &'t str,
    separator: u8,
    at: usize,
    line: usize,
}

/// One row.
pub(crate) struct Row {
    /// The line on which it begins, from 1.
    pub(crate) line: usize,
    /// On how many lines it stands.
    pub(crate) lines: usize,
    /// Where it stands in the text, its line end included.
    pub(crate) octets: Range<usize>,
    pub(crate) cells: Result<Vec<String>, Problem>,
}

/// Why a row cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    Malformed,
    TooLong,
}

/// Where in a cell the scan stands (RFC 4180 section 2, rules 5 to 7).
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Bare,
    Quoted,
    /// After a quotation mark within quotation marks: the end of the cell, or half of an escaped one.
    Closed,
}

impl<'t> Rows<'t> {
    pub(crate) fn new(text: &'t str, separator: u8) -> Self {
        Self {
            text,
            separator,
            at: 0,
            line: 1,
        }
    }

    /// How many octets of the table were gone through.
    #[cfg(feature = "server")]
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The rest of the line, its end included.
    fn physical_line(&self) -> usize {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|octet| is_line_end(*octet));
        end.map_or(self.text.len(), |end| {
            after_line_end(self.text, self.at + end)
        })
    }

    /// The end of the row that begins here.
    fn row_end(&self) -> Result<usize, Problem> {
        let (mut state, mut lines) = (State::Start, 0);
        let from = self.text.as_bytes().get(self.at..).unwrap_or_default();
        for (offset, &octet) in from.iter().enumerate() {
            if offset > MAX_ROW {
                let is_open = matches!(state, State::Quoted | State::Closed);
                return Err(if is_open {
                    Problem::Malformed
                } else {
                    Problem::TooLong
                });
            }
            state = match (state, octet) {
                (State::Quoted, b'"') => State::Closed,
                (State::Quoted, b'\n') if lines == MAX_LINES => return Err(Problem::Malformed),
                (State::Quoted, octet) => {
                    lines += usize::from(octet == b'\n');
                    State::Quoted
                }
                (State::Start | State::Closed, b'"') => State::Quoted,
                (_, octet) if is_line_end(octet) => {
                    return Ok(after_line_end(self.text, self.at + offset));
                }
                (_, octet) if octet == self.separator => State::Start,
                (State::Closed, _) => return Err(Problem::Malformed),
                (State::Start | State::Bare, _) => State::Bare,
            };
        }
        if state == State::Quoted {
            Err(Problem::Malformed)
        } else {
            Ok(self.text.len())
        }
    }

    fn cells(&self, end: usize) -> Result<Vec<String>, Problem> {
        let row = self.text.get(self.at..end).ok_or(Problem::Malformed)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(self.separator)
            .buffer_capacity(row.len().max(16))
            .from_reader(row.as_bytes());
        let mut record = csv::StringRecord::new();
        match reader.read_record(&mut record) {
            Ok(true) if record.len() <= MAX_CELLS => Ok(record.iter().map(str::to_owned).collect()),
            Ok(true) => Err(Problem::TooLong),
            Ok(false) | Err(_) => Err(Problem::Malformed),
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    /// The next row that is not empty.
    fn next(&mut self) -> Option<Row> {
        while self
            .text
            .as_bytes()
            .get(self.at)
            .copied()
            .is_some_and(is_line_end)
        {
            self.at = after_line_end(self.text, self.at);
            self.line += 1;
        }
        if self.at >= self.text.len() {
            return None;
        }
        let (end, cells) = match self.row_end() {
            Ok(end) => (end, self.cells(end)),
            Err(problem) => (self.physical_line(), Err(problem)),
        };
        let lines = line_ends(self.text.get(self.at..end).unwrap_or_default());
        let row = Row {
            line: self.line,
            lines,
            octets: self.at..end,
            cells,
        };
        self.line += lines;
        self.at = end;
        Some(row)
    }
}

fn is_line_end(octet: u8) -> bool {
    matches!(octet, b'\n' | b'\r')
}

/// A carriage return and line feed end one line together.
fn after_line_end(text: &str, at: usize) -> usize {
    let is_pair = text.as_bytes().get(at..at + 2) == Some(b"\r\n");
    at + if is_pair { 2 } else { 1 }
}

fn line_ends(text: &str) -> usize {
    let pairs = text.matches("\r\n").count();
    text.bytes().filter(|octet| is_line_end(*octet)).count() - pairs
}
