//! A report on one line, for a table over many.

use chrono::{DateTime, Utc};
use credential_core::{
    dcql::{ClaimPath, Step},
    text::{Language, Text},
};
use serde::Serialize;
use serde_json::Value;

use super::{Report, ReportedClaim, ReportedCredential};
use crate::checks::{Outcome, Reason};

/// The name of the JSON form.
pub const SUMMARY_SCHEMA: &str = "verify.summary/1";

/// What a table says about one file. What may not be relied on is left empty, as in the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Summary {
    /// The report's verdict.
    pub verdict: Outcome,
    /// Why it is not simply valid: the reasons of that verdict, as stable codes.
    pub reasons: Vec<Reason>,
    /// The legal names of the issuers, by the registry that knows them; others by their identifiers.
    pub issuer: String,
    /// What the credentials are.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whose they are, as they say.
    pub person: String,
    /// What they are about: title of a qualification, name of a badge.
    pub title: String,
    /// When the first was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When the first of them ends.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Report {
    /// The same on one line, names in this language where there are several.
    #[must_use]
    pub fn summary(&self, language: Language) -> Summary {
        let mut reasons = Vec::new();
        let deciding = self
            .all_checks()
            .filter(|check| check.outcome == self.verdict && check.outcome != Outcome::Valid);
        for check in deciding {
            if !reasons.contains(&check.reason) {
                reasons.push(check.reason);
            }
        }
        let each = |of: &dyn Fn(&ReportedCredential) -> Option<String>| {
            let mut found: Vec<String> = Vec::new();
            for text in self.credentials.iter().filter_map(of) {
                if !text.is_empty() && !found.contains(&text) {
                    found.push(text);
                }
            }
            found.join("; ")
        };
        let times = |of: fn(&ReportedCredential) -> Option<DateTime<Utc>>| {
            self.credentials.iter().filter_map(of).min()
        };
        Summary {
            verdict: self.verdict,
            reasons,
            issuer: each(&|it| {
                let issuer = it.issuer.as_ref()?;
                let name = issuer.name.best(language).filter(|name| !name.is_empty());
                Some(name.unwrap_or(&issuer.id).to_owned())
            }),
            kind: each(&|it| {
                let kind = it.kind.as_ref()?;
                let name = kind.name.best(language).filter(|name| !name.is_empty());
                Some(name.unwrap_or(&kind.vct).to_owned())
            }),
            person: each(&|it| person(&it.claims)),
            title: each(&|it| title(&it.claims, language)),
            issued_at: times(|it| it.issued_at),
            expires_at: times(|it| it.expires_at),
        }
    }
}

/// Given and family name, as far as a credential has them at its top.
fn person(claims: &[ReportedClaim]) -> Option<String> {
    let names = ["given_name", "family_name"].into_iter();
    let names: Vec<_> = names
        .filter_map(|name| top(claims, name)?.as_str())
        .collect();
    Some(names.join(" "))
}

fn title(claims: &[ReportedClaim], language: Language) -> Option<String> {
    let of_badge = || at(claims, &["credentialSubject", "achievement", "name"]);
    match top(claims, "title").or_else(of_badge)? {
        Value::String(text) => Some(text.clone()),
        value => {
            let text: Text = serde_json::from_value(value.clone()).ok()?;
            text.best(language).map(str::to_owned)
        }
    }
}

fn top<'c>(claims: &'c [ReportedClaim], name: &str) -> Option<&'c Value> {
    at(claims, &[name])
}

fn at<'c>(claims: &'c [ReportedClaim], place: &[&str]) -> Option<&'c Value> {
    let steps = place.iter().map(|name| Step::Name((*name).to_owned()));
    let wanted = ClaimPath::new(steps.collect());
    let claim = claims.iter().find(|claim| claim.path == wanted);
    claim.map(|claim| &claim.value)
}
