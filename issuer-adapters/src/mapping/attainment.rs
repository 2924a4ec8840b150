//! The credential of one attainment, without its parts.

use chrono::NaiveDate;
use credential_core::{
    credential::CredentialType,
    record::{Attainment, Code, NoticeKind, Organisation},
    text::Text,
};
use serde_json::{Map, Value};

use super::{
    Draft,
    transcript::subtests,
    words::{
        self, code, credits, date, evidence, grade, language, name, name_or_type, organisation,
        prose, put, skills, text, texts,
    },
};

/// A completed qualification.
pub(super) fn qualification(one: &Attainment, titles: &[Text], specialisations: &[Text]) -> Draft {
    let mut claims = awarded(one, CredentialType::Qualification);
    put(&mut claims, "qualification_titles", texts(titles));
    put(&mut claims, "specialisations", texts(specialisations));
    put_studies(&mut claims, one);
    draft(CredentialType::Qualification, claims)
}

/// A unit, course or other studies.
pub(super) fn study_achievement(one: &Attainment) -> Draft {
    let mut claims = awarded(one, CredentialType::StudyAchievement);
    put_studies(&mut claims, one);
    put(
        &mut claims,
        "subject_language",
        one.subject_language.as_ref().and_then(language),
    );
    put(&mut claims, "part_of", one.part_of.as_ref().and_then(text));
    put_recognition(&mut claims, one);
    let (outcomes, is_cut) = prose(&one.description);
    put(&mut claims, "learning_outcomes", outcomes);
    cut(draft(CredentialType::StudyAchievement, claims), is_cut)
}

/// A skill badge.
pub(super) fn skill_badge(one: &Attainment) -> Draft {
    let mut claims = awarded(one, CredentialType::SkillBadge);
    put(&mut claims, "credits", one.credits.as_ref().map(credits));
    let (description, is_description_cut) = prose(&one.description);
    let (criteria, are_criteria_cut) = prose(&one.criteria);
    put(&mut claims, "description", description);
    put(&mut claims, "criteria", criteria);
    put(&mut claims, "skills", skills(&one.skills));
    put(&mut claims, "evidence", evidence(&one.evidence));
    cut(
        draft(CredentialType::SkillBadge, claims),
        is_description_cut || are_criteria_cut,
    )
}

/// A language examination and its subtests.
pub(super) fn language_certificate(one: &Attainment) -> Draft {
    let mut claims = awarded(one, CredentialType::LanguageCertificate);
    put(
        &mut claims,
        "language",
        one.subject_language.as_ref().and_then(language),
    );
    put(&mut claims, "language_skills", subtests(one));
    draft(CredentialType::LanguageCertificate, claims)
}

/// A place to study. The estimated end is a claim and no end of validity: students finish earlier and
/// later than estimated. When the place ends, the institution withdraws the credential by its status.
pub(super) fn enrolment(
    one: &Attainment,
    state: &Code,
    from: Option<NaiveDate>,
    expected_end: Option<NaiveDate>,
) -> Draft {
    let mut claims = Map::new();
    put_name(&mut claims, one, CredentialType::Enrolment);
    put(
        &mut claims,
        "education_provider",
        one.awarding_body.as_ref().and_then(organisation),
    );
    put(&mut claims, "state", code(state));
    put(&mut claims, "start_date", from.map(date));
    put(&mut claims, "expected_end_date", expected_end.map(date));
    put_language(&mut claims, one);
    draft(CredentialType::Enrolment, claims)
}

/// Work or other experience that somebody else than the person says.
pub(super) fn experience(
    one: &Attainment,
    employer: Option<&Organisation>,
    occupation: Option<&Code>,
    ended: Option<NaiveDate>,
) -> Draft {
    let mut claims = Map::new();
    put_name(&mut claims, one, CredentialType::Experience);
    put(&mut claims, "employer", employer.and_then(organisation));
    put(&mut claims, "start_date", one.started.map(date));
    put(&mut claims, "end_date", ended.map(date));
    put(&mut claims, "occupation", occupation.map(words::occupation));
    let (description, is_cut) = prose(&one.description);
    put(&mut claims, "description", description);
    put(&mut claims, "skills", skills(&one.skills));
    put_award(&mut claims, one);
    cut(draft(CredentialType::Experience, claims), is_cut)
}

/// Earlier learning was recognised; nothing is said when it was not.
pub(super) fn put_recognition(claims: &mut Map<String, Value>, one: &Attainment) {
    let recognised = one.recognised_prior_learning.then_some(Value::Bool(true));
    put(claims, "recognised_prior_learning", recognised);
}

/// The name and the code.
pub(super) fn put_name(claims: &mut Map<String, Value>, one: &Attainment, kind: CredentialType) {
    put(
        claims,
        "title",
        name_or_type(name(&one.title, &one.other_titles), kind),
    );
    let plain = one.code.as_ref().map(|code| Code {
        label: Text::default(),
        ..code.clone()
    });
    put(claims, "code", plain.as_ref().map(code));
}

/// Who awarded it and when.
pub(super) fn put_award(claims: &mut Map<String, Value>, one: &Attainment) {
    put(claims, "awarding_date", one.awarded.map(date));
    put(
        claims,
        "awarding_body",
        one.awarding_body.as_ref().and_then(organisation),
    );
}

fn awarded(one: &Attainment, kind: CredentialType) -> Map<String, Value> {
    let mut claims = Map::new();
    put_name(&mut claims, one, kind);
    put_award(&mut claims, one);
    put(&mut claims, "grade", one.grade.as_ref().map(grade));
    claims
}

fn put_studies(claims: &mut Map<String, Value>, one: &Attainment) {
    put(claims, "credits", one.credits.as_ref().map(credits));
    put(claims, "eqf_level", one.level.eqf.map(Value::from));
    put(claims, "nqf_level", one.level.nqf.map(Value::from));
    put(claims, "field", one.field.as_ref().map(code));
    put(claims, "skills", skills(&one.skills));
    put_language(claims, one);
}

fn put_language(claims: &mut Map<String, Value>, one: &Attainment) {
    let tag = one.language_of_instruction.as_ref().and_then(language);
    put(claims, "language_of_instruction", tag);
}

/// The draft, and whether a text of the record was too long for it.
fn cut(draft: Draft, is_cut: bool) -> Draft {
    Draft {
        left_out: is_cut.then_some(NoticeKind::TextTooLong),
        ..draft
    }
}

/// Claims of which nothing was left out.
pub(super) fn draft(credential_type: CredentialType, claims: Map<String, Value>) -> Draft {
    Draft {
        credential_type,
        claims,
        left_out: None,
    }
}
