//! What the register's codes mean: names of grades, states and kinds of study rights, levels.

use std::{collections::BTreeMap, sync::LazyLock};

use credential_core::{
    record::{Code, Level},
    text::Text,
};
use serde::Deserialize;

/// Names of grades (code list `virtaarvosana`), by grade; `None` for a plain number.
pub(in crate::source) fn grade_name(grade: &str) -> Text {
    CODES.grades.get(grade).cloned().unwrap_or_default()
}

/// The name of a kind of study right (`virtaopiskeluoikeudentyyppi`).
pub(super) fn right_name(kind: &str) -> Text {
    CODES.rights.get(kind).cloned().unwrap_or_default()
}

/// A state of a study right (`virtaopiskeluoikeudentila`).
pub(super) fn state(value: String) -> Code {
    Code {
        label: CODES.states.get(&value).cloned().unwrap_or_default(),
        value,
        scheme: Some("virtaopiskeluoikeudentila".into()),
    }
}

/// A unit of studies (`opintojenlaajuusyksikko`): `1` credit weeks, `2` ECTS credits.
pub(in crate::source) fn unit(value: &str) -> Code {
    Code {
        value: value.to_owned(),
        scheme: Some("opintojenlaajuusyksikko".into()),
        label: CODES.units.get(value).cloned().unwrap_or_default(),
    }
}

/// The levels of a degree, from the first digit of its code in the classification of education:
/// lower (6) and higher (7) degrees, licentiates and doctorates (8). Specialist degrees in medicine,
/// dentistry and veterinary science stand on another level of the framework (Government Decree
/// 120/2017, annex) than their digit says, and get none here.
pub(in crate::source) fn level(code: &str) -> Level {
    let is_code = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
    let is_specialist = code.starts_with("775") || code.starts_with("776");
    let level = match code.as_bytes().first() {
        Some(digit @ b'6'..=b'8') if is_code && !is_specialist => Some(digit - b'0'),
        _ => None,
    };
    Level {
        eqf: level,
        nqf: level,
        isced: level,
        cefr: None,
    }
}

#[derive(Debug, Default, Deserialize)]
struct Codes {
    grades: BTreeMap<String, Text>,
    rights: BTreeMap<String, Text>,
    states: BTreeMap<String, Text>,
    units: BTreeMap<String, Text>,
}

// A list that does not parse is empty, and the test of the lists fails.
static CODES: LazyLock<Codes> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/virta_codes.json")).unwrap_or_default()
});
