//! Assessments (arviointi) and confirmations (vahvistus): was it passed, when, and how well.

use chrono::NaiveDate;
use credential_core::record::{Grade, NoticeKind};

use crate::source::{node::Node, reading::Reading};

/// What the assessments of a completion or part come to.
pub(super) enum Outcome {
    /// Passed, with the assessment that counts, if there is one.
    Passed(Option<Assessment>),
    /// Assessed and not passed.
    NotPassed,
    /// No assessment yet.
    NotAssessed,
}

/// A passed assessment.
pub(super) struct Assessment {
    pub(super) grade: Option<Grade>,
    pub(super) date: Option<NaiveDate>,
}

/// The day on which the institution confirmed this, when it did.
pub(super) fn confirmed(node: &Node<'_>, reading: &mut Reading) -> Option<NaiveDate> {
    let confirmation = node.member("vahvistus")?;
    if confirmation.members().is_none() {
        reading.note(&confirmation, NoticeKind::NotUnderstood);
    }
    reading.keep_other_than(&confirmation, &["päivä", "myöntäjäOrganisaatio"]);
    reading.date(&confirmation, "päivä")
}

/// What the assessments come to. Only what the register marks as passed (`hyväksytty`) counts, and
/// predictions do not.
pub(super) fn outcome(node: &Node<'_>, confirmed: bool, reading: &mut Reading) -> Outcome {
    let mut passed = Vec::new();
    let mut any = false;
    for assessment in reading.values(node, "arviointi") {
        if reading.flag(&assessment, "predicted") == Some(true) {
            continue;
        }
        any = true;
        if reading.flag(&assessment, "hyväksytty") == Some(true) {
            passed.push(read(&assessment, reading));
        }
    }
    match (best(passed), any, confirmed) {
        (Some(best), ..) => Outcome::Passed(Some(best)),
        (None, true, _) => Outcome::NotPassed,
        (None, false, true) => Outcome::Passed(None),
        (None, false, false) => Outcome::NotAssessed,
    }
}

fn read(assessment: &Node<'_>, reading: &mut Reading) -> Assessment {
    let known = [
        "arvosana",
        "päivä",
        "arviointipäivä",
        "hyväksytty",
        "predicted",
    ];
    reading.keep_other_than(assessment, &known);
    let grade = reading.code(assessment, "arvosana").map(|code| Grade {
        value: code.value,
        scale: code.scheme,
        label: code.label,
    });
    let date = match assessment.member("päivä") {
        Some(_given) => reading.date(assessment, "päivä"),
        None => reading.date(assessment, "arviointipäivä"),
    };
    Assessment { grade, date }
}

/// The best of several passes: the highest where all are numbers on one scale, since a lower result
/// of a later attempt takes nothing away; the latest otherwise.
fn best(passed: Vec<Assessment>) -> Option<Assessment> {
    let comparable = passed
        .iter()
        .all(|one| number(one).is_some() && scale(one) == passed.first().and_then(scale));
    passed.into_iter().reduce(|best, next| {
        let better = if comparable && number(&best) != number(&next) {
            number(&next) > number(&best)
        } else {
            next.date >= best.date
        };
        if better { next } else { best }
    })
}

fn number(assessment: &Assessment) -> Option<f64> {
    let value = &assessment.grade.as_ref()?.value;
    value.parse().ok().filter(|number: &f64| number.is_finite())
}

fn scale(assessment: &Assessment) -> Option<&str> {
    assessment.grade.as_ref()?.scale.as_deref()
}
