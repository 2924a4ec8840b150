//! Evidence about a credential that was issued, for its holder to keep: `credential_core::evidence`.

use credential_core::{
    credential::CredentialType,
    evidence::{self, NewEvidence},
    jose::{KeyUse, SignError},
    sd_jwt::StatusReference,
};

use super::{CredentialStatus, IssuerState, RegistryError, registry::parts};

/// Why no evidence was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceRefused {
    /// The registry refused, or knows no such credential.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// What is withdrawn or suspended is not proven.
    #[error("the credential {index} is revoked or suspended")]
    NotValid {
        /// The index asked for.
        index: u32,
    },
    /// The registry has a type that this program does not know.
    #[error("the type of the credential is not known")]
    TypeUnknown,
    /// It could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl EvidenceRefused {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Registry(error) => error.reason(),
            Self::NotValid { .. } => "evidence_not_valid",
            Self::TypeUnknown => "evidence_type_unknown",
            Self::Sign(_) => "evidence_not_signed",
        }
    }
}

impl IssuerState {
    /// Signs evidence about the credential at `index`, with this moment's status list and the
    /// registrar's list, which is not verified here.
    ///
    /// # Errors
    /// [`EvidenceRefused`].
    pub fn evidence(&self, index: u32, trust_list: &str) -> Result<String, EvidenceRefused> {
        let mut entries = self.issued()?.into_iter();
        let entry = entries
            .find(|entry| entry.index == index || entry.copies.contains(&index))
            .ok_or(RegistryError::NoSuchCredential { index })?;
        if entry.status != CredentialStatus::Valid {
            return Err(EvidenceRefused::NotValid { index });
        }
        let kind = CredentialType::from_vct(&entry.vct).ok_or(EvidenceRefused::TypeUnknown)?;
        let document = std::str::from_utf8(kind.type_metadata())
            .map_err(|_not_text| EvidenceRefused::TypeUnknown)?;
        let keys = std::iter::once(self.public_key()).chain(self.retired().iter().cloned());
        let keys: Vec<_> = keys.map(|key| key.with_use(KeyUse::Sig)).collect();
        let (number, place) = parts(index);
        let list = self.status_list_token(number)?;
        let list = list.ok_or(RegistryError::NoSuchCredential { index })?;
        let status = StatusReference {
            uri: self.status_list_address(number),
            idx: place,
        };
        let new = NewEvidence {
            issuer: self.issuer(),
            status: &status,
            vct: &entry.vct,
            type_metadata: document,
            issued_at: entry.issued_at,
            keys: &keys,
            status_list: &list,
            trust_list,
        };
        Ok(evidence::sign(&new, self.now(), self.signer())?)
    }
}
