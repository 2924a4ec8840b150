//! OpenID for Verifiable Credential Issuance 1.0, pre-authorized code flow: the messages both sides use.

pub mod metadata;
pub mod offer;
pub mod proof;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// `grant_type` of the pre-authorized code (section 6.1).
pub const PRE_AUTHORIZED_GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// Answer of the nonce endpoint (section 7.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonceResponse {
    /// To be signed into the next key proof.
    pub c_nonce: String,
}

/// Request for one credential (section 8.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRequest {
    /// Which of the offered configurations.
    pub credential_configuration_id: String,
    /// Proofs of the keys the credential will be bound to.
    pub proofs: Proofs,
}

/// Key proofs by type (section 8.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
    /// Proofs of type `jwt` ([`proof`]).
    pub jwt: Vec<String>,
}

/// Answer of the credential endpoint (section 8.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialResponse {
    /// As many as there were proofs.
    pub credentials: Vec<IssuedItem>,
}

/// One credential in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedItem {
    /// The credential in its format's text form.
    pub credential: String,
}
