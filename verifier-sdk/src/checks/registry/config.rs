//! What a verifier says about its registries, and whether that can be used.

use std::collections::BTreeSet;

use credential_core::{
    did::WebDid,
    federation::is_entity_id,
    jose::{PublicJwk, PublicJwkSet, VerifyingKey},
    text::Text,
    x509,
};
use serde::{Deserialize, Serialize};

use super::{Registries, authorities::Authority};

/// Largest configuration that is read, in octets.
const MAX_LENGTH: usize = 1 << 20;
/// Most pinned issuers.
const MAX_PINNED: usize = 1_000;
/// Most federations. Each issuer that nobody knows is looked up in them.
const MAX_FEDERATIONS: usize = 4;
/// Most certificate authorities.
const MAX_AUTHORITIES: usize = 64;
/// Most credential types of one entry.
const MAX_TYPES: usize = 64;
/// Most keys of one entry.
const MAX_KEYS: usize = 16;
/// Longest identifier, in octets.
const MAX_ID: usize = 1024;
/// Longest name in one language, in characters.
const MAX_NAME: usize = 200;

/// The registries of a verifier, as JSON has them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistriesConfig {
    /// Issuers that the verifier trusts itself.
    #[serde(default)]
    pub pinned_issuers: Vec<PinnedIssuer>,
    /// Federations whose members it trusts. An issuer of several is looked at as a member of the first.
    #[serde(default)]
    pub federations: Vec<FederationAnchor>,
    /// Authorities whose certificates it trusts.
    #[serde(default)]
    pub certificate_authorities: Vec<CertificateAuthority>,
}

/// An issuer that a verifier trusts by its own decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedIssuer {
    /// How its credentials name it: an https address or a DID.
    pub id: String,
    /// What it is called in reports.
    pub name: Text,
    /// Its keys, each with a key id, and no others. Without them the identifier is a DID: did:key and did:jwk are the
    /// key, and the keys of did:web are those of its document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<PublicJwkSet>,
    /// The credential types (`vct`) that it is trusted for.
    pub credential_types: Vec<String>,
}

/// A federation by its trust anchor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederationAnchor {
    /// The anchor's entity identifier.
    pub entity_id: String,
    /// The anchor's keys, each with a key id, had otherwise than by the network.
    pub jwks: PublicJwkSet,
    /// The credential types (`vct`) that issuers in this federation are trusted for.
    pub credential_types: Vec<String>,
    /// The type of a trust mark that an issuer needs for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_mark_type: Option<String>,
    /// Most intermediates between anchor and issuer, beside what the federation itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_path_length: Option<usize>,
}

/// An authority whose certificates say who an issuer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateAuthority {
    /// Its certificate in PEM (RFC 7468): of a root, or of an authority below one. Several when it changed its key.
    pub certificates: String,
    /// The credential types (`vct`) that issuers which it certifies are trusted for.
    pub credential_types: Vec<String>,
}

/// Why registries cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistriesError {
    /// More than 1 MiB.
    #[error("the registries take more than {MAX_LENGTH} octets")]
    TooLarge,
    /// Not JSON of this form.
    #[error("the registries are not of the expected form: {0}")]
    Malformed(String),
    /// Too many entries of a kind.
    #[error(
        "at most {MAX_PINNED} pinned issuers, {MAX_FEDERATIONS} federations and {MAX_AUTHORITIES} \
        certificate authorities are possible"
    )]
    TooMany,
    /// An identifier is neither an https address nor a DID where one may stand.
    #[error("not an identifier that can be used here: {0}")]
    Identifier(String),
    /// Two entries are about the same.
    #[error("named twice: {0}")]
    Twice(String),
    /// A name is missing, too long, or holds characters that do not print.
    #[error("a name of at most {MAX_NAME} printing characters is needed for {0}")]
    Name(String),
    /// Keys are missing, too many, unusable, without a key id of their own, or stand beside a DID that is a key.
    #[error(
        "up to {MAX_KEYS} keys to verify with, each with a kid of its own, are needed for {0} (and none \
        where the DID is the key)"
    )]
    Keys(String),
    /// No credential types, too many, or an empty one.
    #[error("1 to {MAX_TYPES} credential types are needed for {0}")]
    Types(String),
    /// Not certificates of authorities in PEM.
    #[error("a certificate authority is not usable: {0}")]
    Certificates(#[from] x509::X509Error),
}

impl RegistriesError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "registries_too_large",
            Self::Malformed(_) => "registries_malformed",
            Self::TooMany => "registries_too_many",
            Self::Identifier(_) => "registries_identifier",
            Self::Twice(_) => "registries_twice",
            Self::Name(_) => "registries_name",
            Self::Keys(_) => "registries_keys",
            Self::Types(_) => "registries_types",
            Self::Certificates(_) => "registries_certificates",
        }
    }
}

