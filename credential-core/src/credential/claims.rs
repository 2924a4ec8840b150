//! Claims about a person's learning, checked against their type.

use std::fmt;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::CredentialType;
use crate::{
    canonical,
    dcql::{ClaimPath, Step},
    record::identity_code,
};

/// Deepest nesting of a claim's value; a top-level claim has depth 1.
pub const MAX_CLAIM_DEPTH: usize = 6;
/// Most elements of one list.
pub const MAX_LIST: usize = 250;
/// Longest text, in octets of UTF-8.
pub const MAX_TEXT: usize = 4096;
/// Largest JSON text of all claims together, in octets; as disclosures they grow by a third.
pub const MAX_OCTETS: usize = 256 * 1024;

/// The subject claims of one credential, not yet signed.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialClaims {
    credential_type: CredentialType,
    claims: Map<String, Value>,
    disclosable: Vec<ClaimPath>,
    valid_until: Option<NaiveDate>,
}

/// Why claims do not make a credential of their type. The adapter's author has to act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The type does not know this claim. Claims that the issuing code adds are unknown here too.
    #[error("the type of credential has no claim {0}")]
    Unknown(ClaimPath),
    /// A claim that the type demands is missing.
    #[error("the claim {0} is missing")]
    Missing(ClaimPath),
    /// The claim, or the name of one below it, looks like a personal identity code.
    #[error("the claim {0} holds a personal identity code")]
    IdentityCode(ClaimPath),
    /// A number that is not an integer within ±(2^53 − 1).
    #[error("the claim {0} holds a number that is not whole")]
    Number(ClaimPath),
    /// `null`, an empty text, an empty list or an empty object.
    #[error("the claim {0} is empty")]
    Empty(ClaimPath),
    /// A date that is not `YYYY-MM-DD`.
    #[error("the claim {0} is not a date")]
    Date(ClaimPath),
    /// Beyond [`MAX_CLAIM_DEPTH`], [`MAX_LIST`] or [`MAX_TEXT`].
    #[error("the claim {0} is too large")]
    TooLarge(ClaimPath),
    /// Beyond [`MAX_OCTETS`].
    #[error("the claims together are larger than {} KiB", MAX_OCTETS / 1024)]
    TooLargeTogether,
}

impl ClaimsError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "claim-unknown",
            Self::Missing(_) => "claim-missing",
            Self::IdentityCode(_) => "claim-identity-code",
            Self::Number(_) => "claim-number",
            Self::Empty(_) => "claim-empty",
            Self::Date(_) => "claim-date",
            Self::TooLarge(_) => "claim-too-large",
            Self::TooLargeTogether => "claims-too-large",
        }
    }
}

impl CredentialClaims {
    /// Checks claims against the metadata of their type.
    ///
    /// `valid_until` is the last day on which the claims can be true, when there is one.
    ///
    /// # Errors
    /// [`ClaimsError`] names the first rule that is broken, and where.
    pub fn new(
        credential_type: CredentialType,
        claims: Map<String, Value>,
        valid_until: Option<NaiveDate>,
    ) -> Result<Self, ClaimsError> {
        let mut check = Check {
            credential_type,
            disclosable: Vec::new(),
        };
        for (name, value) in &claims {
            check.member(None, name, value)?;
        }
        check.nothing_is_missing(&claims)?;
        // Every value has passed, so it can be written; if it could not, it would be refused here.
        if canonical::to_string(&claims).map_or(usize::MAX, |text| text.len()) > MAX_OCTETS {
            return Err(ClaimsError::TooLargeTogether);
        }
        Ok(Self {
            credential_type,
            claims,
            disclosable: check.disclosable,
            valid_until,
        })
    }

    /// What type of credential it will be.
    #[must_use]
    pub fn credential_type(&self) -> CredentialType {
        self.credential_type
    }

    /// The claims by name. All numbers are integers.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The concrete path of everything that gets a disclosure of its own: each claim, and each
    /// element of a list whose elements can be shown one by one. A list stands before its elements.
    #[must_use]
    pub fn disclosable(&self) -> &[ClaimPath] {
        &self.disclosable
    }

