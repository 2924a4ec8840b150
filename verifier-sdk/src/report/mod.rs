//! The report of a check: JSON for machines, text in three languages for people.

mod badge;
mod claims;
mod part;
#[cfg(feature = "schema")]
mod schema;
mod summary;
#[cfg(test)]
mod tests;
mod text;

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{details::Purpose, period::Period},
    id::GrantId,
    sd_jwt::VerifiedSdJwt,
    text::{Language, Text},
};
use serde::Serialize;

pub use crate::checks::document_kind::{ENDORSEMENT, LEARNER_RECORD, OPEN_BADGE};
pub use badge::badge_claims;
pub use claims::ReportedClaim;
pub use part::ReportedPart;
#[cfg(feature = "schema")]
pub use schema::report_schema;
pub use summary::{SUMMARY_SCHEMA, Summary};
pub(crate) use text::{moment, printable, reason};

use crate::{
    checks::{
        Check, Outcome, Reason, identity::Issuer, kind::Kind, linked::GenuineDocument,
        parts::CheckedPart, pdf::CheckedPdf, verdict, visible,
    },
    open::{GrantExpectation, OpenedPresentation},
};

/// What a PDF document is called where a credential has its type.
const PDF: &str = "application/pdf";

/// The name of the JSON form.
pub const SCHEMA: &str = "verify.report/1";

/// What was checked, what came out, and what the credentials say as far as they may be relied on.
///
/// The JSON form is named [`SCHEMA`] and described by `report_schema` (feature `schema`); times are RFC 3339, verdicts and outcomes `valid`,
/// `attention`, `invalid` or `could_not_check`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The worst of all.
    pub verdict: Outcome,
    /// When it was checked.
    pub checked_at: DateTime<Utc>,
    /// The share this came under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<ReportedShare>,
    /// Checks about the share as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The credentials.
    pub credentials: Vec<ReportedCredential>,
}

/// The share a presentation came under, in the words that were granted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReportedShare {
    /// The grant.
    pub grant_id: GrantId,
    /// Which deposit of the grant.
    pub sequence: u32,
    /// What the person was told it is for.
    pub purpose: Purpose,
    /// When the share ends.
    pub until: DateTime<Utc>,
    /// How long what was read may be kept.
    pub retention: Period,
}

/// One credential in a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReportedCredential {
    /// Its id in the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The worst of its checks.
    pub verdict: Outcome,
    /// Who issued it, once the signature holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<ReportedIssuer>,
    /// What it is, once the signature holds.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReportedType>,
    /// When it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<DateTime<Utc>>,
    /// Until when it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The checks, by question. A wrong signature stands alone.
    pub checks: Vec<Check>,
    /// What it says. Empty when anything is invalid.
    pub claims: Vec<ReportedClaim>,
    /// The credentials that stand in it, each checked for itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ReportedPart>,
}

/// An issuer, named by the trust list or another registry and never by the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReportedIssuer {
    /// Its identifier.
    pub id: String,
    /// Its legal name; its identifier where the registry that vouches for it says none, and empty for a stranger.
    pub name: Text,
}

/// A type of credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReportedType {
    /// Its `vct`; for an Open Badge the address of that type.
    pub vct: String,
    /// What it is called; empty for a type that is not known.
    pub name: Text,
}

impl ReportedIssuer {
    /// Named by the registry that knows it; a stranger has no name.
    pub(crate) fn of(issuer: &Issuer<'_>) -> Self {
        Self {
            id: issuer.id().to_owned(),
            name: issuer.legal_name().unwrap_or_default(),
        }
    }
}

