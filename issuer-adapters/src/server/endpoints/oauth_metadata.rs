//! `GET /.well-known/oauth-authorization-server`: the issuer is its own authorization server
//! (RFC 8414, OpenID4VCI 1.0 section 12.3).

use axum::{Json, extract::State};
use credential_core::{oauth::metadata::AuthorizationServer, oid4vci::PRE_AUTHORIZED_GRANT};

use crate::server::IssuerState;

pub(in crate::server) async fn get(State(state): State<IssuerState>) -> Json<AuthorizationServer> {
    let profile = state.profile();
    Json(AuthorizationServer {
        issuer: profile.identifier().into(),
        authorization_endpoint: None,
        pushed_authorization_request_endpoint: None,
        token_endpoint: profile.address("/token"),
        jwks_uri: Some(profile.address("/jwks")),
        require_pushed_authorization_requests: false,
        require_signed_request_object: false,
        authorization_response_iss_parameter_supported: false,
        response_types_supported: Vec::new(),
        grant_types_supported: vec![PRE_AUTHORIZED_GRANT.into()],
        code_challenge_methods_supported: Vec::new(),
        token_endpoint_auth_methods_supported: vec!["none".into()],
        token_endpoint_auth_signing_alg_values_supported: Vec::new(),
        request_object_signing_alg_values_supported: Vec::new(),
        dpop_signing_alg_values_supported: Vec::new(),
        authorization_details_types_supported: Vec::new(),
        anonymous_pre_authorized: true,
    })
}
