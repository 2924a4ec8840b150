//! What a credential will say: its type, and claims checked against that type.
//!
//! | type | module |
//! |---|---|
//! | [`CredentialType`]: the types this product issues and reads, with `vct` and integrity | this one |
//! | [`TypeMetadata`]: SD-JWT VC type metadata, embedded; labels for people | [`TypeMetadata`] |
//! | [`CredentialClaims`]: subject claims that passed the check | [`CredentialClaims`] |
//! | types that others describe, and what these extend | [`foreign`] |
//!
//! `iss`, `iat`, `exp`, `vct`, `vct#integrity`, `cnf` and `status` are no subject claims: the issuing
//! code adds them, and they are never selectively disclosable.
//!
//! The documents of the types are made from `types/source.json`, where each claim's words stand once in
//! each language; a test keeps them equal. Every top-level claim, and every element of a list there, has
//! a disclosure of its own; what is within them goes along.

mod claims;
pub mod foreign;
mod integrity;
mod metadata;
#[cfg(test)]
mod tests;

use std::{fmt, sync::LazyLock};

use chrono::TimeDelta;

pub use claims::{ClaimsError, CredentialClaims, MAX_CLAIM_DEPTH, MAX_LIST, MAX_OCTETS, MAX_TEXT};
pub use metadata::{ClaimMetadata, TypeMetadata};

use crate::{dcql::ClaimPath, text::Language};

const COUNT: usize = 10;

/// The types of credential this product knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CredentialType {
    /// A completed qualification or whole syllabus.
    Qualification,
    /// A unit, course, module or other studies.
    StudyAchievement,
    /// A list of achievements, each separately disclosable.
    Transcript,
    /// One skill.
    SkillBadge,
    /// A current right to study.
    Enrolment,
    /// A language examination.
    LanguageCertificate,
    /// Work or other experience that the issuer confirms.
    Experience,
    /// Minimal proof: the level of a completed qualification is at least so high.
    MinimumLevel,
    /// Minimal proof: completed studies come to at least so many credits (opintopiste).
    MinimumCredits,
    /// Minimal proof: a student now.
    EnrolledNow,
}

impl CredentialType {
    /// All types, in the order in which people meet them.
    pub const ALL: [Self; COUNT] = [
        Self::Qualification,
        Self::Transcript,
        Self::StudyAchievement,
        Self::SkillBadge,
        Self::LanguageCertificate,
        Self::Enrolment,
        Self::Experience,
        Self::MinimumLevel,
        Self::MinimumCredits,
        Self::EnrolledNow,
    ];

    /// The minimal proofs among them: each says one fact beside whose it is, so that showing it says
    /// nothing else.
    pub const MINIMAL_PROOFS: [Self; 3] =
        [Self::MinimumLevel, Self::MinimumCredits, Self::EnrolledNow];

