//! What an adapter left out of the record, or did not understand, and where it stands.

use std::fmt;

/// One remark about one place of the source document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The place in the source document: a JSON pointer (RFC 6901) or, in XML, the path of local
    /// names, each but the first with its number among its namesakes (`/elmo/report[1]`), an
    /// attribute as `@name`; in a table the line on which a row begins and the column, both from 1
    /// (`/line[2]/column[3]`). Empty for the whole document.
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
    /// The name is in none of the product's languages; it is used as it is, with its language.
    OtherLanguage,
    /// The document is signed, and its signature was not checked.
    SignatureNotChecked,
    /// The document's own signature does not fit it.
    SignatureInvalid,
    /// A row of a table has more cells than there are columns, or its quotation marks do not pair up;
    /// nothing of it is in the record.
    RowMalformed,
    /// A row of a table is longer than a row can be; nothing of it is in the record.
    RowTooLong,
    /// A row of a table lacks what every row needs: whose learning it is, and its name; or its date
    /// cannot be read. Nothing of it is in the record.
    RowIncomplete,
    /// The document does not say how its characters are encoded; the most common way was assumed.
    EncodingAssumed,
    /// Only the person says so; an institution signs what it knows itself, so no credential was made.
    SelfAsserted,
    /// The document is written for people to read, and holds nothing as data; the register has the same as
    /// data.
    NotData,
    /// The credential type does not accept what the record says; no credential was made.
    ClaimsRefused,
}

impl NoticeKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 22] = [
        Self::KeptRaw,
        Self::TypeNotSupported,
        Self::Annulled,
        Self::NotConfirmed,
        Self::NotPassed,
        Self::NotAssessed,
        Self::NothingAwarded,
        Self::MissingTitle,
        Self::NotUnderstood,
        Self::TextTooLong,
        Self::IdentityCodeRemoved,
        Self::TooDeep,
        Self::OtherLanguage,
        Self::SignatureNotChecked,
        Self::SignatureInvalid,
        Self::RowMalformed,
        Self::RowTooLong,
        Self::RowIncomplete,
        Self::EncodingAssumed,
        Self::SelfAsserted,
        Self::NotData,
        Self::ClaimsRefused,
    ];

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
            Self::OtherLanguage => "other-language",
            Self::SignatureNotChecked => "signature-not-checked",
            Self::SignatureInvalid => "signature-invalid",
            Self::RowMalformed => "row-malformed",
            Self::RowTooLong => "row-too-long",
            Self::RowIncomplete => "row-incomplete",
            Self::EncodingAssumed => "encoding-assumed",
            Self::SelfAsserted => "self-asserted",
            Self::NotData => "not-data",
            Self::ClaimsRefused => "claims-refused",
        }
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
