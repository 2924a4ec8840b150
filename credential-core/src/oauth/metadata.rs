//! Authorization server metadata (RFC 8414) and protected resource metadata (RFC 9728).

use serde::{Deserialize, Serialize};

use crate::transparency::VerifierKey;

/// Where authorization server metadata stands, inserted between host and path (RFC 8414 section 3.1).
pub const AUTHORIZATION_SERVER_PATH: &str = "/.well-known/oauth-authorization-server";
/// Where protected resource metadata stands (RFC 9728 section 3.1).
pub const PROTECTED_RESOURCE_PATH: &str = "/.well-known/oauth-protected-resource";

/// What a client needs to know of an authorization server. Absent members are omitted, never null.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuthorizationServer {
    /// The issuer identifier; must equal the address the metadata was fetched for.
    pub issuer: String,
    /// Authorization endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// PAR endpoint (RFC 9126).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Token endpoint.
    pub token_endpoint: String,
    /// Keys that sign receipts and log heads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Introspection endpoint (RFC 7662).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// How resource servers authenticate there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    /// Algorithms of their assertions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Algorithms of signed introspection answers (RFC 9701 section 7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introspection_signing_alg_values_supported: Vec<String>,
    /// Revocation endpoint (RFC 7009).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// How clients authenticate there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    /// Algorithms of their assertions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Where a client asks about its grants and gives them up (FAPI Grant Management).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_management_endpoint: Option<String>,
    /// What it may do there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grant_management_actions_supported: Vec<String>,
    /// Where the types of `authorization_details` are described (draft-ietf-oauth-rar-metadata-remediation).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details_types_metadata_endpoint: Option<String>,
    /// The resources of this server itself (RFC 9728 section 4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protected_resources: Vec<String>,
    /// Only pushed requests are accepted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_pushed_authorization_requests: bool,
    /// Only signed request objects are accepted (RFC 9101).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_signed_request_object: bool,
    /// RFC 9207.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub authorization_response_iss_parameter_supported: bool,
    /// Response types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_types_supported: Vec<String>,
    /// How the answer comes back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_modes_supported: Vec<String>,
    /// Languages of the pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
    /// Grant types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// PKCE methods (RFC 7636).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// Client authentication methods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Algorithms of client assertions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Algorithms of request objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_object_signing_alg_values_supported: Vec<String>,
    /// Algorithms of DPoP proofs (RFC 9449 section 5.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// Types of rich authorization requests (RFC 9396 section 10).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    /// The key of a broker's global log (C2SP signed-note); the log stands below `/log`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_verifier_key: Option<VerifierKey>,
    /// OpenID4VCI 1.0 section 12.3: the pre-authorized code may come without a client id.
    #[serde(
        default,
        rename = "pre-authorized_grant_anonymous_access_supported",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub anonymous_pre_authorized: bool,
}

/// What a client needs to know of a protected resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProtectedResource {
    /// The resource identifier.
    pub resource: String,
    /// The authorization servers it accepts tokens of.
    pub authorization_servers: Vec<String>,
    /// How tokens are sent.
    pub bearer_methods_supported: Vec<String>,
    /// Algorithms of DPoP proofs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// Types of rich authorization requests that tokens for it carry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    /// Tokens are always bound to a DPoP key.
    pub dpop_bound_access_tokens_required: bool,
}
