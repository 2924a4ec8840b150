//! What kind of credential it is: one of ours, whose description is part of this program, or one that its issuer
//! describes.
//!
//! A description is fetched only for an issuer that is known: a stranger could make anybody ask for any address.
//! Whatever it says, it makes nobody an issuer of anything.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use credential_core::{
    credential::{
        CredentialType,
        foreign::{Disclosability, ForeignType, ForeignTypeError, MAX_EXTENDS},
    },
    dcql::ClaimPath,
    sd_jwt::VerifiedSdJwt,
    text::Language,
};

use super::{
    Check, Reason,
    identity::Issuer,
    query::concrete_paths,
    recent::{HowLong, Recent, Refused},
};
use crate::fetch::Fetch;

/// Under which descriptions are published (draft-ietf-oauth-sd-jwt-vc-19 section 4.3).
pub(crate) const MEDIA_TYPE: &str = "application/json";

/// What is known of a kind.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Ours(CredentialType),
    Described(Arc<ForeignType>),
    Unknown,
}

impl Kind {
    pub(crate) fn name(&self, language: Language) -> Option<&str> {
        match self {
            Self::Ours(kind) => kind.name(language),
            Self::Described(kind) => kind.name(language),
            Self::Unknown => None,
        }
    }

    pub(crate) fn label(&self, path: &ClaimPath, language: Language) -> Option<&str> {
        match self {
            Self::Ours(kind) => kind.label(path, language),
            Self::Described(kind) => kind.label(path, language),
            Self::Unknown => None,
        }
    }
}

/// Descriptions that were read, by type and the hash that was signed.
#[derive(Debug, Default)]
pub(crate) struct ForeignTypes(Recent<(String, Option<String>), ForeignType>);

impl ForeignTypes {
    /// The kind of a credential whose signature holds, and whether the credential is as its kind says.
    pub(crate) async fn check(
        &self,
        credential: &VerifiedSdJwt,
        issuer: &Issuer<'_>,
        fetch: &dyn Fetch,
        now: DateTime<Utc>,
    ) -> (Kind, Check) {
        let vct = credential.vct();
        if let Some(ours) = CredentialType::from_vct(vct) {
            return (Kind::Ours(ours), Check::new(of_ours(credential, ours), now));
        }
        if !issuer.is_known() || !vct.starts_with("https://") {
            return (Kind::Unknown, Check::new(Reason::TypeUnknown, now));
        }
        match self
            .described(vct, credential.vct_integrity(), fetch, now)
            .await
        {
            Ok(described) => {
                let reason = of_described(credential, &described);
                (Kind::Described(described), Check::new(reason, now))
            }
            Err((reason, detail)) => (Kind::Unknown, Check::detailed(reason, detail, now)),
        }
    }

    async fn described(
        &self,
        vct: &str,
        integrity: Option<&str>,
        fetch: &dyn Fetch,
        now: DateTime<Utc>,
    ) -> Result<Arc<ForeignType>, Refused> {
        let place = (vct.to_owned(), integrity.map(str::to_owned));
        match self.0.get(&place, now) {
            Some(known) => known,
            None => {
                let found = resolved(vct, integrity, fetch).await;
                let found = found.map(|it| (it, HowLong::default()));
                self.0.keep(place, found, now)
            }
        }
    }
}

/// A type with everything that it extends.
async fn resolved(
    vct: &str,
    integrity: Option<&str>,
    fetch: &dyn Fetch,
) -> Result<ForeignType, Refused> {
    let mut chain = vec![read(vct, integrity, fetch).await?];
    while let Some(next) = chain.last().and_then(ForeignType::extends).cloned() {
        if chain.iter().any(|met| met.vct() == next.vct) {
            return Err(refused(ForeignTypeError::Circular));
        }
        if chain.len() == MAX_EXTENDS {
            return Err(refused(ForeignTypeError::TooDeep));
        }
        chain.push(read(&next.vct, next.integrity.as_deref(), fetch).await?);
    }
    let mut from_the_end = chain.into_iter().rev();
    let first = from_the_end
        .next()
        .ok_or((Reason::TypeUnknown, "type_malformed"))?;
    let whole = from_the_end.try_fold(first, |whole, next| next.extending(&whole));
    whole.map_err(refused)
}

async fn read(
    vct: &str,
    integrity: Option<&str>,
    fetch: &dyn Fetch,
) -> Result<ForeignType, Refused> {
    // One of ours may be extended; its description is here.
    if let Some(ours) = CredentialType::from_vct(vct) {
        return ForeignType::read(ours.type_metadata(), vct, integrity).map_err(refused);
    }
    let document = fetch.fetch(vct, MEDIA_TYPE).await;
    let document = document.map_err(|error| (Reason::TypeUnknown, error.reason()))?;
    ForeignType::read(&document, vct, integrity).map_err(refused)
}

fn refused(error: ForeignTypeError) -> Refused {
    let reason = match error {
        ForeignTypeError::IntegrityMismatch => Reason::TypeIntegrityMismatch,
        _ => Reason::TypeDescriptionInvalid,
    };
    (reason, error.reason())
}

fn of_ours(credential: &VerifiedSdJwt, kind: CredentialType) -> Reason {
    let integrity = credential.vct_integrity();
    let hidden = kind.metadata().claims().iter();
    let hidden = hidden.filter(|claim| claim.is_disclosable());
    if integrity.is_some_and(|found| found != kind.integrity()) {
        Reason::TypeIntegrityMismatch
    } else if !are_disclosed(credential, hidden.map(|claim| claim.path()), true) {
        Reason::TypeDisclosureMismatch
    } else if integrity.is_none() {
        Reason::TypeIntegrityMissing
    } else {
        Reason::TypeKnown
    }
}

fn of_described(credential: &VerifiedSdJwt, kind: &ForeignType) -> Reason {
    let of = |sd| {
        let claims = kind.claims().iter();
        claims
            .filter(move |claim| claim.disclosability() == sd)
            .map(|claim| claim.path())
    };
    let is_there = |path| !concrete_paths(credential.claims(), path).is_empty();
    // What is withheld may be there.
    let is_whole = credential.withheld() == 0;
    let mut mandatory = kind.claims().iter().filter(|claim| claim.is_mandatory());
    let has_all = !is_whole || mandatory.all(|claim| is_there(claim.path()));
    if !are_disclosed(credential, of(Disclosability::Always), true) {
        Reason::TypeDisclosureMismatch
    } else if !has_all || !are_disclosed(credential, of(Disclosability::Never), false) {
        Reason::TypeMismatch
    } else if credential.vct_integrity().is_none() {
        Reason::TypeIntegrityMissing
    } else {
        Reason::TypeDescribed
    }
}

/// Whether whatever is there of these claims came by disclosures, or all of it in the open: what a type makes
/// selectively disclosable must not stand in the open, nor the other way round (section 4.6).
fn are_disclosed<'p>(
    credential: &VerifiedSdJwt,
    patterns: impl Iterator<Item = &'p ClaimPath>,
    expected: bool,
) -> bool {
    let disclosed: BTreeSet<&ClaimPath> = credential.disclosures().map(|it| it.path).collect();
    patterns
        .flat_map(|pattern| concrete_paths(credential.claims(), pattern))
        .all(|path| disclosed.contains(&path) == expected)
}
