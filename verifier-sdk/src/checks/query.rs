//! Running the granted query again on what came back: a wallet's own matching is never believed
//! (OpenID4VP 1.0 section 14.9).

use chrono::{DateTime, Utc};
use credential_core::{
    dcql::{ClaimPath, ClaimQuery, CredentialQuery, Step},
    sd_jwt::VerifiedSdJwt,
};
use serde_json::Value;

use super::{Check, Reason};

/// Whether a credential answers its part of the query, and shows nothing beyond it.
pub(crate) fn check(
    query: &CredentialQuery,
    presented: &VerifiedSdJwt,
    now: DateTime<Utc>,
) -> Check {
    if !query
        .meta
        .vct_values
        .iter()
        .any(|vct| vct == presented.vct())
    {
        return Check::new(Reason::CredentialOfAnotherType, now);
    }
    let unanswered = query
        .claims
        .iter()
        .find_map(|claim| why_not_answered(claim, presented.claims()));
    if let Some(reason) = unanswered {
        return Check::new(reason, now);
    }
    let asked: Vec<ClaimPath> = query
        .claims
        .iter()
        .map(|claim| loose(&claim.path))
        .collect();
    let beyond = presented
        .disclosures()
        .any(|shown| !asked.iter().any(|path| path.agrees_with(shown.path)));
    if beyond {
        Check::new(Reason::MoreThanAsked, now)
    } else {
        Check::new(Reason::QueryAnswered, now)
    }
}

fn why_not_answered(claim: &ClaimQuery, claims: &Value) -> Option<Reason> {
    let path = loose(&claim.path);
    let selected = path.select(claims);
    if selected.is_empty() {
        return Some(Reason::ClaimMissing);
    }
    let values = claim.values.as_ref()?;
    let matches = selected.iter().any(|value| values.contains(value));
    (!matches).then_some(Reason::ClaimValueOther)
}

/// Elements that were withheld leave no gap, so a number in the query no longer names the same
/// element: any one element answers it.
fn loose(path: &ClaimPath) -> ClaimPath {
    let any = |step: &Step| match step {
        Step::Index(_) => Step::All(()),
        other => other.clone(),
    };
    ClaimPath::new(path.steps().iter().map(any).collect())
}

/// Whether the credentials say that they are about different persons. Names change in a life; a date
/// of birth does not, so a different name alone is no reason.
pub(crate) fn persons_differ<'c>(credentials: impl Iterator<Item = &'c VerifiedSdJwt>) -> bool {
    let mut known: Option<&Value> = None;
    for credential in credentials {
        let Some(born) = credential.claims().get("birthdate") else {
            continue;
        };
        if known.is_some_and(|known| known != born) {
            return true;
        }
        known = Some(born);
    }
    false
}

/// The concrete paths of everything in `root` that `pattern` selects.
pub(crate) fn concrete_paths(root: &Value, pattern: &ClaimPath) -> Vec<ClaimPath> {
    let mut found = vec![(ClaimPath::new(Vec::new()), root)];
    for step in pattern.steps() {
        found = found
            .into_iter()
            .flat_map(|(at, value)| enter(&at, value, step))
            .collect();
    }
    found.into_iter().map(|(path, _)| path).collect()
}

fn enter<'v>(at: &ClaimPath, value: &'v Value, step: &Step) -> Vec<(ClaimPath, &'v Value)> {
    match (step, value) {
        (Step::All(()), Value::Array(items)) => (0..)
            .zip(items)
            .map(|(index, item)| (at.then(Step::Index(index)), item))
            .collect(),
        (Step::Name(name), Value::Object(members)) => members
            .get(name)
            .map(|value| (at.then(step.clone()), value))
            .into_iter()
            .collect(),
        (Step::Index(index), Value::Array(items)) => items
            .get(*index as usize)
            .map(|value| (at.then(step.clone()), value))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}