impl Report {
    pub(crate) fn new(
        checked_at: DateTime<Utc>,
        mut checks: Vec<Check>,
        share: Option<(&OpenedPresentation, &GrantExpectation<'_>)>,
        mut credentials: Vec<ReportedCredential>,
    ) -> Self {
        checks.sort_by_key(|check| check.question);
        let of_share = checks.iter().map(|check| check.outcome);
        if of_share.clone().any(|outcome| outcome == Outcome::Invalid) {
            credentials.iter_mut().for_each(|c| c.claims.clear());
        }
        let of_credentials = credentials.iter().map(|credential| credential.verdict);
        Self {
            schema: SCHEMA,
            verdict: verdict(of_share.chain(of_credentials)),
            checked_at,
            share: share.map(|(opened, expected)| ReportedShare {
                grant_id: opened.grant_id(),
                sequence: opened.sequence(),
                purpose: expected.details.purpose.clone(),
                until: expected.details.until,
                retention: expected.details.retention,
            }),
            checks,
            credentials,
        }
    }

    /// The same about something that was handed over as a file, with what is said of its person and holder.
    pub(crate) fn of_a_file(mut self, said: &[Reason], now: DateTime<Utc>) -> Self {
        for credential in &mut self.credentials {
            for reason in said {
                credential.add(Check::new(*reason, now));
            }
        }
        Self::new(self.checked_at, self.checks, None, self.credentials)
    }

    /// The same, made by evidence of an earlier time and read now, with what the evidence adds.
    pub(crate) fn by_evidence(mut self, more: &[Check], now: DateTime<Utc>) -> Self {
        for credential in &mut self.credentials {
            for check in more {
                credential.add(check.clone());
            }
        }
        Self::new(now, self.checks, None, self.credentials)
    }

    /// All checks, those about the share first.
    pub fn all_checks(&self) -> impl Iterator<Item = &Check> {
        let of_credentials = self.credentials.iter().flat_map(|c| &c.checks);
        self.checks.iter().chain(of_credentials)
    }

    /// The report in words: the verdict, the four questions, and what the credentials say.
    #[must_use]
    pub fn to_text(&self, language: Language) -> String {
        text::write(self, language)
    }
}

impl ReportedCredential {
    pub(crate) fn new(
        id: Option<&str>,
        credential: &VerifiedSdJwt,
        (issuer, kind): (&Issuer<'_>, &Kind),
        checks: Vec<Check>,
    ) -> Self {
        let name = |language| kind.name(language).map(str::to_owned);
        let mut reported = Self {
            issuer: Some(ReportedIssuer::of(issuer)),
            kind: Some(ReportedType {
                vct: credential.vct().to_owned(),
                name: claims::in_each_language(name),
            }),
            issued_at: credential.issued_at(),
            expires_at: credential.expires_at(),
            claims: claims::reported(credential, kind),
            ..Self::unreadable(id, checks)
        };
        reported.settle();
        reported
    }

    /// A credential of the W3C data model whose proof holds, with what stands in it.
    pub(crate) fn linked(genuine: &GenuineDocument<'_>, parts: &[CheckedPart<'_>]) -> Self {
        let credential = &genuine.credential;
        let name = |language| Some(genuine.kind.name(language).to_owned());
        let mut reported = Self {
            issuer: Some(ReportedIssuer::of(&genuine.issuer)),
            kind: Some(ReportedType {
                vct: genuine.kind.address().to_owned(),
                name: claims::in_each_language(name),
            }),
            issued_at: credential.proven_at().or(credential.valid_from()),
            expires_at: credential.valid_until(),
            claims: badge_claims(credential),
            parts: parts.iter().map(ReportedPart::new).collect(),
            ..Self::unreadable(None, genuine.checks.clone())
        };
        reported.settle();
        reported
    }

    /// A PDF document. It says nothing that could be relied on but who signed it.
    pub(crate) fn pdf(checked: &CheckedPdf) -> Self {
        let signer = checked.signed.as_ref();
        Self {
            issuer: signer.map(|signed| ReportedIssuer {
                id: signed.signer().to_owned(),
                name: claims::in_each_language(|_any| Some(signed.signer().to_owned())),
            }),
            kind: signer.map(|_signed| ReportedType {
                vct: PDF.to_owned(),
                name: claims::in_each_language(|_any| Some("PDF".to_owned())),
            }),
            issued_at: signer
                .and_then(credential_core::pades::Signed::claimed_at)
                .map(|at| at.to_utc()),
            ..Self::unreadable(None, checked.checks.clone())
        }
    }

    /// A credential of which nothing may be believed.
    pub(crate) fn unreadable(id: Option<&str>, checks: Vec<Check>) -> Self {
        let mut reported = Self {
            id: id.map(str::to_owned),
            verdict: Outcome::CouldNotCheck,
            issuer: None,
            kind: None,
            issued_at: None,
            expires_at: None,
            checks,
            claims: Vec::new(),
            parts: Vec::new(),
        };
        reported.settle();
        reported
    }

    pub(crate) fn add(&mut self, check: Check) {
        self.checks.push(check);
        self.settle();
    }

    fn settle(&mut self) {
        self.checks = visible(std::mem::take(&mut self.checks));
        self.checks.sort_by_key(|check| check.question);
        self.verdict = verdict(self.checks.iter().map(|check| check.outcome));
        if self.verdict == Outcome::Invalid {
            self.claims.clear();
            self.parts.iter_mut().for_each(|part| part.claims.clear());
        }
    }
}
