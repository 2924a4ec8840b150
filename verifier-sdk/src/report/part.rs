//! A credential within a credential, in a report.

use serde::Serialize;

use super::{ReportedClaim, ReportedIssuer, ReportedType, badge_claims, claims::in_each_language};
use crate::checks::{Check, Outcome, parts::CheckedPart, visible};

/// One credential within another, or an endorsement of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReportedPart {
    /// Where it stands (RFC 6901), as if what is signed within a JWT stood open.
    pub place: String,
    /// How it bears on the whole.
    pub verdict: Outcome,
    /// Who issued it, once the signature holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<ReportedIssuer>,
    /// What it is, once the signature holds.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReportedType>,
    /// Its own checks, by question. Empty when it has no proof.
    pub checks: Vec<Check>,
    /// What it says. Empty when anything of it or of the whole is invalid, and when it has no proof of its own.
    pub claims: Vec<ReportedClaim>,
}

impl ReportedPart {
    pub(super) fn new(part: &CheckedPart<'_>) -> Self {
        let mut checks = visible(part.checks.clone());
        checks.sort_by_key(|check| check.question);
        let genuine = part.genuine.as_ref();
        Self {
            place: part.place.clone(),
            verdict: part.bearing.outcome,
            issuer: genuine.map(|genuine| ReportedIssuer::of(&genuine.issuer)),
            kind: genuine.map(|genuine| ReportedType {
                vct: genuine.kind.address().to_owned(),
                name: in_each_language(|language| Some(genuine.kind.name(language).to_owned())),
            }),
            checks,
            claims: genuine
                .filter(|_genuine| part.bearing.outcome != Outcome::Invalid)
                .map(|genuine| badge_claims(&genuine.credential))
                .unwrap_or_default(),
        }
    }
}
