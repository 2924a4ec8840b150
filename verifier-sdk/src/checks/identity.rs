//! Whose key made a signature: by the ways that the registrar listed for whoever is named, or the verifier's own
//! registries ([`super::registry`]), and by no others.
//!
//! What is signed names its issuer, and a signer could name anybody. So the way to the key is chosen by the trust
//! list and the verifier, and never by a header (draft-ietf-oauth-sd-jwt-vc section 2.5):
//!
//! | named | key |
//! |---|---|
//! | a listed issuer | the key with that id in its statement, for its DID too, or the very key that a header without an id brings; no network |
//! | the same, by a key that is not in its statement | from `x5c`, where an authority of that issuer is listed and certifies its name |
//! | an issuer that the verifier pinned | a pinned key, or what its DID says |
//! | a member of one of the verifier's federations | from its metadata in the trust chain |
//! | anybody else with a certificate of one of the verifier's authorities that names it | from `x5c` |
//! | a stranger called by did:key or did:jwk | the name itself; no network |
//! | a stranger called by did:web | from its document, which is fetched |
//!
//! A stranger stays a stranger, whatever key is found.

use std::{borrow::Cow, sync::Arc};

use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    did::{self, DidDocument, DidError, WebDid},
    jose::{ForeignJwk, Jwk, VerifyingKey, jws::Header},
    network::Network,
    text::Text,
    trust::{IssuerRole, Participant, TrustList},
    x509::{Anchors, Chain, X509Error},
};

use super::{
    Check, Reason,
    recent::{HowLong, Recent, Refused},
    registry::{Members, PinnedIssuer, Registries, Registry, RegistryKind, Vouched, of_type},
};
use crate::fetch::{Fetch, FetchError};

/// Where issuers are looked up.
#[derive(Clone, Copy)]
pub(crate) struct Directory<'v> {
    pub(crate) trust: &'v TrustList,
    pub(crate) registries: &'v Registries,
    pub(crate) documents: &'v DidDocuments,
    pub(crate) members: &'v Members,
    pub(crate) fetch: &'v dyn Fetch,
    /// Asking takes time, and what came of it is kept from then on.
    pub(crate) clock: &'v dyn Clock,
}

/// Documents of strangers that were read, by DID.
#[derive(Debug, Default)]
pub(crate) struct DidDocuments(Recent<String, DidDocument>);

/// How something that was signed names its key. Nothing of it is believed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyName<'a> {
    /// Of a DID's key the DID URL, or `#` and its fragment.
    pub(crate) kid: Option<&'a str>,
    pub(crate) x5c: Option<&'a [String]>,
    /// The thumbprint of the key itself, where a header may bring it.
    pub(crate) thumbprint: Option<&'a str>,
}

impl<'a> KeyName<'a> {
    pub(crate) fn of_header(header: &'a Header) -> Self {
        Self {
            kid: header.kid.as_deref(),
            x5c: header.x5c.as_deref(),
            thumbprint: None,
        }
    }
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoKey {
    reason: Reason,
    detail: Option<&'static str>,
}

impl NoKey {
    pub(super) fn new(reason: Reason, detail: &'static str) -> Self {
        let detail = Some(detail);
        Self { reason, detail }
    }

    pub(crate) fn detail(self) -> Option<&'static str> {
        self.detail
    }

    pub(crate) fn check(self, now: DateTime<Utc>) -> Check {
        match self.detail {
            Some(detail) => Check::detailed(self.reason, detail, now),
            None => Check::new(self.reason, now),
        }
    }
}

impl From<Reason> for NoKey {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            detail: None,
        }
    }
}

/// Who is named as the issuer.
pub(crate) enum Issuer<'t> {
    /// Somebody on the trust list, under the name that was used.
    Listed {
        name: String,
        registrar: &'t str,
        participant: &'t Participant,
        role: &'t IssuerRole,
    },
    /// Somebody whom a registry of the verifier's own knows.
    Vouched {
        vouched: Vouched<'t>,
        /// That a registry before this one could not be asked, so that it does not count.
        not_asked: Option<Check>,
    },
    /// Anybody else; with the document of a did:web, or why there is none.
    Stranger {
        name: String,
        document: Option<Result<Arc<DidDocument>, NoKey>>,
        not_asked: Option<Check>,
        is_asked_about: bool,
        /// Why its certificate says nothing about it, where it came with one.
        uncertified: Option<NoKey>,
    },
}

