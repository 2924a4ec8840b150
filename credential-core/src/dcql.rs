//! Digital Credentials Query Language (OpenID4VP 1.0 section 6): what a recipient asks for.
//!
//! Supported: `credentials` with `dc+sd-jwt`, `meta.vct_values`, and `claims` with `id`, `path` and
//! `values`. # Incomplete support: `credential_sets`, `claim_sets`, `trusted_authorities` and
//! `multiple` are refused as unknown members, never ignored, because ignoring one would widen a query.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical;

/// The one credential format of this query language that is supported.
pub const SD_JWT_VC: &str = "dc+sd-jwt";
/// Most credentials in one query.
pub const MAX_CREDENTIALS: usize = 16;
/// Most claims asked for from one credential.
pub const MAX_CLAIMS: usize = 64;
/// Deepest claims path.
pub const MAX_DEPTH: usize = 8;
/// Most values one claim may be compared with.
pub const MAX_VALUES: usize = 64;

/// One step of a claims path (section 7.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Step {
    /// The member of this name.
    Name(String),
    /// The array element at this place, from 0.
    Index(u32),
    /// Every element of the array (`null`).
    All(()),
}

/// A claims path pointer (section 7): from the credential's root to one claim, or to several with
/// [`Step::All`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ClaimPath(Vec<Step>);

impl ClaimPath {
    /// The path of these steps.
    #[must_use]
    pub fn new(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    /// The path of a top-level claim.
    #[must_use]
    pub fn claim(name: &str) -> Self {
        Self(vec![Step::Name(name.into())])
    }

    /// This path and one step more.
    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether a concrete path (names and indexes) lies on or below this pattern.
    #[must_use]
    pub fn covers(&self, concrete: &Self) -> bool {
        concrete.0.len() >= self.0.len() && self.agrees_with(concrete)
    }

    /// Whether the two agree as far as the shorter one goes: one is an ancestor of the other.
    #[must_use]
    pub fn agrees_with(&self, concrete: &Self) -> bool {
        self.0
            .iter()
            .zip(&concrete.0)
            .all(|(pattern, step)| match (pattern, step) {
                (Step::All(()), Step::Index(_)) => true,
                (pattern, step) => pattern == step,
            })
    }

    /// The values this path selects in `root`, none when the shape does not fit.
    #[must_use]
    pub fn select<'v>(&self, root: &'v Value) -> Vec<&'v Value> {
        let mut selected = vec![root];
        for step in &self.0 {
            selected = selected
                .into_iter()
                .flat_map(|value| match (step, value) {
                    (Step::Name(name), Value::Object(members)) => {
                        members.get(name).into_iter().collect()
                    }
                    (Step::Index(index), Value::Array(items)) => {
                        items.get(*index as usize).into_iter().collect()
                    }
                    (Step::All(()), Value::Array(items)) => items.iter().collect(),
                    _ => Vec::new(),
                })
                .collect();
        }
        selected
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Name(name) => write!(f, "/{name}")?,
                Step::Index(index) => write!(f, "/{index}")?,
                Step::All(()) => f.write_str("/*")?,
            }
        }
        Ok(())
    }
}

/// A query for one or more credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The credentials asked for; all of them are needed.
    pub credentials: Vec<CredentialQuery>,
}

/// What is asked for from one credential (section 6.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CredentialQuery {
    /// Names this part of the query in the answer.
    pub id: String,
    /// Always [`SD_JWT_VC`].
    pub format: String,
    /// Which types of credential are meant.
    pub meta: Meta,
    /// The claims asked for. Empty: no selectively disclosable claim at all (section 6.4.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimQuery>,
}

/// Format-specific constraints (section B.3.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// The accepted credential types (`vct`).
    pub vct_values: Vec<String>,
}

/// One claim asked for (section 6.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimQuery {
    /// Names the claim within its credential; required here, so that it can be left out by name.
    pub id: String,
    /// Where the claim stands.
    pub path: ClaimPath,
    /// When given, only these values match: 1 to [`MAX_VALUES`] texts, whole numbers or truth values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Value>>,
}

