//! The ways of proving a document that are known.

use serde_json::{Map, Value};

use super::{LinkedDataError, proof::text};
use crate::jose::Algorithm;

pub(super) const DATA_INTEGRITY: &str = "DataIntegrityProof";

/// How a proof was made. A proof of any other kind says nothing either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Suite {
    /// Ed25519 over statements (Data Integrity EdDSA Cryptosuites 1.0 section 3.2).
    EddsaRdfc2022,
    /// Ed25519 over canonical JSON (section 3.3 of the same).
    EddsaJcs2022,
    /// P-256 over statements (Data Integrity ECDSA Cryptosuites 1.0 section 3.2).
    EcdsaRdfc2019,
    /// P-256 over canonical JSON (section 3.3 of the same).
    EcdsaJcs2019,
    /// Ed25519 over statements, as it was before Data Integrity (Ed25519Signature2020 of 2022).
    Ed25519Signature2020,
}

/// What is hashed and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The statements of the text (RDFC-1.0).
    Statements,
    /// The text itself (RFC 8785).
    Text,
}

impl Suite {
    /// Every suite.
    pub const ALL: [Self; 5] = [
        Self::EddsaRdfc2022,
        Self::EddsaJcs2022,
        Self::EcdsaRdfc2019,
        Self::EcdsaJcs2019,
        Self::Ed25519Signature2020,
    ];

    /// Its name in a proof: the member `cryptosuite`, for the oldest the type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
            Self::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Self::EcdsaJcs2019 => "ecdsa-jcs-2019",
            Self::Ed25519Signature2020 => "Ed25519Signature2020",
        }
    }

    /// The kind of key that its proofs are made with. Of the curves of ECDSA only P-256 is known.
    #[must_use]
    pub fn algorithm(self) -> Algorithm {
        match self {
            Self::EddsaRdfc2022 | Self::EddsaJcs2022 | Self::Ed25519Signature2020 => {
                Algorithm::EdDsa
            }
            Self::EcdsaRdfc2019 | Self::EcdsaJcs2019 => Algorithm::Es256,
        }
    }

    pub(super) fn form(self) -> Form {
        match self {
            Self::EddsaJcs2022 | Self::EcdsaJcs2019 => Form::Text,
            Self::EddsaRdfc2022 | Self::EcdsaRdfc2019 | Self::Ed25519Signature2020 => {
                Form::Statements
            }
        }
    }

    /// The suite that a proof names.
    ///
    /// # Errors
    /// [`LinkedDataError::UnsupportedProof`] with the name of any other.
    pub(super) fn of(proof: &Map<String, Value>) -> Result<Self, LinkedDataError> {
        let (kind, suite) = (text(proof, "type"), text(proof, "cryptosuite"));
        let named = match (kind, suite) {
            (Some(DATA_INTEGRITY), Some(suite)) => Some(suite),
            (Some(kind), None) => Some(kind),
            _ => None,
        };
        let is_named = |suite: &Self| {
            let is_older = *suite == Self::Ed25519Signature2020;
            named == Some(suite.name()) && is_older == (kind != Some(DATA_INTEGRITY))
        };
        Self::ALL.into_iter().find(is_named).ok_or_else(|| {
            let named = named.or(kind).unwrap_or_default();
            LinkedDataError::UnsupportedProof(LinkedDataError::short(named))
        })
    }
}
