//! What kind of thing a credential of the W3C data model is, and what an issuer has to be trusted for to give it.

use credential_core::{credential::CredentialType, linked_data::VerifiedDocument, text::Language};
use serde_json::Value;

/// The type of every Open Badge as the trust list names it. A badge that says what kind of achievement it
/// is counts as the type of credential that asserts the same.
pub const OPEN_BADGE: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential";
/// The type of every learner record (CLR 2.0) as the trust list names it.
pub const LEARNER_RECORD: &str = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#ClrCredential";
/// The type of every endorsement (Open Badges 3.0) as the trust list names it.
pub const ENDORSEMENT: &str =
    "https://purl.imsglobal.org/spec/vc/ob/vocab.html#EndorsementCredential";
/// What any other credential of the data model is.
const OTHER: &str = "https://www.w3.org/2018/credentials#VerifiableCredential";

/// What kind of thing a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentKind {
    /// An Open Badge, and what it asserts when that is one of our types.
    Badge(Option<CredentialType>),
    /// A learner record, with other credentials in it.
    LearnerRecord,
    /// Somebody's word about another's credential.
    Endorsement,
    /// Something that we do not know.
    Other,
}

impl DocumentKind {
    pub(crate) fn of(credential: &VerifiedDocument) -> Self {
        // Several subjects would be several people's achievements in one.
        let is_about_one = matches!(
            credential.document().get("credentialSubject"),
            Some(Value::Object(_))
        );
        let is = |names: &[&str]| is_about_one && credential.types().any(|it| names.contains(&it));
        if is(&["ClrCredential"]) {
            Self::LearnerRecord
        } else if is(&["OpenBadgeCredential", "AchievementCredential"]) {
            Self::Badge(asserted(credential))
        } else if is(&["EndorsementCredential"]) {
            Self::Endorsement
        } else {
            Self::Other
        }
    }

    /// The type as a report names it.
    pub(crate) fn address(self) -> &'static str {
        match self {
            Self::Badge(_) => OPEN_BADGE,
            Self::LearnerRecord => LEARNER_RECORD,
            Self::Endorsement => ENDORSEMENT,
            Self::Other => OTHER,
        }
    }

    /// The type that an issuer has to be trusted for; `None` where nobody can be.
    pub(crate) fn needed(self) -> Option<&'static str> {
        match self {
            Self::Badge(Some(kind)) => Some(kind.vct()),
            Self::Other => None,
            kind => Some(kind.address()),
        }
    }

    /// What it is called.
    pub(crate) fn name(self, language: Language) -> &'static str {
        match self {
            Self::Badge(Some(kind)) => kind.name(language).unwrap_or("Open Badge"),
            Self::Badge(None) => "Open Badge",
            Self::LearnerRecord => "Comprehensive Learner Record",
            Self::Endorsement => "Open Badges Endorsement",
            Self::Other => "Verifiable Credential",
        }
    }
}

/// What the badge asserts, by the kind of achievement that it names.
fn asserted(credential: &VerifiedDocument) -> Option<CredentialType> {
    let subject = credential.document().get("credentialSubject")?;
    let kind = subject.get("achievement")?.get("achievementType")?;
    CredentialType::of_achievement(kind.as_str()?)
}
