//! The words of this crate in Finnish, Swedish and English (`translations/*.ftl`).

use std::sync::LazyLock;

use credential_core::{catalog::Catalog, text::Language};

use crate::{checks::Reason, report};

/// The Fluent source of one language.
#[must_use]
pub fn source(language: Language) -> &'static str {
    match language {
        Language::Fi => include_str!("../translations/fi.ftl"),
        Language::Sv => include_str!("../translations/sv.ftl"),
        Language::En => include_str!("../translations/en.ftl"),
    }
}

/// The words of one language.
#[must_use]
pub fn catalog(language: Language) -> &'static Catalog {
    static CATALOGS: LazyLock<[Catalog; 3]> =
        LazyLock::new(|| Language::ALL.map(|language| Catalog::new(language, source(language))));
    let [fi, sv, en] = &*CATALOGS;
    match language {
        Language::Fi => fi,
        Language::Sv => sv,
        Language::En => en,
    }
}

/// Why a check came out as it did: a clause that begins in lower case and has no full stop.
#[must_use]
pub fn reason(reason: Reason, language: Language) -> String {
    report::reason(reason, catalog(language))
}

/// A sentence: the first letter in upper case, and a full stop.
#[must_use]
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests;
