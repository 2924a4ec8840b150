//! What became of issued credentials in the wallet, told to their issuer (section 11).

use serde::{Deserialize, Serialize};

/// Longest description that is read, in characters.
pub const MAX_DESCRIPTION: usize = 300;

/// What the wallet tells. Members that are not known are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// From the answer that brought the credentials.
    pub notification_id: String,
    /// What happened to all of them: when one of several was lost, the whole has failed.
    pub event: Event,
    /// For the issuer's engineers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_description: Option<String>,
}

/// What happened. A person who deletes a credential later is nobody's business: `credential_deleted` is
/// about an issuance that the person broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// They are in the wallet.
    CredentialAccepted,
    /// They could not be kept.
    CredentialFailure,
    /// The person did not want them.
    CredentialDeleted,
}

impl Notification {
    /// Whether the description has only the characters that the standard allows, and not too many.
    #[must_use]
    pub fn is_acceptable(&self) -> bool {
        let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
        self.event_description
            .as_deref()
            .is_none_or(|text| text.len() <= MAX_DESCRIPTION && text.chars().all(allowed))
    }
}
