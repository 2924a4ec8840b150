//! The reader of profiles of Työmarkkinatori, and the mapping of what it read.

use issuer_adapters::source::tyomarkkinatori::Tyomarkkinatori;

use super::documents::read;

/// A document as it is. What a profile says gives no credential yet, so that none is accepted.
pub fn run(data: &[u8]) -> bool {
    read(&Tyomarkkinatori, data)
}

/// The project's own documents, which are invented.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let profile = include_bytes!("../../../tests/fixtures/tyomarkkinatori/profile.json").to_vec();
    vec![
        ("profile", profile),
        (
            "empty",
            br#"{"employments": [], "educations": []}"#.to_vec(),
        ),
    ]
}
