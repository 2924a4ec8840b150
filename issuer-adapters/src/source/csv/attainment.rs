//! One row: what was completed.

use credential_core::record::{
    Attainment, AttainmentKind, Code, NoticeKind, Organisation, identity_code,
};

use super::{
    columns::{Column, experience, kind},
    experience,
    person::{Learner, learner},
    table::{Table, TableRow},
    values::{credits, date, grade, level, skills, string, text},
};
use crate::source::reading::{Placed as _, Reading};

/// Reads a row; `None`, with the reason in a notice, when it cannot be used. A date that cannot be read
/// makes a row useless: the credential would say less than the institution wrote.
pub(super) fn of_row(
    table: &Table,
    row: &TableRow,
    reading: &mut Reading,
) -> Option<(Learner, Attainment)> {
    if has_stray_code(table, row) {
        reading.note(&row.place, NoticeKind::IdentityCodeRemoved);
        return None;
    }
    let learner = learner(table, row, reading);
    let attainment = attainment(table, row, reading);
    let (Ok(learner), Some(attainment)) = (learner, attainment) else {
        reading.note(&row.place, NoticeKind::RowIncomplete);
        return None;
    };
    Some((learner, attainment))
}

/// An identity code where something else belongs: the row is probably shifted, and nothing in it means
/// what its column says.
fn has_stray_code(table: &Table, row: &TableRow) -> bool {
    row.known(table).any(|(column, _, cell)| {
        column != Column::IdentityCode && identity_code::appears_in(cell.text)
    })
}

fn attainment(table: &Table, row: &TableRow, reading: &mut Reading) -> Option<Attainment> {
    let title = text(table, row, Column::Title, |cell| reading.string_at(cell));
    let awarded = date(table, row, Column::Date, reading).ok()?;
    let started = date(table, row, Column::Started, reading).ok()?;
    if title.is_empty() {
        return None;
    }
    let part_of = text(table, row, Column::PartOf, |cell| reading.string_at(cell));
    let of_row = Attainment {
        description: text(table, row, Column::Description, |cell| {
            reading.prose_at(cell)
        }),
        code: string(table, row, Column::Code, reading).map(own_code),
        started,
        awarded,
        awarding_body: organisation(table, row, reading),
        credits: credits(table, row, reading),
        grade: grade(table, row, reading),
        level: level(table, row, reading),
        language_of_instruction: string(table, row, Column::TeachingLanguage, reading)
            .map(own_code),
        skills: skills(table, row, reading),
        part_of: Some(part_of).filter(|whole| !whole.is_empty()),
        ..Attainment::new(
            kind_of(table, row, reading),
            title,
            row.place.pointer().to_owned(),
        )
    };
    Some(match of_row.kind {
        AttainmentKind::Experience { .. } => experience::complete(of_row, table, row, reading),
        _ => of_row,
    })
}

/// What kind of completion; one that is not known is not made another. Where nothing is said, an
/// employer or an occupation says that it is experience.
fn kind_of(table: &Table, row: &TableRow, reading: &mut Reading) -> AttainmentKind {
    let said = row.cell(table, Column::Kind).and_then(|cell| {
        let kind = kind(cell.text);
        reading.used_or_not_understood(&cell, kind)
    });
    let is_work = |row: &TableRow| {
        let mut of_work = [Column::Employer, Column::Occupation].into_iter();
        of_work.any(|column| row.cell(table, column).is_some())
    };
    match said {
        Some(kind) => kind,
        None if row.cell(table, Column::Kind).is_none() && is_work(row) => experience(),
        None => AttainmentKind::StudyAchievement,
    }
}

fn organisation(table: &Table, row: &TableRow, reading: &mut Reading) -> Option<Organisation> {
    let organisation = Organisation {
        name: text(table, row, Column::Organisation, |cell| {
            reading.string_at(cell)
        }),
        business_id: string(table, row, Column::BusinessId, reading),
        ..Organisation::default()
    };
    (!organisation.is_empty()).then_some(organisation)
}

fn own_code(value: String) -> Code {
    Code {
        value,
        ..Code::default()
    }
}
