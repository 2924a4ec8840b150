//! The signed data of a signature (CMS, RFC 5652; CAdES, ETSI EN 319 122-1), checked by OpenSSL.
//!
//! OpenSSL's Rust interface verifies, and says neither which certificate it used nor what was signed for.
//! So the certificate is chosen here, by what the signature names, and is the only one that OpenSSL gets.

use openssl::{
    cms::{CMSOptions, CmsContentInfo},
    error::ErrorStack,
    hash::MessageDigest,
    pkcs7::{Pkcs7, Pkcs7Flags},
    pkey::Id,
    stack::Stack,
    x509::{X509, X509NameRef},
};

use super::{
    chain::Chain,
    der::{CONTEXT_0, CONTEXT_1, OCTETS, OID, SEQUENCE, SET, Value, Values},
    finding::NotCheckable,
    signature::SubFilter,
};

/// `id-signedData`, RFC 5652 section 5.1.
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// `id-data`, section 4.
const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
/// `id-aa-signingCertificateV2`, RFC 5035 section 3.
const SIGNING_CERTIFICATE_V2: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f";
const SHA_256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA_384: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x02";
const SHA_512: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";
/// Reasons of OpenSSL's CMS library (`cmserr.h`): content, digest or signature do not fit.
const DOES_NOT_FIT: [i32; 2] = [109, 158];
/// RSA keys below this many bits are not accepted (ETSI TS 119 312).
const MIN_RSA: u32 = 2048;
const MIN_EC: u32 = 256;

/// Signed data with one signer.
pub(super) struct Message<'c> {
    der: &'c [u8],
    attributes: Values<'c>,
}

/// Whose signature fits.
pub(super) struct Signer {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) certificate: Vec<u8>,
    pub(super) chain: Chain,
}

/// Why there is no signer.
pub(super) enum Fault {
    DoesNotFit,
    NotCheckable(NotCheckable),
}

impl From<NotCheckable> for Fault {
    fn from(why: NotCheckable) -> Self {
        Self::NotCheckable(why)
    }
}

/// A structure that OpenSSL cannot take.
impl From<ErrorStack> for Fault {
    fn from(_details: ErrorStack) -> Self {
        Self::NotCheckable(NotCheckable::Malformed)
    }
}

/// Looks into what `/Contents` holds: signed data and zeros after it, detached, of one signer, with
/// attributes, and an accepted digest.
pub(super) fn opened(contents: &[u8]) -> Result<Message<'_>, NotCheckable> {
    let mut values = Values(contents);
    let whole = values.expect(SEQUENCE).ok_or(NotCheckable::Malformed)?;
    if values.0.iter().any(|octet| *octet != 0) {
        return Err(NotCheckable::Malformed);
    }
    let signer = signer_info(&whole).ok_or(NotCheckable::Malformed)?;
    let mut fields = signer.within();
    // Version, and who signed.
    let digest = fields.nth(1).and_then(|_signer| fields.next());
    let algorithm = digest.and_then(|digest| digest.within().expect(OID));
    let algorithm = algorithm.ok_or(NotCheckable::Malformed)?.body;
    if ![SHA_256, SHA_384, SHA_512].contains(&algorithm) {
        return Err(NotCheckable::AlgorithmNotAccepted);
    }
    // Without them, the octets of some attributes could pass for a document.
    let attributes = fields.expect(CONTEXT_0).ok_or(NotCheckable::Malformed)?;
    Ok(Message {
        der: whole.whole,
        attributes: attributes.within(),
    })
}

