//! The reader of study-record messages of RIPA, and the mapping of what it read.

use issuer_adapters::source::ripa::Ripa;

use super::documents::read;

/// A document as it is.
pub fn run(data: &[u8]) -> bool {
    read(&Ripa, data)
}

/// The project's own documents, which are invented.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let message = include_str!("../../../tests/fixtures/ripa/message.json");
    vec![
        ("accepted-message", message.as_bytes().to_vec()),
        (
            "removed",
            message
                .replace("NEW_COMPLETED_CREDIT", "REMOVAL")
                .into_bytes(),
        ),
        (
            "reply",
            br#"{"studyRecordRequestId": "1", "status": "RECORDED"}"#.to_vec(),
        ),
    ]
}
