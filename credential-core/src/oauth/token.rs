//! Answers of the PAR and token endpoints. The requests are form parameters read where they arrive.

use serde::{Deserialize, Serialize};

use crate::{consent::details::GrantedDetails, id::GrantId};

/// RFC 9126 section 2.2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PushedResponse {
    /// To be used once, at the authorization endpoint.
    pub request_uri: String,
    /// Seconds.
    pub expires_in: u32,
}

/// The token endpoint's answer (RFC 6749 section 5.1, RFC 9396 section 7). `Debug` shows no token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TokenResponse {
    /// An opaque handle.
    pub access_token: String,
    /// `DPoP` or `Bearer`.
    pub token_type: String,
    /// Seconds.
    pub expires_in: u32,
    /// An opaque handle, bound to client and key, not rotated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What was granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details: Vec<GrantedDetails>,
    /// The grant the token reads under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<GrantId>,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("grant_id", &self.grant_id)
            .finish_non_exhaustive()
    }
}
