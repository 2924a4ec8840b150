//! Every writer, over what any reader makes of a document: what is written is read again as its format.

use chrono::DateTime;
use credential_core::text::Language;
use issuer_adapters::{
    source::{recognise, understand},
    writer::{Occasion, WRITERS, WriteError},
};

/// Reads a document and writes it in every format; accepted is what some format says.
pub fn run(data: &[u8]) -> bool {
    let Ok(understood) = understand(data) else {
        return false;
    };
    let occasion = Occasion::new(DateTime::UNIX_EPOCH, [7; 16], Language::Fi);
    let mut said = false;
    for record in &understood.records {
        for writer in WRITERS {
            let written = match writer.write(record, &occasion) {
                Ok(written) => written,
                Err(error) => {
                    assert_ne!(error, WriteError::NotFaithful, "{}", writer.name());
                    continue;
                }
            };
            for document in &written.documents {
                let source = recognise(document).expect("a written document is recognised");
                assert_eq!(source.name(), writer.name());
                understand(document).expect("a written document is read");
            }
            said = true;
        }
    }
    said
}

/// The project's own documents, which are invented.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/fixtures/", $name)).to_vec()
        };
    }
    vec![
        ("accepted-koski", fixture!("koski/higher-education.json")),
        ("accepted-elmo", fixture!("elmo/transcript.xml")),
        ("accepted-elm", fixture!("elm/diploma.json")),
        ("accepted-clr", fixture!("clr/transcript.json")),
        ("accepted-csv", fixture!("csv/course.csv")),
    ]
}
