//! Text in up to three languages, and the language a person reads in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

/// A language the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Finnish.
    Fi,
    /// Swedish.
    Sv,
    /// English.
    #[default]
    En,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Fi, Self::Sv, Self::En];

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Fi => "fi",
            Self::Sv => "sv",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A language tag (BCP 47) in its canonical form: language, script, region and variants. `None` for what
/// is no such tag; the tag for a language that nobody named is `und`.
///
/// ```
/// use credential_core::text::language_tag;
/// assert_eq!(language_tag("DE_at").as_deref(), Some("de-AT"));
/// assert_eq!(language_tag("smn").as_deref(), Some("smn"));
/// assert_eq!(language_tag("teacher"), None);
/// ```
#[must_use]
pub fn language_tag(text: &str) -> Option<String> {
    let tag: LanguageIdentifier = text.parse().ok()?;
    // Longer ones are reserved (RFC 5646 section 2.2.1), and words.
    ((2..=3).contains(&tag.language.as_str().len())).then(|| tag.to_string())
}

/// The language asked for is not one of fi, sv, en.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language (choose fi, sv or en)")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL
            .into_iter()
            .find(|language| language.tag() == text)
            .ok_or(UnknownLanguage)
    }
}

/// The same text in Finnish, Swedish and English, as far as the source has it.
///
/// ```
/// use credential_core::text::{Language, Text};
/// let title = Text { fi: Some("Lähihoitaja".into()), sv: Some("Närvårdare".into()), en: None };
/// assert_eq!(title.best(Language::Sv), Some("Närvårdare"));
/// assert_eq!(title.best(Language::En), Some("Lähihoitaja"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Finnish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fi: Option<String>,
    /// Swedish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sv: Option<String>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Text {
    /// The text in all three languages.
    #[must_use]
    pub fn new(fi: impl Into<String>, sv: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            fi: Some(fi.into()),
            sv: Some(sv.into()),
            en: Some(en.into()),
        }
    }

    /// The text in exactly this language.
    #[must_use]
    pub fn exact(&self, language: Language) -> Option<&str> {
        match language {
            Language::Fi => self.fi.as_deref(),
            Language::Sv => self.sv.as_deref(),
            Language::En => self.en.as_deref(),
        }
    }

    /// The text in this language, or else in the first of fi, sv, en that is there.
    #[must_use]
    pub fn best(&self, language: Language) -> Option<&str> {
        self.exact(language)
            .or_else(|| Language::ALL.into_iter().find_map(|l| self.exact(l)))
    }

    /// Whether there is a text, and each is fit to be shown: not blank, at most `most` characters, and
    /// nothing in it that makes it look like another one.
    #[must_use]
    pub fn is_fit(&self, most: usize) -> bool {
        let mut texts = Language::ALL.into_iter().filter_map(|l| self.exact(l));
        !self.is_empty()
            && texts.all(|text| {
                !text.trim().is_empty() && text.chars().count() <= most && !text.contains(misleads)
            })
    }

    /// No language has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fi.is_none() && self.sv.is_none() && self.en.is_none()
    }
}

/// Control characters, and those that make text run the other way (Unicode Standard Annex 9): a text
/// must not look like another one.
pub(crate) fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
