//! What clients need to know of us: authorization server (RFC 8414) and resources (RFC 9728).

use aide::transform::TransformOperation;
use axum::{Json, extract::State};
use credential_core::{
    consent::details,
    jose::Algorithm,
    oauth::metadata::{
        AUTHORIZATION_SERVER_PATH, AuthorizationServer, PROTECTED_RESOURCE_PATH, ProtectedResource,
    },
    transparency::origin_of,
};

use super::{
    authorize, details_types, grants, introspect, jwks, mailbox, par, revoke, token, wallet,
};
use crate::{api::Describe as _, keys::BrokerKeys, state::Issuer};

/// Where the authorization server's metadata stands.
pub const PATH: &str = AUTHORIZATION_SERVER_PATH;

/// The resources of this server, relative to the issuer.
const RESOURCES: [&str; 3] = [mailbox::RESOURCE, grants::RESOURCE, wallet::RESOURCE];

/// Where each resource's metadata stands: the well-known part goes between host and path.
pub(crate) fn resource_paths() -> impl Iterator<Item = (&'static str, String)> {
    let place = |resource| (resource, format!("{PROTECTED_RESOURCE_PATH}{resource}"));
    RESOURCES.into_iter().map(place)
}

/// Where the resource is described that has this path in it.
pub(crate) fn description_of(path: &str) -> Option<String> {
    let is_part = |resource: &str| {
        path.strip_prefix(resource)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let (_, place) = resource_paths().find(|(resource, _)| is_part(resource))?;
    Some(place)
}

fn algorithms() -> Vec<String> {
    Algorithm::NAMES.map(str::to_owned).into()
}

pub(crate) async fn get(
    State(issuer): State<Issuer>,
    State(keys): State<BrokerKeys>,
) -> Json<AuthorizationServer> {
    let log = keys.log_signer(&origin_of(issuer.as_str()));
    let by_assertion = || vec!["private_key_jwt".to_owned()];
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let types_endpoint = issuer.address(details_types::PATH);
    Json(AuthorizationServer {
        issuer: issuer.as_str().into(),
        authorization_endpoint: Some(issuer.address(authorize::PATH)),
        pushed_authorization_request_endpoint: Some(issuer.address(par::PATH)),
        token_endpoint: issuer.address(token::PATH),
        jwks_uri: Some(issuer.address(jwks::PATH)),
        introspection_endpoint: Some(issuer.address(introspect::PATH)),
        introspection_endpoint_auth_methods_supported: by_assertion(),
        introspection_endpoint_auth_signing_alg_values_supported: algorithms(),
        introspection_signing_alg_values_supported: words(&[keys.signer().algorithm().name()]),
        revocation_endpoint: Some(issuer.address(revoke::PATH)),
        revocation_endpoint_auth_methods_supported: by_assertion(),
        revocation_endpoint_auth_signing_alg_values_supported: algorithms(),
        grant_management_endpoint: Some(issuer.address(grants::RESOURCE)),
        grant_management_actions_supported: words(&["query", "revoke"]),
        authorization_details_types_metadata_endpoint: Some(types_endpoint),
        protected_resources: RESOURCES.map(|resource| issuer.address(resource)).to_vec(),
        require_pushed_authorization_requests: true,
        require_signed_request_object: true,
        authorization_response_iss_parameter_supported: true,
        response_types_supported: words(&["code"]),
        response_modes_supported: words(&["query"]),
        ui_locales_supported: words(&["fi", "sv", "en"]),
        grant_types_supported: words(&["authorization_code", "refresh_token"]),
        code_challenge_methods_supported: words(&["S256"]),
        token_endpoint_auth_methods_supported: by_assertion(),
        token_endpoint_auth_signing_alg_values_supported: algorithms(),
        request_object_signing_alg_values_supported: algorithms(),
        dpop_signing_alg_values_supported: algorithms(),
        authorization_details_types_supported: words(&[details::TYPE]),
        log_verifier_key: log.ok().map(|log| log.verifier().clone()),
        anonymous_pre_authorized: false,
    })
}

/// The metadata of one of our resources.
pub(crate) fn resource(resource: &str, issuer: &Issuer) -> Json<ProtectedResource> {
    // A wallet reads what is its own: its token carries no details.
    let has_details = resource != wallet::RESOURCE;
    let types = has_details.then(|| details::TYPE.to_owned());
    Json(ProtectedResource {
        resource: issuer.address(resource),
        authorization_servers: vec![issuer.as_str().into()],
        bearer_methods_supported: vec!["header".into()],
        dpop_signing_alg_values_supported: algorithms(),
        authorization_details_types_supported: types.into_iter().collect(),
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

pub(crate) fn describe_resource(
    resource: &str,
) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
    move |operation| {
        let name = resource.trim_start_matches('/');
        operation
            .called(
                &format!("{name}Metadata"),
                &format!("What `{resource}` wants (RFC 9728)."),
            )
            .tag("public")
    }
}
