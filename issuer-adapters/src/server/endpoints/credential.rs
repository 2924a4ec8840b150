//! `POST /credential`: a credential for each proven key (OpenID4VCI 1.0 section 8).

use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::HeaderMap,
    response::Response,
};
use credential_core::{oid4vci::encryption::ResponseEncryption, sd_jwt::IssueError};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::server::{
    IssuerState,
    access::{Access, TOKEN, authorized},
    answer::{Refusal, off_the_loop},
    envelope::{Content, Envelopes, respond},
    form::body,
    issuance::CredentialError,
};

pub(in crate::server) async fn post(
    State(state): State<IssuerState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let access = authorized(&state, "/credential", query.as_deref(), &headers)?;
    let content = state.envelopes().open(&headers, &body(sent)?)?;
    let asked = Asked::read(&access, &content, state.envelopes())?;
    let offer = access.offer;
    let encryption = asked.encryption.clone();
    let answer = off_the_loop(state, move |state| {
        state
            .hand_out(offer, &asked.configuration, &asked.proofs)
            .inspect_err(|error| tracing::info!(offer.id = %offer, %error, "nothing was issued"))
    });
    respond(&answer.await?, encryption.as_ref())
}

/// What a request asks for.
#[derive(Debug)]
struct Asked {
    configuration: String,
    proofs: Vec<String>,
    encryption: Option<ResponseEncryption>,
}

/// Members this issuer knows; others are ignored, as section 8.2 demands.
#[derive(Debug, Deserialize)]
struct Request {
    credential_configuration_id: Option<String>,
    credential_identifier: Option<String>,
    credential_response_encryption: Option<Value>,
    proofs: Option<Map<String, Value>>,
}

impl Asked {
    fn read(access: &Access, content: &Content, envelopes: &Envelopes) -> Result<Self, Refusal> {
        let request: Request =
            serde_json::from_slice(&content.json).map_err(|_malformed| MALFORMED)?;
        let configuration = access.configuration(
            request.credential_configuration_id.as_deref(),
            request.credential_identifier.as_deref(),
        )?;
        let encryption = envelopes.wanted(request.credential_response_encryption, content)?;
        let proofs = request.proofs.and_then(only_jwt).ok_or(PROOFS)?;
        Ok(Self {
            configuration,
            proofs,
            encryption,
        })
    }
}

/// The proofs, when they are of type `jwt` and no other (section 8.2.1).
fn only_jwt(mut proofs: Map<String, Value>) -> Option<Vec<String>> {
    let jwt = proofs.remove("jwt").filter(|_| proofs.is_empty())?;
    serde_json::from_value(jwt).ok()
}

impl From<CredentialError> for Refusal {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::UnknownConfiguration => Self::bad_request(
                "unknown_credential_configuration",
                "configuration_unknown",
                "There is no such credential configuration.",
            ),
            CredentialError::NotOffered => Self::bad_request(
                "unknown_credential_configuration",
                "configuration_not_offered",
                "This credential configuration is not part of the offer.",
            ),
            CredentialError::ProofCount => PROOFS,
            CredentialError::KeyTwice => Self::bad_request(
                "invalid_proof",
                "proof_key_repeated",
                "Each proof must be made with a key of its own.",
            ),
            CredentialError::Proof(_) => Self::bad_request(
                "invalid_proof",
                "proof_refused",
                "A key proof is not valid.",
            ),
            CredentialError::Nonce(_) => Self::bad_request(
                "invalid_nonce",
                "nonce_refused",
                "The nonce of a key proof cannot be used. Please fetch a new one.",
            ),
            CredentialError::Gone => TOKEN,
            CredentialError::Collected => Self::bad_request(
                "credential_request_denied",
                "credential_collected",
                "This credential was collected before.",
            ),
            CredentialError::Issue(error @ (IssueError::Randomness(_) | IssueError::Sign(_))) => {
                tracing::error!(reason = error.reason(), "a credential was not signed");
                Self::UNAVAILABLE
            }
            CredentialError::Issue(error) => {
                tracing::error!(
                    reason = error.reason(),
                    "a prepared credential was not issued"
                );
                Self::bad_request(
                    "credential_request_denied",
                    "credential_not_issuable",
                    "This credential can no longer be issued. Please ask for a new offer.",
                )
            }
            CredentialError::UnknownTransaction => super::deferred::UNKNOWN,
            CredentialError::Registry(error) => error.into(),
        }
    }
}

pub(in crate::server) const MALFORMED: Refusal = Refusal::bad_request(
    "invalid_credential_request",
    "request_malformed",
    "The request is not JSON of the required form.",
);
const PROOFS: Refusal = Refusal::bad_request(
    "invalid_proof",
    "proofs_missing",
    "Between one and eight key proofs of type jwt are needed.",
);
