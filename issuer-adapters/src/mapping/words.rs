//! Values of a record as claims: texts, codes, dates, amounts. Everything is text or an integer.

use chrono::NaiveDate;
use credential_core::{
    credential::{CredentialType, MAX_LIST, MAX_TEXT},
    record::{Code, Credits, Evidence, Grade, LocalText, Organisation, Person},
    text::{Language, Text, language_tag},
};
use serde_json::{Map, Value};

use super::language_tag::tag_of_code;

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

/// A running text without the languages in which it is longer than a claim can be, and whether there
/// are such.
pub(super) fn prose(all: &Text) -> (Option<Value>, bool) {
    let short = |text: &Option<String>| text.clone().filter(|text| text.len() <= MAX_TEXT);
    let fitting = Text {
        fi: short(&all.fi),
        sv: short(&all.sv),
        en: short(&all.en),
    };
    (text(&fitting), fitting != *all)
}

/// The name, or else that of the type of credential.
pub(super) fn name_or_type(own: Option<Value>, credential_type: CredentialType) -> Option<Value> {
    own.or_else(|| {
        let name = |language| credential_type.name(language).map(str::to_owned);
        text(&Text {
            fi: name(Language::Fi),
            sv: name(Language::Sv),
            en: name(Language::En),
        })
    })
}

/// The name in our languages, or else in the first other one, under that language's tag (BCP 47): a
/// name that not everybody understands still tells things apart.
pub(super) fn name(ours: &Text, others: &[LocalText]) -> Option<Value> {
    text(ours).or_else(|| {
        let other = others.iter().find(|other| !other.text.is_empty())?;
        let tag = language_tag(&other.language).unwrap_or_else(|| "und".to_owned());
        let text = Value::from(other.text.as_str());
        Some(Value::Object(Map::from_iter([(tag, text)])))
    })
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
    tag_of_code(&code.value).map(Value::from)
}

/// `{"name", "oid", "business_id"}`.
pub(super) fn organisation(organisation: &Organisation) -> Option<Value> {
    let mut members = Map::new();
    let name = name(&organisation.name, &organisation.other_names);
    put(&mut members, "name", name.or_else(|| number(organisation)));
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

/// As [`code`], and only its `label` where the source has words and no code for it.
pub(super) fn occupation(occupation: &Code) -> Value {
    let mut members = code(occupation);
    if let (true, Some(members)) = (is_in_words(occupation), members.as_object_mut()) {
        members.remove("value");
    }
    members
}

/// A source that has no code of a concept has its words in the place of the code.
fn is_in_words(code: &Code) -> bool {
    let mut labels = Language::ALL
        .into_iter()
        .filter_map(|it| code.label.exact(it));
    code.scheme.is_none() && labels.any(|label| label == code.value)
}

/// Skills, each `{"title", "value", "scheme"}`: its name in words, and its concept, for example the URI
/// in ESCO, where it has one. Both are kept, so that nobody has to look the concept up.
pub(super) fn skills(skills: &[Code]) -> Option<Value> {
    let one = |skill: &Code| {
        let mut members = Map::new();
        put(&mut members, "title", text(&skill.label));
        let value = (!is_in_words(skill)).then(|| Value::from(skill.value.as_str()));
        put(&mut members, "value", value);
        put(
            &mut members,
            "scheme",
            skill.scheme.as_deref().map(Value::from),
        );
        Value::Object(members)
    };
    (!skills.is_empty()).then(|| skills.iter().map(one).collect())
}

/// What supports it, each piece `{"name", "url", "digest"}`. Only web addresses are kept, since a holder
/// will be shown them as such; and nothing is left of a piece that has neither name nor address.
pub(super) fn evidence(all: &[Evidence]) -> Option<Value> {
    let short = |text: &&String| text.len() <= MAX_TEXT;
    let one = |piece: &Evidence| {
        let is_web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
        let mut members = Map::new();
        put(&mut members, "name", prose(&piece.name).0);
        let url = piece.url.as_ref().filter(is_web).filter(short);
        put(
            &mut members,
            "url",
            url.map(|url| Value::from(url.as_str())),
        );
        if members.is_empty() {
            return None;
        }
        let digest = piece.digest.as_ref().filter(short);
        put(
            &mut members,
            "digest",
            digest.map(|it| Value::from(it.as_str())),
        );
        Some(Value::Object(members))
    };
    let pieces: Vec<Value> = all.iter().filter_map(one).take(MAX_LIST).collect();
    (!pieces.is_empty()).then_some(Value::Array(pieces))
}
