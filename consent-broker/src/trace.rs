//! W3C Trace Context: a caller's trace is taken up in our spans, and a push that we begin begins one.

use axum::http::HeaderMap;
use credential_core::rng::{NoRandomness, Rng, random};

/// The header of both.
pub(crate) const HEADER: &str = "traceparent";

/// A trace and the span that called. Both are random numbers, of whoever began the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceContext {
    trace: String,
    parent: String,
}

impl TraceContext {
    /// Of a request: version 00, and of later versions what is the same (Trace Context 1 section 3.2).
    /// Anything malformed is as good as none.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(HEADER).iter();
        let text = values.next()?.to_str().ok()?;
        if values.next().is_some() {
            return None;
        }
        let mut parts = text.split('-');
        let mut part = |length| parts.next().filter(|part| is_hex(part, length));
        let (version, trace, parent, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let is_whole = version != "ff" && (version != "00" || parts.next().is_none());
        let is_some = |part: &str| part.bytes().any(|octet| octet != b'0');
        let _sampled_or_not = flags;
        (is_whole && is_some(trace) && is_some(parent)).then(|| Self {
            trace: trace.to_owned(),
            parent: parent.to_owned(),
        })
    }

    /// A new trace.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub(crate) fn begin(rng: &dyn Rng) -> Result<Self, NoRandomness> {
        let mut octets: [u8; 24] = random(rng)?;
        // All zeros is no identifier; this costs one bit of the other values.
        octets[0] |= 1;
        octets[16] |= 1;
        let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let (trace, parent) = octets.split_at(16);
        Ok(Self {
            trace: hex(trace),
            parent: hex(parent),
        })
    }

    /// For a request of ours; not sampled, as nothing here decides on it.
    pub(crate) fn header(&self) -> String {
        format!("00-{}-{}-00", self.trace, self.parent)
    }

    pub(crate) fn trace_id(&self) -> &str {
        &self.trace
    }

    pub(crate) fn parent_id(&self) -> &str {
        &self.parent
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    let is_digit = |octet: u8| matches!(octet, b'0'..=b'9' | b'a'..=b'f');
    text.len() == length && text.bytes().all(is_digit)
}

#[cfg(test)]
mod tests;
