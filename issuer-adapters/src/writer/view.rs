//! A record as values with places, to tell what two of them do not share.

use credential_core::{
    record::{Attainment, AttainmentKind, Code, LocalText, Organisation, Person},
    text::{Language, Text},
};
use serde_json::Value;

use crate::members::{Members, list};

/// The fields of a person that are there.
pub(super) fn person(person: &Person) -> Value {
    let mut fields = Members::default();
    fields.put("family_name", person.family_name.as_deref());
    fields.put("given_name", person.given_name.as_deref());
    fields.shown("birthdate", person.birthdate.as_ref());
    fields.put("person_oid", person.person_oid.as_deref());
    fields.value()
}

/// The fields of an attainment that are there, without its parts and its place in the source.
pub(super) fn attainment(one: &Attainment) -> Value {
    let mut fields = Members::default();
    fields.put("kind", kind(&one.kind));
    fields.put("id", one.id.as_deref());
    fields.put("title", text(&one.title));
    fields.put("other_titles", local(&one.other_titles));
    fields.put("description", text(&one.description));
    fields.put("criteria", text(&one.criteria));
    fields.put("code", one.code.as_ref().map(code));
    fields.shown("started", one.started.as_ref());
    fields.shown("awarded", one.awarded.as_ref());
    fields.put(
        "awarding_body",
        one.awarding_body.as_ref().map(organisation),
    );
    measured(&mut fields, one);
    fields.put("field", one.field.as_ref().map(code));
    let language = one.language_of_instruction.as_ref().map(code);
    fields.put("language_of_instruction", language);
    fields.put("subject_language", one.subject_language.as_ref().map(code));
    fields.put("skills", list(one.skills.iter().map(code).collect()));
    fields.put("evidence", evidence(one));
    fields.put("part_of", one.part_of.as_ref().map(text));
    if one.recognised_prior_learning {
        fields.put("recognised_prior_learning", true);
    }
    fields.value()
}

/// How large, how well, on which level.
fn measured(fields: &mut Members, one: &Attainment) {
    if let Some(credits) = &one.credits {
        let mut inner = Members::default();
        inner.put("amount", credits.amount.as_str());
        inner.put("unit", code(&credits.unit));
        fields.put("credits", inner.value());
    }
    if let Some(grade) = &one.grade {
        let mut inner = Members::default();
        inner.put("value", grade.value.as_str());
        inner.put("scale", grade.scale.as_deref());
        inner.put("label", text(&grade.label));
        fields.put("grade", inner.value());
    }
    let mut level = Members::default();
    level.put("eqf", one.level.eqf);
    level.put("nqf", one.level.nqf);
    level.put("isced", one.level.isced);
    level.put("cefr", one.level.cefr);
    fields.put("level", level.value());
}

fn kind(kind: &AttainmentKind) -> Value {
    let mut fields = Members::default();
    let name = match kind {
        AttainmentKind::Qualification {
            titles,
            specialisations,
        } => {
            fields.put("titles", list(titles.iter().map(text).collect()));
            let all = specialisations.iter().map(text).collect();
            fields.put("specialisations", list(all));
            "Qualification"
        }
        AttainmentKind::StudyAchievement => "StudyAchievement",
        AttainmentKind::SkillBadge => "SkillBadge",
        AttainmentKind::LanguageCertificate => "LanguageCertificate",
        AttainmentKind::Enrolment {
            state,
            from,
            expected_end,
        } => {
            fields.put("state", code(state));
            fields.shown("from", from.as_ref());
            fields.shown("expected_end", expected_end.as_ref());
            "Enrolment"
        }
        AttainmentKind::Experience {
            employer,
            occupation,
            ended,
            self_asserted,
        } => {
            fields.put("employer", employer.as_deref().map(organisation));
            fields.put("occupation", occupation.as_ref().map(code));
            fields.shown("ended", ended.as_ref());
            fields.put("self_asserted", *self_asserted);
            "Experience"
        }
    };
    fields.put("is", name);
    fields.value()
}

fn evidence(one: &Attainment) -> Value {
    let each = one.evidence.iter().map(|evidence| {
        let mut fields = Members::default();
        fields.put("name", text(&evidence.name));
        fields.put("url", evidence.url.as_deref());
        fields.put("digest", evidence.digest.as_deref());
        fields.value()
    });
    list(each.collect())
}

fn organisation(one: &Organisation) -> Value {
    let mut fields = Members::default();
    fields.put("name", text(&one.name));
    fields.put("other_names", local(&one.other_names));
    fields.put("oid", one.oid.as_deref());
    fields.put("business_id", one.business_id.as_deref());
    // In which order they stand says nothing.
    let mut identifiers: Vec<_> = one.identifiers.iter().collect();
    identifiers.sort_by(|a, b| (&a.scheme, &a.value).cmp(&(&b.scheme, &b.value)));
    fields.put(
        "identifiers",
        list(identifiers.into_iter().map(code).collect()),
    );
    fields.put("url", one.url.as_deref());
    fields.put("country", one.country.as_deref());
    fields.value()
}

fn code(one: &Code) -> Value {
    let mut fields = Members::default();
    fields.put("value", one.value.as_str());
    fields.put("scheme", one.scheme.as_deref());
    fields.put("label", text(&one.label));
    fields.value()
}

fn text(one: &Text) -> Value {
    let mut fields = Members::default();
    for language in Language::ALL {
        fields.put(language.tag(), one.exact(language));
    }
    fields.value()
}

/// In which order they stand says nothing, but among those of one language.
fn local(texts: &[LocalText]) -> Value {
    let mut sorted: Vec<_> = texts.iter().collect();
    sorted.sort_by_key(|one| &one.language);
    let shown = sorted.into_iter().map(|one| {
        let mut fields = Members::default();
        fields.put("language", one.language.as_str());
        fields.put("text", one.text.as_str());
        fields.value()
    });
    list(shown.collect())
}
