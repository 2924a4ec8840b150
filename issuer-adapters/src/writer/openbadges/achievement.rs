//! What was achieved (Achievement, Open Badges 3.0 appendix B).

use credential_core::record::{Attainment, AttainmentKind, Code};
use serde_json::{Value, json};

use super::{
    credential::{Ids, number},
    speech::Speech,
};
use crate::source::scheme::EQF;
use crate::{
    members::{Members, list},
    source::{is_ects, is_esco_skill},
};

/// Types of results that the standard names itself.
const RESULT_TYPES: [&str; 12] = [
    "GradePointAverage",
    "LetterGrade",
    "Percent",
    "PerformanceLevel",
    "PredictedScore",
    "RawScore",
    "Result",
    "RubricCriterion",
    "RubricCriterionLevel",
    "RubricScore",
    "ScaledScore",
    "Status",
];

/// Required texts that are not there are empty.
pub(super) fn achievement(one: &Attainment, ids: &Ids, speech: &Speech) -> Value {
    let mut members = Members::default();
    members.put("id", ids.achievement.as_str());
    members.put("type", json!(["Achievement"]));
    members.put("inLanguage", speech.language());
    members.put("achievementType", kind(one));
    members.put("name", speech.title(one));
    members.put(
        "description",
        speech.said(&one.description).unwrap_or_default(),
    );
    let mut criteria = Members::default();
    criteria.put("narrative", speech.said(&one.criteria).unwrap_or_default());
    members.put("criteria", criteria.value());
    if let AttainmentKind::Qualification {
        specialisations, ..
    } = &one.kind
    {
        let first = specialisations.first();
        members.put("specialization", first.and_then(|it| speech.said(it)));
    }
    let is_own = |code: &&Code| code.scheme.as_deref() != Some("uri");
    let code = one.code.as_ref().filter(is_own);
    members.put("humanCode", code.map(|code| code.value.as_str()));
    members.put(
        "fieldOfStudy",
        one.field.as_ref().map(|it| it.value.as_str()),
    );
    if let Some(credits) = one.credits.as_ref().filter(|it| is_ects(&it.unit)) {
        members.put("ECTS", number(credits.amount.as_str()));
    }
    if one.recognised_prior_learning {
        members.put("assessmentType", "recognition of prior learning");
    }
    members.put("alignment", list(alignments(one, speech)));
    if let Some(kind) = result_type(one) {
        members.put(
            "resultDescription",
            json!([{
                "id": ids.of("result"),
                "type": ["ResultDescription"],
                "name": "Grade",
                "resultType": kind,
            }]),
        );
    }
    members.value()
}

/// The type of the result by the scale of the grade; `None` where it cannot be written as one.
pub(super) fn result_type(one: &Attainment) -> Option<String> {
    let scale = one.grade.as_ref()?.scale.as_deref()?;
    if RESULT_TYPES.contains(&scale) {
        return Some(scale.to_owned());
    }
    extension(scale)
}

/// A word in the way in which the vocabularies of the standard are extended.
pub(super) fn extension(word: &str) -> Option<String> {
    let is_word = word
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    (is_word && !word.is_empty()).then(|| format!("ext:{word}"))
}

fn kind(one: &Attainment) -> &'static str {
    match (&one.kind, one.level.eqf) {
        (AttainmentKind::Qualification { .. }, Some(6)) => "BachelorDegree",
        (AttainmentKind::Qualification { .. }, Some(7)) => "MasterDegree",
        (AttainmentKind::Qualification { .. }, Some(8)) => "DoctoralDegree",
        (AttainmentKind::Qualification { .. }, _) => "Diploma",
        (AttainmentKind::StudyAchievement, _) => "Course",
        (AttainmentKind::LanguageCertificate, _) => "Certificate",
        _badge => "Badge",
    }
}

/// The level in the European framework, and skills that have an address.
fn alignments(one: &Attainment, speech: &Speech) -> Vec<Value> {
    let level = one.level.eqf.map(|level| {
        json!({
            "type": ["Alignment"],
            "targetName": format!("EQF {level}"),
            "targetUrl": format!("{EQF}{level}"),
        })
    });
    let has_address = |skill: &&Code| skill.value.starts_with("http");
    let skills = one.skills.iter().filter(has_address).map(|skill| {
        let mut members = Members::default();
        members.put("type", json!(["Alignment"]));
        let name = speech.said(&skill.label);
        members.put("targetName", name.unwrap_or(&skill.value));
        members.put("targetUrl", skill.value.as_str());
        members.put("targetType", "ceasn:Competency");
        if !is_esco_skill(&skill.value) {
            members.put("targetFramework", skill.scheme.as_deref());
        }
        members.value()
    });
    level.into_iter().chain(skills).collect()
}
