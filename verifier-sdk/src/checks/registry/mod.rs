//! Whom a verifier trusts beside the registrar's list, by its own configuration: issuers that it pinned,
//! federations, and certificate authorities.
//!
//! What is signed names its issuer and could name anybody, so nothing in it chooses where the issuer is looked up
//! (draft-ietf-oauth-sd-jwt-vc section 2.5). The registries are asked in one order, and the first that knows the name
//! decides about it: the registrar's list, pinned issuers, federations, certificate authorities. That a federation
//! could not be asked is an answer too: then what stands behind it in the order makes nobody trusted.

mod authorities;
mod config;
mod federation;
mod pinned;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use credential_core::{
    did::DidDocument,
    federation::is_entity_id,
    jose::{PublicJwkSet, VerifyingKey},
    text::Text,
};
use serde::Serialize;

pub use config::{
    CertificateAuthority, FederationAnchor, PinnedIssuer, RegistriesConfig, RegistriesError,
};
pub(crate) use federation::Members;

use super::{
    Check, Reason,
    identity::{KeyName, NoKey},
};
use authorities::Authority;
use federation::{Federated, NotAsked};

/// Registries of issuers that were checked and can be asked.
#[derive(Debug, Clone, Default)]
pub struct Registries {
    pinned: Vec<PinnedIssuer>,
    federations: Vec<FederationAnchor>,
    authorities: Vec<Authority>,
}

/// A registry by which an answer about an issuer was given, or could not be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Registry {
    /// What it is.
    pub kind: RegistryKind,
    /// Who it is: the registrar, the pinned issuer, the federation's trust anchor (their identifiers), or the
    /// authority's name in its certificate.
    pub name: String,
}

/// The kinds of registries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RegistryKind {
    /// The registrar's signed list.
    TrustList,
    /// An issuer that the verifier pinned itself.
    Pinned,
    /// A federation (OpenID Federation 1.0).
    Federation,
    /// A certificate authority.
    CertificateAuthority,
}

/// An issuer that a registry of the verifier's own knows.
pub(crate) enum Vouched<'t> {
    Pinned {
        pinned: &'t PinnedIssuer,
        /// Where its keys are in the document of its did:web.
        document: Option<Result<Arc<DidDocument>, NoKey>>,
    },
    Member(Federated<'t>),
    Certified {
        name: String,
        /// All that lead to a certificate of this issuer; at least one.
        authorities: Vec<&'t Authority>,
    },
}

impl Registry {
    pub(crate) fn new(kind: RegistryKind, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { kind, name }
    }
}

impl Registries {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pinned.is_empty() && self.federations.is_empty() && self.authorities.is_empty()
    }

    /// The pinned issuer of this name.
    pub(crate) fn pinned(&self, name: &str) -> Option<&PinnedIssuer> {
        self.pinned.iter().find(|pinned| pinned.id == name)
    }

    /// The federations in which an issuer of this name is looked up: all, where it is an entity identifier.
    pub(crate) fn federations_of(&self, name: &str) -> &[FederationAnchor] {
        match is_entity_id(name) {
            true => &self.federations,
            false => &[],
        }
    }

    /// That a federation could not be asked about an issuer.
    pub(crate) fn not_asked(&self, why: NotAsked, now: DateTime<Utc>) -> Check {
        why.check(&self.federations, now)
    }

    /// The authorities that certify that a key is this issuer's.
    pub(crate) fn certifying(
        &self,
        name: &str,
        x5c: Option<&[String]>,
        now: DateTime<Utc>,
    ) -> Result<Vec<&Authority>, NoKey> {
        authorities::certifying(&self.authorities, name, x5c, now)
    }
}

impl Vouched<'_> {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Pinned { pinned, .. } => &pinned.id,
            Self::Member(federated) => federated.name(),
            Self::Certified { name, .. } => name,
        }
    }

    /// Whether the network was to be asked who this is.
    pub(crate) fn is_asked_about(&self) -> bool {
        match self {
            Self::Pinned { document, .. } => document.is_some(),
            Self::Member(_) | Self::Certified { .. } => true,
        }
    }

    /// The name that the registry has for it, or else its identifier: what an issuer calls itself is nobody's word
    /// but its own.
    pub(crate) fn legal_name(&self) -> Text {
        let name = match self {
            Self::Pinned { pinned, .. } => pinned.name.clone(),
            Self::Member(federated) => federated.legal_name().clone(),
            Self::Certified { .. } => Text::default(),
        };
        match name.is_empty() {
            true => Text::new(self.id(), self.id(), self.id()),
            false => name,
        }
    }

    /// Which registry knows it. For a type, of several authorities the one that counts for it.
    pub(crate) fn registry(&self, kind: Option<&str>) -> Registry {
        match self {
            Self::Pinned { pinned, .. } => Registry::new(RegistryKind::Pinned, &pinned.id),
            Self::Member(federated) => federated.registry(),
            Self::Certified { authorities, .. } => authorities::registry(authorities, kind),
        }
    }

    /// Whether this issuer may issue credentials of a type, and by which registry.
    pub(crate) fn standing(&self, kind: Option<&str>, now: DateTime<Utc>) -> Check {
        let (reason, detail) = match self {
            Self::Pinned { pinned, .. } => {
                let reason = of_type(&pinned.credential_types, kind, Reason::IssuerPinned);
                (reason, None)
            }
            Self::Member(federated) => federated.standing(kind),
            Self::Certified { authorities, .. } => (authorities::standing(authorities, kind), None),
        };
        let check = Check {
            detail,
            ..Check::new(reason, now)
        };
        check.by(self.registry(kind))
    }

    /// The key that this issuer would sign with, of those that it may sign with.
    pub(crate) fn key(
        &self,
        named: KeyName<'_>,
        now: DateTime<Utc>,
    ) -> Result<VerifyingKey, NoKey> {
        match self {
            Self::Pinned { pinned, document } => pinned::key(pinned, document.as_ref(), named),
            Self::Member(federated) => federated.key(named),
            Self::Certified { name, authorities } => {
                authorities::key(name, authorities, named, now)
            }
        }
    }
}

/// Trusted for this reason when the type is among those of the registry's entry.
pub(super) fn of_type(types: &[String], kind: Option<&str>, trusted: Reason) -> Reason {
    let is_named = |kind: &str| types.iter().any(|it| it == kind);
    match kind.is_some_and(is_named) {
        true => trusted,
        false => Reason::IssuerNotTrustedForType,
    }
}

/// The key that is named among these: by its id, or the very key that a header without an id brings.
fn among(
    keys: &PublicJwkSet,
    kid: Option<&str>,
    named: KeyName<'_>,
) -> Result<VerifyingKey, NoKey> {
    let brought = |thumbprint: &str| keys.keys.iter().find(|key| key.thumbprint() == thumbprint);
    let jwk = match named.kid {
        Some(_) => kid.and_then(|kid| keys.find(kid)),
        None => named.thumbprint.and_then(brought),
    };
    let key = jwk.and_then(|jwk| VerifyingKey::try_from(jwk).ok());
    key.ok_or(Reason::IssuerKeyUnknown.into())
}
