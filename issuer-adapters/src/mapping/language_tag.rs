//! Language codes of the register as language tags (BCP 47).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
struct Exceptions {
    tags: BTreeMap<String, String>,
    none: BTreeSet<String>,
}

// A list that does not parse is empty, and the test of the list fails.
static EXCEPTIONS: LazyLock<Exceptions> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/languages.json")).unwrap_or_default()
});

/// The tag of a code; nothing for codes such as "other language".
pub(super) fn tag_of_code(code: &str) -> Option<String> {
    if EXCEPTIONS.none.contains(code) {
        return None;
    }
    if let Some(tag) = EXCEPTIONS.tags.get(code) {
        return Some(tag.clone());
    }
    let is_iso_639_1 = code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
    is_iso_639_1.then(|| code.to_ascii_lowercase())
}
