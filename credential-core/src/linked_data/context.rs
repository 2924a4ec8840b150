//! The JSON-LD contexts that are believed: octets in this program, never fetched.

/// A context document as it was published, embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinnedContext {
    url: &'static str,
    document: &'static [u8],
}

macro_rules! contexts {
    ($($url:literal $file:literal;)+) => {
        &[$(PinnedContext { url: $url, document: include_bytes!(concat!("contexts/", $file)) },)+]
    };
}

impl PinnedContext {
    /// Every context, the data models first.
    pub const ALL: &'static [Self] = contexts! {
        "https://www.w3.org/ns/credentials/v2" "credentials-v2.jsonld";
        "https://www.w3.org/2018/credentials/v1" "credentials-v1.jsonld";
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json" "open-badges-3.0.3.jsonld";
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json" "open-badges-3.0.2.jsonld";
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json" "open-badges-3.0.1.jsonld";
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json" "open-badges-3.0.0.jsonld";
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json" "open-badges-extensions.jsonld";
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json" "clr-2.0.1.jsonld";
        "https://purl.imsglobal.org/spec/clr/v2p0/context.json" "clr-2.0.0.jsonld";
        "https://w3id.org/security/suites/ed25519-2020/v1" "ed25519-2020-v1.jsonld";
        "https://w3id.org/security/data-integrity/v2" "data-integrity-v2.jsonld";
        "https://w3id.org/security/data-integrity/v1" "data-integrity-v1.jsonld";
    };

    /// The context of the data model 2.0 (Verifiable Credentials Data Model 2.0 section 4.3).
    pub const DATA_MODEL: Self = first(Self::ALL);

    /// The context of this address, compared octet by octet.
    #[must_use]
    pub fn find(url: &str) -> Option<Self> {
        let known = Self::ALL.iter().chain(ALSO_IN_TESTS);
        known.copied().find(|context| context.url == url)
    }

    /// Its address.
    #[must_use]
    pub fn url(self) -> &'static str {
        self.url
    }

    /// The document.
    #[must_use]
    pub fn document(self) -> &'static [u8] {
        self.document
    }

    /// Whether it is that of a data model, which every credential names first.
    #[must_use]
    pub fn is_data_model(self) -> bool {
        self.url.contains("/credentials/v")
    }
}

#[cfg(not(test))]
const ALSO_IN_TESTS: &[PinnedContext] = &[];
/// The words of the examples of W3C, whose test vectors use them.
#[cfg(test)]
const ALSO_IN_TESTS: &[PinnedContext] = &[PinnedContext {
    url: "https://www.w3.org/ns/credentials/examples/v2",
    document: br#"{"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}"#,
}];

const fn first(all: &[PinnedContext]) -> PinnedContext {
    match all {
        [first, ..] => *first,
        [] => PinnedContext {
            url: "",
            document: b"",
        },
    }
}
