//! What clients need to know of us: authorization server (RFC 8414) and mailbox (RFC 9728).

use aide::transform::TransformOperation;
use axum::{Json, extract::State};
use credential_core::{
    consent::details,
    oauth::metadata::{
        AUTHORIZATION_SERVER_PATH, AuthorizationServer, PROTECTED_RESOURCE_PATH, ProtectedResource,
    },
};

use super::{authorize, jwks, mailbox, par, token};
use crate::{api::Describe as _, state::Issuer};

/// Where the authorization server's metadata stands.
pub const PATH: &str = AUTHORIZATION_SERVER_PATH;

/// Where the mailbox's metadata stands: the well-known part goes between host and path.
pub(crate) fn resource_path() -> String {
    format!("{PROTECTED_RESOURCE_PATH}{}", mailbox::RESOURCE)
}

pub(crate) async fn get(State(issuer): State<Issuer>) -> Json<AuthorizationServer> {
    let algorithms = || vec!["ES256".to_owned(), "EdDSA".to_owned()];
    Json(AuthorizationServer {
        issuer: issuer.as_str().into(),
        authorization_endpoint: Some(issuer.address(authorize::PATH)),
        pushed_authorization_request_endpoint: Some(issuer.address(par::PATH)),
        token_endpoint: issuer.address(token::PATH),
        jwks_uri: Some(issuer.address(jwks::PATH)),
        require_pushed_authorization_requests: true,
        require_signed_request_object: true,
        authorization_response_iss_parameter_supported: true,
        response_types_supported: vec!["code".into()],
        grant_types_supported: vec!["authorization_code".into(), "refresh_token".into()],
        code_challenge_methods_supported: vec!["S256".into()],
        token_endpoint_auth_methods_supported: vec!["private_key_jwt".into()],
        token_endpoint_auth_signing_alg_values_supported: algorithms(),
        request_object_signing_alg_values_supported: algorithms(),
        dpop_signing_alg_values_supported: algorithms(),
        authorization_details_types_supported: vec![details::TYPE.into()],
        anonymous_pre_authorized: false,
    })
}

pub(crate) async fn resource(State(issuer): State<Issuer>) -> Json<ProtectedResource> {
    Json(ProtectedResource {
        resource: issuer.address(mailbox::RESOURCE),
        authorization_servers: vec![issuer.as_str().into()],
        bearer_methods_supported: vec!["header".into()],
        dpop_bound_access_tokens_required: true,
    })
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called(
            "serverMetadata",
            "What the authorization server can do (RFC 8414).",
        )
        .tag("public")
}

pub(crate) fn describe_resource(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("resourceMetadata", "What the mailbox wants (RFC 9728).")
        .tag("public")
}
