//! `GET /.well-known/oauth-authorization-server`: the issuer is its own authorization server
//! (RFC 8414, OpenID4VCI 1.0 section 12.3).

use axum::{Json, extract::State};
use credential_core::{oauth::metadata::AuthorizationServer, oid4vci::PRE_AUTHORIZED_GRANT};

use crate::server::IssuerState;

pub(in crate::server) async fn get(State(state): State<IssuerState>) -> Json<AuthorizationServer> {
    let profile = state.profile();
    Json(AuthorizationServer {
        issuer: profile.identifier().into(),
        token_endpoint: profile.address("/token"),
        jwks_uri: Some(profile.address("/jwks")),
        grant_types_supported: vec![PRE_AUTHORIZED_GRANT.into()],
        token_endpoint_auth_methods_supported: vec!["none".into()],
        anonymous_pre_authorized: true,
        ..AuthorizationServer::default()
    })
}
