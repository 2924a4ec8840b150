//! Asking for notices (RFC 8936 section 2): the request and its answer. Unknown members are ignored, as
//! other versions of the standard's messages may have them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The longest `jti`, in octets.
pub const MAX_JTI: usize = 128;
/// Most notices settled in one request.
const MAX_SETTLED: usize = 500;

/// What a recipient asks and settles in one request (RFC 8936 section 2.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PollRequest {
    /// Most notices in the answer; 0 only settles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_events: Option<u32>,
    /// Whether an empty answer is better than a late one.
    pub return_immediately: bool,
    /// Notices that have arrived and are kept or acted on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ack: Vec<String>,
    /// Notices that were not acceptable.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub set_errs: BTreeMap<String, SetError>,
}

/// Why a notice was not acceptable (RFC 8935 section 2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetError {
    /// A registered code.
    pub err: String,
    /// A sentence for developers.
    #[serde(default)]
    pub description: String,
}

/// The answer (RFC 8936 section 2.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PollAnswer {
    /// Notices by their `jti`, the oldest that wait.
    pub sets: BTreeMap<String, String>,
    /// Whether more wait than these.
    #[serde(default)]
    pub more_available: bool,
}

impl PollRequest {
    /// Reads a request; only an object is one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // A structure can also be read from an array, which no sender means.
        let is_object = text.trim_start().starts_with('{');
        is_object.then(|| serde_json::from_str(text).ok()).flatten()
    }

    /// Whether it settles no more at once than anyone was given, by names that can exist.
    #[must_use]
    pub fn is_within_limits(&self) -> bool {
        let names = || self.ack.iter().chain(self.set_errs.keys());
        names().count() <= MAX_SETTLED && names().all(|jti| jti.len() <= MAX_JTI)
    }
}
