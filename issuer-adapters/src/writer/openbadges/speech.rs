//! The one language of a badge.

use credential_core::{
    record::{Attainment, LocalText},
    text::{Language, Text},
};

/// The language in which a badge speaks: one of ours, or where the title has none of ours, another.
pub(super) enum Speech {
    Ours(Language),
    Other(LocalText),
}

impl Speech {
    /// The language asked for where the title has it, or else the first that it has.
    pub(super) fn of(one: &Attainment, wanted: Language) -> Self {
        let has = |language: &Language| one.title.exact(*language).is_some();
        let ours = [wanted].into_iter().chain(Language::ALL).find(has);
        let other = one.other_titles.iter().find(|it| !it.language.is_empty());
        match (ours, other) {
            (Some(language), _) => Self::Ours(language),
            (None, Some(other)) => Self::Other(other.clone()),
            (None, None) => Self::Ours(wanted),
        }
    }

    /// The language tag (BCP 47).
    pub(super) fn language(&self) -> &str {
        match self {
            Self::Ours(language) => language.tag(),
            Self::Other(text) => &text.language,
        }
    }

    /// The title; empty when there is none.
    pub(super) fn title<'a>(&'a self, one: &'a Attainment) -> &'a str {
        match self {
            Self::Ours(language) => one.title.exact(*language).unwrap_or_default(),
            Self::Other(text) => &text.text,
        }
    }

    /// A text, where it has this language.
    pub(super) fn said<'t>(&self, text: &'t Text) -> Option<&'t str> {
        match self {
            Self::Ours(language) => text.exact(*language),
            Self::Other(_) => None,
        }
    }
}
