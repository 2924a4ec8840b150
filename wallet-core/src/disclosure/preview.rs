//! The preview: what is asked with its values, and what would leave beside it.
//!
//! A claim that can be hidden only together with others, such as one member of an organisation,
//! takes the others along; and what the issuer left in the open is shown to everybody.

use credential_core::{
    consent::request::ConsentRequest,
    credential::CredentialType,
    dcql::{ClaimPath, ClaimQuery, CredentialQuery, Step},
    sd_jwt::VerifiedSdJwt,
    text::Language,
};
use serde::Serialize;
use serde_json::Value;

use crate::credentials::{HeldCredential, is_registered};

/// One line of the preview: a claim, its value, and whether it leaves. `Debug` shows no value.
#[derive(Clone, PartialEq, Serialize)]
pub struct PreviewItem {
    /// The part of the query that the credential answers.
    pub credential_id: String,
    /// The claim of the query; none for what nobody asked for and what leaves all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_id: Option<String>,
    /// Where it stands in the credential.
    pub path: ClaimPath,
    /// The claim's name in words.
    pub label: String,
    /// The value, or values, exactly as they would leave.
    pub values: Vec<Value>,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether it leaves.
    pub shared: bool,
}

impl std::fmt::Debug for PreviewItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreviewItem")
            .field("path", &self.path.to_string())
            .field("optional", &self.optional)
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

impl PreviewItem {
    /// Whether the chosen credential has this claim at all.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !self.values.is_empty()
    }

    /// Whether the request asks for it. What was not asked for leaves because the credential cannot
    /// be shown without it.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.claim_id.is_some()
    }
}

/// The lines of one part: first what is asked, in the query's order, then what comes along. What was
/// left out and comes along all the same is told once, as what it is.
pub(super) fn items(
    request: &ConsentRequest,
    part: &CredentialQuery,
    credential: &HeldCredential,
    leaves: &dyn Fn(&ClaimQuery) -> bool,
    language: Language,
) -> Vec<PreviewItem> {
    let kind = CredentialType::from_vct(credential.vct());
    let label = |path: &ClaimPath| {
        let known = kind.and_then(|kind| kind.label(path, language));
        known.map_or_else(|| path.to_string(), str::to_owned)
    };
    let asked = part.claims.iter().map(|claim| Asked {
        claim,
        found: credential.found(claim),
        leaves: leaves(claim),
    });
    let asked: Vec<Asked<'_>> = asked.collect();
    let leaving = asked.iter().filter(|asked| asked.leaves);
    let leaving: Vec<_> = leaving.flat_map(Asked::paths).cloned().collect();
    let beside = beside(credential.verified(), &leaving);

    let told = asked
        .iter()
        .filter(|asked| asked.leaves || !asked.comes_along_with(&beside));
    let mut items: Vec<PreviewItem> = told
        .map(|asked| PreviewItem {
            credential_id: part.id.clone(),
            claim_id: Some(asked.claim.id.clone()),
            label: label(&asked.claim.path),
            path: asked.claim.path.clone(),
            values: asked
                .found
                .iter()
                .map(|(_, value)| (*value).clone())
                .collect(),
            optional: request.details().is_optional(part, asked.claim),
            shared: asked.leaves,
        })
        .collect();
    items.extend(beside.into_iter().map(|(path, value)| PreviewItem {
        credential_id: part.id.clone(),
        claim_id: None,
        label: label(&path),
        path,
        values: vec![value],
        optional: false,
        shared: true,
    }));
    items
}

/// One claim of the query, and what answers it.
struct Asked<'c> {
    claim: &'c ClaimQuery,
    found: Vec<(ClaimPath, &'c Value)>,
    leaves: bool,
}

impl Asked<'_> {
    fn paths(&self) -> impl Iterator<Item = &ClaimPath> {
        self.found.iter().map(|(path, _)| path)
    }

    fn comes_along_with(&self, beside: &[(ClaimPath, Value)]) -> bool {
        let is_beside = |path| beside.iter().any(|(other, _)| other.covers(path));
        !self.found.is_empty() && self.paths().all(is_beside)
    }
}

/// What a presentation of `leaving` shows and `leaving` does not name, the registered claims aside.
fn beside(credential: &VerifiedSdJwt, leaving: &[ClaimPath]) -> Vec<(ClaimPath, Value)> {
    let hidden = credential
        .disclosures()
        .map(|disclosure| disclosure.path)
        .filter(|path| !leaving.iter().any(|claim| claim.agrees_with(path)));
    let mut walk = Walk {
        leaving,
        hidden: hidden.collect(),
        found: Vec::new(),
    };
    for (name, value) in credential.claims().as_object().into_iter().flatten() {
        if !is_registered(name) {
            walk.visit(&ClaimPath::claim(name), value);
        }
    }
    walk.found
}

struct Walk<'c> {
    leaving: &'c [ClaimPath],
    hidden: Vec<&'c ClaimPath>,
    found: Vec<(ClaimPath, Value)>,
}

impl Walk<'_> {
    fn visit(&mut self, path: &ClaimPath, value: &Value) {
        let is_named = self.leaving.iter().any(|claim| claim.covers(path));
        if is_named || self.hidden.contains(&path) {
            return;
        }
        let below = |other: &ClaimPath| path.covers(other);
        if !self.leaving.iter().any(below) && !self.hidden.iter().any(|other| below(other)) {
            self.found.push((path.clone(), value.clone()));
            return;
        }
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                self.visit(&path.then(Step::Name(name.clone())), value);
            }),
            Value::Array(items) => (0..).zip(items).for_each(|(index, value)| {
                self.visit(&path.then(Step::Index(index)), value);
            }),
            _ => {}
        }
    }
}
