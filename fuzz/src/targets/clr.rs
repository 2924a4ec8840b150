//! The reader of Comprehensive Learner Records.

use issuer_adapters::source::clr::Clr;

use super::documents;

/// A document.
pub fn run(data: &[u8]) -> bool {
    documents::read(&Clr, data)
}

/// The project's own document, which is invented, and small ones.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let token = br#"{"type":"ClrCredential","credentialSubject":{"verifiableCredential":["eyJhbGciOiJFUzI1NiJ9.eyJ2YyI6eyJ2YWxpZEZyb20iOiIyMDI2LTAyLTAzIiwiY3JlZGVudGlhbFN1YmplY3QiOnsiYWNoaWV2ZW1lbnQiOnsibmFtZSI6Ik9tYSJ9fX19.c2ln"]}}"#;
    let circle = br#"{"type":"ClrCredential","credentialSubject":{"verifiableCredential":[{"credentialSubject":{"achievement":{"id":"a","name":"A"}}},{"credentialSubject":{"achievement":{"id":"b","name":"B"}}}],"association":[{"associationType":"isParentOf","sourceId":"a","targetId":"b"},{"associationType":"isPartOf","sourceId":"a","targetId":"b"}]}}"#;
    vec![
        (
            "accepted-transcript",
            include_bytes!("../../../tests/fixtures/clr/transcript.json").to_vec(),
        ),
        ("accepted-token", token.to_vec()),
        ("accepted-circle", circle.to_vec()),
        (
            "refused-subject",
            br#"{"type":"ClrCredential","credentialSubject":"a"}"#.to_vec(),
        ),
    ]
}
