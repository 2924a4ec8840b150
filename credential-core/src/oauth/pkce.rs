//! Proof key for code exchange (RFC 7636), method S256 only.

use zeroize::Zeroizing;

use crate::{
    encoding::{base64url, sha256_base64url},
    rng::{NoRandomness, Rng, random},
};

/// A code verifier: 32 random octets as base64url.
///
/// # Errors
/// [`NoRandomness`] when the generator does not answer.
pub fn verifier(rng: &dyn Rng) -> Result<Zeroizing<String>, NoRandomness> {
    Ok(Zeroizing::new(base64url(random::<32>(rng)?)))
}

/// The S256 challenge of a verifier.
#[must_use]
pub fn challenge(verifier: &str) -> String {
    sha256_base64url(verifier)
}

/// Whether the verifier has the required form (section 4.1) and belongs to the challenge.
#[must_use]
pub fn matches(verifier: &str, expected: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(allowed)
        && challenge(verifier) == expected
}
