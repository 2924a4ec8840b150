//! A chain as it stands in a header, and what its leaf says.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use openssl::{nid::Nid, pkey::Id, x509::X509};
use url::{Host, Url};

use super::{Anchors, MAX_CERTIFICATES, MAX_OCTETS, X509Error, leads_to};
use crate::{
    der::{BIT_STRING, OCTETS, OID, SEQUENCE, Values},
    did::WebDid,
    jose::Jwk,
};

/// `[3]`, constructed: the extensions (RFC 5280 section 4.1).
const EXTENSIONS: u8 = 0xa3;
const BOOLEAN: u8 = 0x01;
/// 2.5.29.15 (RFC 5280 section 4.2.1.3).
const KEY_USAGE: [u8; 3] = [0x55, 0x1d, 0x0f];
/// 2.5.29.19 (RFC 5280 section 4.2.1.9).
const BASIC_CONSTRAINTS: [u8; 3] = [0x55, 0x1d, 0x13];
/// `digitalSignature` and `keyCertSign` in the first octet of the bits.
const DIGITAL_SIGNATURE: u8 = 0x80;
const KEY_CERT_SIGN: u8 = 0x04;

/// Certificates that nobody has checked: the signer's first, each followed by the one that certifies it.
pub struct Chain {
    leaf: X509,
    others: Vec<X509>,
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chain({} certificates)", 1 + self.others.len())
    }
}

/// What a certificate says that leads to an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leaf {
    /// The certified key, without a key id.
    pub key: Jwk,
    /// Names of hosts (`dNSName`).
    pub dns: Vec<String>,
    /// Addresses (`uniformResourceIdentifier`).
    pub uris: Vec<String>,
}

impl Chain {
    /// Reads an `x5c` member: standard base64 of DER, the leaf first.
    ///
    /// # Errors
    /// [`X509Error::Malformed`], [`X509Error::TooMany`].
    pub fn from_x5c(x5c: &[String]) -> Result<Self, X509Error> {
        if x5c.len() > MAX_CERTIFICATES {
            return Err(X509Error::TooMany);
        }
        let certificates = x5c.iter().map(|text| from_base64(text));
        Self::of(certificates.collect::<Result<_, _>>()?)
    }