impl<'v> Directory<'v> {
    /// Who is called by this name.
    pub(crate) async fn issuer(&self, name: String, now: DateTime<Utc>) -> Issuer<'v> {
        if let Some((participant, role)) = self.trust.issuer(&name) {
            return Issuer::Listed {
                name,
                registrar: self.trust.registrar(),
                participant,
                role,
            };
        }
        let pinned = self.registries.pinned(&name);
        let document = match WebDid::parse(&name) {
            Ok(did) if pinned.is_none_or(PinnedIssuer::has_document) => {
                Some(self.document(&did, now).await)
            }
            _ => None,
        };
        if let Some(pinned) = pinned {
            return Issuer::from(Vouched::Pinned { pinned, document });
        }
        let federations = self.registries.federations_of(&name);
        let found = self
            .members
            .find(&name, federations, (self.fetch, self.clock), now)
            .await;
        let not_asked = match found {
            Ok(Some(member)) => return Issuer::from(Vouched::Member(member)),
            Ok(None) => None,
            Err(why) => Some(self.registries.not_asked(why, now)),
        };
        Issuer::Stranger {
            is_asked_about: document.is_some() || !federations.is_empty(),
            name,
            document,
            not_asked,
            uncertified: None,
        }
    }

    /// The same issuer, once it is known which certificates come along: a stranger may have one of the verifier's
    /// authorities.
    pub(crate) fn with_certificate(
        &self,
        issuer: Issuer<'v>,
        x5c: Option<&[String]>,
        now: DateTime<Utc>,
    ) -> Issuer<'v> {
        let Issuer::Stranger {
            name,
            document,
            not_asked,
            is_asked_about,
            uncertified: _,
        } = issuer
        else {
            return issuer;
        };
        match self.registries.certifying(&name, x5c, now) {
            Ok(authorities) if !authorities.is_empty() => {
                let vouched = Vouched::Certified { name, authorities };
                Issuer::Vouched { vouched, not_asked }
            }
            found => Issuer::Stranger {
                name,
                document,
                not_asked,
                is_asked_about,
                uncertified: found.err(),
            },
        }
    }

    async fn document(&self, did: &WebDid, now: DateTime<Utc>) -> Result<Arc<DidDocument>, NoKey> {
        let (kept, name) = (&self.documents.0, did.as_str().to_owned());
        let document = match kept.get(&name, now) {
            Some(known) => known,
            None => {
                let fetched = self.fetched(did).await;
                kept.keep(name, fetched, self.clock.now())
            }
        };
        document.map_err(|(reason, detail)| NoKey::new(reason, detail))
    }

    async fn fetched(&self, did: &WebDid) -> Result<(DidDocument, HowLong), Refused> {
        let address = did.address(Network::Public);
        let fetched = self.fetch.fetch(&address, did::MEDIA_TYPES).await;
        let octets = fetched.map_err(|error| {
            let reason = match error {
                FetchError::Offline => Reason::IssuerDocumentOffline,
                FetchError::NotFound | FetchError::Unreachable(_) => {
                    Reason::IssuerDocumentUnreachable
                }
            };
            (reason, error.reason())
        })?;
        let document = DidDocument::read(&octets, did.as_str())
            .map_err(|error| (Reason::IssuerDocumentInvalid, error.reason()))?;
        Ok((document, HowLong::default()))
    }
}

impl<'t> From<Vouched<'t>> for Issuer<'t> {
    fn from(vouched: Vouched<'t>) -> Self {
        Self::Vouched {
            vouched,
            not_asked: None,
        }
    }
}

