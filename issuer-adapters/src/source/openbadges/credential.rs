//! One achievement credential (Open Badges 3.0 section 4 and appendix B).

use credential_core::{
    record::{Attainment, AttainmentKind, Code, Credits, NoticeKind},
    text::Text,
};

use super::{alignment::alignments, evidence::evidence, profile::profile, result::grade};
use crate::source::{
    node::Node,
    reading::{
        Placed as _, Reading,
        linked::{each, first},
    },
};

/// What a credential says was achieved.
///
/// # Errors
/// The notice that stands for the whole credential when it says of nothing that it was achieved.
pub(in crate::source) fn attainment(
    credential: &Node<'_>,
    reading: &mut Reading,
) -> Result<Attainment, NoticeKind> {
    let subjects = credential.member("credentialSubject").as_ref().map(each);
    let subject = match subjects.as_deref() {
        Some([subject]) => subject.clone(),
        _ => return Err(NoticeKind::NotUnderstood),
    };
    let achievement = first(&subject, "achievement").ok_or(NoticeKind::NothingAwarded)?;
    if achievement.members().is_none() {
        return Err(NoticeKind::NotUnderstood);
    }
    let language = reading
        .string(&achievement, "inLanguage")
        .or_else(|| reading.string(credential, "inLanguage"));
    let language = language.as_deref();
    let grade = grade(&subject, &achievement, language, reading)?;
    let kind = kind(&achievement, language, reading);
    let mut attainment = named(kind, &achievement, credential, language, reading);
    attainment.id = lasting(credential, reading);
    attainment.started = reading.day(&subject, "activityStartDate");
    attainment.awarded = awarded(credential, &subject, reading);
    attainment.awarding_body = first(credential, "issuer").and_then(|it| profile(&it, reading));
    attainment.credits = credits(&subject, &achievement, reading);
    attainment.grade = grade;
    attainment.evidence = evidence(credential, language, reading);
    attainment.recognised_prior_learning = is_recognition(&achievement, reading);
    alignments(&achievement, language, &mut attainment, reading);
    Ok(attainment)
}

/// Name, description, criteria, code and field.
fn named(
    kind: AttainmentKind,
    achievement: &Node<'_>,
    credential: &Node<'_>,
    language: Option<&str>,
    reading: &mut Reading,
) -> Attainment {
    let title = reading
        .name_said(achievement, "name", language)
        .or(|| reading.name_said(credential, "name", language));
    match (title.ours.is_empty(), title.others.is_empty()) {
        (true, true) => reading.note(credential, NoticeKind::MissingTitle),
        (true, false) => reading.note(credential, NoticeKind::OtherLanguage),
        (false, _) => {}
    }
    let criteria = first(achievement, "criteria");
    let criteria = criteria.map(|it| reading.prose_in_ours(&it, "narrative", language));
    Attainment {
        other_titles: title.others,
        description: reading.prose_in_ours(achievement, "description", language),
        criteria: criteria.unwrap_or_default(),
        code: code(reading.string(achievement, "humanCode"), None)
            .or_else(|| code(lasting(achievement, reading), Some("uri"))),
        field: code(reading.string(achievement, "fieldOfStudy"), None),
        ..Attainment::new(kind, title.ours, credential.pointer().to_owned())
    }
}

/// The id of an object, unless it only holds the document together: a fragment of a UUID that was made
/// for the document.
pub(super) fn lasting(node: &Node<'_>, reading: &mut Reading) -> Option<String> {
    let id = node.member("id")?;
    let is_fragment = |id: &str| id.starts_with("urn:uuid:") && id.contains('#');
    if id.as_str().is_some_and(is_fragment) {
        return None;
    }
    reading.string_at(&id)
}

fn code(value: Option<String>, scheme: Option<&str>) -> Option<Code> {
    Some(Code {
        value: value?,
        scheme: scheme.map(str::to_owned),
        ..Code::default()
    })
}

/// Degrees are qualifications, courses are studies, and all else (`Badge`, `Certificate`, `Award`, …)
/// is a badge.
fn kind(achievement: &Node<'_>, language: Option<&str>, reading: &mut Reading) -> AttainmentKind {
    let name = reading
        .string(achievement, "achievementType")
        .unwrap_or_default();
    match name.as_str() {
        "Degree"
        | "AssociateDegree"
        | "BachelorDegree"
        | "MasterDegree"
        | "DoctoralDegree"
        | "ProfessionalDoctorate"
        | "ResearchDoctorate"
        | "Diploma"
        | "SecondarySchoolDiploma"
        | "GeneralEducationDevelopment"
        | "ApprenticeshipCertificate"
        | "JourneymanCertificate"
        | "MasterCertificate" => {
            let specialisation = reading.name_in_ours(achievement, "specialization", language);
            let specialisations = [specialisation].into_iter().filter(|text| !text.is_empty());
            AttainmentKind::Qualification {
                titles: Vec::new(),
                specialisations: specialisations.collect(),
            }
        }
        "Course" | "Assessment" | "Assignment" | "LearningProgram" | "MicroCredential"
        | "Fieldwork" | "CoCurricular" => AttainmentKind::StudyAchievement,
        _ => AttainmentKind::SkillBadge,
    }
}

/// The day of awarding (`awardedDate`), or else the first day of validity: `validFrom` in the data
/// model 2.0, `issuanceDate` in 1.1.
fn awarded(
    credential: &Node<'_>,
    subject: &Node<'_>,
    reading: &mut Reading,
) -> Option<chrono::NaiveDate> {
    let own = ["awardedDate", "validFrom", "issuanceDate"];
    let day = own
        .into_iter()
        .find_map(|name| reading.day(credential, name));
    day.or_else(|| reading.day(subject, "activityEndDate"))
}

/// `creditsEarned` has no unit in the standard. ECTS credits and hours of study (SBU) are an extension
/// of the Dutch education credentials.
fn credits(subject: &Node<'_>, achievement: &Node<'_>, reading: &mut Reading) -> Option<Credits> {
    let mut with = |node: &Node<'_>, name, unit: fn() -> Code| {
        let amount = reading.amount(node, name)?;
        Some(Credits {
            amount,
            unit: unit(),
        })
    };
    with(achievement, "ECTS", ects)
        .or_else(|| with(subject, "creditsEarned", unnamed_unit))
        .or_else(|| with(achievement, "SBU", study_hours))
}

/// ECTS credits, by the code that the national registers use for them.
pub(crate) fn ects() -> Code {
    Code {
        value: "2".into(),
        scheme: Some("opintojenlaajuusyksikko".into()),
        label: Text::new("opintopistettä", "studiepoäng", "ECTS credits"),
    }
}

/// The same unit, whatever it is called.
pub(crate) fn is_ects(unit: &Code) -> bool {
    let ects = ects();
    (&unit.value, &unit.scheme) == (&ects.value, &ects.scheme)
}

fn unnamed_unit() -> Code {
    Code {
        value: "credits".into(),
        scheme: None,
        label: Text::new("pistettä", "poäng", "credits"),
    }
}

fn study_hours() -> Code {
    Code {
        value: "SBU".into(),
        scheme: None,
        label: Text::new("opiskelutuntia", "studietimmar", "hours of study"),
    }
}

fn is_recognition(achievement: &Node<'_>, reading: &mut Reading) -> bool {
    let kind = achievement.member("assessmentType");
    let is_it = kind.as_ref().and_then(Node::as_str) == Some("recognition of prior learning");
    if let (true, Some(kind)) = (is_it, kind) {
        reading.take(&kind);
    }
    is_it
}
