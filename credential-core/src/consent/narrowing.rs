//! Less than what was granted: a token for fewer credentials or claims (RFC 9396 section 6), and the part
//! of a grant that concerns one resource server.

use serde::{Deserialize, Serialize};

use super::details::GrantedDetails;
use crate::dcql::{CredentialQuery, MAX_CLAIMS};

/// Which parts of a granted query are left, by place: what is granted never changes, so that places are
/// names that fit into a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Narrowing(Vec<Option<u64>>);

impl GrantedDetails {
    /// How `wanted` narrows these details. None when it does anything else than leave out credentials
    /// or claims: when it adds, reorders or changes something, or leaves nothing.
    #[must_use]
    pub fn narrowing_to(&self, wanted: &Self) -> Option<Narrowing> {
        let kept = self.dcql_query.credentials.iter().map(|granted| {
            let wanted = wanted.dcql_query.credential(&granted.id)?;
            Some(kept_claims(granted, |id| wanted.claim(id).is_some()))
        });
        let narrowing = Narrowing(kept.collect());
        let result = self.narrowed(&narrowing)?;
        (result == *wanted).then_some(narrowing)
    }

    /// What is left of these details after a narrowing; none when nothing is.
    #[must_use]
    pub fn narrowed(&self, narrowing: &Narrowing) -> Option<Self> {
        let credentials = &self.dcql_query.credentials;
        let left = credentials.iter().zip(&narrowing.0);
        let left = left.filter_map(|(credential, kept)| Some(with_claims(credential, (*kept)?)));
        self.with_credentials(left.collect())
    }

    /// What is left of these details for somebody who is told about these credential types only; none
    /// when nothing is.
    #[must_use]
    pub fn of_types(&self, types: &[String]) -> Option<Self> {
        let left = self.dcql_query.credentials.iter().filter_map(|credential| {
            let mut credential = credential.clone();
            let accepted = &mut credential.meta.vct_values;
            accepted.retain(|vct| types.contains(vct));
            (!accepted.is_empty()).then_some(credential)
        });
        self.with_credentials(left.collect())
    }

    fn with_credentials(&self, credentials: Vec<CredentialQuery>) -> Option<Self> {
        if credentials.is_empty() {
            return None;
        }
        let mut details = self.clone();
        details.dcql_query.credentials = credentials;
        Some(details)
    }
}

/// One bit for each claim, the first claim's the lowest.
fn kept_claims(credential: &CredentialQuery, is_kept: impl Fn(&str) -> bool) -> u64 {
    const { assert!(MAX_CLAIMS <= 64) };
    (0..64)
        .zip(&credential.claims)
        .filter(|(_place, claim)| is_kept(&claim.id))
        .fold(0, |kept, (place, _claim)| kept | (1 << place))
}

fn with_claims(credential: &CredentialQuery, kept: u64) -> CredentialQuery {
    let mut credential = credential.clone();
    let mut place = 0;
    credential.claims.retain(|_claim| {
        let is_kept = place < 64 && kept & (1 << place) != 0;
        place += 1;
        is_kept
    });
    credential
}

#[cfg(test)]
mod tests;
