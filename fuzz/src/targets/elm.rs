//! The reader of European Digital Credentials for Learning.

use issuer_adapters::source::elm::Elm;

use super::documents;

/// A document.
pub fn run(data: &[u8]) -> bool {
    documents::read(&Elm, data)
}

/// The project's own document, which is invented, and small ones.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let graph = br#"{"@graph":[{"id":"c","type":"EuropeanDigitalCredential","credentialSubject":"p"},{"id":"p","type":"Person","hasClaim":["a"]},{"id":"a","type":"LearningAchievement","title":{"en":"Databases"},"awardedBy":"w","hasPart":["a","b"]},{"id":"b","type":"LearningAchievement","title":[{"@language":"fi","@value":"Osa"}],"hasPart":"a"},{"id":"w","awardingDate":"2026-02-03T00:00:00Z","awardingBody":"o"},{"id":"o","legalName":{"en":"Lehtoranta"}}]}"#;
    let sealed = br#"{"payload":"{\"type\":\"EuropeanDigitalCredential\",\"credentialSubject\":{\"hasClaim\":{\"type\":\"LearningAssessment\",\"title\":{\"en\":\"Test\"},\"grade\":{\"noteLiteral\":{\"en\":\"Pass\"}},\"dateIssued\":\"2026-02-03\"}}}","signatures":[{"protected":"eyJhbGciOiJSUzI1NiJ9","signature":"c2ln"}]}"#;
    vec![
        (
            "accepted-diploma",
            include_bytes!("../../../tests/fixtures/elm/diploma.json").to_vec(),
        ),
        ("accepted-graph", graph.to_vec()),
        ("accepted-sealed", sealed.to_vec()),
        (
            "refused-people",
            br#"{"type":"EuropeanDigitalCredential","credentialSubject":[{},{}]}"#.to_vec(),
        ),
    ]
}
