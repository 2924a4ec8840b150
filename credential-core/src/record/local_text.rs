//! A text in a language that the product does not speak.

/// A text and its language. Kept so that what came in can be written out again as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalText {
    /// The language tag (BCP 47) as the source writes it; empty when the source names no language.
    pub language: String,
    /// The text.
    pub text: String,
}
