//! A credential checked years later, without asking anybody, by the evidence that its issuer gave with it.
//!
//! Everything is judged as of the time when the evidence was made, by the lists in it; nothing of it says
//! what is so today, and the report never says plainly that the credential is valid.

use chrono::{DateTime, Utc};
use credential_core::{clock::FixedClock, evidence::Evidence};

use crate::{
    Verifier, VerifyError,
    checks::{
        Check, Outcome, Reason,
        credential::{authenticate, without_key_binding},
        identity::{DidDocuments, Directory},
        registry::{Members, Registries},
    },
    fetch::{Fetch, FetchError, Fetching, Offline},
    report::Report,
};

/// Checks a credential that somebody hands over as a file, by the evidence about it. `now` is used for one
/// thing only: whether the credential has ended since.
///
/// # Errors
/// [`VerifyError`] when the check could not start.
pub async fn verify_by_evidence(
    text: &str,
    evidence: &Evidence,
    now: DateTime<Utc>,
) -> Result<Report, VerifyError> {
    let made_at = evidence.made_at();
    let verifier = Verifier::builder()
        .trust(evidence.trust().clone())
        .clock(FixedClock::at(made_at))
        .fetch(Kept {
            uri: evidence.status().uri.clone(),
            list: evidence.status_list().as_bytes().to_vec(),
        })
        .build()
        .map_err(|_both_are_there| VerifyError::TrustListExpired {
            expired_at: made_at,
        })?;
    let report = verifier.verify_file(text).await?;
    let mut checks = more(text, evidence, now).await;
    let invalid = report.verdict == Outcome::Invalid
        || checks.iter().any(|it| it.outcome == Outcome::Invalid);
    if !invalid {
        checks.push(Check::new(Reason::StatusTodayNotKnown, made_at));
    }
    Ok(report.by_evidence(&checks, now))
}

/// What the evidence itself adds.
async fn more(text: &str, evidence: &Evidence, now: DateTime<Utc>) -> Vec<Check> {
    let made_at = evidence.made_at();
    let mut checks = Vec::new();
    let credential = without_key_binding(text.trim());
    let directory = Directory {
        trust: evidence.trust(),
        registries: &Registries::default(),
        documents: &DidDocuments::default(),
        members: &Members::default(),
        fetch: &Offline,
        clock: &FixedClock::at(made_at),
    };
    let Ok(genuine) = authenticate(credential, None, directory, made_at).await else {
        // The report says already why nothing in it can be believed.
        return checks;
    };
    let credential = &genuine.credential;
    let is_about = credential.issuer() == evidence.issuer()
        && credential.vct() == evidence.vct()
        && credential
            .vct_integrity()
            .is_none_or(|it| it == evidence.integrity())
        && credential.status().is_some_and(|it| {
            (it.uri.as_str(), it.idx) == (evidence.status().uri.as_str(), evidence.status().idx)
        });
    if !is_about {
        checks.push(Check::new(Reason::EvidenceOfAnother, made_at));
    }
    // Credentials carry the day of their issue; a list that began later says nothing about that day.
    let listed_since = evidence.trust().issued_at().date_naive();
    if credential
        .issued_at()
        .is_none_or(|issued| issued.date_naive() < listed_since)
    {
        checks.push(Check::new(Reason::KeyAtIssueNotShown, made_at));
    }
    if credential.expires_at().is_some_and(|end| end <= now) {
        checks.push(Check::new(Reason::Expired, now));
    }
    checks
}

/// The one document that the evidence brings along.
#[derive(Debug)]
struct Kept {
    uri: String,
    list: Vec<u8>,
}

impl Fetch for Kept {
    fn fetch<'a>(&'a self, url: &'a str, _media_type: &'a str) -> Fetching<'a> {
        let found = match url == self.uri {
            true => Ok(self.list.clone()),
            false => Err(FetchError::Offline),
        };
        Box::pin(std::future::ready(found))
    }
}

#[cfg(test)]
mod tests;