    /// The last day on which the claims can be true.
    #[must_use]
    pub fn valid_until(&self) -> Option<NaiveDate> {
        self.valid_until
    }
}

/// Shows which claims there are, never what they say.
impl fmt::Debug for CredentialClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialClaims")
            .field("credential_type", &self.credential_type)
            .field("names", &self.claims.keys().collect::<Vec<_>>())
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

struct Check {
    credential_type: CredentialType,
    disclosable: Vec<ClaimPath>,
}

impl Check {
    fn member(
        &mut self,
        parent: Option<&ClaimPath>,
        name: &str,
        value: &Value,
    ) -> Result<(), ClaimsError> {
        if identity_code::appears_in(name) {
            let place = parent
                .cloned()
                .unwrap_or_else(|| ClaimPath::new(Vec::new()));
            return Err(ClaimsError::IdentityCode(place));
        }
        let path = match parent {
            None => ClaimPath::claim(name),
            Some(parent) => parent.then(Step::Name(name.to_owned())),
        };
        self.claim(&path, value)
    }

    fn claim(&mut self, path: &ClaimPath, value: &Value) -> Result<(), ClaimsError> {
        let Some(described) = self.credential_type.metadata().claim(path) else {
            return Err(ClaimsError::Unknown(path.clone()));
        };
        if path.steps().len() > MAX_CLAIM_DEPTH {
            return Err(ClaimsError::TooLarge(path.clone()));
        }
        // A text's language is described by the text and is no claim of its own.
        let is_whole = described.path().steps().len() == path.steps().len();
        if is_whole && described.is_disclosable() {
            self.disclosable.push(path.clone());
        }
        match value {
            Value::Null => Err(ClaimsError::Empty(path.clone())),
            Value::Bool(_) => Ok(()),
            Value::Number(number) => check_number(path, number),
            Value::String(text) => check_text(path, text),
            Value::Array(items) => self.list(path, items),
            Value::Object(members) if members.is_empty() => Err(ClaimsError::Empty(path.clone())),
            Value::Object(members) => members
                .iter()
                .try_for_each(|(name, item)| self.member(Some(path), name, item)),
        }
    }

    fn list(&mut self, path: &ClaimPath, items: &[Value]) -> Result<(), ClaimsError> {
        if items.is_empty() {
            return Err(ClaimsError::Empty(path.clone()));
        }
        if items.len() > MAX_LIST {
            return Err(ClaimsError::TooLarge(path.clone()));
        }
        (0..)
            .zip(items)
            .try_for_each(|(index, item)| self.claim(&path.then(Step::Index(index)), item))
    }

    fn nothing_is_missing(&self, claims: &Map<String, Value>) -> Result<(), ClaimsError> {
        let metadata = self.credential_type.metadata();
        metadata
            .claims()
            .iter()
            .filter(|claim| claim.is_mandatory())
            .find(|claim| match claim.path().steps() {
                [Step::Name(name)] => !claims.contains_key(name),
                _ => false,
            })
            .map_or(Ok(()), |claim| {
                Err(ClaimsError::Missing(claim.path().clone()))
            })
    }
}

fn check_number(path: &ClaimPath, number: &serde_json::Number) -> Result<(), ClaimsError> {
    canonical::to_string(number)
        .map(drop)
        .map_err(|_not_canonical| ClaimsError::Number(path.clone()))
}

fn check_text(path: &ClaimPath, text: &str) -> Result<(), ClaimsError> {
    if text.is_empty() {
        return Err(ClaimsError::Empty(path.clone()));
    }
    if text.len() > MAX_TEXT {
        return Err(ClaimsError::TooLarge(path.clone()));
    }
    if identity_code::appears_in(text) {
        return Err(ClaimsError::IdentityCode(path.clone()));
    }
    let is_date = matches!(
        path.steps().last(),
        Some(Step::Name(name)) if name == "birthdate" || name.ends_with("_date")
    );
    // The parser also takes signs, spaces and single digits; what is issued has one form (ISO 8601).
    let in_form = |date: NaiveDate| date.to_string() == text;
    if is_date && (text.len() != 10 || !text.parse().is_ok_and(in_form)) {
        return Err(ClaimsError::Date(path.clone()));
    }
    Ok(())
}