impl Issuer<'_> {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Listed { name, .. } | Self::Stranger { name, .. } => name,
            Self::Vouched { vouched, .. } => vouched.id(),
        }
    }

    /// The legal name, which a registry says and no credential.
    pub(crate) fn legal_name(&self) -> Option<Text> {
        match self {
            Self::Listed { participant, .. } => Some(participant.name.clone()),
            Self::Vouched { vouched, not_asked } if not_asked.is_none() => {
                Some(vouched.legal_name())
            }
            Self::Vouched { .. } | Self::Stranger { .. } => None,
        }
    }

    /// Whether this issuer may issue credentials of a type, by which registry, and which could not be asked; `None`
    /// is a type that nobody is trusted for.
    pub(crate) fn standing(&self, kind: Option<&str>, now: DateTime<Utc>) -> Vec<Check> {
        match self {
            Self::Listed {
                registrar, role, ..
            } => {
                let reason = of_type(&role.credential_types, kind, Reason::IssuerTrusted);
                let registry = Registry::new(RegistryKind::TrustList, *registrar);
                vec![Check::new(reason, now).by(registry)]
            }
            Self::Vouched { vouched, not_asked } if not_asked.is_none() => {
                vec![vouched.standing(kind, now)]
            }
            Self::Vouched { .. } | Self::Stranger { .. } => self.introduction(now),
        }
    }

    /// Whether a registry knows this issuer, whatever it may issue.
    pub(crate) fn is_known(&self) -> bool {
        match self {
            Self::Listed { .. } => true,
            Self::Vouched { not_asked, .. } => not_asked.is_none(),
            Self::Stranger { .. } => false,
        }
    }

    /// Whether the network was to be asked who this is.
    pub(crate) fn is_asked_about(&self) -> bool {
        match self {
            Self::Listed { .. } => false,
            Self::Vouched { vouched, .. } => vouched.is_asked_about(),
            Self::Stranger { is_asked_about, .. } => *is_asked_about,
        }
    }

    /// What to say where there is no key: of a stranger also that it is one.
    pub(crate) fn without_key(&self, why: NoKey, now: DateTime<Utc>) -> Vec<Check> {
        let mut checks = self.introduction(now);
        let why = why.check(now);
        checks.push(match self {
            Self::Vouched { vouched, not_asked } if not_asked.is_none() => {
                why.by(vouched.registry(None))
            }
            _ => why,
        });
        checks
    }

    /// What is to be said of an issuer whom no registry vouches for.
    fn introduction(&self, now: DateTime<Utc>) -> Vec<Check> {
        match self {
            Self::Vouched { not_asked, .. } => not_asked.iter().cloned().collect(),
            Self::Stranger { not_asked, .. } => {
                let unknown = || Check::new(Reason::IssuerUnknown, now);
                vec![not_asked.clone().unwrap_or_else(unknown)]
            }
            Self::Listed { .. } => Vec::new(),
        }
    }

    /// The key that this issuer would sign with, of those that it may sign with.
    pub(crate) fn key(
        &self,
        named: KeyName<'_>,
        now: DateTime<Utc>,
    ) -> Result<VerifyingKey, NoKey> {
        match self {
            Self::Listed {
                name,
                participant,
                role,
                ..
            } => {
                let foreign = foreign_key(name, participant, named);
                if let Some(key) = foreign.and_then(|key| VerifyingKey::try_from(key).ok()) {
                    return Ok(key);
                }
                let key = of_listed(name, (participant, role), named, now)?;
                VerifyingKey::try_from(&*key).map_err(|_unusable| Reason::IssuerKeyUnknown.into())
            }
            Self::Vouched { vouched, .. } => vouched.key(named, now),
            Self::Stranger {
                name,
                document,
                uncertified,
                ..
            } => match document {
                Some(Ok(document)) => of_document(document, named),
                Some(Err(why)) => Err(*why),
                None => of_name(name, named, *uncertified),
            },
        }
    }
}

/// The key with which a listed issuer signed something under this name: its entity identifier, or its DID.
///
/// # Errors
/// The [`Reason`] why there is none.
pub fn listed_key(
    trust: &TrustList,
    name: &str,
    header: &Header,
    now: DateTime<Utc>,
) -> Result<Jwk, Reason> {
    let listed = trust.issuer(name).ok_or(Reason::IssuerUnknown)?;
    let key = of_listed(name, listed, KeyName::of_header(header), now);
    key.map(Cow::into_owned).map_err(|why| why.reason)
}

