//! The error answer of every OAuth endpoint (RFC 6749 section 5.2), with a stable reason code.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The body of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorBody {
    /// A registered OAuth error code.
    pub error: Cow<'static, str>,
    /// One neutral ASCII sentence; never repeats what was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<Cow<'static, str>>,
    /// Our own stable reason code, finer than `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'static, str>>,
}
