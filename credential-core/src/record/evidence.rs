//! What supports an attainment, as far as the source points at it.

use crate::text::Text;

/// A piece of evidence. Nothing is fetched: where it lies and its hash are what the source says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Its name, or what it shows.
    pub name: Text,
    /// Where it lies.
    pub url: Option<String>,
    /// Its hash as the source writes it, for example a multihash or `sha256-…`.
    pub digest: Option<String>,
}
