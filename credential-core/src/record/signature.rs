//! How far the signature that a source document carries could be checked.

/// What is known about the document's own signature.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SourceSignature {
    /// The document carries none.
    #[default]
    Absent,
    /// It carries one that was not checked. This says nothing for the document, nor against it.
    NotChecked(NotChecked),
    /// It is correct. Whether the signer may say such things is another question.
    Valid {
        /// Who signed, as the signature names them.
        signer: String,
    },
    /// It fits the document, which is as it was signed. Whether to believe the certificate was not asked:
    /// anybody can make one with any name.
    Fits {
        /// Whom the signer's certificate names.
        named: String,
    },
    /// It fits what was signed, and something was added to the document afterwards that may change what
    /// is shown.
    ChangedAfterSigning {
        /// Whom the signer's certificate names.
        named: String,
    },
    /// It does not fit the document: it was changed after signing, or never signed by that key.
    Invalid,
}

/// Why a signature was not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotChecked {
    /// Signatures of this kind are not supported here.
    KindNotSupported,
    /// The algorithm is not accepted any more, for example RSA with SHA-1.
    AlgorithmNotAccepted,
    /// The signer's key is not in the document, and was not at hand.
    KeyNotAtHand,
    /// It does not say without doubt what was signed: it is not written as it has to be, it is over a part
    /// of the document, or there are several.
    Unclear,
}

impl SourceSignature {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent => "signature-absent",
            Self::NotChecked(NotChecked::KindNotSupported) => "signature-kind-not-supported",
            Self::NotChecked(NotChecked::AlgorithmNotAccepted) => {
                "signature-algorithm-not-accepted"
            }
            Self::NotChecked(NotChecked::KeyNotAtHand) => "signature-key-not-at-hand",
            Self::NotChecked(NotChecked::Unclear) => "signature-unclear",
            Self::Fits { .. } => "signature-fits",
            Self::ChangedAfterSigning { .. } => "signature-changed-after-signing",
            Self::Valid { .. } => "signature-valid",
            Self::Invalid => "signature-invalid",
        }
    }
}
