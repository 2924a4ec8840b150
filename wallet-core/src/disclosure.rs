//! From a query to exactly what leaves: which credentials answer it, what the person chose, and the
//! preview of every value before anything is made.

use std::collections::{BTreeMap, BTreeSet};

use credential_core::{
    consent::{details::ClaimRef, request::ConsentRequest},
    credential::CredentialType,
    dcql::{ClaimPath, ClaimQuery, CredentialQuery},
    id::CredentialId,
    text::Language,
};
use serde::Serialize;
use serde_json::Value;

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

/// One line of the preview: a claim, its value, and whether it leaves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PreviewItem {
    /// The part and claim of the query.
    #[serde(flatten)]
    pub claim: ClaimRef,
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

impl PreviewItem {
    /// Whether the chosen credential has this claim at all.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !self.values.is_empty()
    }
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

    /// Answers a part with another credential.
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
        if !holds(query, credential) {
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

    /// Every claim of the request with its value, needed and included ones marked as shared.
    #[must_use]
    pub fn preview(
        &self,
        request: &ConsentRequest,
        held: &[HeldCredential],
        language: Language,
    ) -> Vec<PreviewItem> {
        let mut items = Vec::new();
        for (part, credential) in self.parts(request, held) {
            let kind = CredentialType::from_vct(credential.vct());
            for query in &part.claims {
                let claim = ClaimRef {
                    credential_id: part.id.clone(),
                    claim_id: query.id.clone(),
                };
                let optional = request.details().is_optional(part, query);
                let label = kind.and_then(|kind| kind.label(&query.path, language));
                items.push(PreviewItem {
                    label: label.map_or_else(|| query.path.to_string(), str::to_owned),
                    values: query
                        .path
                        .select(credential.claims())
                        .into_iter()
                        .cloned()
                        .collect(),
                    shared: !optional || self.included.contains(&claim),
                    path: query.path.clone(),
                    claim,
                    optional,
                });
            }
        }
        items
    }

    /// The chosen credential of every part, with the paths that leave.
    pub(crate) fn leaving<'a>(
        &self,
        request: &'a ConsentRequest,
        held: &'a [HeldCredential],
    ) -> Vec<(&'a CredentialQuery, &'a HeldCredential, Vec<ClaimPath>)> {
        let left_out = self.left_out(request);
        let leaves = |part: &CredentialQuery, claim: &ClaimQuery| {
            !left_out
                .iter()
                .any(|l| l.credential_id == part.id && l.claim_id == claim.id)
        };
        self.parts(request, held)
            .map(|(part, credential)| {
                let claims = part.claims.iter().filter(|claim| leaves(part, claim));
                (
                    part,
                    credential,
                    claims.map(|claim| claim.path.clone()).collect(),
                )
            })
            .collect()
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
    part.meta
        .vct_values
        .iter()
        .any(|vct| vct == credential.vct())
        && part
            .claims
            .iter()
            .filter(|claim| !request.details().is_optional(part, claim))
            .all(|claim| holds(claim, credential))
}

fn holds(claim: &ClaimQuery, credential: &HeldCredential) -> bool {
    let found = claim.path.select(credential.claims());
    match &claim.values {
        None => !found.is_empty(),
        Some(values) => found.iter().any(|value| values.contains(value)),
    }
}
