//! What a check comes to.

use std::fmt;

use chrono::{DateTime, FixedOffset};

/// What is known about a document's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// There is no signature.
    NotSigned,
    /// The document is as it was signed.
    Intact(Signed),
    /// What was signed is whole, and something was appended that is more than revocation data. What a
    /// reader shows may not be what was signed.
    ChangedAfterSigning(Signed),
    /// The signature does not fit the octets that it says it covers.
    Tampered,
    /// There is something of a signature, and it cannot be said whether the document is as it was signed.
    CouldNotCheck(NotCheckable),
}

/// A signature that fits what it covers. Only [`check`](super::check) makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    pub(super) signer: String,
    pub(super) issuer: String,
    pub(super) certificate: Vec<u8>,
    pub(super) claimed_at: Option<DateTime<FixedOffset>>,
    pub(super) certification: Option<Certification>,
    pub(super) trust: Trust,
}

/// Whether the signer's certificate leads to an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// No anchors were given: who signed is what the certificate says of itself.
    NotAsked,
    /// It leads to one of the anchors, and all certificates hold at the time that was given.
    Anchored,
    /// It leads to none of them, or a certificate does not hold at the time that was given.
    NotAnchored,
}

/// What the signer permits to change later (`DocMDP`, ISO 32000-1, 12.8.2.2). The check does not rely
/// on it: what it accepts is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certification {
    /// Nothing (level 1).
    NoChanges,
    /// Forms may be filled in, and signatures added (level 2).
    FormsAndSignatures,
    /// The same, and annotations (level 3).
    AnnotationsToo,
}

/// Why a signature could not be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotCheckable {
    /// The document is larger than [`MAX_BYTES`](super::MAX_BYTES), or takes more looking at than it may.
    #[error("the document is too large to check its signature")]
    TooLarge,
    /// There are several signatures. Which of them counts is not decided here.
    #[error("the document has more than one signature")]
    Several,
    /// The signature is not written as it has to be.
    #[error("the signature is not written as a signature has to be")]
    Malformed,
    /// The signature does not cover the whole document up to where it was made.
    #[error("the signature does not cover the whole document")]
    NotWhole,
    /// It is neither `ETSI.CAdES.detached` nor `adbe.pkcs7.detached`.
    #[error("signatures of this kind are not supported")]
    KindNotSupported,
    /// The algorithm, or the length of the key, is not accepted.
    #[error("the signature's algorithm or key is not accepted")]
    AlgorithmNotAccepted,
    /// The signer's certificate is not in the document, or not the one that was signed for.
    #[error("the signer's certificate is not in the document")]
    CertificateMissing,
}

impl NotCheckable {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "pdf-too-large",
            Self::Several => "pdf-several-signatures",
            Self::Malformed => "pdf-signature-malformed",
            Self::NotWhole => "pdf-signature-not-over-all",
            Self::KindNotSupported => "pdf-signature-kind-not-supported",
            Self::AlgorithmNotAccepted => "pdf-signature-algorithm-not-accepted",
            Self::CertificateMissing => "pdf-certificate-missing",
        }
    }
}

impl Outcome {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSigned => "pdf-not-signed",
            Self::Intact(_) => "pdf-intact",
            Self::ChangedAfterSigning(_) => "pdf-changed-after-signing",
            Self::Tampered => "pdf-tampered",
            Self::CouldNotCheck(why) => why.reason(),
        }
    }
}

impl Signed {
    /// The subject of the signer's certificate (RFC 4514, in the order of the certificate).
    #[must_use]
    pub fn signer(&self) -> &str {
        &self.signer
    }

    /// The issuer of the signer's certificate.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The signer's certificate (DER).
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// When it was signed, as the signer's clock said (`/M`).
    #[must_use]
    pub fn claimed_at(&self) -> Option<DateTime<FixedOffset>> {
        self.claimed_at
    }

    /// What the signer permits to change later.
    #[must_use]
    pub fn certification(&self) -> Option<Certification> {
        self.certification
    }

    /// Whether the certificate leads to an anchor.
    #[must_use]
    pub fn trust(&self) -> Trust {
        self.trust
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("signer", &self.signer)
            .field("claimed_at", &self.claimed_at)
            .field("certification", &self.certification)
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}
