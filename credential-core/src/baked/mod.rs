//! Badges baked into pictures: Open Badges 3.0 section 5.3, and the Baking Specification of 2.0.
//!
//! Only the text that carries the badge is taken out. No picture is decoded, no script is run, and nothing that a
//! picture names is fetched.

mod png;
mod svg;
#[cfg(test)]
mod tests;

pub use png::is_png;
pub use svg::{chosen, is_badge_element, is_svg};

/// The longest text taken out of a picture, in octets, as it was and unpacked: 1 MiB.
pub const MAX_TEXT: usize = 1 << 20;
/// The longest picture that is looked at as XML, in octets: 16 MiB.
pub const MAX_PICTURE: usize = 16 << 20;

/// Why no badge was taken out of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BakedError {
    /// The picture is cut off, or a part of it is damaged.
    #[error("the picture is damaged")]
    Damaged,
    /// It is a picture, and no badge is in it.
    #[error("there is no badge in the picture")]
    NoBadge,
    /// There are several, and nobody says which one counts.
    #[error("there is more than one badge in the picture")]
    Several,
    /// The picture, or the badge in it, has more octets than are looked at.
    #[error("the picture, or the badge in it, is too large")]
    TooLarge,
    /// The picture has more parts than are looked at.
    #[error("the picture has too many parts")]
    TooManyParts,
    /// The picture declares entities, or names a document type that does.
    #[error("the picture has a document type declaration")]
    Dtd,
}

impl BakedError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Damaged => "baked_damaged",
            Self::NoBadge => "baked_no_badge",
            Self::Several => "baked_several",
            Self::TooLarge => "baked_too_large",
            Self::TooManyParts => "baked_too_many_parts",
            Self::Dtd => "baked_dtd",
        }
    }
}

/// Whether these octets are a picture that could carry a badge.
#[must_use]
pub fn is_picture(bytes: &[u8]) -> bool {
    is_png(bytes) || is_svg(bytes)
}

/// What was baked into a picture: JSON, a compact signature, or with 2.0 only an address.
///
/// # Errors
/// [`BakedError`].
pub fn baked(bytes: &[u8]) -> Result<Vec<u8>, BakedError> {
    if bytes.len() > MAX_PICTURE {
        Err(BakedError::TooLarge)
    } else if is_png(bytes) {
        png(bytes, MAX_TEXT)
    } else {
        svg::baked(bytes)
    }
}

/// What was baked into a PNG picture, at most `longest` octets of it.
///
/// # Errors
/// [`BakedError`].
pub fn png(bytes: &[u8], longest: usize) -> Result<Vec<u8>, BakedError> {
    png::baked(bytes, longest)
}
