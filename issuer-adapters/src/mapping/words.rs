//! Values of a record as claims: texts, codes, dates, amounts. Everything is text or an integer.

use chrono::NaiveDate;
use credential_core::{
    credential::CredentialType,
    record::{Code, Credits, Grade, LocalText, Organisation, Person},
    text::{Language, Text},
};
use serde_json::{Map, Value};

use super::language_tag::language_tag;

/// Adds a claim when there is something to say.
pub(super) fn put(claims: &mut Map<String, Value>, name: &str, value: impl Into<Option<Value>>) {
    if let Some(value) = value.into() {
        claims.insert(name.to_owned(), value);
    }
}

/// Whose credential it is.
pub(super) fn put_person(claims: &mut Map<String, Value>, person: &Person) {
    put(
        claims,
        "family_name",
        person.family_name.as_deref().map(Value::from),
    );
    put(
        claims,
        "given_name",
        person.given_name.as_deref().map(Value::from),
    );
    put(claims, "birthdate", person.birthdate.map(date));
}

/// `{"fi", "sv", "en"}`, nothing when no language has a text.
pub(super) fn text(text: &Text) -> Option<Value> {
    let languages: Map<_, _> = Language::ALL
        .into_iter()
        .filter_map(|language| Some((language.tag().to_owned(), text.exact(language)?.into())))
        .collect();
    (!languages.is_empty()).then_some(Value::Object(languages))
}

/// The text, or else the name of the type of credential.
pub(super) fn text_or_type(own: &Text, credential_type: CredentialType) -> Option<Value> {
    text(own).or_else(|| {
        let name = |language| credential_type.name(language).map(str::to_owned);
        text(&Text {
            fi: name(Language::Fi),
            sv: name(Language::Sv),
            en: name(Language::En),
        })
    })
}

/// The name in our languages, or else in the first other one, told as if it were English: a claim has
/// no other place for it, and a name that cannot be understood still tells things apart.
pub(super) fn name(ours: &Text, others: &[LocalText]) -> Text {
    match others.first() {
        Some(other) if ours.is_empty() => Text {
            en: Some(other.text.clone()),
            ..Text::default()
        },
        _ => ours.clone(),
    }
}

/// A list of texts, nothing when it is empty.
pub(super) fn texts(all: &[Text]) -> Option<Value> {
    let all: Vec<Value> = all.iter().filter_map(text).collect();
    (!all.is_empty()).then_some(Value::Array(all))
}

/// `YYYY-MM-DD`.
pub(super) fn date(date: NaiveDate) -> Value {
    date.to_string().into()
}

/// `{"value", "scheme"}` and the meaning in words under `label`, where the claim has one.
pub(super) fn code(code: &Code) -> Value {
    let mut members = Map::new();
    put(&mut members, "value", Value::from(code.value.as_str()));
    put(
        &mut members,
        "scheme",
        code.scheme.as_deref().map(Value::from),
    );
    put(&mut members, "label", text(&code.label));
    Value::Object(members)
}

/// A language as its tag (BCP 47).
pub(super) fn language(code: &Code) -> Option<Value> {
    language_tag(&code.value).map(Value::from)
}

/// `{"name", "oid", "business_id"}`.
pub(super) fn organisation(organisation: &Organisation) -> Option<Value> {
    let mut members = Map::new();
    let name = name(&organisation.name, &organisation.other_names);
    put(
        &mut members,
        "name",
        text(&name).or_else(|| number(organisation)),
    );
    put(
        &mut members,
        "oid",
        organisation.oid.as_deref().map(Value::from),
    );
    put(
        &mut members,
        "business_id",
        organisation.business_id.as_deref().map(Value::from),
    );
    (!members.is_empty()).then_some(Value::Object(members))
}

/// An institution that the source only numbers is called by its number.
fn number(organisation: &Organisation) -> Option<Value> {
    let number = organisation.identifiers.first()?;
    let scheme = number.scheme.as_deref().unwrap_or_default();
    let words = format!("{scheme} {}", number.value);
    text(&Text::new(words.trim(), words.trim(), words.trim()))
}

/// `{"amount", "unit", "unit_code"}`; the amount is text, because it can be 1.5.
pub(super) fn credits(credits: &Credits) -> Value {
    let mut members = Map::new();
    put(&mut members, "amount", Value::from(credits.amount.as_str()));
    put(&mut members, "unit", text(&credits.unit.label));
    put(
        &mut members,
        "unit_code",
        Value::from(credits.unit.value.as_str()),
    );
    Value::Object(members)
}

/// `{"value", "scale", "label"}`.
pub(super) fn grade(grade: &Grade) -> Value {
    let mut members = Map::new();
    put(&mut members, "value", Value::from(grade.value.as_str()));
    put(
        &mut members,
        "scale",
        grade.scale.as_deref().map(Value::from),
    );
    put(&mut members, "label", text(&grade.label));
    Value::Object(members)
}

/// Skills, each `{"title", "value", "scheme"}`.
pub(super) fn skills(skills: &[Code]) -> Option<Value> {
    let one = |skill: &Code| {
        let mut members = Map::new();
        put(&mut members, "title", text(&skill.label));
        put(&mut members, "value", Value::from(skill.value.as_str()));
        put(
            &mut members,
            "scheme",
            skill.scheme.as_deref().map(Value::from),
        );
        Value::Object(members)
    };
    (!skills.is_empty()).then(|| skills.iter().map(one).collect())
}
