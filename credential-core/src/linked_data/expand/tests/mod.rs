//! Our own way beside the processor: where it answers, it answers the same.

mod corpus;
mod generated;
mod plain;

use serde_json::{Map, Value, json};

use crate::linked_data::{canonical::canonical, document, expand, statements::by_processor};

/// Whether our own way answers; what it answers is what the processor says, and never where that refuses.
fn is_answered(document: &Map<String, Value>) -> bool {
    let Some(own) = expand::statements(document) else {
        return false;
    };
    let theirs = by_processor(document);
    let shown = || Value::Object(document.clone());
    let theirs = theirs.unwrap_or_else(|error| panic!("{error}: {}", shown()));
    assert_eq!(canonical(own), canonical(theirs), "{}", shown());
    true
}

/// The same of a document that the rules for texts may refuse before.
fn is_answered_if_read(document: &Value) -> bool {
    let document = document.as_object().unwrap();
    document::check(document).is_ok() && is_answered(document)
}

/// Open Badges 3.0 with most of what they may hold, of fictional people.
fn rich() -> Value {
    let profile = json!({"id": "https://opisto.example", "type": "Profile", "name": "Opisto", "email": "a@opisto.example"});
    let endorsement = json!({
        "@context": [V2, OB],
        "id": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a222",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": profile,
        "validFrom": "2026-03-02T00:00:00Z",
        "credentialSubject": {"id": "https://opisto.example/7", "type": ["EndorsementSubject"], "endorsementComment": "Hyvä"},
        "proof": [proof()],
    });
    json!({
        "@context": [V2, OB],
        "id": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a111",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": {"@value": "Osaaja", "@language": "fi"},
        "image": {"id": "https://opisto.example/7.png", "type": "Image", "caption": "Kuva"},
        "issuer": {"id": "https://opisto.example", "type": ["Profile"], "official": "1",
            "address": {"type": ["Address"], "geo": {"type": ["GeoCoordinates"], "latitude": 60.17, "longitude": 24}},
            "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "7", "identifierType": "ext:x"}]},
        "validFrom": "2026-03-02T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:oppija",
            "type": ["AchievementSubject"],
            "creditsEarned": 4.5,
            "identifier": [{"type": "IdentityObject", "hashed": true, "identityHash": "sha256$0", "identityType": "name", "salt": "s"}],
            "achievement": {
                "id": "https://opisto.example/7", "type": ["Achievement"], "achievementType": "Certificate",
                "criteria": {"narrative": "Koe\n\"suullinen\""}, "creator": {"id": "https://opisto.example", "type": ["Profile"]},
                "description": "Käsittely", "name": "Osaaja", "tag": ["a", "b", "a"], "creditsAvailable": 5,
                "resultDescription": [{"id": "urn:uuid:1", "type": ["ResultDescription"], "allowedValue": ["A", "B", "A"],
                    "name": "Arvosana", "resultType": "LetterGrade",
                    "rubricCriterionLevel": [{"type": "RubricCriterionLevel", "id": "urn:uuid:2", "level": "A", "points": "1"}]}],
                "alignment": [{"type": ["Alignment"], "targetName": "a", "targetUrl": "https://esco.example/1"}],
            },
            "result": [{"type": ["Result"], "resultDescription": "urn:uuid:1", "value": "A"}],
        },
        "evidence": [{"id": "https://opisto.example/e", "type": ["Evidence"], "genre": "Koe"}],
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": "9", "statusListCredential": "https://opisto.example/status"},
        "credentialSchema": [{"id": "https://opisto.example/schema", "type": "JsonSchema"}],
        "endorsement": [endorsement],
        "endorsementJwt": ["e30.e30."],
    })
}

const V1: &str = "https://www.w3.org/2018/credentials/v1";
const V2: &str = "https://www.w3.org/ns/credentials/v2";
const OB: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

fn proof() -> Value {
    json!({
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2026-03-02T00:00:00Z",
        "verificationMethod": "https://opisto.example#1", "proofPurpose": "assertionMethod", "proofValue": "z3",
    })
}

/// What a proof signs of itself.
fn configuration(contexts: Value) -> Value {
    let mut proof = proof();
    proof.as_object_mut().unwrap().remove("proofValue");
    proof["@context"] = contexts;
    proof
}
