//! What a credential says, in the order and with the labels of its type.

use credential_core::{
    dcql::{ClaimPath, Step},
    sd_jwt::{PROTECTED, VerifiedSdJwt},
    text::{Language, Text},
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::checks::kind::Kind;

/// One claim of a credential.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReportedClaim {
    /// Where it stands.
    pub path: ClaimPath,
    /// What it is called; empty when the type does not say.
    pub label: Text,
    /// What it says.
    pub value: Value,
}

/// Shows which claim it is, never what it says.
impl std::fmt::Debug for ReportedClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReportedClaim")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The text a function gives for each language.
pub(super) fn in_each_language(text: impl Fn(Language) -> Option<String>) -> Text {
    Text {
        fi: text(Language::Fi),
        sv: text(Language::Sv),
        en: text(Language::En),
    }
}

/// The top-level claims about the person: first those the type describes, in its order, then others
/// by name.
pub(super) fn reported(credential: &VerifiedSdJwt, kind: &Kind) -> Vec<ReportedClaim> {
    let Value::Object(claims) = credential.claims() else {
        return Vec::new();
    };
    let mut names = described_names(kind, claims);
    let mut others: Vec<&str> = claims
        .keys()
        .map(String::as_str)
        .filter(|name| !is_registered(name) && !names.contains(name))
        .collect();
    others.sort_unstable();
    names.extend(others);
    names
        .into_iter()
        .filter_map(|name| Some(claim(name, claims.get(name)?, kind)))
        .collect()
}

fn described_names<'k>(kind: &'k Kind, claims: &Map<String, Value>) -> Vec<&'k str> {
    let paths: Vec<&ClaimPath> = match kind {
        Kind::Ours(kind) => kind
            .metadata()
            .claims()
            .iter()
            .map(|it| it.path())
            .collect(),
        Kind::Described(kind) => kind.claims().iter().map(|it| it.path()).collect(),
        Kind::Unknown => Vec::new(),
    };
    paths
        .into_iter()
        .filter_map(|path| match path.steps() {
            [Step::Name(name)] if claims.contains_key(name) => Some(name.as_str()),
            _ => None,
        })
        .filter(|name| !is_registered(name))
        .collect()
}

fn claim(name: &str, value: &Value, kind: &Kind) -> ReportedClaim {
    let path = ClaimPath::claim(name);
    let label = |language| kind.label(&path, language).map(str::to_owned);
    ReportedClaim {
        label: in_each_language(label),
        value: value.clone(),
        path,
    }
}

fn is_registered(name: &str) -> bool {
    name == "iat" || PROTECTED.contains(&name)
}
