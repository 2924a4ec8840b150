//! From a query to exactly what leaves: which credentials answer it, what the person chose, and the
//! preview of every value before anything is made.
//!
//! Badges ([`crate::badges`]) cannot be shown in part and answer no query: they have no part in this.

mod granted;
mod preview;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use credential_core::{
    consent::{details::ClaimRef, request::ConsentRequest},
    dcql::{ClaimPath, ClaimQuery, CredentialQuery},
    id::CredentialId,
    text::Language,
};

pub(crate) use granted::granted;
pub use preview::PreviewItem;

use crate::credentials::HeldCredential;

/// What the person chose: which credential answers each part, and which optional claims go along.
/// Optional claims start left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    credentials: BTreeMap<String, CredentialId>,
    included: BTreeSet<ClaimRef>,
}

/// Why a request cannot be answered, or not like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// No held credential has everything this part needs.
    #[error("no certificate in this wallet answers \"{part}\"")]
    NothingHeld {
        /// The part's id in the query.
        part: String,
    },
    /// The chosen credential does not answer this part.
    #[error("the chosen certificate does not answer \"{part}\"")]
    DoesNotAnswer {
        /// The part's id in the query.
        part: String,
    },
    /// The claim is needed, was not asked for, or is not held.
    #[error("\"{claim}\" is not an optional item of this request that you hold")]
    NotAnOption {
        /// The claim's id in the query.
        claim: String,
    },
}

impl SelectionError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NothingHeld { .. } => "selection_nothing_held",
            Self::DoesNotAnswer { .. } => "selection_does_not_answer",
            Self::NotAnOption { .. } => "selection_not_an_option",
        }
    }
}

/// One part of the answer: what leaves of one credential.
#[derive(Debug)]
pub(crate) struct Leaving<'a> {
    pub(crate) part: &'a CredentialQuery,
    pub(crate) credential: &'a HeldCredential,
    /// Concrete paths.
    pub(crate) paths: Vec<ClaimPath>,
}

impl Selection {
    /// The smallest answer: the first credential that fits each part, and no optional claim.
    ///
    /// # Errors
    /// [`SelectionError::NothingHeld`].
    pub fn smallest(
        request: &ConsentRequest,
        held: &[HeldCredential],
    ) -> Result<Self, SelectionError> {
        let mut credentials = BTreeMap::new();
        for part in &request.details().dcql_query.credentials {
            let answering = held
                .iter()
                .find(|credential| answers(request, part, credential));
            let credential = answering.ok_or_else(|| SelectionError::NothingHeld {
                part: part.id.clone(),
            })?;
            credentials.insert(part.id.clone(), credential.id());
        }
        Ok(Self {
            credentials,
            included: BTreeSet::new(),
        })
    }

    /// Answers a part with another credential. What was to go along and is not in that one stays
    /// behind again.
    ///
    /// # Errors
    /// [`SelectionError::DoesNotAnswer`].
    pub fn choose(
        &mut self,
        request: &ConsentRequest,
        part: &str,
        credential: &HeldCredential,
    ) -> Result<(), SelectionError> {
        match request.details().dcql_query.credential(part) {
            Some(query) if answers(request, query, credential) => {
                self.credentials.insert(part.into(), credential.id());
                let held = |claim: &ClaimRef| {
                    let asked = query.claim(&claim.claim_id);
                    asked.is_some_and(|asked| credential.holds(asked))
                };
                self.included
                    .retain(|claim| claim.credential_id != part || held(claim));
                Ok(())
            }
            _ => Err(SelectionError::DoesNotAnswer { part: part.into() }),
        }
    }

    /// Lets an optional claim go along.
    ///
    /// # Errors
    /// [`SelectionError::NotAnOption`].
    pub fn include(
        &mut self,
        request: &ConsentRequest,
        held: &[HeldCredential],
        claim: &ClaimRef,
    ) -> Result<(), SelectionError> {
        let refused = || SelectionError::NotAnOption {
            claim: claim.claim_id.clone(),
        };
        if !request.details().optional.contains(claim) {
            return Err(refused());
        }
        let (_, query, credential) = self
            .parts(request, held)
            .find(|(part, ..)| part.id == claim.credential_id)
            .and_then(|(part, credential)| Some((part, part.claim(&claim.claim_id)?, credential)))
            .ok_or_else(refused)?;
        if !credential.holds(query) {
            return Err(refused());
        }
        self.included.insert(claim.clone());
        Ok(())
    }

