mod canonical;
mod contexts;
mod hostile;
mod jwt;
mod multikey;
mod parts;
mod properties;
mod round_trip;
mod sd_jwt;
mod subject;
mod suites;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{LinkedDataError, ProofOptions, SecuredDocument, VerifiedDocument, secure};
use crate::jose::{EdDsaKey, Signer as _, VerifyingKey};

const ISSUER: &str = "https://opisto.example/issuers/1";

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("not an object: {other}"),
    }
}

/// A badge of a fictional institute, not signed.
pub(super) fn badge() -> Map<String, Value> {
    members(json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a111",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Hygieniaosaaminen",
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Esimerkkiopisto"},
        "validFrom": "2026-03-02T00:00:00Z",
        "validUntil": "2031-03-02T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:oppija",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://opisto.example/badges/7",
                "type": ["Achievement"],
                "name": "Hygieniaosaaminen",
                "description": "Elintarvikkeiden turvallinen käsittely",
                "criteria": {"narrative": "Hyväksytty koe"},
                "alignment": [
                    {"type": ["Alignment"], "targetName": "Elintarvikehygienia", "targetUrl": "https://esco.example/1"},
                    {"type": ["Alignment"], "targetName": "Omavalvonta", "targetUrl": "https://esco.example/2"},
                ],
            },
        },
    }))
}

fn key() -> EdDsaKey {
    EdDsaKey::generate().unwrap().0
}

fn at() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn verifying(key: &EdDsaKey) -> VerifyingKey {
    VerifyingKey::try_from(key.public_jwk()).unwrap()
}

fn signed(
    document: Map<String, Value>,
    key: &EdDsaKey,
) -> Result<VerifiedDocument, LinkedDataError> {
    let method = format!("{ISSUER}#{}", key.public_jwk().kid.as_deref().unwrap());
    let options = ProofOptions {
        created: at(),
        verification_method: &method,
    };
    secure(document, &options, key)
}

fn verify(document: &Value, key: &EdDsaKey) -> Result<VerifiedDocument, LinkedDataError> {
    let text = serde_json::to_vec(document).unwrap();
    SecuredDocument::parse(&text)?.verify(&verifying(key))
}
