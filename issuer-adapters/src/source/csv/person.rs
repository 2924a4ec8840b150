//! Whose row it is, and which rows are the same person's.

use std::{collections::HashMap, ops::Range};

use chrono::NaiveDate;
use credential_core::record::{Attainment, NoticeKind, Person, identity_code};

use super::{
    columns::Column,
    table::{Table, TableRow},
    values::date,
};
use crate::source::reading::{Found, Reading};

/// Whose row it is.
pub(super) struct Learner {
    person: Person,
    key: Key,
}

/// What tells people apart; compared and nowhere kept.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    family_name: String,
    given_name: String,
    birthdate: Option<NaiveDate>,
    code: Option<String>,
}

/// The row does not say whose it is, or says what cannot be read.
pub(super) struct Unclear;

/// Reads the person of a row. A table without columns for a person is about one who is not named.
pub(super) fn learner(
    table: &Table,
    row: &TableRow,
    reading: &mut Reading,
) -> Result<Learner, Unclear> {
    let code = code(table, row, reading)?;
    let birthdate = birthdate(table, row, code.as_ref().map(|(_, date)| *date), reading)?;
    let (family_name, given_name) = names(table, row, reading)?;
    let is_named = family_name.is_some() || given_name.is_some() || code.is_some();
    if table.header.names_people() && !is_named {
        return Err(Unclear);
    }
    let plain = |name: &Option<String>| name.as_deref().unwrap_or_default().to_lowercase();
    Ok(Learner {
        key: Key {
            family_name: plain(&family_name),
            given_name: plain(&given_name),
            birthdate,
            code: code.map(|(code, _)| code),
        },
        person: Person {
            family_name,
            given_name,
            birthdate,
            person_oid: None,
        },
    })
}

/// A correct identity code, to tell people apart, and the date of birth in it.
fn code(
    table: &Table,
    row: &TableRow,
    reading: &mut Reading,
) -> Result<Option<(String, NaiveDate)>, Unclear> {
    let Some(cell) = row.cell(table, Column::IdentityCode) else {
        return Ok(None);
    };
    let birthdate = identity_code::birthdate(cell.text.trim());
    let birthdate = reading
        .used_or_not_understood(&cell, birthdate)
        .ok_or(Unclear)?;
    Ok(Some((cell.text.trim().to_uppercase(), birthdate)))
}

/// The date of birth; one that is not the identity code's belongs to somebody else.
fn birthdate(
    table: &Table,
    row: &TableRow,
    of_code: Option<NaiveDate>,
    reading: &mut Reading,
) -> Result<Option<NaiveDate>, Unclear> {
    let said = date(table, row, Column::Birthdate, reading).map_err(|_unreadable| Unclear)?;
    match (said, of_code) {
        (Some(said), Some(of_code)) if said != of_code => Err(Unclear),
        (said, of_code) => Ok(said.or(of_code)),
    }
}

/// Family and given names, from two columns or from one with a comma.
fn names(
    table: &Table,
    row: &TableRow,
    reading: &mut Reading,
) -> Result<(Option<String>, Option<String>), Unclear> {
    let mut of = |column| {
        row.cell(table, column)
            .and_then(|cell| reading.string_at(&cell))
    };
    let (family_name, given_name) = (of(Column::FamilyName), of(Column::GivenName));
    if family_name.is_some() || given_name.is_some() {
        return Ok((family_name, given_name));
    }
    let Some(cell) = row.cell(table, Column::FullName) else {
        return Ok((None, None));
    };
    let Some(name) = reading.string_at(&cell) else {
        return Err(Unclear);
    };
    let parts = name
        .split_once(',')
        .filter(|(_, given)| !given.contains(','));
    let parts = parts.map(|(family, given)| (family.trim(), given.trim()));
    let Some((family, given)) =
        parts.filter(|(family, given)| !family.is_empty() && !given.is_empty())
    else {
        reading.note(&cell, NoticeKind::NotUnderstood);
        return Err(Unclear);
    };
    Ok((Some(family.to_owned()), Some(given.to_owned())))
}

/// The people of a table, in the order in which they are met.
#[derive(Default)]
pub(super) struct People {
    by_key: HashMap<Key, usize>,
    all: Vec<(Found, Rows)>,
}

/// The lines of a person's rows, and where these stand.
type Rows = Vec<(usize, Range<usize>)>;

impl People {
    pub(super) fn add(&mut self, learner: Learner, attainment: Attainment, row: &TableRow) {
        let index = *self.by_key.entry(learner.key).or_insert(self.all.len());
        if index == self.all.len() {
            let found = Found {
                person: learner.person,
                ..Found::default()
            };
            self.all.push((found, Rows::new()));
        }
        if let Some((found, rows)) = self.all.get_mut(index) {
            found.attainments.push(attainment);
            rows.push((row.line, row.octets.clone()));
        }
    }

    pub(super) fn into_shares(self) -> Vec<(Found, Rows)> {
        self.all
    }
}
