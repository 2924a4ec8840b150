//! SD-JWT VC: credentials of which the holder shows a part (RFC 9901, draft-ietf-oauth-sd-jwt-vc).
//!
//! Three verbs stand side by side. [`issue`] signs claims and hides the chosen ones behind salted
//! digests. [`SdJwt::verify`] and [`SdJwt::verify_presentation`] check what arrives by section 7.
//! [`present`] leaves out what is not to be shown and signs the rest with the holder's key.
//!
//! Nothing can be read from a credential before its signature holds, except who claims to have signed
//! ([`SdJwt::untrusted_issuer`], [`SdJwt::kid`]). What was checked is a type of its own that nothing
//! else constructs:
//!
//! ```compile_fail,E0451
//! use credential_core::sd_jwt::VerifiedSdJwt;
//!
//! fn forge(honest: VerifiedSdJwt) -> VerifiedSdJwt {
//!     VerifiedSdJwt { ..honest }
//! }
//! ```
//!
//! # Stricter than the standard
//! Also refused: a member name given twice in one object; `_sd_alg` or `...` where they have no meaning;
//! a `cnf` key or a `status` that is not understood; times with a fraction; integers beyond 64 bits; a
//! key binding with `exp` or `nbf`, since its window is the verifier's to set. Times are reported and
//! never judged here: whether a credential has expired is the caller's question.
//!
//! # Incomplete support
//! The JWS JSON serialization (section 8), and key references in `cnf` other than `jwk`.

mod conceal;
mod disclosure;
mod error;
mod issue;
mod key_binding;
mod parse;
mod present;
mod reveal;
#[cfg(test)]
mod tests;
mod trail;
mod verified;
mod write;

use serde::{Deserialize, Serialize};

pub use disclosure::Disclosure;
pub use error::{IssueError, SdJwtError};
pub use issue::{Issuance, IssuedCredential, issue};
pub use key_binding::{KeyBinding, KeyBindingRequest, VerifiedPresentation};
pub use parse::SdJwt;
pub use present::{PresentError, present};
pub use verified::VerifiedSdJwt;

/// A payload with every disclosure in its place and no digests left (RFC 9901 section 7.1, steps 3 to 5). Nothing is
/// verified: the signature covers the payload as it came.
pub(crate) fn revealed(
    payload: serde_json::Map<String, serde_json::Value>,
    disclosures: &[&str],
) -> Result<serde_json::Map<String, serde_json::Value>, SdJwtError> {
    if disclosures.len() > MAX_DISCLOSURES {
        return Err(SdJwtError::TooManyDisclosures);
    }
    Ok(reveal::reveal(payload, disclosures)?.claims)
}

/// The header's `typ` (draft-ietf-oauth-sd-jwt-vc section 2.2.1). The older `vc+sd-jwt` is refused.
pub const TYP: &str = "dc+sd-jwt";
/// The `typ` of a key binding (RFC 9901 section 4.3).
pub const KEY_BINDING_TYP: &str = "kb+jwt";
/// The longest text read or written, in octets.
pub const MAX_LENGTH: usize = 512 << 10;
/// The most disclosures in one credential.
pub const MAX_DISCLOSURES: usize = 512;
/// The deepest nesting of objects and arrays in the claims; the outermost object is the first.
pub const MAX_DEPTH: usize = 16;

/// Claims that must stand in the open, with everything inside them
/// (draft-ietf-oauth-sd-jwt-vc section 2.2.2.3).
pub const PROTECTED: [&str; 8] = [
    "iss",
    "nbf",
    "exp",
    "cnf",
    "vct",
    "vct#integrity",
    "status",
    "aka_vcts",
];

/// Where a credential's status stands (draft-ietf-oauth-status-list section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StatusReference {
    /// Address of the status list token.
    pub uri: String,
    /// Place in the list, from 0.
    pub idx: u32,
}

/// Names that carry digests and can never be claims (RFC 9901 section 4.1).
fn is_reserved(name: &str) -> bool {
    matches!(name, "_sd" | "_sd_alg" | "...")
}
