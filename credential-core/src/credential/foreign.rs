//! Types that others describe: a type metadata document that was fetched, and the ones that it extends
//! (draft-ietf-oauth-sd-jwt-vc-19 sections 4 and 5).
//!
//! A description says what things are called and what may be hidden. It makes nobody an issuer of anything: whoever
//! extends a type issues another type.

use serde::Deserialize;

use super::integrity::{self, Integrity};
use crate::{
    dcql::{ClaimPath, Step},
    strict_json::{self, JsonError},
    text::{Language, misleads},
};

/// The largest document that is read, in octets.
pub const MAX_DOCUMENT: usize = 128 << 10;
/// How many documents lie behind each other at most, the first included.
pub const MAX_EXTENDS: usize = 4;
/// How many claims one document describes at most.
const MAX_CLAIMS: usize = 256;
/// The deepest nesting in a document.
const MAX_DEPTH: usize = 16;
/// The longest name or label, in characters; what is longer is cut.
const MAX_NAME: usize = 200;

/// What a type document says. Texts have no letters that steer a screen, and are cut to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignType {
    vct: String,
    name: Option<String>,
    display: Vec<(Language, String)>,
    claims: Vec<ForeignClaim>,
    extends: Option<Extends>,
}

/// What a type extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extends {
    /// The other type's address.
    pub vct: String,
    /// The hash of its document (`extends#integrity`).
    pub integrity: Option<String>,
}

/// What a type says of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignClaim {
    path: ClaimPath,
    labels: Vec<(Language, String)>,
    sd: Disclosability,
    mandatory: bool,
}

/// Whether a claim may be disclosed selectively (`sd`, section 4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Disclosability {
    /// Never in the open.
    Always,
    /// As the issuer likes.
    #[default]
    Allowed,
    /// In the open alone.
    Never,
}

/// Why a description was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignTypeError {
    /// Longer than [`MAX_DOCUMENT`], or describes too many claims.
    #[error("the description of the type is too long")]
    TooLarge,
    /// Not the JSON of a type.
    #[error("the description of the type is malformed")]
    Malformed,
    /// It describes another type.
    #[error("the description is of another type")]
    OtherType,
    /// It is not the document whose hash was signed.
    #[error("the description is not the one that was signed")]
    IntegrityMismatch,
    /// The hash is of a kind that is not known.
    #[error("the hash of the description is of a kind that is not known")]
    IntegrityUnknown,
    /// A type extends itself, directly or by others.
    #[error("the type extends itself")]
    Circular,
    /// More than [`MAX_EXTENDS`] lie behind each other.
    #[error("too many types extend each other")]
    TooDeep,
    /// It says of a claim what the type that it extends does not allow.
    #[error("the description contradicts the one it extends")]
    Contradiction,
}

impl ForeignTypeError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "type_too_large",
            Self::Malformed => "type_malformed",
            Self::OtherType => "type_of_another",
            Self::IntegrityMismatch => "type_integrity_other",
            Self::IntegrityUnknown => "type_integrity_unknown",
            Self::Circular => "type_extends_itself",
            Self::TooDeep => "type_extends_too_many",
            Self::Contradiction => "type_contradicts",
        }
    }
}

impl From<JsonError> for ForeignTypeError {
    fn from(_error: JsonError) -> Self {
        Self::Malformed
    }
}

impl ForeignType {
    /// Reads the document of the type `vct`. The hash, where one was signed, is compared before anything is read.
    ///
    /// # Errors
    /// [`ForeignTypeError`].
    pub fn read(
        document: &[u8],
        vct: &str,
        integrity: Option<&str>,
    ) -> Result<Self, ForeignTypeError> {
        if document.len() > MAX_DOCUMENT {
            return Err(ForeignTypeError::TooLarge);
        }
        match integrity.map(|signed| integrity::check(document, signed)) {
            None | Some(Integrity::Same) => {}
            Some(Integrity::Other) => return Err(ForeignTypeError::IntegrityMismatch),
            Some(Integrity::Unknown) => return Err(ForeignTypeError::IntegrityUnknown),
        }
        let value = strict_json::parse(document, MAX_DEPTH)?;
        let written = Written::deserialize(value).map_err(|_other| ForeignTypeError::Malformed)?;
        if written.vct != vct {
            return Err(ForeignTypeError::OtherType);
        }
        written.settled()
    }

    /// The type.
    #[must_use]
    pub fn vct(&self) -> &str {
        &self.vct
    }

    /// What it extends, if it does.
    #[must_use]
    pub fn extends(&self) -> Option<&Extends> {
        self.extends.as_ref()
    }

    /// What it says of claims, its own first.
    #[must_use]
    pub fn claims(&self) -> &[ForeignClaim] {
        &self.claims
    }

