//! The reader of profiles of Työmarkkinatori, and the mapping of what it read.

use issuer_adapters::source::{RecordSource as _, tyomarkkinatori::Tyomarkkinatori};

use super::documents::read;

/// A document as it is. What a profile says gives no credential yet: one that says something is accepted.
pub fn run(data: &[u8]) -> bool {
    let _gives_credentials = read(&Tyomarkkinatori, data);
    let record = Tyomarkkinatori.read(data);
    record.is_ok_and(|record| !record.attainments().is_empty())
}

/// The project's own documents, which are invented.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let profile = include_bytes!("../../../tests/fixtures/tyomarkkinatori/profile.json").to_vec();
    vec![
        ("accepted-profile", profile),
        (
            "empty",
            br#"{"employments": [], "educations": []}"#.to_vec(),
        ),
    ]
}
