//! SD-JWT VC type metadata (draft-ietf-oauth-sd-jwt-vc section 6), as far as it is used here:
//! the type's name, and for each claim its path, labels, necessity and disclosability.

use serde::Deserialize;

use crate::{
    dcql::{ClaimPath, Step},
    text::Language,
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
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct ClaimDisplay {
    locale: String,
    label: String,
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
        self.display
            .iter()
            .find(|display| display.locale == language.tag())
            .map(|display| display.name.as_str())
    }

    /// What is said about the claim at a path, concrete or pattern. A text's language
    /// (`/title/fi`) belongs to the text.
    #[must_use]
    pub fn claim(&self, path: &ClaimPath) -> Option<&ClaimMetadata> {
        self.exactly(path.steps())
            .or_else(|| self.exactly(without_language(path.steps())?))
    }

    /// What the claim at a path is called.
    #[must_use]
    pub fn label(&self, path: &ClaimPath, language: Language) -> Option<&str> {
        self.claim(path)?.label(language)
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
        self.display
            .iter()
            .find(|display| display.locale == language.tag())
            .map(|display| display.label.as_str())
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
    let is_language = |name: &String| Language::ALL.iter().any(|language| language.tag() == name);
    matches!(last, Step::Name(name) if is_language(name)).then_some(text)
}
