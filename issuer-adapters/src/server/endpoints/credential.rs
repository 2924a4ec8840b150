//! `POST /credential`: a credential for each proven key (OpenID4VCI 1.0 section 8).

use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::HeaderMap,
    response::Response,
};
use credential_core::{
    oid4vci::{CredentialResponse, IssuedItem},
    sd_jwt::IssueError,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::server::{
    IssuerState,
    access::{TOKEN, authorized},
    answer::{Refusal, off_the_loop, private_json},
    form::{body, has_type},
    issuance::CredentialError,
};

pub(in crate::server) async fn post(
    State(state): State<IssuerState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let offer = authorized(&state, query.as_deref(), &headers)?.offer;
    let asked = Asked::read(&headers, &body(sent)?)?;
    let credentials = off_the_loop(state, move |state| {
        state
            .hand_out(offer, &asked.configuration, &asked.proofs)
            .inspect_err(|error| tracing::info!(offer.id = %offer, %error, "nothing was issued"))
    })
    .await?;
    let credentials = credentials.into_iter().map(|credential| IssuedItem {
        credential: credential.into_string(),
    });
    Ok(private_json(&CredentialResponse {
        credentials: credentials.collect(),
    }))
}

/// What a request asks for.
#[derive(Debug)]
struct Asked {
    configuration: String,
    proofs: Vec<String>,
}

/// Members this issuer knows; others are ignored, as section 8.2 demands.
#[derive(Debug, Deserialize)]
struct Request {
    credential_configuration_id: Option<String>,
    credential_identifier: Option<Value>,
    credential_response_encryption: Option<Value>,
    proofs: Option<Map<String, Value>>,
}

impl Asked {
    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        if !has_type(headers, "application/json") {
            return Err(MALFORMED);
        }
        let request: Request = serde_json::from_slice(body).map_err(|_malformed| MALFORMED)?;
        let configuration = match (
            request.credential_configuration_id,
            request.credential_identifier,
        ) {
            (Some(configuration), None) => configuration,
            // The token response named no identifier, so there is none to know.
            (None, Some(_)) => return Err(IDENTIFIER),
            _ => return Err(MALFORMED),
        };
        if request.credential_response_encryption.is_some() {
            return Err(ENCRYPTION);
        }
        let proofs = request.proofs.and_then(only_jwt).ok_or(PROOFS)?;
        Ok(Self {
            configuration,
            proofs,
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
            CredentialError::Registry(error) => error.into(),
        }
    }
}

const MALFORMED: Refusal = Refusal::bad_request(
    "invalid_credential_request",
    "request_malformed",
    "The request is not JSON of the required form.",
);
const IDENTIFIER: Refusal = Refusal::bad_request(
    "unknown_credential_identifier",
    "identifier_unknown",
    "This issuer gives no credential identifiers.",
);
const ENCRYPTION: Refusal = Refusal::bad_request(
    "invalid_encryption_parameters",
    "encryption_unsupported",
    "This issuer does not encrypt its answers.",
);
const PROOFS: Refusal = Refusal::bad_request(
    "invalid_proof",
    "proofs_missing",
    "Between one and eight key proofs of type jwt are needed.",
);
