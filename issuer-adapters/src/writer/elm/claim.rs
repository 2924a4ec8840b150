//! One attainment as a claim: an achievement with its parts, or an activity.

use chrono::NaiveDate;
use credential_core::record::{Attainment, AttainmentKind, Code, Credits, Grade};
use serde_json::{Value, json};

use super::{
    NO_LANGUAGE,
    concept::{concept, language, texts},
    organisation::organisation,
};
use crate::source::scheme::EQF;
use crate::{
    members::{Members, list},
    source::is_ects,
};

/// ECTS in the vocabulary of credit systems.
const ECTS: &str = "http://data.europa.eu/snb/education-credit/6fcec5c5af";

/// A claim; `count` numbers the objects of the document.
pub(super) fn claim(one: &Attainment, count: &mut usize) -> Value {
    *count += 1;
    let number = *count;
    match &one.kind {
        AttainmentKind::Experience {
            employer, ended, ..
        } => {
            let mut members = named(one, "LearningActivity", number);
            members.put("directedBy", employer.as_deref().map(organisation));
            members.put("temporal", period(one.started, *ended));
            let mut spec = specification(one, "LearningActivitySpecification");
            spec.put("identifier", one.code.as_ref().map(identifier));
            spec.put("creditPoint", one.credits.as_ref().map(credits));
            members.put("specifiedBy", spec.value());
            members.value()
        }
        kind => achievement(one, kind, number, count),
    }
}

fn achievement(one: &Attainment, kind: &AttainmentKind, number: usize, count: &mut usize) -> Value {
    let mut members = named(one, "LearningAchievement", number);
    members.put("identifier", one.code.as_ref().map(identifier));
    members.put("temporal", period(one.started, None));
    members.put("creditReceived", one.credits.as_ref().map(credits));
    members.put("provenBy", one.grade.as_ref().map(|it| assessment(it, one)));
    let spec = match kind {
        AttainmentKind::Qualification { .. } => "Qualification",
        _other => "LearningAchievementSpecification",
    };
    members.put("specifiedBy", specification(one, spec).value());
    if let AttainmentKind::Enrolment {
        from, expected_end, ..
    } = kind
    {
        let mut opportunity = Members::of_type("LearningOpportunity");
        opportunity.put("temporal", period(*from, *expected_end));
        members.put("participatedIn", opportunity.value());
    }
    let parts = one.parts.iter().map(|part| claim(part, count));
    members.put("hasPart", list(parts.collect()));
    members.value()
}

/// Id, name, description, and who awarded it when.
fn named(one: &Attainment, kind: &'static str, number: usize) -> Members {
    let mut members = Members::of_type(kind);
    let own = one.id.clone().filter(|id| is_uri(id));
    members.put("id", own.unwrap_or(format!("urn:epass:claim:{number}")));
    members.put("title", texts(&one.title, &one.other_titles));
    members.put("description", texts(&one.description, &[]));
    if one.awarded.is_some() || one.awarding_body.is_some() {
        let mut award = Members::of_type("AwardingProcess");
        award.put("awardingDate", one.awarded.map(midnight));
        award.put("awardingBody", one.awarding_body.as_ref().map(organisation));
        members.put("awardedBy", award.value());
    }
    members
}

/// What was to be learned.
fn specification(one: &Attainment, kind: &'static str) -> Members {
    let mut spec = Members::of_type(kind);
    spec.put("title", texts(&one.title, &one.other_titles));
    let level = one.level.eqf.map(|level| {
        let id = format!("{EQF}{level}");
        json!({ "id": id, "type": "Concept", "notation": level.to_string() })
    });
    spec.put("eqfLevel", level);
    spec.put("thematicArea", one.field.as_ref().map(concept));
    spec.put(
        "language",
        one.language_of_instruction.as_ref().map(language),
    );
    spec.put(
        "learningOutcome",
        list(one.skills.iter().map(outcome).collect()),
    );
    spec
}

/// One learning outcome for each skill.
fn outcome(skill: &Code) -> Value {
    let mut members = Members::of_type("LearningOutcome");
    let label = texts(&skill.label, &[]);
    let named = !label.is_null();
    members.put(
        "title",
        if named {
            label
        } else {
            json!({ NO_LANGUAGE: skill.value })
        },
    );
    let name = if crate::source::is_esco_skill(&skill.value) {
        "relatedESCOSkill"
    } else {
        "relatedSkill"
    };
    members.put(name, concept(skill));
    members.value()
}

fn identifier(code: &Code) -> Value {
    let mut members = Members::of_type("Identifier");
    members.put("notation", code.value.as_str());
    members.put("schemeName", code.scheme.as_deref());
    members.value()
}

fn credits(credits: &Credits) -> Value {
    let framework = if is_ects(&credits.unit) {
        json!({ "id": ECTS, "type": "Concept", "prefLabel": { "en": "European Credit Transfer System" } })
    } else {
        concept(&credits.unit)
    };
    json!({ "type": "CreditPoint", "point": credits.amount.as_str(), "framework": framework })
}

/// The value of a grade is the same in all languages; what it means is said in each.
fn assessment(grade: &Grade, one: &Attainment) -> Value {
    let mut literal = Members::default();
    literal.put(NO_LANGUAGE, grade.value.as_str());
    for language in credential_core::text::Language::ALL {
        literal.put(language.tag(), grade.label.exact(language));
    }
    let mut members = Members::of_type("LearningAssessment");
    members.put("title", texts(&one.title, &one.other_titles));
    members.put(
        "grade",
        json!({ "type": "Note", "noteLiteral": literal.value() }),
    );
    if let Some(scale) = &grade.scale {
        let scheme = json!({ "type": "GradingScheme", "title": { NO_LANGUAGE: scale } });
        let spec = json!({ "type": "LearningAssessmentSpecification", "gradingScheme": scheme });
        members.put("specifiedBy", spec);
    }
    members.value()
}

fn period(start: Option<NaiveDate>, end: Option<NaiveDate>) -> Value {
    if start.is_none() && end.is_none() {
        return Value::Null;
    }
    let mut members = Members::of_type("PeriodOfTime");
    members.put("startDate", start.map(midnight));
    members.put("endDate", end.map(midnight));
    members.value()
}

/// A day as the model wants it, a point in time (`xs:dateTime`).
pub(super) fn midnight(day: NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}

/// Ids of this kind are counted anew in each document, and so tell nothing.
fn is_uri(id: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    };
    let is_plain = !id.contains(|c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c));
    is_plain
        && !id.starts_with("urn:epass:")
        && id.split_once(':').is_some_and(|(it, _)| is_scheme(it))
}