    /// Reads certificates in PEM (RFC 7468), the leaf first.
    ///
    /// # Errors
    /// As [`Self::from_x5c`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, X509Error> {
        if pem.len() > MAX_CERTIFICATES * MAX_OCTETS * 2 {
            return Err(X509Error::Malformed);
        }
        Self::of(X509::stack_from_pem(pem).map_err(|_not_pem| X509Error::Malformed)?)
    }

    fn of(certificates: Vec<X509>) -> Result<Self, X509Error> {
        if certificates.len() > MAX_CERTIFICATES {
            return Err(X509Error::TooMany);
        }
        let mut certificates = certificates.into_iter();
        let leaf = certificates.next().ok_or(X509Error::Malformed)?;
        Ok(Self {
            leaf,
            others: certificates.collect(),
        })
    }

    /// The chain as an `x5c` member holds it.
    ///
    /// # Errors
    /// [`X509Error::Malformed`] when a certificate cannot be written.
    pub fn to_x5c(&self) -> Result<Vec<String>, X509Error> {
        let all = std::iter::once(&self.leaf).chain(&self.others);
        all.map(|certificate| {
            let der = certificate.to_der();
            Ok(STANDARD.encode(der.map_err(|_not_written| X509Error::Malformed)?))
        })
        .collect()
    }

    /// Everything by which a leaf is believed at this time, for whomever it names.
    ///
    /// # Errors
    /// [`X509Error`] names the first rule that is broken.
    pub fn check(&self, anchors: &Anchors<'_>) -> Result<Leaf, X509Error> {
        let leaf = self.check_leaf()?;
        if self.brings_along(anchors.certificates)? {
            return Err(X509Error::AnchorInChain);
        }
        leads_to(&self.leaf, &self.others, anchors)?;
        Ok(leaf)
    }

    /// The rules about the leaf alone, as far as they need no anchor: what an institution can see of its new
    /// certificate. Nothing of it is to be believed yet.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn check_leaf(&self) -> Result<Leaf, X509Error> {
        if is_self_issued(&self.leaf)? {
            return Err(X509Error::SelfSigned);
        }
        let der = self
            .leaf
            .to_der()
            .map_err(|_not_written| X509Error::Malformed)?;
        let extension = |oid| extension(&der, oid);
        let is_authority = extension(&BASIC_CONSTRAINTS).is_some_and(|it| says_authority(&it));
        let usage = extension(&KEY_USAGE).and_then(|it| usage(&it));
        if is_authority || usage.is_some_and(|bits| bits & KEY_CERT_SIGN != 0) {
            return Err(X509Error::Authority);
        }
        if usage.is_none_or(|bits| bits & DIGITAL_SIGNATURE == 0) {
            return Err(X509Error::KeyUsage);
        }
        let names = self.leaf.subject_alt_names();
        let names = || names.iter().flatten();
        Ok(Leaf {
            key: key(&self.leaf)?,
            dns: names()
                .filter_map(|it| it.dnsname().map(str::to_owned))
                .collect(),
            uris: names()
                .filter_map(|it| it.uri().map(str::to_owned))
                .collect(),
        })
    }

    /// Whether the chain holds one of the anchors, or any certificate that vouches for itself.
    fn brings_along(&self, anchors: &[Vec<u8>]) -> Result<bool, X509Error> {
        for certificate in std::iter::once(&self.leaf).chain(&self.others) {
            let der = certificate
                .to_der()
                .map_err(|_not_written| X509Error::Malformed)?;
            if anchors.contains(&der) || is_self_issued(certificate)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Leaf {
    /// Whether the certificate names this issuer: by its whole identifier, or by the host in it. A host's name
    /// with a wildcard names nobody.
    #[must_use]
    pub fn names(&self, identifier: &str) -> bool {
        let host = host(identifier);
        let is_host = |dns: &String| {
            host.as_ref()
                .is_some_and(|host| dns.eq_ignore_ascii_case(host))
        };
        self.uris.iter().any(|uri| uri == identifier) || self.dns.iter().any(is_host)
    }

    /// Whether it names this very issuer: by its whole identifier, or as the https address that is the host and
    /// nothing else. For authorities that certify everybody: one host has many identifiers, of which somebody may
    /// know one and not the others.
    #[must_use]
    pub fn names_exactly(&self, identifier: &str) -> bool {
        let is_whole = !identifier.starts_with("did:")
            && host(identifier).is_some_and(|host| identifier == format!("https://{host}"));
        self.uris.iter().any(|uri| uri == identifier) || is_whole && self.names(identifier)
    }
}

fn host(identifier: &str) -> Option<String> {
    if let Ok(did) = WebDid::parse(identifier) {
        return Some(did.host().to_owned());
    }
    match Url::parse(identifier).ok()?.host()? {
        Host::Domain(name) => Some(name.to_owned()),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

fn from_base64(text: &str) -> Result<X509, X509Error> {
    if text.len() > MAX_OCTETS * 4 / 3 {
        return Err(X509Error::Malformed);
    }
    let der = STANDARD
        .decode(text)
        .map_err(|_not_base64| X509Error::Malformed)?;
    let certificate = X509::from_der(&der).map_err(|_not_der| X509Error::Malformed)?;
    // What is not written again in the same way has something after it, or is not DER.
    match certificate.to_der() {
        Ok(written) if written == der => Ok(certificate),
        _ => Err(X509Error::Malformed),
    }
}

fn is_self_issued(certificate: &X509) -> Result<bool, X509Error> {
    let names = certificate
        .issuer_name()
        .try_cmp(certificate.subject_name());
    Ok(names.map_err(|_unreadable| X509Error::Malformed)?.is_eq())
}

/// The contents of an extension (RFC 5280 section 4.1.2.9).
fn extension(certificate: &[u8], wanted: &[u8]) -> Option<Vec<u8>> {
    let whole = Values(certificate).expect(SEQUENCE)?;
    let to_be_signed = whole.within().expect(SEQUENCE)?;
    let mut members = to_be_signed.within();
    let extensions = members.find(|member| member.tag == EXTENSIONS)?;
    let mut extensions = extensions.within().expect(SEQUENCE)?.within();
    let found = extensions.find(|extension| {
        let oid = extension.within().expect(OID);
        oid.is_some_and(|oid| oid.body == wanted)
    })?;
    let value = found.within().find(|member| member.tag == OCTETS)?;
    Some(value.body.to_vec())
}

fn says_authority(constraints: &[u8]) -> bool {
    let Some(sequence) = Values(constraints).expect(SEQUENCE) else {
        // Not to be understood, so the worst.
        return true;
    };
    let authority = sequence.within().expect(BOOLEAN);
    authority.is_some_and(|it| it.body != [0])
}

fn usage(octets: &[u8]) -> Option<u8> {
    let bits = Values(octets).expect(BIT_STRING)?;
    bits.body.get(1).copied()
}

fn key(certificate: &X509) -> Result<Jwk, X509Error> {
    let unsupported = || X509Error::UnsupportedKey;
    let key = certificate.public_key().map_err(|_none| unsupported())?;
    if key.id() == Id::ED25519 {
        let public = key.raw_public_key().map_err(|_none| unsupported())?;
        return Jwk::from_ed25519(&public).map_err(|_malformed| unsupported());
    }
    let key = key.ec_key().map_err(|_another| unsupported())?;
    if key.group().curve_name() != Some(Nid::X9_62_PRIME256V1) {
        return Err(unsupported());
    }
    let point = openssl::bn::BigNumContext::new().and_then(|mut context| {
        let form = openssl::ec::PointConversionForm::UNCOMPRESSED;
        key.public_key().to_bytes(key.group(), form, &mut context)
    });
    Jwk::from_p256_point(&point.map_err(|_none| unsupported())?).map_err(|_malformed| unsupported())
}