/// Why a query was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// No credential is asked for, or more than [`MAX_CREDENTIALS`] or [`MAX_CLAIMS`].
    #[error("the query asks for nothing or for too much")]
    Size,
    /// An id is empty, too long, has other characters than letters, digits, `_` and `-`, or is given twice.
    #[error("the query uses the id {0:?} wrongly")]
    Id(String),
    /// A format other than [`SD_JWT_VC`].
    #[error("the query asks for a format that is not supported")]
    Format,
    /// No credential type is named, or one is not an https URL.
    #[error("the query names no credential type, or one that is not an https address")]
    Type,
    /// A path is empty, deeper than [`MAX_DEPTH`], or does not begin with a name.
    #[error("the path {0} is not one this query language can follow")]
    Path(String),
    /// `values` is empty, too long, or holds something else than texts of up to 256 octets, whole
    /// numbers within ±(2^53 − 1) and truth values.
    #[error("the query compares a claim with values of another kind than text, integer or boolean")]
    Values,
}

impl Query {
    /// Checks sizes, ids, formats, types and paths.
    ///
    /// # Errors
    /// [`QueryError`] names the first rule that is broken.
    pub fn check(&self) -> Result<(), QueryError> {
        if self.credentials.is_empty() || self.credentials.len() > MAX_CREDENTIALS {
            return Err(QueryError::Size);
        }
        check_ids(
            self.credentials
                .iter()
                .map(|credential| credential.id.as_str()),
        )?;
        self.credentials.iter().try_for_each(CredentialQuery::check)
    }

    /// The part with this id.
    #[must_use]
    pub fn credential(&self, id: &str) -> Option<&CredentialQuery> {
        self.credentials
            .iter()
            .find(|credential| credential.id == id)
    }

    /// Whether everything this query asks for is also asked for by `wider`: no other
    /// format, type, claim or value. Ids and order do not matter.
    #[must_use]
    pub fn is_within(&self, wider: &Self) -> bool {
        self.credentials.iter().all(|narrow| {
            wider.credentials.iter().any(|wide| {
                narrow.format == wide.format
                    && narrow
                        .meta
                        .vct_values
                        .iter()
                        .all(|vct| wide.meta.vct_values.contains(vct))
                    && narrow
                        .claims
                        .iter()
                        .all(|claim| wide.claims.iter().any(|asked| claim.is_within(asked)))
            })
        })
    }
}

impl CredentialQuery {
    /// The claim with this id.
    #[must_use]
    pub fn claim(&self, id: &str) -> Option<&ClaimQuery> {
        self.claims.iter().find(|claim| claim.id == id)
    }

    fn check(&self) -> Result<(), QueryError> {
        if self.format != SD_JWT_VC {
            return Err(QueryError::Format);
        }
        let types = &self.meta.vct_values;
        if types.is_empty() || types.len() > MAX_CREDENTIALS {
            return Err(QueryError::Type);
        }
        if types
            .iter()
            .any(|vct| !vct.starts_with("https://") || vct.len() > 512)
        {
            return Err(QueryError::Type);
        }
        if self.claims.len() > MAX_CLAIMS {
            return Err(QueryError::Size);
        }
        check_ids(self.claims.iter().map(|claim| claim.id.as_str()))?;
        self.claims.iter().try_for_each(ClaimQuery::check)
    }
}

impl ClaimQuery {
    fn check(&self) -> Result<(), QueryError> {
        if !self.path.is_well_formed() {
            return Err(QueryError::Path(self.path.to_string()));
        }
        match &self.values {
            Some(values) if !(1..=MAX_VALUES).contains(&values.len()) => Err(QueryError::Values),
            Some(values) if !values.iter().all(is_comparable) => Err(QueryError::Values),
            _ => Ok(()),
        }
    }

    /// Whether `wider` lets this be asked. Where only some values were registered, only those may be
    /// asked for, at that very place: whoever may learn "one of these" may not learn everything.
    fn is_within(&self, wider: &Self) -> bool {
        match (&wider.values, &self.values) {
            (None, _) => wider.path.covers(&self.path),
            (Some(registered), Some(asked)) => {
                wider.path == self.path && asked.iter().all(|value| registered.contains(value))
            }
            (Some(_), None) => false,
        }
    }
}

/// Texts, whole numbers and truth values (section 6.3).
fn is_comparable(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::String(text) => text.len() <= 256,
        Value::Number(_) => canonical::to_string(value).is_ok(),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

impl ClaimPath {
    fn is_well_formed(&self) -> bool {
        matches!(self.0.first(), Some(Step::Name(name)) if !name.is_empty())
            && self.0.len() <= MAX_DEPTH
            && self
                .0
                .iter()
                .all(|step| !matches!(step, Step::Name(name) if name.len() > 256))
    }
}

fn check_ids<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), QueryError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if id.is_empty() || id.len() > 64 || !id.bytes().all(allowed) || !seen.insert(id) {
            return Err(QueryError::Id(id.chars().take(64).collect()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
