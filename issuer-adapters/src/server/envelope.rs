//! Requests and answers of the credential endpoints, in the open or encrypted (OpenID4VCI 1.0 section 10).
//!
//! The key that requests are encrypted to is new at every start of the server: what was recorded on the
//! wire before cannot be opened afterwards by whoever takes the machine. A wallet that kept older
//! metadata is told so, and fetches it again.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use credential_core::{
    jose::{
        JwkSet,
        jwe::{ALGORITHM, ContentEncryption, JweError, OpeningKey},
    },
    oid4vci::{
        CredentialResponse,
        encryption::{
            MEDIA_TYPE, RequestEncryptionMetadata, ResponseEncryption, ResponseEncryptionMetadata,
        },
    },
};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    answer::{Refusal, private_json},
    form::has_type,
};

/// The key, and whether everything has to be encrypted.
#[derive(Debug)]
pub(super) struct Envelopes {
    key: OpeningKey,
    required: bool,
}

/// A request's content, and whether it came encrypted.
pub(super) struct Content {
    pub(super) json: Zeroizing<Vec<u8>>,
    is_encrypted: bool,
}

impl Envelopes {
    pub(super) fn new(required: bool) -> Result<Self, JweError> {
        let key = OpeningKey::generate()?;
        Ok(Self { key, required })
    }

    /// What metadata says of requests and of answers.
    pub(super) fn metadata(&self) -> (RequestEncryptionMetadata, ResponseEncryptionMetadata) {
        let ways = ContentEncryption::ALL.map(|way| way.name().to_owned());
        let request = RequestEncryptionMetadata {
            jwks: JwkSet {
                keys: vec![self.key.public_jwk().clone()],
            },
            enc_values_supported: ways.to_vec(),
            encryption_required: self.required,
        };
        let response = ResponseEncryptionMetadata {
            alg_values_supported: vec![ALGORITHM.into()],
            enc_values_supported: ways.to_vec(),
            encryption_required: self.required,
        };
        (request, response)
    }

    /// The JSON of a request.
    pub(super) fn open(&self, headers: &HeaderMap, body: &[u8]) -> Result<Content, Refusal> {
        if has_type(headers, MEDIA_TYPE) {
            let sent = std::str::from_utf8(body).map_err(|_not_text| NOT_OPENED)?;
            let json = self
                .key
                .open(sent.trim())
                .map_err(|_unreadable| NOT_OPENED)?;
            return Ok(Content {
                json,
                is_encrypted: true,
            });
        }
        if self.required {
            return Err(REQUIRED);
        }
        if !has_type(headers, "application/json") {
            return Err(super::endpoints::credential::MALFORMED);
        }
        Ok(Content {
            json: Zeroizing::new(body.to_vec()),
            is_encrypted: false,
        })
    }

    /// How the answer is to be encrypted: not at all when nobody asks. Who could replace the wallet's key
    /// in a request sent in the open would read the answer, so that is refused (section 8.2).
    pub(super) fn wanted(
        &self,
        asked: Option<Value>,
        content: &Content,
    ) -> Result<Option<ResponseEncryption>, Refusal> {
        let Some(asked) = asked else {
            return if self.required {
                Err(REQUIRED)
            } else {
                Ok(None)
            };
        };
        let wanted: ResponseEncryption =
            serde_json::from_value(asked).map_err(|_unsupported| UNSUPPORTED)?;
        if !wanted.is_usable() {
            return Err(UNSUPPORTED);
        }
        if !content.is_encrypted {
            return Err(IN_THE_OPEN);
        }
        Ok(Some(wanted))
    }
}

/// An answer, encrypted when that was asked for, whatever is in it.
pub(super) fn respond(
    answer: &CredentialResponse,
    encryption: Option<&ResponseEncryption>,
) -> Result<Response, Refusal> {
    let mut response = match encryption {
        None => private_json(answer),
        Some(encryption) => {
            let json = serde_json::to_vec(answer).map_err(|_not_json| Refusal::FAULT)?;
            let sealed = encryption.seal(&Zeroizing::new(json)).map_err(|error| {
                tracing::error!(reason = error.reason(), "an answer was not encrypted");
                Refusal::UNAVAILABLE
            })?;
            let headers = [
                (header::CONTENT_TYPE, MEDIA_TYPE),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, sealed).into_response()
        }
    };
    if matches!(answer, CredentialResponse::Deferred { .. }) {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    Ok(response)
}

const NOT_OPENED: Refusal = Refusal::bad_request(
    "invalid_encryption_parameters",
    "request_not_opened",
    "The request does not open. Please fetch the metadata again and encrypt to the key in it.",
);
const REQUIRED: Refusal = Refusal::bad_request(
    "invalid_encryption_parameters",
    "encryption_required",
    "Requests and answers have to be encrypted here.",
);
const UNSUPPORTED: Refusal = Refusal::bad_request(
    "invalid_encryption_parameters",
    "encryption_unsupported",
    "The answer cannot be encrypted like this: a P-256 key with alg ECDH-ES, and A128GCM or A256GCM.",
);
const IN_THE_OPEN: Refusal = Refusal::bad_request(
    "invalid_encryption_parameters",
    "request_not_encrypted",
    "Who asks for an encrypted answer has to encrypt the request too.",
);
