//! SD-JWT VC type metadata (draft-ietf-oauth-sd-jwt-vc section 6), as far as it is used here:
//! the type's name and description, and for each claim its path, labels, descriptions, necessity and
//! disclosability.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    dcql::{ClaimPath, Step},
    text::{Language, language_tag},
};

/// A type's metadata document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct TypeMetadata {
    vct: String,
    display: Vec<TypeDisplay>,
    claims: Vec<ClaimMetadata>,
}

/// What the metadata says about one claim (section 9).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ClaimMetadata {
    path: ClaimPath,
    display: Vec<ClaimDisplay>,
    sd: SelectiveDisclosure,
    #[serde(default)]
    mandatory: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct TypeDisplay {
    locale: String,
    name: String,
    description: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct ClaimDisplay {
    locale: String,
    label: String,
    description: String,
}

/// Section 9.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SelectiveDisclosure {
    Always,
    Allowed,
    Never,
}

impl TypeMetadata {
    /// Reads a document; one that is not type metadata describes no claim, so nothing passes it.
    pub(super) fn read(document: &[u8]) -> Self {
        serde_json::from_slice(document).unwrap_or_default()
    }

    /// The type described.
    #[must_use]
    pub fn vct(&self) -> &str {
        &self.vct
    }

    /// Every claim described, in the order in which to show them.
    #[must_use]
    pub fn claims(&self) -> &[ClaimMetadata] {
        &self.claims
    }

    /// What the type is called.
    #[must_use]
    pub fn name(&self, language: Language) -> Option<&str> {
        Some(&self.display(language)?.name)
    }

    /// What credentials of the type are, in a sentence.
    #[must_use]
    pub fn description(&self, language: Language) -> Option<&str> {
        Some(&self.display(language)?.description)
    }

    /// What is said about the claim at a path, concrete or pattern. A text's language
    /// (`/title/fi`) belongs to the text; only what has no members of its own is a text.
    #[must_use]
    pub fn claim(&self, path: &ClaimPath) -> Option<&ClaimMetadata> {
        self.exactly(path.steps()).or_else(|| {
            let text = without_language(path.steps())?;
            self.exactly(text).filter(|_| !self.has_members(text))
        })
    }

    /// The text at a path when it is in none of our languages: its language's tag (BCP 47; `und` when
    /// nobody said which) and the text itself.
    #[must_use]
    pub fn other_language<'v>(
        &self,
        path: &ClaimPath,
        value: &'v Value,
    ) -> Option<(&'v str, &'v str)> {
        let members = value.as_object()?;
        if Language::ALL
            .iter()
            .any(|ours| members.contains_key(ours.tag()))
        {
            return None;
        }
        let (tag, text) = members.iter().next()?;
        let below = path.then(Step::Name(tag.clone()));
        let is_language = self.exactly(below.steps()).is_none() && self.claim(&below).is_some();
        is_language.then(|| Some((tag.as_str(), text.as_str()?)))?
    }

    /// What the claim at a path is called.
    #[must_use]
    pub fn label(&self, path: &ClaimPath, language: Language) -> Option<&str> {
        self.claim(path)?.label(language)
    }

    fn display(&self, language: Language) -> Option<&TypeDisplay> {
        self.display
            .iter()
            .find(|display| display.locale == language.tag())
    }

    fn has_members(&self, steps: &[Step]) -> bool {
        self.claims.iter().any(|claim| {
            let pattern = claim.path.steps();
            pattern.len() > steps.len() && pattern.iter().zip(steps).all(agree)
        })
    }

    fn exactly(&self, steps: &[Step]) -> Option<&ClaimMetadata> {
        self.claims.iter().find(|claim| {
            let pattern = claim.path.steps();
            pattern.len() == steps.len() && pattern.iter().zip(steps).all(agree)
        })
    }
}

impl ClaimMetadata {
    /// Where the claim stands; list elements are [`Step::All`].
    #[must_use]
    pub fn path(&self) -> &ClaimPath {
        &self.path
    }

    /// What the claim is called.
    #[must_use]
    pub fn label(&self, language: Language) -> Option<&str> {
        Some(&self.display(language)?.label)
    }

    /// What the claim says, in a sentence.
    #[must_use]
    pub fn description(&self, language: Language) -> Option<&str> {
        Some(&self.display(language)?.description)
    }

    fn display(&self, language: Language) -> Option<&ClaimDisplay> {
        self.display
            .iter()
            .find(|display| display.locale == language.tag())
    }

    /// A credential without this claim is not of this type.
    #[must_use]
    pub fn is_mandatory(&self) -> bool {
        self.mandatory
    }

    /// The holder can leave this claim out of a presentation by itself.
    #[must_use]
    pub fn is_disclosable(&self) -> bool {
        self.sd == SelectiveDisclosure::Always
    }
}

fn agree((pattern, step): (&Step, &Step)) -> bool {
    match (pattern, step) {
        (Step::All(()), Step::Index(_)) => true,
        (pattern, step) => pattern == step,
    }
}

fn without_language(steps: &[Step]) -> Option<&[Step]> {
    let (last, text) = steps.split_last()?;
    let is_language = |name: &String| language_tag(name).as_ref() == Some(name);
    matches!(last, Step::Name(name) if is_language(name)).then_some(text)
}
