//! Texts of claims in the one language of a badge.

use credential_core::{
    credential::{CredentialClaims, CredentialType},
    dcql::ClaimPath,
    text::{Language, Text},
};
use serde_json::Value;

/// The claims and the language in which they are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speech<'c> {
    claims: &'c CredentialClaims,
    language: Language,
}

impl<'c> Speech<'c> {
    /// The language asked for where the title has it, and otherwise the first that the title has.
    pub(super) fn of(claims: &'c CredentialClaims, wanted: Language) -> Self {
        let title = claims.claims().get("title");
        let has = |language: &Language| title.is_some_and(|it| it.get(language.tag()).is_some());
        let language = std::iter::once(wanted)
            .chain(Language::ALL)
            .find(has)
            .unwrap_or(wanted);
        Self { claims, language }
    }

    pub(super) fn language(self) -> Language {
        self.language
    }

    /// The name of what was achieved, in another language where it has none of ours, or else of its type.
    pub(super) fn title(self) -> String {
        let title = self.claims.claims().get("title");
        title
            .and_then(|title| self.said(title).or_else(|| self.foreign(title)))
            .or_else(|| self.kind().name(self.language))
            .unwrap_or_default()
            .to_owned()
    }

    pub(super) fn kind(self) -> CredentialType {
        self.claims.credential_type()
    }

    /// A text in our languages.
    pub(super) fn said(self, text: &Value) -> Option<&str> {
        std::iter::once(self.language)
            .chain(Language::ALL)
            .find_map(|language| text.get(language.tag())?.as_str())
    }

    fn foreign(self, title: &Value) -> Option<&str> {
        let metadata = self.kind().metadata();
        let (_tag, text) = metadata.other_language(&ClaimPath::claim("title"), title)?;
        Some(text)
    }

    /// The member `name` of a claim, in words.
    pub(super) fn of_claim(self, claim: &str, name: &str) -> Option<&'c str> {
        self.said(self.claims.claims().get(claim)?.get(name)?)
    }

    /// What it is about, or else what type of credential it is: the standard wants a text.
    pub(super) fn description(self) -> String {
        let told = ["description", "learning_outcomes"].into_iter();
        let told = told.filter_map(|claim| self.claims.claims().get(claim));
        told.filter_map(|text| self.said(text))
            .chain(self.kind().name(self.language))
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// What had to be done, or else that the issuer's register says that it was: the standard wants a text.
    pub(super) fn criteria(self) -> String {
        let told = self.claims.claims().get("criteria");
        if let Some(told) = told.and_then(|text| self.said(text)) {
            return told.to_owned();
        }
        let text = Text::new(
            "Suoritus on merkitty todistuksen antajan rekisteriin.",
            "Prestationen har antecknats i utfärdarens register.",
            "The achievement is recorded in the issuer's register.",
        );
        text.best(self.language).unwrap_or_default().to_owned()
    }
}
