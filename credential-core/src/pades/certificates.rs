//! Certificates as people keep them: one file of anchors.

use openssl::x509::X509;

/// Most certificates of one file of anchors.
const MAX_ANCHORS: usize = 1024;

/// The certificates (DER) in a text (PEM, RFC 7468), or the one in these octets (DER).
///
/// # Errors
/// [`NotCertificates`] when there is none, or one that cannot be read.
pub fn certificates(octets: &[u8]) -> Result<Vec<Vec<u8>>, NotCertificates> {
    let found = match octets.trim_ascii_start().starts_with(b"-----BEGIN") {
        true => X509::stack_from_pem(octets),
        false => X509::from_der(octets).map(|one| vec![one]),
    };
    let found = found.map_err(|_damaged| NotCertificates)?;
    if found.is_empty() || found.len() > MAX_ANCHORS {
        return Err(NotCertificates);
    }
    let written = found.iter().map(|one| one.to_der());
    written
        .collect::<Result<_, _>>()
        .map_err(|_never| NotCertificates)
}

/// A text or octets hold no certificates, or more than anybody trusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these are no certificates")]
pub struct NotCertificates;
