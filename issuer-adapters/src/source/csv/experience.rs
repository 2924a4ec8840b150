//! What a row of experience says beside its name: for whom, in which occupation, until when.

use credential_core::{
    record::{Attainment, AttainmentKind, Code, Organisation},
    text::{Language, Text},
};

use super::{
    columns::Column,
    table::{Table, TableRow},
    values::{in_language, skill, text},
};
use crate::source::reading::Reading;

/// The International Standard Classification of Occupations, 2008.
const ISCO: &str = "isco-08";

/// Puts the last day and the employer where they belong. An organisation that stands beside an employer
/// is who confirms, and the business id is then its own.
pub(super) fn complete(
    of_row: Attainment,
    table: &Table,
    row: &TableRow,
    reading: &mut Reading,
) -> Attainment {
    let named = text(table, row, Column::Employer, |cell| reading.string_at(cell));
    let (employer, awarding_body) = employer(named, of_row.awarding_body);
    Attainment {
        kind: AttainmentKind::Experience {
            employer: employer.map(Box::new),
            occupation: occupation(table, row, reading),
            ended: of_row.awarded,
            self_asserted: false,
        },
        awarded: None,
        awarding_body,
        ..of_row
    }
}

fn employer(
    named: Text,
    organisation: Option<Organisation>,
) -> (Option<Organisation>, Option<Organisation>) {
    match organisation {
        organisation if named.is_empty() => (organisation, None),
        Some(organisation) if !organisation.name.is_empty() => (
            Some(Organisation {
                name: named,
                ..Organisation::default()
            }),
            Some(organisation),
        ),
        numbered => (
            Some(Organisation {
                name: named,
                ..numbered.unwrap_or_default()
            }),
            None,
        ),
    }
}

/// A code of ISCO-08 has up to four digits, and may stand before its words.
fn occupation(table: &Table, row: &TableRow, reading: &mut Reading) -> Option<Code> {
    let (language, cell) = row.all(table, Column::Occupation).into_iter().next()?;
    let said = reading.string_at(&cell)?;
    Some(isco(&said, language).unwrap_or_else(|| skill(&said, language)))
}

fn isco(said: &str, language: Language) -> Option<Code> {
    let (code, words) = said.split_once(' ').unwrap_or((said, ""));
    let is_code = (1..=4).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    let words = words.trim();
    let mut label = Text::default();
    *in_language(&mut label, language) = (!words.is_empty()).then(|| words.to_owned());
    is_code.then(|| Code {
        value: code.to_owned(),
        scheme: Some(ISCO.into()),
        label,
    })
}
