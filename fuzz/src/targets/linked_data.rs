//! Credentials of the W3C data model with an embedded proof: no text verifies that nobody signed, what
//! was signed verifies as it was, and our own way to statements is the processor's.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use credential_core::linked_data::{
    LinkedDataError, ProofOptions, SecuredDocument, VerifiedDocument, fuzzing::is_same, secure,
};
use serde_json::{Map, Value};

use crate::{keys::Key, parties::noon};

static ISSUER: LazyLock<Key> = LazyLock::new(|| Key::of(31));
static STRANGER: LazyLock<Key> = LazyLock::new(|| Key::of(32));

/// A document that is signed here, or one with a proof, as it came.
pub fn run(data: &[u8]) -> bool {
    let Ok(Value::Object(document)) = serde_json::from_slice(data) else {
        return SecuredDocument::parse(data).is_ok();
    };
    assert_ne!(is_same(&document), Some(false), "statements differ");
    match document.get("proof") {
        None => sign(document),
        Some(_) => read(data),
    }
}

fn sign(document: Map<String, Value>) -> bool {
    let Ok(signed) = signed(&document) else {
        return false;
    };
    assert_eq!(signed.document(), &document);
    let text = serde_json::to_vec(&signed.to_json()).expect("JSON");
    let again = SecuredDocument::parse(&text).expect("what was signed is read");
    let verified = again.verify(&ISSUER.verifying());
    assert_eq!(verified.as_ref(), Ok(&signed));
    let again = SecuredDocument::parse(&text).expect("the same");
    assert_eq!(
        again.verify(&STRANGER.verifying()),
        Err(LinkedDataError::BadSignature)
    );
    true
}

/// Nobody signs but for the seeds, whose statements are then the same.
fn read(data: &[u8]) -> bool {
    let Ok(parsed) = SecuredDocument::parse(data) else {
        return false;
    };
    let stranger = parsed.clone().verify(&STRANGER.verifying());
    assert!(stranger.is_err());
    let Ok(verified) = parsed.verify(&ISSUER.verifying()) else {
        return false;
    };
    // An issuer signs the statements, not the text, so a list of one may have become its only element; who
    // issued it and until when cannot have changed.
    let genuine = signed(&badge()).expect("the seed");
    assert_eq!(verified.issuer(), genuine.issuer());
    assert_eq!(verified.valid_until(), genuine.valid_until());
    assert_eq!(verified.id(), genuine.id());
    true
}

fn signed(document: &Map<String, Value>) -> Result<VerifiedDocument, LinkedDataError> {
    let issuer = match document.get("issuer") {
        Some(Value::Object(profile)) => profile.get("id"),
        other => other,
    };
    let issuer = issuer.and_then(Value::as_str).unwrap_or_default();
    let options = ProofOptions {
        created: created(),
        verification_method: &format!("{issuer}#key"),
    };
    secure(document.clone(), &options, &*ISSUER)
}

fn created() -> DateTime<Utc> {
    noon()
}

fn badge() -> Map<String, Value> {
    serde_json::from_str(BADGE).expect("an object")
}

const BADGE: &str = r#"{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a111","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"https://opisto.example","type":["Profile"],"name":"Esimerkkiopisto"},"validFrom":"2026-03-02T00:00:00Z","validUntil":"2031-03-02T00:00:00Z","credentialSubject":{"type":["AchievementSubject"],"achievement":{"id":"https://opisto.example/1","type":["Achievement"],"name":"Oma osaaminen","description":"","criteria":{"narrative":"Koe"},"alignment":[{"type":["Alignment"],"targetName":"a","targetUrl":"https://esco.example/1"},{"type":["Alignment"],"targetName":"b","targetUrl":"https://esco.example/2"}]}}}"#;

/// What few badges have: values with a language, lists, numbers, references, a badge in a badge.
const MANY_WORDS: &str = r#"{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"urn:uuid:1","type":["VerifiableCredential","ClrCredential"],"issuer":{"id":"did:example:1","type":["Profile"],"address":{"type":["Address"],"geo":{"type":["GeoCoordinates"],"latitude":60.17,"longitude":24}}},"name":{"@value":"a","@language":"fi"},"credentialSubject":{"type":["ClrSubject"],"verifiableCredential":[{"@context":"https://www.w3.org/ns/credentials/v2","type":["VerifiableCredential"],"issuer":"did:example:2","credentialSubject":{"type":["AchievementSubject"],"image":{"id":"https://a.example/1.png","type":"Image"},"achievement":{"type":["Achievement"],"resultDescription":[{"type":["ResultDescription"],"allowedValue":["a","b"]}]}},"proof":{"type":"DataIntegrityProof","proofPurpose":"assertionMethod"}}]}}"#;

/// Invented badges, signed and not.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let with_proof = signed(&badge()).expect("the seed").to_json().to_string();
    let minimal = r#"{"@context":["https://www.w3.org/2018/credentials/v1","https://w3id.org/security/data-integrity/v2"],"type":["VerifiableCredential"],"issuer":"did:example:1","issuanceDate":"2026-03-02T00:00:00Z","credentialSubject":{"id":"did:example:2"}}"#;
    vec![
        ("accepted-unsigned", BADGE.as_bytes().to_vec()),
        ("accepted-signed", with_proof.clone().into_bytes()),
        ("accepted-first-model", minimal.as_bytes().to_vec()),
        ("accepted-many-words", MANY_WORDS.as_bytes().to_vec()),
        (
            "changed",
            with_proof
                .replace("Oma osaaminen", "Muu osaaminen")
                .into_bytes(),
        ),
        (
            "undefined",
            BADGE
                .replacen("\"type\"", "\"newWord\":1,\"type\"", 1)
                .into_bytes(),
        ),
    ]
}
