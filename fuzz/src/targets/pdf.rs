//! The signatures of PDF documents, and what the reader makes of them. Accepted is what is intact.

use credential_core::pades::{Outcome, check};
use issuer_adapters::source::pdf::Pdf;

use super::documents::read;

/// What was signed is intact, and is not any more once something else stands after it.
pub fn run(data: &[u8]) -> bool {
    let _no_credentials = read(&Pdf, data);
    let is_intact = |pdf: &[u8]| matches!(check(pdf, None), Outcome::Intact(_));
    if !is_intact(data) {
        return false;
    }
    let more = [data, b"\n4 0 obj << /Length 0 >> endobj\n"].concat();
    assert!(!is_intact(&more), "what was added was not noticed");
    true
}

/// The project's own document, which is invented.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let certificate = include_bytes!("../../../tests/fixtures/pdf/certificate.pdf");
    let plain = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n";
    let added = b"9 0 obj\n<< /Type /Annot >>\nendobj\n";
    vec![
        ("accepted-certificate", certificate.to_vec()),
        ("added", [certificate.as_slice(), added].concat()),
        ("plain", plain.to_vec()),
    ]
}
