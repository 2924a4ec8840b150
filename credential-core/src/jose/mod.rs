//! Keys, signatures and proofs over `ring`, by the JOSE standards (RFC 7515, 7517, 7518, 7638, 8037).
//!
//! The algorithm of a signature is decided by the key ([`VerifyingKey::algorithm`]); a header that
//! says otherwise is refused before anything is computed.

pub mod dpop;
#[cfg(feature = "jwe")]
pub mod jwe;
mod jwk;
pub mod jws;
mod signer;
#[cfg(test)]
mod tests;

pub use jwk::{Jwk, JwkSet, KeyError, KeyUse, VerifyingKey};
pub use signer::{EdDsaKey, Es256Key, NamedSigner, SignError, Signer};

/// A signature algorithm this product accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA over P-256 with SHA-256, signature as `r ‖ s` (RFC 7518 section 3.4).
    Es256,
    /// Ed25519 (RFC 8037 section 3.1).
    EdDsa,
}

impl Algorithm {
    /// Every name that is understood in a header or key, ours first: what metadata announces.
    pub const NAMES: [&str; 3] = ["ES256", "EdDSA", "Ed25519"];

    /// The registered name, as we write it in a JOSE header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Whether a header or key that says `name` means this algorithm. Ed25519 has two names: the
    /// polymorphic one of RFC 8037, and its own of RFC 9864.
    #[must_use]
    pub fn is_named(self, name: &str) -> bool {
        name == self.name() || (self == Self::EdDsa && name == "Ed25519")
    }
}
