//! Certificates that say who a signer is: the `x5c` header of a JWS (RFC 7515 section 4.1.6), its path to an
//! anchor (RFC 5280 section 6, by OpenSSL), and requests for certificates (RFC 2986).
//!
//! A chain is believed only for whom it names, and only as far as somebody listed its anchor: which anchors
//! count is the caller's to say ([`Anchors`]). By OpenID4VC HAIP 1.0 the leaf is not self-signed and the anchor
//! does not travel with the chain.
//!
//! Stricter than RFC 5280: the leaf has to say that it signs (`keyUsage` with `digitalSignature`), and no name
//! with a wildcard names anybody.
//!
//! # Incomplete support
//! Whether a certificate was revoked is not looked at: no list is fetched and nobody is asked.

mod chain;
mod path;
mod request;
#[cfg(test)]
pub(crate) mod tests;

pub use chain::{Chain, Leaf};
pub(crate) use path::leads_to;
pub use path::{Anchors, anchor, anchors, subject};
pub use request::{RequestedNames, request};

/// Most certificates in one chain.
pub const MAX_CERTIFICATES: usize = 8;
/// Largest certificate, in octets.
pub const MAX_OCTETS: usize = 8 << 10;

/// Why a chain of certificates was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum X509Error {
    /// Not certificates in the form of RFC 7515 section 4.1.6 (or PEM), none, or one that is too large.
    #[error("not a chain of certificates")]
    Malformed,
    /// More than [`MAX_CERTIFICATES`].
    #[error("too many certificates")]
    TooMany,
    /// The leaf vouches for itself.
    #[error("the signer's certificate is self-signed")]
    SelfSigned,
    /// The anchor itself travels with the chain.
    #[error("the chain brings its own anchor along")]
    AnchorInChain,
    /// The chain leads to no anchor that counts.
    #[error("the chain of certificates leads to no anchor")]
    NotAnchored,
    /// A certificate has expired, or is not valid yet.
    #[error("a certificate is not valid at this moment")]
    NotOfThisMoment,
    /// The leaf is the certificate of an authority.
    #[error("the signer's certificate is that of an authority")]
    Authority,
    /// The leaf does not say that its key makes signatures.
    #[error("the certificate is not for signatures")]
    KeyUsage,
    /// The leaf's key is neither on P-256 nor Ed25519.
    #[error("the certificate's key is neither on P-256 nor Ed25519")]
    UnsupportedKey,
    /// The leaf names somebody else.
    #[error("the certificate names somebody else")]
    OtherName,
    /// The leaf names the host in an identifier, and who is to be certified is not the host as a whole.
    #[error("the certificate names the host and not the whole identifier")]
    HostOnly,
    /// The leaf is about another key.
    #[error("the certificate is of another key")]
    OtherKey,
    /// A request could not be made.
    #[error("the request for a certificate could not be made")]
    NoRequest,
}

impl X509Error {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "x5c_malformed",
            Self::TooMany => "x5c_too_many",
            Self::SelfSigned => "x5c_self_signed",
            Self::AnchorInChain => "x5c_anchor_in_chain",
            Self::NotAnchored => "x5c_not_anchored",
            Self::NotOfThisMoment => "x5c_not_of_this_moment",
            Self::Authority => "x5c_authority",
            Self::KeyUsage => "x5c_key_usage",
            Self::UnsupportedKey => "x5c_unsupported_key",
            Self::OtherName => "x5c_other_name",
            Self::HostOnly => "x5c_host_only",
            Self::OtherKey => "x5c_other_key",
            Self::NoRequest => "x5c_no_request",
        }
    }
}