impl Registries {
    /// Reads [`RegistriesConfig`] as JSON.
    ///
    /// # Errors
    /// [`RegistriesError`] names the first rule that is broken.
    pub fn from_json(octets: &[u8]) -> Result<Self, RegistriesError> {
        if octets.len() > MAX_LENGTH {
            return Err(RegistriesError::TooLarge);
        }
        let config = serde_json::from_slice(octets);
        Self::new(config.map_err(|error| RegistriesError::Malformed(error.to_string()))?)
    }

    /// The registries that a configuration describes.
    ///
    /// # Errors
    /// [`RegistriesError`] names the first rule that is broken.
    pub fn new(config: RegistriesConfig) -> Result<Self, RegistriesError> {
        let RegistriesConfig {
            pinned_issuers: pinned,
            federations,
            certificate_authorities,
        } = config;
        let is_few = pinned.len() <= MAX_PINNED
            && federations.len() <= MAX_FEDERATIONS
            && certificate_authorities.len() <= MAX_AUTHORITIES;
        if !is_few {
            return Err(RegistriesError::TooMany);
        }
        pinned.iter().try_for_each(check_pinned)?;
        once(pinned.iter().map(|pinned| &pinned.id))?;
        federations.iter().try_for_each(check_federation)?;
        once(federations.iter().map(|anchor| &anchor.entity_id))?;
        let authorities = certificate_authorities.into_iter();
        let authorities = authorities.map(|authority| {
            let authority = Authority::new(authority)?;
            check_types(authority.types(), authority.name())?;
            Ok(authority)
        });
        let authorities: Vec<_> = authorities.collect::<Result<_, RegistriesError>>()?;
        once(authorities.iter().flat_map(Authority::identities))?;
        Ok(Self {
            pinned,
            federations,
            authorities,
        })
    }
}

fn check_pinned(pinned: &PinnedIssuer) -> Result<(), RegistriesError> {
    let id = || pinned.id.clone();
    if !pinned.name.is_fit(MAX_NAME) {
        return Err(RegistriesError::Name(id()));
    }
    let is_key = pinned.id.starts_with("did:key:") || pinned.id.starts_with("did:jwk:");
    let is_name = is_entity_id(&pinned.id) || WebDid::parse(&pinned.id).is_ok();
    if pinned.id.len() > MAX_ID || !(is_key || is_name) {
        return Err(RegistriesError::Identifier(id()));
    }
    match &pinned.jwks {
        Some(_) if is_key => return Err(RegistriesError::Keys(id())),
        Some(jwks) => check_keys(jwks, &pinned.id)?,
        // An address says nothing about keys.
        None if !pinned.id.starts_with("did:") => return Err(RegistriesError::Keys(id())),
        None => {}
    }
    check_types(&pinned.credential_types, &pinned.id)
}

fn check_federation(anchor: &FederationAnchor) -> Result<(), RegistriesError> {
    if !is_entity_id(&anchor.entity_id) {
        return Err(RegistriesError::Identifier(anchor.entity_id.clone()));
    }
    if anchor.trust_mark_type.as_deref() == Some("") {
        return Err(RegistriesError::Identifier(String::new()));
    }
    check_keys(&anchor.jwks, &anchor.entity_id)?;
    check_types(&anchor.credential_types, &anchor.entity_id)
}

fn check_keys(jwks: &PublicJwkSet, id: &str) -> Result<(), RegistriesError> {
    let is_own = |kid: &str| !kid.is_empty() && jwks.find(kid).is_some();
    let is_usable = |key: &PublicJwk| VerifyingKey::try_from(key).is_ok();
    let keys = &jwks.keys;
    let fits = (1..=MAX_KEYS).contains(&keys.len())
        && keys.iter().all(is_usable)
        && keys.iter().all(|key| key.kid().is_some_and(is_own));
    fits.then_some(())
        .ok_or_else(|| RegistriesError::Keys(id.to_owned()))
}

fn check_types(types: &[String], id: &str) -> Result<(), RegistriesError> {
    let fits = (1..=MAX_TYPES).contains(&types.len()) && types.iter().all(|kind| !kind.is_empty());
    fits.then_some(())
        .ok_or_else(|| RegistriesError::Types(id.to_owned()))
}

fn once<'n>(names: impl IntoIterator<Item = &'n String>) -> Result<(), RegistriesError> {
    let mut seen = BTreeSet::new();
    let twice = names.into_iter().find(|name| !seen.insert(*name));
    twice.map_or(Ok(()), |name| Err(RegistriesError::Twice(name.clone())))
}