    /// The `vct` (SD-JWT VC section 3.2.2.1), an https URL.
    #[must_use]
    pub fn vct(self) -> &'static str {
        match self {
            Self::Qualification => "https://types.osaamislompakko.example/qualification/1",
            Self::StudyAchievement => "https://types.osaamislompakko.example/study-achievement/1",
            Self::Transcript => "https://types.osaamislompakko.example/transcript/1",
            Self::SkillBadge => "https://types.osaamislompakko.example/skill-badge/1",
            Self::Enrolment => "https://types.osaamislompakko.example/enrolment/1",
            Self::LanguageCertificate => {
                "https://types.osaamislompakko.example/language-certificate/1"
            }
            Self::Experience => "https://types.osaamislompakko.example/experience/1",
            Self::MinimumLevel => "https://types.osaamislompakko.example/minimum-level/1",
            Self::MinimumCredits => "https://types.osaamislompakko.example/minimum-credits/1",
            Self::EnrolledNow => "https://types.osaamislompakko.example/enrolled-now/1",
        }
    }

    /// The type with this `vct`, compared octet by octet.
    #[must_use]
    pub fn from_vct(vct: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.vct() == vct)
    }

    /// The type whose assertion an Open Badge of this `achievementType` makes (Open Badges 3.0 appendix B,
    /// `AchievementType`), so that what an institution may assert does not depend on the format; `None` for a word that
    /// is none of them.
    #[must_use]
    pub fn of_achievement(achievement_type: &str) -> Option<Self> {
        Some(match achievement_type {
            "AssociateDegree"
            | "BachelorDegree"
            | "Degree"
            | "Diploma"
            | "DoctoralDegree"
            | "JourneymanCertificate"
            | "MasterCertificate"
            | "MasterDegree"
            | "ProfessionalDoctorate"
            | "ResearchDoctorate"
            | "SecondarySchoolDiploma" => Self::Qualification,
            "Assessment" | "Course" | "LearningProgram" => Self::StudyAchievement,
            "Badge" | "Competency" | "MicroCredential" => Self::SkillBadge,
            "ext:LanguageCertificate" => Self::LanguageCertificate,
            _ => return None,
        })
    }

    /// The type metadata document (SD-JWT VC section 6.2), octet for octet as it is published.
    #[must_use]
    pub fn type_metadata(self) -> &'static [u8] {
        match self {
            Self::Qualification => include_bytes!("types/qualification.json"),
            Self::StudyAchievement => include_bytes!("types/study-achievement.json"),
            Self::Transcript => include_bytes!("types/transcript.json"),
            Self::SkillBadge => include_bytes!("types/skill-badge.json"),
            Self::Enrolment => include_bytes!("types/enrolment.json"),
            Self::LanguageCertificate => include_bytes!("types/language-certificate.json"),
            Self::Experience => include_bytes!("types/experience.json"),
            Self::MinimumLevel => include_bytes!("types/minimum-level.json"),
            Self::MinimumCredits => include_bytes!("types/minimum-credits.json"),
            Self::EnrolledNow => include_bytes!("types/enrolled-now.json"),
        }
    }

    /// The `vct#integrity` of [`Self::type_metadata`]: `sha256-` and base64 with padding, as in
    /// W3C Subresource Integrity section 3.1.
    #[must_use]
    pub fn integrity(self) -> String {
        integrity::of(self.type_metadata())
    }

    /// The same document, read.
    #[must_use]
    pub fn metadata(self) -> &'static TypeMetadata {
        static ALL: LazyLock<[TypeMetadata; COUNT]> = LazyLock::new(|| {
            CredentialType::ALL.map(|kind| TypeMetadata::read(kind.type_metadata()))
        });
        let [
            qualification,
            transcript,
            achievement,
            badge,
            language,
            enrolment,
            experience,
            level,
            credits,
            enrolled,
        ] = &*ALL;
        match self {
            Self::Qualification => qualification,
            Self::Transcript => transcript,
            Self::StudyAchievement => achievement,
            Self::SkillBadge => badge,
            Self::LanguageCertificate => language,
            Self::Enrolment => enrolment,
            Self::Experience => experience,
            Self::MinimumLevel => level,
            Self::MinimumCredits => credits,
            Self::EnrolledNow => enrolled,
        }
    }

    /// Whether it is one of [`Self::MINIMAL_PROOFS`].
    #[must_use]
    pub fn is_minimal_proof(self) -> bool {
        Self::MINIMAL_PROOFS.contains(&self)
    }

    /// How long a credential of this type may be valid from its issue, where the type has a limit. What
    /// is true "now" is worth little a term later, and nobody should have to ask for its status.
    #[must_use]
    pub fn longest_validity(self) -> Option<TimeDelta> {
        (self == Self::EnrolledNow).then(|| TimeDelta::days(30))
    }

    /// What the type is called.
    #[must_use]
    pub fn name(self, language: Language) -> Option<&'static str> {
        self.metadata().name(language)
    }

    /// What the claim at `path` is called; `path` may be concrete (`/achievements/0/title`) or a
    /// pattern (`/achievements/*/title`).
    #[must_use]
    pub fn label(self, path: &ClaimPath, language: Language) -> Option<&'static str> {
        self.metadata().label(path, language)
    }
}

/// Shows the `vct`.
impl fmt::Display for CredentialType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.vct())
    }
}
