//! Open Badges 3.0 with an embedded proof (`eddsa-rdfc-2022`), beside ring's bare Ed25519 over as many octets.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use credential_core::{
    jose::{EdDsaKey, Signer as _, VerifyingKey},
    linked_data::{ProofOptions, SecuredDocument, secure},
};
use criterion::Criterion;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde_json::{Map, Value, json};

use crate::ratio::Table;

const ISSUER: &str = "https://opisto.example/issuers/1";
/// Two digests, of the proof and of the document.
const SIGNED_LENGTH: usize = 64;

/// A badge of a fictional institute: thirteen objects, some sixty statements.
fn badge() -> Map<String, Value> {
    let alignment = |at: usize| {
        json!({
            "type": ["Alignment"], "targetName": format!("Taito {at}"),
            "targetUrl": format!("https://esco.example/{at}"), "targetFramework": "ESCO",
        })
    };
    let level = |at: usize| {
        json!({
            "id": format!("urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a22{at}"),
            "type": ["RubricCriterionLevel"], "name": format!("Taso {at}"), "level": at.to_string(), "points": "1",
        })
    };
    let badge = json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a111",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Hygieniaosaaminen",
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Esimerkkiopisto", "url": "https://opisto.example"},
        "validFrom": "2026-03-02T00:00:00Z",
        "validUntil": "2031-03-02T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": ["IdentityObject"], "hashed": true, "identityType": "name", "salt": "pehmeää",
                "identityHash": "sha256$9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            }],
            "creditsEarned": 1.5,
            "achievement": {
                "id": "https://opisto.example/badges/7",
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": "Hygieniaosaaminen",
                "description": "Elintarvikkeiden turvallinen käsittely ja omavalvonta ammattikeittiössä",
                "criteria": {"narrative": "Hyväksytty kirjallinen koe ja näyttö"},
                "tag": ["hygienia", "omavalvonta"],
                "alignment": [alignment(1), alignment(2), alignment(3)],
                "resultDescription": [{
                    "id": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a333",
                    "type": ["ResultDescription"], "name": "Arvosana", "resultType": "LetterGrade",
                    "rubricCriterionLevel": [level(1), level(2)],
                }],
            },
        },
        "credentialStatus": {
            "id": "https://opisto.example/status/1#94567", "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation", "statusListIndex": "94567",
            "statusListCredential": "https://opisto.example/status/1",
        },
    });
    serde_json::from_value(badge).unwrap()
}

pub(crate) fn run(criterion: &mut Criterion, table: &mut Table) {
    let (key, pkcs8) = EdDsaKey::generate().unwrap();
    let bare = Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap();
    let message = [7; SIGNED_LENGTH];
    let signature = bare.sign(&message);
    let public = UnparsedPublicKey::new(&ED25519, bare.public_key().as_ref());

    let created: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().unwrap();
    let method = format!("{ISSUER}#{}", key.public_jwk().kid.as_deref().unwrap());
    let options = ProofOptions {
        created,
        verification_method: &method,
    };
    let text = secure(badge(), &options, &key)
        .unwrap()
        .to_json()
        .to_string();
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    table.pair(
        criterion,
        ("Open Badge verify", "one Ed25519 verification"),
        || public.verify(&message, signature.as_ref()).unwrap(),
        || {
            let read = SecuredDocument::parse(text.as_bytes()).unwrap();
            drop(black_box(read.verify(&verifying).unwrap()));
        },
    );
}
