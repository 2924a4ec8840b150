//! What an Open Badge says, in the order in which people read it.

use credential_core::{
    dcql::{ClaimPath, Step},
    linked_data::VerifiedDocument,
};
use serde_json::Value;

use super::{ReportedClaim, claims::in_each_language};
use crate::words::catalog;

/// Where each thing stands, and the word for it.
const SHOWN: [(&[&str], &str); 8] = [
    (&["credentialSubject", "achievement", "name"], "badge-name"),
    (
        &["credentialSubject", "achievement", "description"],
        "badge-description",
    ),
    (
        &["credentialSubject", "achievement", "criteria", "narrative"],
        "badge-criteria",
    ),
    (
        &["credentialSubject", "achievement", "creator", "name"],
        "badge-creator",
    ),
    (&["awardedDate"], "badge-awarded"),
    (&["credentialSubject", "result"], "badge-result"),
    (&["credentialSubject", "creditsEarned"], "badge-credits"),
    (
        &["credentialSubject", "achievement", "alignment"],
        "badge-alignment",
    ),
];

/// What a badge says, as far as it is there, in the order in which people read it. Lists are the texts that
/// matter, a midnight is its day.
#[must_use]
pub fn badge_claims(credential: &VerifiedDocument) -> Vec<ReportedClaim> {
    SHOWN
        .into_iter()
        .filter_map(|(place, word)| {
            let (first, rest) = place.split_first()?;
            let top = credential.document().get(*first)?;
            let found = rest.iter().try_fold(top, |value, name| value.get(name))?;
            Some(ReportedClaim {
                path: ClaimPath::new(place.iter().map(|it| Step::Name((*it).into())).collect()),
                label: in_each_language(|language| Some(catalog(language).say(word, &[]))),
                value: readable(found)?,
            })
        })
        .collect()
}

/// A list of results or alignments as the texts that matter, a midnight as its day; anything else as it
/// stands.
fn readable(value: &Value) -> Option<Value> {
    if let Some(day) = value
        .as_str()
        .and_then(|text| text.strip_suffix("T00:00:00Z"))
    {
        return Some(day.into());
    }
    let Value::Array(items) = value else {
        return Some(value.clone());
    };
    let texts: Vec<Value> = items
        .iter()
        .filter_map(|item| item.get("targetName").or_else(|| item.get("value")))
        .cloned()
        .collect();
    (!texts.is_empty()).then_some(Value::Array(texts))
}
