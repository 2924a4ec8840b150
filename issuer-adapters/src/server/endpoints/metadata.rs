//! `GET /.well-known/openid-credential-issuer`: what can be issued, and where (OpenID4VCI 1.0
//! section 12.2).

use axum::{Json, extract::State};
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
    issuance::{MAX_PROOFS, configuration_id},
    profile::display,
};

pub(in crate::server) async fn get(State(state): State<IssuerState>) -> Json<CredentialIssuer> {
    let profile = state.profile();
    let configurations = CredentialType::ALL
        .into_iter()
        .map(|kind| (configuration_id(kind).into(), configuration(&state, kind)));
    Json(CredentialIssuer {
        credential_issuer: profile.identifier().into(),
        credential_endpoint: profile.address("/credential"),
        nonce_endpoint: profile.address("/nonce"),
        batch_credential_issuance: Some(BatchIssuance {
            batch_size: MAX_PROOFS,
        }),
        display: profile.display(),
        credential_configurations_supported: configurations.collect(),
    })
}

fn configuration(state: &IssuerState, kind: CredentialType) -> Configuration {
    Configuration {
        format: SD_JWT_VC.into(),
        vct: kind.vct().into(),
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
