//! Hashes by which a document is fixed (W3C Subresource Integrity 1.0 section 3.1; `vct#integrity`).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

/// What a text of hashes says about a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Integrity {
    /// One of the strongest kind is the document's.
    Same,
    /// None of the strongest kind is.
    Other,
    /// None of a kind that is known.
    Unknown,
}

/// The hash of a document, as we write it.
pub(super) fn of(document: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, document)))
}

/// Compares a document with the hashes in a text. Of several kinds the strongest counts, whatever the others say.
pub(super) fn check(document: &[u8], hashes: &str) -> Integrity {
    const KINDS: [(&str, &Algorithm); 3] = [
        ("sha512-", &SHA512),
        ("sha384-", &SHA384),
        ("sha256-", &SHA256),
    ];
    for (prefix, algorithm) in KINDS {
        let mut of_kind = hashes
            .split_ascii_whitespace()
            .filter_map(|hash| hash.strip_prefix(prefix))
            .peekable();
        if of_kind.peek().is_none() {
            continue;
        }
        let expected = STANDARD.encode(digest(algorithm, document));
        // Options may follow a question mark; none is defined.
        let is_same = |hash: &str| hash.split('?').next() == Some(&expected);
        return match of_kind.any(is_same) {
            true => Integrity::Same,
            false => Integrity::Other,
        };
    }
    Integrity::Unknown
}