    /// The optional claims that stay behind.
    #[must_use]
    pub fn left_out(&self, request: &ConsentRequest) -> Vec<ClaimRef> {
        let optional = &request.details().optional;
        optional
            .iter()
            .filter(|claim| !self.included.contains(claim))
            .cloned()
            .collect()
    }

    /// The credential that answers a part.
    #[must_use]
    pub fn credential(&self, part: &str) -> Option<CredentialId> {
        self.credentials.get(part).copied()
    }

    pub(crate) fn credentials(&self) -> &BTreeMap<String, CredentialId> {
        &self.credentials
    }

    /// Every claim of the request with its value, needed and included ones marked as shared; and
    /// whatever else would leave with them.
    #[must_use]
    pub fn preview(
        &self,
        request: &ConsentRequest,
        held: &[HeldCredential],
        language: Language,
    ) -> Vec<PreviewItem> {
        self.parts(request, held)
            .flat_map(|(part, credential)| {
                let leaves = |claim: &ClaimQuery| self.leaves(request, part, claim);
                preview::items(request, part, credential, &leaves, language)
            })
            .collect()
    }

    /// What leaves, part by part. Checked again against the request: a selection is only a wish.
    ///
    /// # Errors
    /// [`SelectionError`] when a part has no credential that answers it, or an included claim is not
    /// held.
    pub(crate) fn leaving<'a>(
        &self,
        request: &'a ConsentRequest,
        held: &'a [HeldCredential],
    ) -> Result<Vec<Leaving<'a>>, SelectionError> {
        let parts = &request.details().dcql_query.credentials;
        parts
            .iter()
            .map(|part| self.leaving_of(request, part, held))
            .collect()
    }

    fn leaving_of<'a>(
        &self,
        request: &ConsentRequest,
        part: &'a CredentialQuery,
        held: &'a [HeldCredential],
    ) -> Result<Leaving<'a>, SelectionError> {
        let id = || part.id.clone();
        let credential = held
            .iter()
            .find(|credential| Some(credential.id()) == self.credential(&part.id))
            .ok_or_else(|| SelectionError::NothingHeld { part: id() })?;
        if !answers(request, part, credential) {
            return Err(SelectionError::DoesNotAnswer { part: id() });
        }
        let mut paths = Vec::new();
        for claim in &part.claims {
            if self.leaves(request, part, claim) {
                let found = credential.found(claim);
                if found.is_empty() {
                    return Err(SelectionError::NotAnOption {
                        claim: claim.id.clone(),
                    });
                }
                paths.extend(found.into_iter().map(|(path, _value)| path));
            }
        }
        Ok(Leaving {
            part,
            credential,
            paths,
        })
    }

    fn leaves(&self, request: &ConsentRequest, part: &CredentialQuery, claim: &ClaimQuery) -> bool {
        let named = ClaimRef {
            credential_id: part.id.clone(),
            claim_id: claim.id.clone(),
        };
        !request.details().is_optional(part, claim) || self.included.contains(&named)
    }

    fn parts<'a>(
        &self,
        request: &'a ConsentRequest,
        held: &'a [HeldCredential],
    ) -> impl Iterator<Item = (&'a CredentialQuery, &'a HeldCredential)> {
        request
            .details()
            .dcql_query
            .credentials
            .iter()
            .filter_map(|part| {
                let id = self.credentials.get(&part.id)?;
                Some((part, held.iter().find(|credential| credential.id() == *id)?))
            })
    }
}

/// Whether a credential is of an accepted type and has every claim that cannot be left out.
fn answers(request: &ConsentRequest, part: &CredentialQuery, credential: &HeldCredential) -> bool {
    let types = &part.meta.vct_values;
    let mut needed = part
        .claims
        .iter()
        .filter(|claim| !request.details().is_optional(part, claim));
    types.iter().any(|vct| vct == credential.vct()) && needed.all(|claim| credential.holds(claim))
}
