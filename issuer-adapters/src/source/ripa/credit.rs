//! One completed credit.

use credential_core::{
    record::{Attainment, AttainmentKind, Code, Credits, Grade, NoticeKind, Organisation},
    text::Text,
};

use super::organisation::responsible;
use crate::source::{
    node::Node,
    reading::{Placed as _, Reading},
    virta::codes::{grade_name, unit},
};

/// Not passed, on any of the scales.
const FAILED: &str = "HYL";

/// Reads a credit; the reason when it awards nothing.
pub(super) fn credit(
    node: &Node<'_>,
    sender: Option<&Organisation>,
    reading: &mut Reading,
) -> Result<Attainment, NoticeKind> {
    if node.members().is_none() {
        return Err(NoticeKind::NotUnderstood);
    }
    check_state(node, reading)?;
    let grade = grade(node, reading)?;
    let awarded = reading
        .date(node, "completionDate")
        .ok_or(NoticeKind::NotConfirmed)?;
    let target = node.member("completedCreditTarget");
    let title = localised(node, "completedCreditName", reading);
    if title.is_empty() {
        reading.note(node, NoticeKind::MissingTitle);
    }
    Ok(Attainment {
        id: reading.string(node, "completedCreditIdentifier"),
        description: description(node, reading),
        code: target
            .as_ref()
            .and_then(|it| reading.string(it, "completedCreditTargetIdentifierCode"))
            .map(own_code),
        awarded: Some(awarded),
        awarding_body: responsible(node, reading).or_else(|| sender.cloned()),
        credits: reading.amount(node, "scope").map(|amount| Credits {
            amount,
            unit: unit("2"),
        }),
        grade,
        language_of_instruction: language(node, reading),
        ..Attainment::new(
            kind(target.as_ref(), reading),
            title,
            node.pointer().to_owned(),
        )
    })
}

/// Whether the message awards the credit: it says so of each, and may also take one back.
fn check_state(node: &Node<'_>, reading: &mut Reading) -> Result<(), NoticeKind> {
    match reading.string(node, "transaction").as_deref() {
        Some("NEW_COMPLETED_CREDIT" | "NEW_CREDIT_REPLACES_FORMER" | "CORRECTION") => {}
        Some("REMOVAL") => return Err(NoticeKind::Annulled),
        Some(_) | None => return Err(NoticeKind::NotUnderstood),
    }
    match reading.string(node, "completedCreditStatus").as_deref() {
        Some("ACCEPTED") => Ok(()),
        Some("NOT_PARTICIPATED" | "ATTEMPT_ABANDONED") => Err(NoticeKind::NotPassed),
        Some("UNFINISHED") => Err(NoticeKind::NotAssessed),
        Some(_) | None => Err(NoticeKind::NotUnderstood),
    }
}

/// The grade and its scale.
fn grade(node: &Node<'_>, reading: &mut Reading) -> Result<Option<Grade>, NoticeKind> {
    let Some(assessment) = node.member("assessment") else {
        return Ok(None);
    };
    let Some(value) = assessment
        .member("grade")
        .and_then(|grade| reading.string(&grade, "code"))
    else {
        return Ok(None);
    };
    if value == FAILED {
        return Err(NoticeKind::NotPassed);
    }
    Ok(Some(Grade {
        label: grade_name(&value),
        value,
        scale: scale(&assessment, reading),
    }))
}

/// A scale by its number, called as the register's own answers call it.
fn scale(assessment: &Node<'_>, reading: &mut Reading) -> Option<String> {
    let scale = assessment.member("gradingScale")?.member("scale")?;
    let name = match scale.number().as_deref() {
        Some("1") => Some("Viisiportainen"),
        Some("2") => Some("Hyvaksytty"),
        Some("3") => Some("ToinenKotimainen"),
        _other => None,
    };
    reading
        .used_or_not_understood(&scale, name)
        .map(str::to_owned)
}

fn kind(target: Option<&Node<'_>>, reading: &mut Reading) -> AttainmentKind {
    let kind = target.and_then(|it| reading.string(it, "completedCreditTargetType"));
    match kind.as_deref() {
        Some("DEGREE") => AttainmentKind::Qualification {
            titles: Vec::new(),
            specialisations: Vec::new(),
        },
        _studies => AttainmentKind::StudyAchievement,
    }
}

/// What was to be learned, and what it was about.
fn description(node: &Node<'_>, reading: &mut Reading) -> Text {
    let objective = running(node, "completedCreditObjective", reading);
    let content = running(node, "completedCreditContent", reading);
    let both = |one: Option<String>, other: Option<String>| match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}\n\n{other}")),
        (one, other) => one.or(other),
    };
    Text {
        fi: both(objective.fi, content.fi),
        sv: both(objective.sv, content.sv),
        en: both(objective.en, content.en),
    }
}

/// The language, where it is one alone.
fn language(node: &Node<'_>, reading: &mut Reading) -> Option<Code> {
    match reading.values(node, "languagesOfCompletion").as_slice() {
        [only] => reading.string_at(only).map(own_code),
        _none_or_several => None,
    }
}

/// A short text (`localisedString`): its languages stand in `values`.
pub(super) fn localised(node: &Node<'_>, name: &'static str, reading: &mut Reading) -> Text {
    let text = node.member(name);
    text.map_or_else(Text::default, |text| reading.text(&text, "values"))
}

fn running(node: &Node<'_>, name: &'static str, reading: &mut Reading) -> Text {
    let text = node.member(name);
    text.map_or_else(Text::default, |text| reading.prose(&text, "values"))
}

fn own_code(value: String) -> Code {
    Code {
        value,
        ..Code::default()
    }
}
