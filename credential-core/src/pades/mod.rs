//! Signatures of PDF documents: PAdES (ETSI EN 319 142-1) and its forerunner in ISO 32000-1, 12.8.
//!
//! [`check`] says whether the octets of a document are those that somebody signed, and who the
//! signature names. It reads no pages, runs nothing, and unpacks nothing but cross-reference and
//! revocation data, within limits.
//!
//! | step | where |
//! |---|---|
//! | objects, as far as signatures need them (ISO 32000-1, 7.3) | `object` |
//! | the signature dictionary (12.8.1) | `signature` |
//! | the octets it covers: everything but its own `/Contents` | `range` |
//! | the signed data (CMS, RFC 5652), with OpenSSL | `cms` |
//! | what was appended afterwards, object by object | `update`, `section` |
//! | whether the certificate leads to a given anchor (RFC 5280) | `chain` |
//!
//! One signature over the whole document is what is accepted. After it may stand revocation data alone
//! (`/DSS`, EN 319 142-1, 5.4.2), because it changes nothing that a reader shows. Everything else, a
//! second signature and a document time stamp included, is [`Outcome::ChangedAfterSigning`] or not checked.
//!
//! # Incomplete support
//! Whether a certificate was revoked is not looked at, nor are time stamps: [`Signed::claimed_at`] is what
//! the signer says. A document whose signer prepared it to look different later (optional content, fonts)
//! is intact all the same.
//!
//! ```
//! use credential_core::pades::{Outcome, check};
//! assert!(matches!(check(b"%PDF-1.7\n%%EOF\n", None), Outcome::NotSigned));
//! ```
//!
//! Nobody but this module says that somebody signed:
//!
//! ```compile_fail
//! let signed = credential_core::pades::Signed { signer: "CN=Opetushallitus".into() };
//! ```

mod chain;
mod cms;
mod date;
mod finding;
mod object;
mod range;
mod section;
mod signature;
#[cfg(test)]
mod tests;
mod update;

pub use self::finding::{Certification, NotCheckable, Outcome, Signed, Trust};
use self::{cms::Fault, object::Budget, signature::Found};
use crate::der;
pub use crate::x509::Anchors;

/// Largest document, in octets: 16 MiB.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Whether these octets are a PDF document, by how they begin (ISO 32000-1, 7.5.2).
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// Checks the signature of a PDF document. With anchors it is also looked at whether the signer's
/// certificate leads to one of them.
#[must_use]
pub fn check(bytes: &[u8], anchors: Option<&Anchors<'_>>) -> Outcome {
    judged(bytes, anchors).unwrap_or_else(Outcome::CouldNotCheck)
}

fn judged(bytes: &[u8], anchors: Option<&Anchors<'_>>) -> Result<Outcome, NotCheckable> {
    if bytes.len() > MAX_BYTES {
        return Err(NotCheckable::TooLarge);
    }
    let mut budget = Budget::of(bytes);
    let found = match signature::find(bytes, &mut budget)? {
        Found::Nothing => return Ok(Outcome::NotSigned),
        Found::One(signature) => signature,
    };
    let covered = range::covered(bytes, &found)?;
    let message = cms::opened(&covered.contents)?;
    let signer = match message.verify(&covered.octets(), found.sub_filter) {
        Ok(signer) => signer,
        Err(Fault::DoesNotFit) => return Ok(Outcome::Tampered),
        Err(Fault::NotCheckable(why)) => return Err(why),
    };
    let signed = Signed {
        signer: signer.subject,
        issuer: signer.issuer,
        certificate: signer.certificate,
        claimed_at: found.claimed_at,
        certification: found.certification,
        trust: signer.chain.judged(anchors),
    };
    if update::is_permitted(bytes, covered.end, &mut budget) {
        Ok(Outcome::Intact(signed))
    } else {
        Ok(Outcome::ChangedAfterSigning(signed))
    }
}
