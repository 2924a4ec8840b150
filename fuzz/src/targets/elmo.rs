//! The reader of ELMO documents, plain and compressed, and the mapping of what it read.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use issuer_adapters::source::elmo::Elmo;

use super::documents::read;

/// A document as it is; and compressed, so that the fuzzer gets past the checksum.
pub fn run(data: &[u8]) -> bool {
    let plain = read(&Elmo, data);
    let start = data.trim_ascii_start();
    if start.starts_with(b"\x1f\x8b") || start.starts_with(b"H4sI") {
        // Packed twice is not read.
        return plain;
    }
    let compressed = read(&Elmo, &gzip(data));
    // What is compressed already is unpacked once, and not again.
    let is_packed = [&b"\x1f\x8b"[..], b"H4sI"]
        .iter()
        .any(|start| data.trim_ascii_start().starts_with(start));
    assert!(
        !plain || compressed || is_packed,
        "a plain document that is read is also read compressed"
    );
    plain || compressed
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

/// The project's own documents, which are invented.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/fixtures/elmo/", $name)).to_vec()
        };
    }
    vec![
        ("accepted-transcript", fixture!("transcript.xml")),
        ("accepted-forerunner", fixture!("forerunner.xml")),
        ("accepted-compressed", gzip(&fixture!("transcript.xml"))),
        ("two-learners", fixture!("two-learners.xml")),
    ]
}
