//! OpenID for Verifiable Credential Issuance 1.0: the messages both sides use.

pub mod authorization;
#[cfg(feature = "jwe")]
pub mod encryption;
pub mod metadata;
pub mod notification;
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
    /// Which of the offered configurations, when the token response named no identifiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_configuration_id: Option<String>,
    /// One of the identifiers that the token response named. Never both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_identifier: Option<String>,
    /// Proofs of the keys the credential will be bound to.
    pub proofs: Proofs,
    /// How the answer is to be encrypted.
    #[cfg(feature = "jwe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<encryption::ResponseEncryption>,
}

/// Key proofs by type (section 8.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
    /// Proofs of type `jwt` ([`proof`]).
    pub jwt: Vec<String>,
}

/// Answer of the credential endpoint (section 8.3), and of the deferred one (section 9.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AnswerMembers", into = "AnswerMembers")]
pub enum CredentialResponse {
    /// The credentials.
    Issued {
        /// At most one for each proven key.
        credentials: Vec<IssuedItem>,
        /// Names them when the wallet tells what became of them ([`notification`]).
        notification_id: Option<String>,
    },
    /// To be fetched later, at the deferred credential endpoint.
    Deferred {
        /// What to ask for there.
        transaction_id: String,
        /// Seconds to wait before asking, 1 or more.
        interval: u32,
    },
}

/// Request at the deferred credential endpoint (section 9.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeferredRequest {
    /// From the answer that deferred.
    pub transaction_id: String,
    /// How this answer is to be encrypted; what an earlier request said no longer counts.
    #[cfg(feature = "jwe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<encryption::ResponseEncryption>,
}

/// An answer's members as they stand on the wire.
#[derive(Serialize, Deserialize)]
struct AnswerMembers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credentials: Option<Vec<IssuedItem>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notification_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interval: Option<u32>,
}

/// Both or neither of credentials and a transaction, or a transaction that says not how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer must have either credentials, or a transaction with a positive interval")]
pub struct AnswerUnclear;

impl TryFrom<AnswerMembers> for CredentialResponse {
    type Error = AnswerUnclear;

    fn try_from(members: AnswerMembers) -> Result<Self, AnswerUnclear> {
        let AnswerMembers {
            credentials,
            notification_id,
            transaction_id,
            interval,
        } = members;
        match (credentials, transaction_id, interval, notification_id) {
            (Some(credentials), None, None, notification_id) => Ok(Self::Issued {
                credentials,
                notification_id,
            }),
            (None, Some(transaction_id), Some(interval @ 1..), None) => Ok(Self::Deferred {
                transaction_id,
                interval,
            }),
            _ => Err(AnswerUnclear),
        }
    }
}

impl From<CredentialResponse> for AnswerMembers {
    fn from(answer: CredentialResponse) -> Self {
        let nothing = Self {
            credentials: None,
            notification_id: None,
            transaction_id: None,
            interval: None,
        };
        match answer {
            CredentialResponse::Issued {
                credentials,
                notification_id,
            } => Self {
                credentials: Some(credentials),
                notification_id,
                ..nothing
            },
            CredentialResponse::Deferred {
                transaction_id,
                interval,
            } => Self {
                transaction_id: Some(transaction_id),
                interval: Some(interval),
                ..nothing
            },
        }
    }
}

/// One credential in an answer. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedItem {
    /// The credential in its format's text form.
    pub credential: String,
}

impl std::fmt::Debug for IssuedItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedItem").finish_non_exhaustive()
    }
}
