//! The grade (arvosana) of a performance, on one of the register's scales.

use credential_core::{record::Grade, text::Text};

use super::codes::grade_name;
use crate::source::{
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

/// The scales that are a plain code, by the element's name.
const SCALES: [&str; 5] = [
    "Viisiportainen",
    "ToinenKotimainen",
    "Hyvaksytty",
    "Naytetyo",
    "Tutkielma",
];
/// Improbatur, fail and zero: the register should not hold them, and they award nothing.
const FAILS: [&str; 3] = ["I", "HYL", "0"];

/// What the grade comes to.
pub(super) enum Outcome {
    Passed(Option<Grade>),
    NotPassed,
}

/// Reads the grade. What is not a known scale stays raw; the register's word for "passed" is that
/// the performance is in it.
pub(super) fn outcome(performance: &XmlNode<'_>, reading: &mut Reading) -> Outcome {
    let Some(grade) = performance.child("Arvosana") else {
        return Outcome::Passed(None);
    };
    if let Some(unused) = grade.child("EiKaytossa") {
        reading.take(&unused);
        return Outcome::Passed(None);
    }
    for scale in SCALES {
        if let Some(value) = reading.child_string(&grade, scale) {
            return judged(Grade {
                label: grade_name(&value),
                value,
                scale: Some(scale.to_owned()),
            });
        }
    }
    grade
        .child("Muu")
        .and_then(|other| of_own_scale(&other, reading))
        .map_or(Outcome::Passed(None), judged)
}

fn judged(grade: Grade) -> Outcome {
    let label = grade.label.fi.as_deref().unwrap_or_default();
    let fails = FAILS.contains(&grade.value.as_str()) || label.eq_ignore_ascii_case("hylätty");
    if fails {
        Outcome::NotPassed
    } else {
        Outcome::Passed(Some(grade))
    }
}

/// A scale that the institution describes beside the grade. The grade names a step of it by key.
fn of_own_scale(other: &XmlNode<'_>, reading: &mut Reading) -> Option<Grade> {
    let key = reading.child_string(other, "Koodi")?;
    let scale = other.child("Asteikko");
    let steps = scale
        .as_ref()
        .map(|scale| scale.children("AsteikkoArvosana"))
        .unwrap_or_default();
    let step = steps.into_iter().find(|step| {
        let of_step = step.attribute("avain").and_then(|key| key.text());
        of_step.is_some_and(|of_step| of_step.trim() == key)
    });
    let name = scale.as_ref().and_then(|scale| {
        let key = reading.attribute(scale, "avain");
        reading.child_string(scale, "Nimi").or(key)
    });
    let (value, label) = match step {
        Some(step) => {
            if let Some(key) = step.attribute("avain") {
                reading.take(&key);
            }
            (
                reading.child_string(&step, "Koodi"),
                reading.child_string(&step, "Nimi"),
            )
        }
        None => (None, None),
    };
    Some(Grade {
        value: value.unwrap_or(key),
        scale: name,
        label: Text {
            fi: label,
            ..Text::default()
        },
    })
}
