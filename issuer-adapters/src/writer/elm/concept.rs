//! Concepts of code lists, and texts in several languages.

use std::collections::BTreeMap;

use credential_core::{
    record::{Code, LocalText},
    text::{Language, Text},
};
use serde_json::{Value, json};

use crate::{
    members::{Members, list},
    source::{elm, scheme},
};

const LANGUAGES: &str = "http://publications.europa.eu/resource/authority/language/";

/// A code as a concept: by its address, or else by its notation.
pub(super) fn concept(code: &Code) -> Value {
    let mut members = Members::of_type("Concept");
    if code.value.starts_with("http") {
        members.put("id", code.value.as_str());
    }
    members.put("notation", code.value.as_str());
    described(&mut members, code);
    members.value()
}

/// A language by the address of the Publications Office, where that is known.
pub(super) fn language(code: &Code) -> Value {
    let Some(alpha3) = elm::language_alpha3(&code.value) else {
        return concept(code);
    };
    let mut members = Members::of_type("Concept");
    members.put("id", format!("{LANGUAGES}{alpha3}"));
    members.put("notation", alpha3);
    described(&mut members, code);
    members.value()
}

fn described(members: &mut Members, code: &Code) {
    members.put("prefLabel", texts(&code.label, &[]));
    let scheme = code.scheme.as_deref().and_then(scheme::to_uri);
    members.put(
        "inScheme",
        scheme.map(|id| json!({ "id": id, "type": "ConceptScheme" })),
    );
}

/// A language map (JSON-LD 1.1 section 4.6.2); null when there is no text.
pub(super) fn texts(ours: &Text, others: &[LocalText]) -> Value {
    let mut by_language: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for language in Language::ALL {
        if let Some(text) = ours.exact(language) {
            by_language
                .entry(language.tag())
                .or_default()
                .push(text.into());
        }
    }
    for LocalText { language, text } in others {
        if !language.is_empty() {
            by_language
                .entry(language)
                .or_default()
                .push(text.as_str().into());
        }
    }
    let mut members = Members::default();
    for (language, mut texts) in by_language {
        let only = if texts.len() == 1 { texts.pop() } else { None };
        members.named(language.to_owned(), only.unwrap_or_else(|| list(texts)));
    }
    members.value()
}
