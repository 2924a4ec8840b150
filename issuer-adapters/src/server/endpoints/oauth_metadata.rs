//! `GET /.well-known/oauth-authorization-server`: the issuer is its own authorization server
//! (RFC 8414, OpenID4VCI 1.0 section 12.3).

use axum::{Json, extract::State};
use credential_core::{
    credential::CredentialType,
    jose::Algorithm,
    oauth::metadata::AuthorizationServer,
    oid4vci::{
        PRE_AUTHORIZED_GRANT,
        authorization::{ATTESTED_CLIENT, AUTHORIZATION_CODE_GRANT, DETAIL_TYPE, IssuanceServer},
    },
    text::Language,
};

use crate::server::{IssuerState, issuance::configuration_id};

pub(in crate::server) async fn get(State(state): State<IssuerState>) -> Json<IssuanceServer> {
    let profile = state.profile();
    let algorithms = || Algorithm::NAMES.map(str::to_owned).to_vec();
    let believes = !state.attesters().is_empty();
    let attested = believes.then(|| ATTESTED_CLIENT.to_owned());
    let server = AuthorizationServer {
        issuer: profile.identifier().into(),
        authorization_endpoint: Some(profile.address("/authorize")),
        pushed_authorization_request_endpoint: Some(profile.address("/par")),
        require_pushed_authorization_requests: true,
        token_endpoint: profile.address("/token"),
        jwks_uri: Some(profile.address("/jwks")),
        authorization_response_iss_parameter_supported: true,
        response_types_supported: vec!["code".into()],
        response_modes_supported: vec!["query".into()],
        ui_locales_supported: Language::ALL.map(|language| language.tag().into()).into(),
        grant_types_supported: vec![AUTHORIZATION_CODE_GRANT.into(), PRE_AUTHORIZED_GRANT.into()],
        code_challenge_methods_supported: vec!["S256".into()],
        token_endpoint_auth_methods_supported: attested
            .into_iter()
            .chain(["none".into()])
            .collect(),
        dpop_signing_alg_values_supported: algorithms(),
        authorization_details_types_supported: vec![DETAIL_TYPE.into()],
        anonymous_pre_authorized: true,
        ..AuthorizationServer::default()
    };
    let attestation = || believes.then(algorithms).unwrap_or_default();
    Json(IssuanceServer {
        server,
        scopes_supported: CredentialType::ALL
            .map(|kind| configuration_id(kind).into())
            .into(),
        challenge_endpoint: believes.then(|| profile.address("/challenge")),
        client_attestation_signing_alg_values_supported: attestation(),
        client_attestation_pop_signing_alg_values_supported: attestation(),
    })
}
