//! Values of cells: dates, amounts, texts in languages, skills.

use chrono::NaiveDate;
use credential_core::{
    record::{Code, Credits, Grade, Level, NoticeKind},
    text::{Language, Text},
};

use super::{
    columns::{Column, unit, unit_of},
    table::{Cell, Table, TableRow},
};
use crate::source::reading::{self, Reading};

/// Most skills in one cell.
const MAX_SKILLS: usize = 100;
/// Where the European classification of skills has its concepts.
const ESCO: &str = "http://data.europa.eu/esco/";

/// A date is there and cannot be read.
pub(super) struct Unreadable;

/// A date `2026-01-31` or `31.1.2026`.
pub(super) fn date(
    table: &Table,
    row: &TableRow,
    column: Column,
    reading: &mut Reading,
) -> Result<Option<NaiveDate>, Unreadable> {
    let Some(cell) = row.cell(table, column) else {
        return Ok(None);
    };
    let date = day(cell.text.trim());
    let date = reading.used_or_not_understood(&cell, date);
    date.map(Some).ok_or(Unreadable)
}

pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('.');
    let (Some(day), Some(month), Some(year), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return reading::date(text);
    };
    let number = |digits: &str, most: usize| {
        let is_number =
            (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| digits.parse::<u32>().ok()).flatten()
    };
    let year = i32::try_from(number(year, 4).filter(|year| *year >= 1000)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?)
}

/// A short text of a cell.
pub(super) fn string(
    table: &Table,
    row: &TableRow,
    column: Column,
    reading: &mut Reading,
) -> Option<String> {
    row.cell(table, column)
        .and_then(|cell| reading.string_at(&cell))
}

/// A text in the languages of its columns.
pub(super) fn text(
    table: &Table,
    row: &TableRow,
    column: Column,
    mut read: impl FnMut(&Cell<'_>) -> Option<String>,
) -> Text {
    let mut text = Text::default();
    for (language, cell) in row.all(table, column) {
        if let Some(words) = read(&cell) {
            *in_language(&mut text, language) = Some(words);
        }
    }
    text
}

pub(super) fn in_language(text: &mut Text, language: Language) -> &mut Option<String> {
    match language {
        Language::Fi => &mut text.fi,
        Language::Sv => &mut text.sv,
        Language::En => &mut text.en,
    }
}

/// How large it is. An amount whose unit nothing says could be anything, and stays raw.
pub(super) fn credits(table: &Table, row: &TableRow, reading: &mut Reading) -> Option<Credits> {
    const COLUMNS: [Column; 4] = [
        Column::CreditsEcts,
        Column::CreditsCompetence,
        Column::CreditsHours,
        Column::Credits,
    ];
    let mut cells = COLUMNS.into_iter();
    let (column, cell) = cells.find_map(|column| Some((column, row.cell(table, column)?)))?;
    let said = row.cell(table, Column::Unit).and_then(|cell| {
        let code = unit(cell.text);
        reading.used_or_not_understood(&cell, code)
    });
    let Some(unit) = unit_of(column).or(said) else {
        reading.note(&cell, NoticeKind::NotUnderstood);
        return None;
    };
    let amount = reading.amount_at(&cell)?;
    Some(Credits { amount, unit })
}

pub(super) fn grade(table: &Table, row: &TableRow, reading: &mut Reading) -> Option<Grade> {
    let value = string(table, row, Column::Grade, reading)?;
    Some(Grade {
        value,
        scale: string(table, row, Column::Scale, reading),
        label: Text::default(),
    })
}

/// Level of the European Qualifications Framework, 1 to 8.
pub(super) fn level(table: &Table, row: &TableRow, reading: &mut Reading) -> Level {
    let eqf = row.cell(table, Column::Eqf).and_then(|cell| {
        let number = cell.text.trim().parse().ok();
        let number = number.filter(|number: &u8| (1..=8).contains(number));
        reading.used_or_not_understood(&cell, number)
    });
    Level {
        eqf,
        ..Level::default()
    }
}

/// The skills of a cell, between them a semicolon, a bar or a line end. A skill is words, an ESCO
/// concept, or both.
pub(super) fn skills(table: &Table, row: &TableRow, reading: &mut Reading) -> Vec<Code> {
    let mut skills = Vec::new();
    for (language, cell) in row.all(table, Column::Skills) {
        let Some(text) = reading.prose_at(&cell) else {
            continue;
        };
        let words = text.split([';', '|', '\n', '\r']).map(str::trim);
        let words: Vec<_> = words.filter(|words| !words.is_empty()).collect();
        if words.len() > MAX_SKILLS {
            reading.note(&cell, NoticeKind::TextTooLong);
            continue;
        }
        skills.extend(words.into_iter().map(|words| skill(words, language)));
    }
    skills
}

/// Words, an ESCO concept, or both.
pub(super) fn skill(words: &str, language: Language) -> Code {
    let (words, concept) = match words.find(ESCO) {
        Some(start) => words.split_at(start),
        None => (words, ""),
    };
    let concept = concept.split([' ', '>', ')']).next().unwrap_or_default();
    let words = words.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '('));
    let mut label = Text::default();
    *in_language(&mut label, language) = Some(words.to_owned()).filter(|words| !words.is_empty());
    if concept.is_empty() {
        return Code {
            value: words.to_owned(),
            scheme: None,
            label,
        };
    }
    Code {
        value: concept.to_owned(),
        scheme: Some("esco".into()),
        label,
    }
}
