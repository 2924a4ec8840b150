//! Certificate authorities: who certifies that a key is an issuer's, and for which types that counts.

use chrono::{DateTime, Utc};
use credential_core::{
    encoding::sha256_base64url,
    jose::VerifyingKey,
    x509::{Anchors, Chain, X509Error, anchors, subject},
};

use super::{CertificateAuthority, Reason, RegistriesError, Registry, RegistryKind, of_type};
use crate::checks::identity::{KeyName, NoKey};

/// An authority whose certificates were read.
#[derive(Debug, Clone)]
pub(crate) struct Authority {
    /// Its name in its (first) certificate.
    name: String,
    certificates: Vec<Vec<u8>>,
    /// SHA-256 of each, by which two entries of one authority are noticed.
    identities: Vec<String>,
    types: Vec<String>,
}

impl Authority {
    pub(super) fn new(authority: CertificateAuthority) -> Result<Self, RegistriesError> {
        let certificates = anchors(authority.certificates.as_bytes())?;
        let first = certificates.first().ok_or(X509Error::Malformed)?;
        Ok(Self {
            name: subject(first)?,
            identities: certificates.iter().map(sha256_base64url).collect(),
            types: authority.credential_types,
            certificates,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn types(&self) -> &[String] {
        &self.types
    }

    pub(super) fn identities(&self) -> &[String] {
        &self.identities
    }

    fn standing(&self, kind: Option<&str>) -> Reason {
        of_type(&self.types, kind, Reason::IssuerCertified)
    }

    /// The certified key, where a chain leads to this authority and its leaf names this very issuer.
    fn key(
        &self,
        name: &str,
        x5c: &[String],
        now: DateTime<Utc>,
    ) -> Result<VerifyingKey, X509Error> {
        let anchors = Anchors {
            certificates: &self.certificates,
            at: now,
        };
        let leaf = Chain::from_x5c(x5c)?.check(&anchors)?;
        if !leaf.names_exactly(name) {
            return Err(match leaf.names(name) {
                true => X509Error::HostOnly,
                false => X509Error::OtherName,
            });
        }
        VerifyingKey::try_from(&leaf.key).map_err(|_unusable| X509Error::UnsupportedKey)
    }
}

/// The authorities that a chain leads to and that name this issuer in it.
///
/// None of them is no fault while there is no chain. A chain that leads to one and names somebody else, or has expired,
/// is a wrong one; of any other nothing can be said.
pub(super) fn certifying<'t>(
    authorities: &'t [Authority],
    name: &str,
    x5c: Option<&[String]>,
    now: DateTime<Utc>,
) -> Result<Vec<&'t Authority>, NoKey> {
    let Some(x5c) = x5c else {
        return Ok(Vec::new());
    };
    let (mut found, mut wrong, mut unknown) = (Vec::new(), None, None);
    for authority in authorities {
        match authority.key(name, x5c, now) {
            Ok(_key) => found.push(authority),
            Err(error @ (X509Error::OtherName | X509Error::NotOfThisMoment)) => wrong = Some(error),
            Err(error) => unknown = Some(error),
        }
    }
    let refused = |reason| move |error: X509Error| NoKey::new(reason, error.reason());
    let wrong = wrong.map(refused(Reason::IssuerCertificateInvalid));
    let why = wrong.or(unknown.map(refused(Reason::IssuerCertificateNotListed)));
    match why {
        Some(why) if found.is_empty() => Err(why),
        _ => Ok(found),
    }
}

/// Whether one of the authorities that certify an issuer counts for the type.
pub(super) fn standing(authorities: &[&Authority], kind: Option<&str>) -> Reason {
    let mut reasons = authorities.iter().map(|it| it.standing(kind));
    match reasons.any(|reason| reason == Reason::IssuerCertified) {
        true => Reason::IssuerCertified,
        false => Reason::IssuerNotTrustedForType,
    }
}

/// The first of them that counts for the type, or else the first.
pub(super) fn registry(authorities: &[&Authority], kind: Option<&str>) -> Registry {
    let counts = |it: &&&Authority| it.standing(kind) == Reason::IssuerCertified;
    let authority = authorities
        .iter()
        .find(counts)
        .or_else(|| authorities.first());
    let name = authority.map_or("", |authority| &authority.name);
    Registry::new(RegistryKind::CertificateAuthority, name)
}

/// The key of something that this issuer signed: by a certificate of one of these authorities, its own.
pub(super) fn key(
    name: &str,
    authorities: &[&Authority],
    named: KeyName<'_>,
    now: DateTime<Utc>,
) -> Result<VerifyingKey, NoKey> {
    let x5c = named.x5c.ok_or(Reason::IssuerKeyUnknown)?;
    let mut refused = NoKey::from(Reason::IssuerKeyUnknown);
    for authority in authorities {
        match authority.key(name, x5c, now) {
            Ok(key) => return Ok(key),
            Err(error) => refused = NoKey::new(Reason::IssuerCertificateInvalid, error.reason()),
        }
    }
    Err(refused)
}
