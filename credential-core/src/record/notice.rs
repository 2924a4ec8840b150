//! What an adapter left out of the record, or did not understand, and where it stands.

use std::fmt;

/// One remark about one place of the source document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// JSON pointer (RFC 6901) into the source document; empty for the whole document.
    pub pointer: String,
    /// What there is to say.
    pub kind: NoticeKind,
}

/// What there is to say about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoticeKind {
    /// Something here stays in the raw document only. Deliberately says no more.
    KeptRaw,
    /// Studies of a type that no credential type covers yet; everything below stays raw.
    TypeNotSupported,
    /// The study right was cancelled or annulled; nothing below it counts.
    Annulled,
    /// The completion has not been confirmed by the institution.
    NotConfirmed,
    /// There are assessments, none of them a pass.
    NotPassed,
    /// There is no assessment.
    NotAssessed,
    /// Nothing in this study right has been awarded yet.
    NothingAwarded,
    /// The document gives no name; the name of the kind of studies is used instead.
    MissingTitle,
    /// A value is not what this place of the document should hold; it was treated as absent.
    NotUnderstood,
    /// A text is longer than a name can be; it was treated as absent.
    TextTooLong,
    /// A text looked as if it held a personal identity code; it was treated as absent.
    IdentityCodeRemoved,
    /// Nested deeper than a record can hold; everything below stays raw.
    TooDeep,
    /// The credential type does not accept what the record says; no credential was made.
    ClaimsRefused,
}

impl NoticeKind {
    /// A stable code for machines, also the message id in the catalogues.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::KeptRaw => "kept-raw",
            Self::TypeNotSupported => "type-not-supported",
            Self::Annulled => "annulled",
            Self::NotConfirmed => "not-confirmed",
            Self::NotPassed => "not-passed",
            Self::NotAssessed => "not-assessed",
            Self::NothingAwarded => "nothing-awarded",
            Self::MissingTitle => "missing-title",
            Self::NotUnderstood => "not-understood",
            Self::TextTooLong => "text-too-long",
            Self::IdentityCodeRemoved => "identity-code-removed",
            Self::TooDeep => "too-deep",
            Self::ClaimsRefused => "claims-refused",
        }
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