    /// What the type is called, in this language if it says so, or else as those who made it call it.
    #[must_use]
    pub fn name(&self, language: Language) -> Option<&str> {
        in_language(&self.display, language).or(self.name.as_deref())
    }

    /// What a claim is called.
    #[must_use]
    pub fn label(&self, path: &ClaimPath, language: Language) -> Option<&str> {
        let claim = self.claims.iter().find(|claim| claim.path == *path)?;
        in_language(&claim.labels, language)
    }

    /// This type with what it takes from the one that it extends (sections 4.4, 4.5 and 4.6.5): names only where it has none, and
    /// of claims whatever it does not describe itself.
    ///
    /// # Errors
    /// [`ForeignTypeError::Contradiction`] when it loosens what the other fixed.
    pub fn extending(mut self, other: &Self) -> Result<Self, ForeignTypeError> {
        if self.display.is_empty() {
            self.display.clone_from(&other.display);
        }
        for inherited in &other.claims {
            match self.claims.iter().find(|own| own.path == inherited.path) {
                None => self.claims.push(inherited.clone()),
                Some(own) if own.is_within(inherited) => {}
                Some(_) => return Err(ForeignTypeError::Contradiction),
            }
        }
        match self.claims.len() <= MAX_CLAIMS {
            true => Ok(self),
            false => Err(ForeignTypeError::TooLarge),
        }
    }
}

impl ForeignClaim {
    /// Where the claim stands.
    #[must_use]
    pub fn path(&self) -> &ClaimPath {
        &self.path
    }

    /// Whether it may be disclosed selectively.
    #[must_use]
    pub fn disclosability(&self) -> Disclosability {
        self.sd
    }

    /// Whether a credential of the type has it.
    #[must_use]
    pub fn is_mandatory(&self) -> bool {
        self.mandatory
    }

    fn is_within(&self, other: &Self) -> bool {
        let is_free = other.sd == Disclosability::Allowed || self.sd == other.sd;
        is_free && (self.mandatory || !other.mandatory)
    }
}

/// A document as it is written; members that are not read are passed over.
#[derive(Deserialize)]
struct Written {
    vct: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    display: Vec<WrittenName>,
    #[serde(default)]
    claims: Vec<WrittenClaim>,
    #[serde(default)]
    extends: Option<String>,
    #[serde(default, rename = "extends#integrity")]
    extends_integrity: Option<String>,
}

#[derive(Deserialize)]
struct WrittenName {
    /// `lang` in the drafts before -10.
    #[serde(alias = "lang")]
    locale: String,
    /// Of a claim a `label`.
    #[serde(alias = "label")]
    name: String,
}

#[derive(Deserialize)]
struct WrittenClaim {
    path: Vec<Step>,
    #[serde(default)]
    display: Vec<WrittenName>,
    #[serde(default)]
    sd: Disclosability,
    #[serde(default)]
    mandatory: bool,
}

impl Written {
    fn settled(self) -> Result<ForeignType, ForeignTypeError> {
        if self.claims.len() > MAX_CLAIMS {
            return Err(ForeignTypeError::TooLarge);
        }
        let mut claims: Vec<ForeignClaim> = Vec::with_capacity(self.claims.len());
        for written in self.claims {
            let path = ClaimPath::new(written.path);
            // What a claim is would depend on which of two descriptions is read.
            if path.steps().is_empty() || claims.iter().any(|claim| claim.path == path) {
                return Err(ForeignTypeError::Malformed);
            }
            claims.push(ForeignClaim {
                path,
                labels: named(written.display),
                sd: written.sd,
                mandatory: written.mandatory,
            });
        }
        let extends = match (self.extends, self.extends_integrity) {
            (Some(vct), integrity) => Some(Extends { vct, integrity }),
            (None, None) => None,
            (None, Some(_)) => return Err(ForeignTypeError::Malformed),
        };
        Ok(ForeignType {
            vct: self.vct,
            name: self.name.map(|name| shown(&name)),
            display: named(self.display),
            claims,
            extends,
        })
    }
}

/// The first name in each of our languages.
fn named(written: Vec<WrittenName>) -> Vec<(Language, String)> {
    let mut found: Vec<(Language, String)> = Vec::new();
    for WrittenName { locale, name } in written {
        // The primary language of a tag (RFC 5646 section 2.1).
        let primary = locale.split('-').next().unwrap_or_default();
        let language = Language::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary));
        if let Some(language) = language
            && in_language(&found, language).is_none()
        {
            found.push((language, shown(&name)));
        }
    }
    found
}

fn in_language(names: &[(Language, String)], language: Language) -> Option<&str> {
    let found = names.iter().find(|(of, _name)| *of == language);
    found.map(|(_of, name)| name.as_str())
}

/// A text of somebody else's, fit to be shown: no controls, nothing that turns the direction, and an end.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| !misleads(*letter))
        .take(MAX_NAME)
        .collect()
}