impl Message<'_> {
    /// Checks the signature over a document with the certificate that it names.
    pub(super) fn verify(&self, document: &[u8], kind: SubFilter) -> Result<Signer, Fault> {
        let pkcs7 = Pkcs7::from_der(self.der)?;
        let none = Stack::new()?;
        let signers = pkcs7.signers(&none, Pkcs7Flags::empty());
        let signers = signers.map_err(|_missing| NotCheckable::CertificateMissing)?;
        let signer = signers.iter().next();
        let signer = signer.ok_or(NotCheckable::CertificateMissing)?.to_owned();
        if kind == SubFilter::Cades && !self.names(&signer)? {
            return Err(NotCheckable::CertificateMissing.into());
        }
        check_key(&signer)?;
        let mut only = Stack::new()?;
        only.push(signer.clone())?;
        let flags = CMSOptions::BINARY | CMSOptions::NO_SIGNER_CERT_VERIFY | CMSOptions::NOINTERN;
        CmsContentInfo::from_der(self.der)?
            .verify(Some(&only), None, Some(document), None, flags)
            .map_err(|errors| fault(&errors))?;
        let others = pkcs7.signed().and_then(|signed| signed.certificates());
        Ok(Signer {
            subject: name(signer.subject_name()),
            issuer: name(signer.issuer_name()),
            certificate: signer.to_der()?,
            chain: Chain::of(signer, others),
        })
    }

    /// Whether this is the certificate that was signed for (EN 319 122-1, 5.2.2.3): its digest stands in
    /// the first `ESSCertIDv2`, by SHA-256 where no algorithm is named.
    fn names(&self, signer: &X509) -> Result<bool, ErrorStack> {
        let Some(mut first) = self.signing_certificate() else {
            return Ok(false);
        };
        let algorithm = first.expect(SEQUENCE);
        let algorithm = algorithm.and_then(|algorithm| algorithm.within().expect(OID));
        let digest = match algorithm.map_or(SHA_256, |algorithm| algorithm.body) {
            SHA_256 => MessageDigest::sha256(),
            SHA_384 => MessageDigest::sha384(),
            SHA_512 => MessageDigest::sha512(),
            _ => return Ok(false),
        };
        let expected = first.expect(OCTETS).map(|octets| octets.body);
        let is_same = expected == Some(&*signer.digest(digest)?);
        Ok(is_same)
    }

    /// What is in `SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, … }`, the first of them.
    fn signing_certificate(&self) -> Option<Values<'_>> {
        let mut attributes = self.attributes.filter_map(|attribute| {
            let mut parts = attribute.within();
            let is_named = parts.expect(OID)?.body == SIGNING_CERTIFICATE_V2;
            is_named.then(|| parts.expect(SET)).flatten()
        });
        let values = attributes.next()?;
        let value = values.within().expect(SEQUENCE)?;
        let certificates = value.within().expect(SEQUENCE)?;
        Some(certificates.within().expect(SEQUENCE)?.within())
    }
}

/// The only `SignerInfo` of detached signed data.
fn signer_info<'c>(whole: &Value<'c>) -> Option<Value<'c>> {
    let mut outer = whole.within();
    let is_signed = outer.expect(OID)?.body == SIGNED_DATA;
    let mut fields = outer.expect(CONTEXT_0)?.within().expect(SEQUENCE)?.within();
    // Version and digest algorithms.
    fields.nth(1)?;
    let mut content = fields.expect(SEQUENCE)?.within();
    let is_detached = content.expect(OID)?.body == DATA && content.next().is_none();
    fields.expect(CONTEXT_0);
    fields.expect(CONTEXT_1);
    let mut signers = fields.expect(SET)?.within();
    let only = signers.expect(SEQUENCE)?;
    (is_signed && is_detached && signers.next().is_none()).then_some(only)
}

fn check_key(signer: &X509) -> Result<(), Fault> {
    let key = signer.public_key()?;
    let is_accepted = match key.id() {
        Id::RSA | Id::RSA_PSS => key.bits() >= MIN_RSA,
        Id::EC => key.bits() >= MIN_EC,
        _ => false,
    };
    if is_accepted {
        Ok(())
    } else {
        Err(NotCheckable::AlgorithmNotAccepted.into())
    }
}

fn fault(errors: &ErrorStack) -> Fault {
    let mut errors = errors.errors().iter();
    if errors.any(|error| DOES_NOT_FIT.contains(&error.reason_code())) {
        Fault::DoesNotFit
    } else {
        Fault::NotCheckable(NotCheckable::Malformed)
    }
}

/// `CN=Test Signer, O=Test`; what is not text is left out.
fn name(name: &X509NameRef) -> String {
    let parts = name.entries().filter_map(|entry| {
        let kind = entry.object().nid().short_name().ok()?;
        let text = entry.data().to_string().ok()?;
        let shown: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
        Some(format!("{kind}={shown}"))
    });
    parts.take(20).collect::<Vec<_>>().join(", ")
}