fn of_listed<'t>(
    name: &str,
    (participant, role): (&'t Participant, &IssuerRole),
    named: KeyName<'_>,
    now: DateTime<Utc>,
) -> Result<Cow<'t, Jwk>, NoKey> {
    let keys = participant.keys.keys.iter();
    let brought = |thumbprint: &str| keys.clone().find(|key| key.thumbprint() == thumbprint);
    let in_statement = match named.kid {
        Some(kid) => participant.signing_key(name, kid),
        None => named.thumbprint.and_then(brought),
    }
    // A key to encrypt with signs nothing.
    .filter(|jwk| VerifyingKey::try_from(*jwk).is_ok());
    match in_statement {
        Some(jwk) => Ok(Cow::Borrowed(jwk)),
        None => certified(name, role, named.x5c, now).map(Cow::Owned),
    }
}

/// The same of the kinds that only verifiers read.
fn foreign_key<'t>(
    name: &str,
    participant: &'t Participant,
    named: KeyName<'_>,
) -> Option<&'t ForeignJwk> {
    match named.kid {
        Some(kid) => participant.foreign_key(name, kid),
        None => {
            let thumbprint = named.thumbprint?;
            let mut keys = participant.issuer.as_ref()?.foreign_keys.iter();
            keys.find(|key| key.thumbprint() == thumbprint)
        }
    }
}

/// The key of a certificate, where an authority of this very issuer is listed and certifies this very name.
fn certified(
    name: &str,
    role: &IssuerRole,
    x5c: Option<&[String]>,
    now: DateTime<Utc>,
) -> Result<Jwk, NoKey> {
    let x5c = x5c.ok_or(Reason::IssuerKeyUnknown)?;
    let anchors = role.anchors();
    if anchors.is_empty() {
        return Err(NoKey::new(Reason::IssuerKeyUnknown, "x5c_not_listed"));
    }
    let anchors = Anchors {
        certificates: &anchors,
        at: now,
    };
    let leaf = Chain::from_x5c(x5c).and_then(|chain| chain.check(&anchors));
    // The registrar knows this identifier and its authority, so the host in it is enough.
    let key = leaf.and_then(|leaf| match leaf.names(name) {
        true => Ok(leaf.key),
        false => Err(X509Error::OtherName),
    });
    key.map_err(|error| NoKey::new(Reason::IssuerCertificateInvalid, error.reason()))
}

/// The key in a did:web's document that is named.
pub(super) fn of_document(
    document: &DidDocument,
    named: KeyName<'_>,
) -> Result<VerifyingKey, NoKey> {
    match named.kid.map(|kid| document.key(kid)) {
        Some(Ok(key)) => Ok(key),
        // Of a kind that is not read here, which makes nothing a forgery.
        Some(Err(error @ DidError::UnsupportedKey)) => {
            Err(NoKey::new(Reason::IssuerKeyNotAvailable, error.reason()))
        }
        Some(Err(_)) | None => Err(Reason::IssuerKeyUnknown.into()),
    }
}

/// The key that a stranger's name is. A name that is none may have come with a certificate, which says nothing either.
fn of_name(
    name: &str,
    named: KeyName<'_>,
    uncertified: Option<NoKey>,
) -> Result<VerifyingKey, NoKey> {
    match did::key_of_name(name, named.kid) {
        Ok(jwk) => {
            VerifyingKey::try_from(&jwk).map_err(|_unusable| Reason::IssuerKeyNotAvailable.into())
        }
        Err(DidError::UnknownKey) => Err(Reason::IssuerKeyUnknown.into()),
        Err(_no_key) if named.x5c.is_some() => {
            Err(uncertified.unwrap_or(Reason::IssuerCertificateNotListed.into()))
        }
        Err(DidError::UnsupportedMethod) => Err(Reason::IssuerKeyNotAvailable.into()),
        Err(error) => Err(NoKey::new(Reason::IssuerKeyNotAvailable, error.reason())),
    }
}
