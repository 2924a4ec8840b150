//! Whether a certificate leads to an anchor (RFC 5280 section 6, by OpenSSL): the one check of a path that
//! signed documents and signed credentials share.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use openssl::{
    error::ErrorStack,
    stack::Stack,
    x509::{
        X509, X509StoreContext, X509VerifyResult,
        store::X509StoreBuilder,
        verify::{X509VerifyFlags, X509VerifyParam},
    },
};

use super::X509Error;

/// `X509_V_ERR_CERT_NOT_YET_VALID` and `X509_V_ERR_CERT_HAS_EXPIRED`.
const OUT_OF_TIME: [i32; 2] = [9, 10];

/// Most certificates of one file of anchors.
const MAX_ANCHORS: usize = 1024;

/// Whom to trust, and when all certificates have to hold.
#[derive(Debug, Clone, Copy)]
pub struct Anchors<'a> {
    /// Certificates (DER): of roots, or of issuers below them.
    pub certificates: &'a [Vec<u8>],
    /// The time at which the certificates have to hold. The signer's own clock is no evidence of it.
    pub at: DateTime<Utc>,
}

/// An anchor from PEM (RFC 7468), as standard base64 of its DER: what a trust list holds.
///
/// # Errors
/// [`X509Error::Malformed`].
pub fn anchor(pem: &[u8]) -> Result<String, X509Error> {
    match anchors(pem)?.as_slice() {
        [one] => Ok(STANDARD.encode(one)),
        _ => Err(X509Error::Malformed),
    }
}

/// All anchors of a file (DER each): of a text in PEM, at least one, or the one in DER.
///
/// # Errors
/// [`X509Error::Malformed`], [`X509Error::TooMany`] beyond 1,024.
pub fn anchors(octets: &[u8]) -> Result<Vec<Vec<u8>>, X509Error> {
    let certificates = match octets.trim_ascii_start().starts_with(b"-----BEGIN") {
        true => X509::stack_from_pem(octets),
        false => X509::from_der(octets).map(|one| vec![one]),
    };
    let certificates = certificates.and_then(|all| {
        let all = all.iter().map(|it| it.to_der());
        all.collect::<Result<Vec<_>, _>>()
    });
    let certificates = certificates.map_err(|_damaged| X509Error::Malformed)?;
    match certificates.len() {
        0 => Err(X509Error::Malformed),
        1..=MAX_ANCHORS => Ok(certificates),
        _ => Err(X509Error::TooMany),
    }
}

/// The name of a certificate (DER): its subject, as `CN=…, O=…` in the order in which it stands there.
///
/// # Errors
/// [`X509Error::Malformed`], also when the subject is empty or not to be read.
pub fn subject(certificate: &[u8]) -> Result<String, X509Error> {
    let certificate = X509::from_der(certificate).map_err(|_damaged| X509Error::Malformed)?;
    let mut parts = Vec::new();
    for entry in certificate.subject_name().entries() {
        let kind = entry.object().nid().short_name();
        let (Ok(kind), Ok(value)) = (kind, entry.data().to_string()) else {
            return Err(X509Error::Malformed);
        };
        parts.push(format!("{kind}={value}"));
    }
    match parts.is_empty() {
        true => Err(X509Error::Malformed),
        false => Ok(parts.join(", ")),
    }
}

/// Whether `leaf` leads to one of the anchors over `others`. To an anchor that is no certificate nothing
/// leads, and beside one nothing does.
pub(crate) fn leads_to(
    leaf: &X509,
    others: &[X509],
    anchors: &Anchors<'_>,
) -> Result<(), X509Error> {
    match result(leaf, others, anchors) {
        Ok(X509VerifyResult::OK) => Ok(()),
        Ok(why) if OUT_OF_TIME.contains(&why.as_raw()) => Err(X509Error::NotOfThisMoment),
        Ok(_) | Err(_) => Err(X509Error::NotAnchored),
    }
}

fn result(
    leaf: &X509,
    others: &[X509],
    anchors: &Anchors<'_>,
) -> Result<X509VerifyResult, ErrorStack> {
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(anchors.at.timestamp());
    parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    let mut store = X509StoreBuilder::new()?;
    store.set_param(&parameters)?;
    for anchor in anchors.certificates {
        store.add_cert(X509::from_der(anchor)?)?;
    }
    let mut untrusted = Stack::new()?;
    for other in others {
        untrusted.push(other.clone())?;
    }
    let mut context = X509StoreContext::new()?;
    context.init(&store.build(), leaf, &untrusted, |context| {
        let holds = context.verify_cert()?;
        // Never "in order" by the error alone.
        let why = context.error();
        let refused = X509VerifyResult::APPLICATION_VERIFICATION;
        Ok(match (holds, why) {
            (true, _) => X509VerifyResult::OK,
            (false, X509VerifyResult::OK) => refused,
            (false, why) => why,
        })
    })
}
