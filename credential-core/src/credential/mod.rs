//! What a credential will say: its type, and claims checked against that type.
//!
//! | type | module |
//! |---|---|
//! | [`CredentialType`]: the types this product issues and reads, with `vct` and integrity | this one |
//! | [`TypeMetadata`]: SD-JWT VC type metadata, embedded; labels for people | [`TypeMetadata`] |
//! | [`CredentialClaims`]: subject claims that passed the check | [`CredentialClaims`] |
//!
//! `iss`, `iat`, `exp`, `vct`, `vct#integrity`, `cnf` and `status` are no subject claims: the issuing
//! code adds them, and they are never selectively disclosable.

mod claims;
mod metadata;
#[cfg(test)]
mod tests;

use std::{fmt, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};

pub use claims::{ClaimsError, CredentialClaims, MAX_CLAIM_DEPTH, MAX_LIST, MAX_OCTETS, MAX_TEXT};
pub use metadata::{ClaimMetadata, TypeMetadata};

use crate::{dcql::ClaimPath, encoding::sha256, text::Language};

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
}

impl CredentialType {
    /// All types, in the order in which people meet them.
    pub const ALL: [Self; 6] = [
        Self::Qualification,
        Self::Transcript,
        Self::StudyAchievement,
        Self::SkillBadge,
        Self::LanguageCertificate,
        Self::Enrolment,
    ];

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
        }
    }

    /// The type with this `vct`, compared octet by octet.
    #[must_use]
    pub fn from_vct(vct: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.vct() == vct)
    }

    /// The type whose assertion an Open Badge of this `achievementType` makes (Open Badges 3.0 section
    /// B.2.1), so that what an institution may assert does not depend on the format; `None` for a word that
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
        }
    }

    /// The `vct#integrity` of [`Self::type_metadata`]: `sha256-` and base64 with padding, as in
    /// W3C Subresource Integrity section 3.1.
    #[must_use]
    pub fn integrity(self) -> String {
        format!("sha256-{}", STANDARD.encode(sha256(self.type_metadata())))
    }

    /// The same document, read.
    #[must_use]
    pub fn metadata(self) -> &'static TypeMetadata {
        static ALL: LazyLock<[TypeMetadata; 6]> = LazyLock::new(|| {
            CredentialType::ALL.map(|kind| TypeMetadata::read(kind.type_metadata()))
        });
        let [
            qualification,
            transcript,
            achievement,
            badge,
            language,
            enrolment,
        ] = &*ALL;
        match self {
            Self::Qualification => qualification,
            Self::Transcript => transcript,
            Self::StudyAchievement => achievement,
            Self::SkillBadge => badge,
            Self::LanguageCertificate => language,
            Self::Enrolment => enrolment,
        }
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
