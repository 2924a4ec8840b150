//! Text in up to three languages, and the language a person reads in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

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

    /// No language has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fi.is_none() && self.sv.is_none() && self.en.is_none()
    }
}
