//! As whom the institution signs: by its address, by a `did:web`, or with certificates.
//!
//! A certificate belongs to one key. It stands in `certificate.json` with that key's id, and a key without one of
//! its own does not fall back to another way of signing: the server does not start.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use credential_core::{
    did::WebDid,
    jose::{NamedSigner, Signer},
    x509::{Anchors, Chain, X509Error, anchor},
};
use issuer_adapters::keystore::UnlockedKeys;
use serde::{Deserialize, Serialize};

use crate::{
    failure::{Failure, Kind},
    folder::{Folder, Institution},
};

/// How verifiers come from a credential to the institution's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize, Deserialize)]
pub(crate) enum Identity {
    /// By its address and the keys in the trust list.
    #[default]
    #[serde(rename = "url")]
    Url,
    /// By the DID of its address, whose keys are in the trust list and in a document that the server serves.
    #[value(name = "did:web")]
    #[serde(rename = "did:web")]
    DidWeb,
    /// By its address and a certificate, whose authority is in the trust list.
    #[serde(rename = "x5c")]
    X5c,
}

/// A certificate of one key, as `certificate.json` keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    /// The key's id.
    pub(crate) kid: String,
    /// The chain without its anchor, the key's own certificate first.
    pub(crate) x5c: Vec<String>,
    /// The authority, for the trust list.
    pub(crate) anchor: String,
}

impl Certificate {
    /// Reads a chain and its authority, and checks them for a key and for whom it signs.
    pub(crate) fn new(
        (chain, authority): (&[u8], &[u8]),
        (kid, name): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let read = || -> Result<Self, X509Error> {
            Ok(Self {
                kid: kid.into(),
                x5c: Chain::from_pem(chain)?.to_x5c()?,
                anchor: anchor(authority)?,
            })
        };
        let certificate = read().map_err(not_usable)?;
        certificate.check(name, now)?;
        Ok(certificate)
    }

    /// Whether verifiers would believe it at this moment, for its key and this name.
    fn check(&self, name: &str, now: DateTime<Utc>) -> Result<(), Failure> {
        let role = credential_core::trust::IssuerRole {
            certificate_anchors: vec![self.anchor.clone()],
            ..Default::default()
        };
        let anchors = Anchors {
            certificates: &role.anchors(),
            at: now,
        };
        let chain = Chain::from_x5c(&self.x5c).and_then(|chain| chain.check(&anchors));
        let leaf = chain.map_err(not_usable)?;
        if leaf.key.thumbprint() != self.kid {
            return Err(not_usable(X509Error::OtherKey));
        }
        if !leaf.names(name) {
            return Err(not_usable(X509Error::OtherName));
        }
        Ok(())
    }
}

/// The institution's DID, where it signs by one.
pub(crate) fn did(institution: &Institution, identifier: &str) -> Result<Option<WebDid>, Failure> {
    if institution.identity != Identity::DidWeb {
        return Ok(None);
    }
    let did = WebDid::of_address(identifier).map_err(|error| {
        let message = format!("{identifier} cannot be a did:web: {error}");
        Failure::new(Kind::Usage, error.reason(), message)
    });
    did.map(Some)
}

/// The key that signs credentials and status lists, as whom the institution chose. Only what issues
/// (`issuing`) needs the certificate.
pub(crate) fn signer(
    folder: &Folder,
    keys: &UnlockedKeys,
    identifier: &str,
    issuing: Option<DateTime<Utc>>,
) -> Result<Arc<dyn Signer>, Failure> {
    let key: Arc<dyn Signer> = Arc::new(keys.credential_key()?);
    let kid = key.public_jwk().thumbprint();
    let institution = folder.institution()?;
    if let Some(did) = did(&institution, identifier)? {
        let kid = format!("{}#{kid}", did.as_str());
        return Ok(Arc::new(NamedSigner::under(key, kid)));
    }
    let (Identity::X5c, Some(now)) = (institution.identity, issuing) else {
        return Ok(key);
    };
    let certificate = folder
        .certificate()?
        .ok_or_else(|| refused("certificate_missing", "there is no certificate yet"))?;
    if certificate.kid != kid {
        let why = "the certificate is that of an older key";
        return Err(refused("certificate_of_another_key", why));
    }
    certificate.check(identifier, now)?;
    Ok(Arc::new(NamedSigner::certified(key, certificate.x5c)))
}

fn refused(reason: &str, why: &str) -> Failure {
    let message = format!(
        "{why}: ask your authority for one with the request of issuer key csr, and put it in with \
        issuer key certificate"
    );
    Failure::new(Kind::Refused, reason, message)
}

fn not_usable(error: X509Error) -> Failure {
    Failure::new(Kind::Refused, error.reason(), error)
}
