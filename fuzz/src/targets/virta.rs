//! The reader of VIRTA answers, and the mapping of what it read.

use issuer_adapters::source::virta::Virta;

use super::documents::read;

/// An answer, with or without its envelope.
pub fn run(data: &[u8]) -> bool {
    read(&Virta, data)
}

/// The project's own documents, which are invented.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/fixtures/virta/", $name)).to_vec()
        };
    }
    vec![
        ("accepted-degree", fixture!("kaikki-tiedot.xml")),
        ("accepted-performances", fixture!("opintosuoritukset.xml")),
        ("two-people", fixture!("kaksi-henkiloa.xml")),
    ]
}
