//! When, as what, and in which language a document is written.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use credential_core::text::Language;

/// What a document needs that the record does not hold. Time and randomness are passed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    at: DateTime<Utc>,
    id: String,
    language: Language,
}

impl Occasion {
    /// `random` becomes the document's id, a version 4 UUID (RFC 9562 section 5.4); `language` is the one
    /// that is written where a format has place for one only.
    #[must_use]
    pub fn new(at: DateTime<Utc>, random: [u8; 16], language: Language) -> Self {
        Self {
            at,
            id: uuid(random),
            language,
        }
    }

    /// The time of writing (RFC 3339), in whole seconds.
    pub(super) fn at(&self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// The id of the document (`urn:uuid:…`).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The language for texts that have one only.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }
}

fn uuid(random: [u8; 16]) -> String {
    let mut id = "urn:uuid:".to_owned();
    for (at, octet) in random.into_iter().enumerate() {
        let octet = match at {
            6 => 0x40 | (octet & 0x0f),
            8 => 0x80 | (octet & 0x3f),
            _ => octet,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        // Writing into a String does not fail.
        let _always_ok = write!(id, "{octet:02x}");
    }
    id
}
