//! `GET /.well-known/openid-credential-issuer`: what can be issued, and where (OpenID4VCI 1.0
//! section 12.2), as JSON, or signed for who asks for that first (section 12.2.3).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    dcql::SD_JWT_VC,
    jose::Algorithm,
    oid4vci::metadata::{
        BatchIssuance, Configuration, CredentialIssuer, CredentialMetadata, ProofAlgorithms,
        ProofTypes,
    },
};

use crate::server::{
    IssuerState,
    answer::Refusal,
    issuance::{MAX_PROOFS, configuration_id},
    profile::display,
};

/// How long signed metadata is good for.
const LIFE: TimeDelta = TimeDelta::hours(24);
const SIGNED: &str = "application/jwt";

pub(in crate::server) async fn get(
    State(state): State<IssuerState>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let metadata = credential_issuer(&state);
    // Caches have to keep the two apart.
    let vary = [(header::VARY, "accept")];
    if !wants_signed(&headers) {
        return Ok((vary, Json(metadata)).into_response());
    }
    let now = state.now();
    let signed = metadata.sign((now, now + LIFE), state.signer())?;
    Ok((vary, [(header::CONTENT_TYPE, SIGNED)], signed).into_response())
}

/// Whether the first media type of `Accept` that we have is the signed one. Weights (RFC 9110 section
/// 12.5.1) are not compared: who prefers plain JSON writes it first, and both are always acceptable.
fn wants_signed(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .map(|range| range.trim().to_ascii_lowercase())
        .find(|range| {
            [SIGNED, "application/json", "application/*", "*/*"].contains(&range.as_str())
        })
        .is_some_and(|first| first == SIGNED)
}

fn credential_issuer(state: &IssuerState) -> CredentialIssuer {
    let profile = state.profile();
    let (requests, responses) = state.envelopes().metadata();
    let configurations = CredentialType::ALL
        .into_iter()
        .map(|kind| (configuration_id(kind).into(), configuration(state, kind)));
    CredentialIssuer {
        credential_issuer: profile.identifier().into(),
        authorization_servers: Vec::new(),
        credential_endpoint: profile.address("/credential"),
        nonce_endpoint: profile.address("/nonce"),
        deferred_credential_endpoint: Some(profile.address("/deferred")),
        notification_endpoint: Some(profile.address("/notification")),
        credential_request_encryption: Some(requests),
        credential_response_encryption: Some(responses),
        batch_credential_issuance: Some(BatchIssuance {
            batch_size: MAX_PROOFS,
        }),
        display: profile.display(),
        credential_configurations_supported: configurations.collect(),
    }
}

fn configuration(state: &IssuerState, kind: CredentialType) -> Configuration {
    Configuration {
        format: SD_JWT_VC.into(),
        vct: kind.vct().into(),
        scope: Some(configuration_id(kind).into()),
        cryptographic_binding_methods_supported: vec!["jwk".into()],
        credential_signing_alg_values_supported: vec![state.signer().algorithm().name().into()],
        proof_types_supported: ProofTypes {
            jwt: ProofAlgorithms {
                proof_signing_alg_values_supported: Algorithm::NAMES.map(str::to_owned).into(),
            },
        },
        credential_metadata: Some(CredentialMetadata {
            display: display(|language| kind.name(language)),
        }),
    }
}
