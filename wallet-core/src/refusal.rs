//! How another party's server says no: bounded, and fit to be shown.

use credential_core::oauth::error::ErrorBody;
use verifier_sdk::http::Answer;

use crate::words;

/// A refusal (RFC 6749 section 5.2). Its words are the other side's and are believed nothing.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The registered error code.
    pub(crate) code: String,
    /// The other side's own reason code.
    pub(crate) reason: Option<String>,
    /// One sentence.
    pub(crate) description: String,
}

impl Refusal {
    /// Reads an answer that is no success; none when it is not of the agreed form.
    pub(crate) fn read(answer: &Answer) -> Option<Self> {
        let body: ErrorBody = serde_json::from_slice(&answer.body).ok()?;
        let description = body.error_description.as_deref().unwrap_or(&body.error);
        Some(Self {
            description: words::sentence(description),
            reason: body.reason.as_deref().and_then(words::code),
            code: words::sentence(&body.error),
        })
    }
}
