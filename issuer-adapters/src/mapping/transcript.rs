//! Parts of an attainment as a flat list, each element to be shown or kept back by itself.

use credential_core::{
    credential::{CredentialType, MAX_LIST},
    record::Attainment,
};
use serde_json::{Map, Value};

use super::{
    Draft,
    attainment::{draft, put_award, put_name, put_recognition},
    words::{code, credits, date, grade, language, name, put},
};

/// The transcript of an attainment's parts; several when there are more than [`MAX_LIST`], none
/// when there are no parts.
pub(super) fn transcripts(whole: &Attainment) -> Vec<Draft> {
    let achievements: Vec<Value> = flat(whole)
        .into_iter()
        .map(|(part, part_of)| achievement(part, part_of))
        .filter(|members| !members.is_empty())
        .map(Value::Object)
        .collect();
    achievements
        .chunks(MAX_LIST)
        .map(|some| {
            let mut claims = Map::new();
            put_name(&mut claims, whole, CredentialType::Transcript);
            put_award(&mut claims, whole);
            put(&mut claims, "achievements", Value::Array(some.to_vec()));
            draft(CredentialType::Transcript, claims)
        })
        .collect()
}

/// The subtests of a language examination.
pub(super) fn subtests(whole: &Attainment) -> Option<Value> {
    let all: Vec<Value> = flat(whole)
        .into_iter()
        .take(MAX_LIST)
        .map(|(part, part_of)| {
            let mut members = named(part, part_of);
            put(&mut members, "cefr_level", part.level.cefr.map(Value::from));
            members
        })
        .filter(|members| !members.is_empty())
        .map(Value::Object)
        .collect();
    (!all.is_empty()).then_some(Value::Array(all))
}

/// Every part of every depth in the order of the source, with what it is a part of where that is not
/// the whole itself.
fn flat(whole: &Attainment) -> Vec<(&Attainment, Option<&Attainment>)> {
    let mut parts = Vec::new();
    // Last in, first out: pushed in reverse, so that the order of the source is kept.
    let mut stack: Vec<(&Attainment, Option<&Attainment>)> =
        whole.parts.iter().rev().map(|part| (part, None)).collect();
    while let Some((part, part_of)) = stack.pop() {
        parts.push((part, part_of));
        let inner = part.parts.iter().rev().map(|inner| (inner, Some(part)));
        stack.extend(inner);
    }
    parts
}

fn achievement(part: &Attainment, part_of: Option<&Attainment>) -> Map<String, Value> {
    let mut members = named(part, part_of);
    put(&mut members, "credits", part.credits.as_ref().map(credits));
    put(
        &mut members,
        "subject_language",
        part.subject_language.as_ref().and_then(language),
    );
    put_recognition(&mut members, part);
    members
}

fn named(part: &Attainment, part_of: Option<&Attainment>) -> Map<String, Value> {
    let mut members = Map::new();
    put(&mut members, "title", name_of(part));
    put(&mut members, "code", part.code.as_ref().map(code));
    put(&mut members, "awarding_date", part.awarded.map(date));
    put(&mut members, "grade", part.grade.as_ref().map(grade));
    put(&mut members, "part_of", part_of.and_then(name_of));
    members
}

fn name_of(one: &Attainment) -> Option<Value> {
    name(&one.title, &one.other_titles)
}
