//! A table, gone through row by row: nothing of a row is kept but its fingerprint.

use std::{borrow::Cow, collections::HashMap};

use credential_core::{canonical, credential::CredentialClaims, encoding::sha256};
use serde_json::Value;

use super::{
    Fill, RowProblem, SheetError, Template,
    rows::{Made, Rows},
};
use crate::source::csv::{
    encoding::decode,
    header::{SEPARATORS, said_separator},
    rows,
};

/// Largest table, in octets: 100,000 rows come to some 10 MiB.
pub const MAX_SHEET: usize = 64 * 1024 * 1024;
/// Longest name of a person as it is shown, in characters.
const MAX_SHOWN: usize = 60;

/// A table whose columns fit a template.
#[derive(Debug)]
pub struct Sheet<'t> {
    text: Cow<'t, str>,
    is_assumed: bool,
    separator: u8,
    /// Where the rows begin in the text, and on which line.
    body: (usize, usize),
    columns: usize,
    /// For each fill of the template its column, and that column's name here.
    places: Vec<Option<(usize, String)>>,
    unused: Vec<String>,
}

impl<'t> Sheet<'t> {
    /// Recognises encoding and separator, and finds the template's columns by their names, whatever
    /// their case and the spaces around them.
    ///
    /// # Errors
    /// [`SheetError`].
    pub fn read(octets: &'t [u8], template: &Template) -> Result<Self, SheetError> {
        if octets.len() > MAX_SHEET {
            return Err(SheetError::TooLarge);
        }
        let decoded = decode(octets).ok_or(SheetError::NoTable)?;
        let said = said_separator(&decoded.text);
        let start = said.map_or(0, |(_, end)| end);
        let separators = said.map_or(SEPARATORS.to_vec(), |(separator, _)| vec![separator]);
        let headers = separators.into_iter().filter_map(|separator| {
            let row = rows::Rows::new(decoded.text.get(start..)?, separator).next()?;
            let names = row.cells.as_ref().ok()?.clone();
            let known = template
                .fills()
                .iter()
                .filter(|fill| !places(fill, &names).is_empty());
            Some((known.count(), separator, row, names))
        });
        // The first of several that fit alike.
        let best = headers.reduce(|best, other| if other.0 > best.0 { other } else { best });
        let (_, separator, row, names) = best.ok_or(SheetError::NoTable)?;
        let mut found = Vec::with_capacity(template.fills().len());
        for fill in template.fills() {
            let name = || fill.columns.first().cloned().unwrap_or_default();
            found.push(match places(fill, &names).as_slice() {
                [] if fill.required => return Err(SheetError::NoColumn(name())),
                [] => None,
                [one] => Some((*one, names.get(*one).map_or("", |it| it.trim()).to_owned())),
                _ => return Err(SheetError::ColumnTwice(name())),
            });
        }
        let is_used = |index: usize| found.iter().flatten().any(|(used, _)| *used == index);
        let unused = names
            .iter()
            .enumerate()
            .filter(|(index, _)| !is_used(*index));
        let unused = unused.map(|(_, name)| name.trim().to_owned());
        let unused = unused.filter(|name| !name.is_empty()).collect();
        let line = usize::from(start > 0) + row.line + row.lines;
        let (columns, body) = (names.len(), (start + row.octets.end, line));
        Ok(Self {
            is_assumed: decoded.is_assumed,
            text: decoded.text,
            separator,
            body,
            columns,
            places: found,
            unused,
        })
    }

    /// Whether nothing says how the table is encoded, and Windows-1252 was assumed.
    #[must_use]
    pub fn is_encoding_assumed(&self) -> bool {
        self.is_assumed
    }

    /// Columns that the template does not use.
    #[must_use]
    pub fn unused_columns(&self) -> &[String] {
        &self.unused
    }

    /// How far into the table the row at this octet is; with [`Rows::at`] for showing how far work is.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.text.len()
    }

    /// Where the rows begin.
    pub(super) fn begins(&self) -> usize {
        self.body.0
    }

    /// Goes through the rows.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        let body = self.text.get(self.body.0..).unwrap_or_default();
        Rows {
            sheet: self,
            rows: rows::Rows::new(body, self.separator),
            seen: HashMap::new(),
        }
    }

    pub(super) fn made(&self, row: rows::Row, template: &Template, edition: &str) -> Made {
        let line = self.body.1 + row.line - 1;
        let cells = match row.cells {
            Ok(cells) => cells,
            Err(problem) => return Made::bad(line, problem.into()),
        };
        let surplus = cells.iter().skip(self.columns);
        if surplus.into_iter().any(|cell| !cell.trim().is_empty()) {
            return Made::bad(line, RowProblem::Malformed);
        }
        Made {
            line,
            person: self.person(&cells, template),
            outcome: self.claims(&cells, template).map(|claims| {
                let fingerprint = fingerprint(template, edition, &claims);
                (fingerprint, claims)
            }),
        }
    }

    fn claims(
        &self,
        cells: &[String],
        template: &Template,
    ) -> Result<CredentialClaims, RowProblem> {
        let mut values: Vec<Option<Value>> = Vec::with_capacity(self.places.len());
        for (fill, place) in template.fills().iter().zip(&self.places) {
            let Some((index, column)) = place else {
                values.push(None);
                continue;
            };
            let cell = cells.get(*index).map_or("", |cell| cell.trim());
            values.push(match cell {
                "" if fill.required => {
                    return Err(RowProblem::Empty {
                        column: column.clone(),
                    });
                }
                "" => None,
                text => Some(
                    fill.meaning
                        .read(text)
                        .ok_or_else(|| RowProblem::NotUnderstood {
                            column: column.clone(),
                            expected: fill.meaning.expected(),
                        })?,
                ),
            });
        }
        Ok(template.filled(values)?)
    }

    /// `Family, Given`, shortened and without what would move the cursor.
    fn person(&self, cells: &[String], template: &Template) -> String {
        let of = |name: &str| {
            let mut fills = template.fills().iter().zip(&self.places);
            let (_, place) = fills.find(|(fill, _)| fill.path == [name])?;
            cells.get(place.as_ref()?.0).map(|cell| cell.trim())
        };
        let names: Vec<&str> = ["family_name", "given_name"]
            .into_iter()
            .filter_map(of)
            .collect();
        let shown = names.join(", ");
        shown
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_SHOWN)
            .collect()
    }
}

fn places(fill: &Fill, names: &[String]) -> Vec<usize> {
    let plain = |name: &str| name.trim().to_lowercase();
    let wanted: Vec<_> = fill.columns.iter().map(|name| plain(name)).collect();
    let found = names
        .iter()
        .enumerate()
        .filter(|(_, name)| wanted.contains(&plain(name)));
    found.map(|(index, _)| index).collect()
}

/// `SHA-256(template ‖ SHA-256(edition) ‖ claims)`; all but the last have a fixed length.
fn fingerprint(template: &Template, edition: &str, claims: &CredentialClaims) -> [u8; 32] {
    // Checked claims can be written, or they would have been refused.
    let said = canonical::to_string(claims.claims()).unwrap_or_default();
    sha256(
        [
            template.hash().as_slice(),
            &sha256(edition),
            said.as_bytes(),
        ]
        .concat(),
    )
}
