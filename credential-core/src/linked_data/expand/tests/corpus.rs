//! The public examples, where they are at hand.

use std::{fs, io::Write as _, path::Path};

use serde_json::{Map, Value};

use super::is_answered;
use crate::linked_data::{document, statements::by_processor};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/openbadges");

/// The credentials among the examples, each without its proof, and its proofs as they are signed.
pub(super) fn documents() -> Vec<(String, Map<String, Value>)> {
    let mut found = Vec::new();
    for folder in ["ob30", "ob30/bit-string-list", "ob30/sd", "clr20"] {
        let Ok(entries) = fs::read_dir(Path::new(DATA).join(folder)) else {
            return Vec::new();
        };
        for path in entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
        {
            let Ok(mut read) = document::read(&fs::read(&path).unwrap()) else {
                continue;
            };
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let proofs = read.remove("proof").unwrap_or_default();
            for proof in proofs.as_array().cloned().unwrap_or_else(|| vec![proofs]) {
                let Value::Object(mut proof) = proof else {
                    continue;
                };
                proof.remove("proofValue");
                proof.insert("@context".to_owned(), read["@context"].clone());
                found.push((format!("{name} proof"), proof));
            }
            found.push((name, read));
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

#[test]
fn every_public_example_that_has_statements_is_answered() {
    let documents = documents();
    if documents.is_empty() {
        // Past the capture of test output, so that it is seen.
        writeln!(std::io::stderr(), "skipped: {DATA} is not here").unwrap();
        return;
    }
    let mut answered = 0;
    let mut left = Vec::new();
    for (name, document) in &documents {
        match (is_answered(document), by_processor(document)) {
            (true, _) => answered += 1,
            (false, Ok(_)) => left.push(name.as_str()),
            (false, Err(_)) => {}
        }
    }
    assert!(answered > 40, "{answered} of {}", documents.len());
    assert_eq!(
        left,
        Vec::<&str>::new(),
        "{answered} answered of {}",
        documents.len()
    );
}
