//! Randomness is passed in. Signatures and ephemeral key agreement draw their own inside `ring`.

use ring::rand::SecureRandom as _;

/// A source of cryptographic randomness.
pub trait Rng: Send + Sync + std::fmt::Debug {
    /// Fills `bytes` with unpredictable octets.
    ///
    /// # Errors
    /// [`NoRandomness`] when the source cannot answer; callers stop, nothing is guessed.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system's generator did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random generator did not answer")]
pub struct NoRandomness;

/// `N` random octets.
///
/// # Errors
/// [`NoRandomness`] as [`Rng::fill`].
pub fn random<const N: usize>(rng: &dyn Rng) -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rng.fill(&mut bytes)?;
    Ok(bytes)
}

/// The operating system's generator. Only programs construct it.
#[derive(Debug, Clone)]
pub struct SystemRng(ring::rand::SystemRandom);

impl Default for SystemRng {
    fn default() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        self.0
            .fill(bytes)
            .map_err(|ring::error::Unspecified| NoRandomness)
    }
}
