//! Asking for credentials by an authorization request (section 5), and what the token endpoint says of
//! them (section 6.2).

use serde::{Deserialize, Serialize};

use crate::oauth::metadata::AuthorizationServer;

/// `grant_type` of the authorization code (RFC 6749 section 4.1.3).
pub const AUTHORIZATION_CODE_GRANT: &str = "authorization_code";
/// `type` of the `authorization_details` that ask for a credential (section 5.1.1).
pub const DETAIL_TYPE: &str = "openid_credential";
/// Client authentication by a wallet attestation (draft-ietf-oauth-attestation-based-client-auth).
pub const ATTESTED_CLIENT: &str = "attest_jwt_client_auth";

/// The header's `typ` of a wallet attestation.
pub const ATTESTATION_TYP: &str = "oauth-client-attestation+jwt";
/// The header's `typ` of the proof that comes with it.
pub const ATTESTATION_POP_TYP: &str = "oauth-client-attestation-pop+jwt";

/// One credential that is asked for, or that was granted (section 5.1.1). Members that are not known
/// are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialDetail {
    /// [`DETAIL_TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Which configuration.
    pub credential_configuration_id: String,
    /// The credential issuer, where the authorization server is another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<String>,
    /// In a token response: the names to ask for credentials by (section 6.2), never none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential_identifiers: Vec<String>,
}

impl CredentialDetail {
    /// Asks for, or grants, a credential of this configuration.
    #[must_use]
    pub fn new(configuration: &str) -> Self {
        Self {
            kind: DETAIL_TYPE.into(),
            credential_configuration_id: configuration.into(),
            locations: Vec::new(),
            credential_identifiers: Vec::new(),
        }
    }
}

/// The token endpoint's answer (RFC 6749 section 5.1, OpenID4VCI 1.0 section 6.2). `Debug` shows no token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuanceToken {
    /// An opaque handle.
    pub access_token: String,
    /// `DPoP` or `Bearer`.
    pub token_type: String,
    /// Seconds.
    #[serde(default)]
    pub expires_in: u32,
    /// What was granted, when it was asked for in this form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details: Vec<CredentialDetail>,
}

impl std::fmt::Debug for IssuanceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuanceToken")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("authorization_details", &self.authorization_details)
            .finish_non_exhaustive()
    }
}

/// Metadata of an authorization server that grants credentials: RFC 8414, and what wallet attestation adds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuanceServer {
    /// What every authorization server says.
    #[serde(flatten)]
    pub server: AuthorizationServer,
    /// The scopes it grants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// Where challenges for wallet attestations are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_endpoint: Option<String>,
    /// Algorithms of wallet attestations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_attestation_signing_alg_values_supported: Vec<String>,
    /// Algorithms of the proofs that come with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_attestation_pop_signing_alg_values_supported: Vec<String>,
}

/// Answer of the challenge endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeResponse {
    /// To be signed into the next proof of an attested client.
    pub attestation_challenge: String,
}
