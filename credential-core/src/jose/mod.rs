//! Keys, signatures and proofs over `ring`, by the JOSE standards (RFC 7515, 7517, 7518, 7638, 8037).
//!
//! The algorithm of a signature is decided by the key ([`VerifyingKey::algorithm`]); a header that
//! says otherwise is refused before anything is computed.

pub mod dpop;
mod foreign;
#[cfg(feature = "jwe")]
pub mod jwe;
mod jwk;
pub mod jws;
mod public;
mod signer;
#[cfg(test)]
mod tests;

pub use foreign::ForeignJwk;
pub use jwk::{Jwk, JwkSet, KeyError, KeyUse, VerifyingKey, thumbprint_of};
pub use public::{PublicJwk, PublicJwkSet};
pub use signer::{EdDsaKey, Es256Key, NamedSigner, SignError, Signer};

/// A signature algorithm this product accepts. The first two are ours; the others are those of
/// [`ForeignJwk`], and verified alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA over P-256 with SHA-256, signature as `r ‖ s` (RFC 7518 section 3.4).
    Es256,
    /// Ed25519 (RFC 8037 section 3.1).
    EdDsa,
    /// RSA with PKCS #1 v1.5 padding and SHA-256 (RFC 7518 section 3.3).
    Rs256,
    /// RSA with PSS padding and SHA-256 (RFC 7518 section 3.5).
    Ps256,
    /// ECDSA over P-384 with SHA-384 (RFC 7518 section 3.4).
    Es384,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Es256,
        Self::EdDsa,
        Self::Rs256,
        Self::Ps256,
        Self::Es384,
    ];
    /// Every name of ours that is understood in a header or key: what metadata announces.
    pub const NAMES: [&str; 3] = ["ES256", "EdDSA", "Ed25519"];

    /// The registered name, as we write it in a JOSE header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es384 => "ES384",
        }
    }

    /// Whether a header or key that says `name` means this algorithm. Ed25519 has two names: the
    /// polymorphic one of RFC 8037, and its own of RFC 9864.
    #[must_use]
    pub fn is_named(self, name: &str) -> bool {
        name == self.name() || (self == Self::EdDsa && name == "Ed25519")
    }
}
