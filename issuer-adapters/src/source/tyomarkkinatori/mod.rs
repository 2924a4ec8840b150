//! The profile of a job seeker in Työmarkkinatori, as its interface P60 gives it to the person
//! (`FullProfileDto_ExternalGet`, version 1).
//!
//! Everything in a profile is the person's own word. Employments, own business, projects and educations
//! become experience that is marked as such, whatever the profile calls it: an education of a profile
//! is no degree that an institution confirmed.
//!
//! | of the profile | becomes |
//! |---|---|
//! | `employments` | experience with its employer, unless the person hides that |
//! | `businessActivities` | experience with the own company |
//! | `projects` | experience |
//! | `educations` | experience with the institution, unless broken off |
//! | ESCO skills and the first ESCO occupation of each | skills, occupation |
//!
//! # Incomplete support
//! Language skills, cards, driving licences, and what the person looks for stay raw. No credential
//! type covers experience yet.

mod experience;
mod fields;
#[cfg(test)]
mod tests;

use credential_core::record::NoticeKind;

pub(crate) use self::experience::EDUCATIONS;
use self::experience::{Kind, experience};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood,
    node::Node,
    reading::{Found, Reading},
};

const EXPECTED: &str = "a profile has lists of employments, educations, projects and the like";
/// Members that a profile has; two of them tell it from other documents.
const MEMBERS: [&str; 11] = [
    "businessActivities",
    "certifications",
    "drivingLicenses",
    "educations",
    "employments",
    "experienceDescription",
    "externalLinks",
    "generalInfo",
    "jobPreferenceDescription",
    "languageSkills",
    "projects",
];

/// Reads profiles of Työmarkkinatori.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tyomarkkinatori;

impl RecordSource for Tyomarkkinatori {
    fn name(&self) -> &'static str {
        "tyomarkkinatori"
    }

    fn title(&self) -> &'static str {
        "Työmarkkinatori profile (JSON)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.json_members().is_some_and(|members| {
            let known = MEMBERS.iter().filter(|name| members.contains_key(**name));
            known.count() > 1
        })
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        if !self.recognises(document) {
            return Err(SourceError::OtherDocument { expected: EXPECTED });
        }
        let value = document.json()?;
        let profile = Node::root(&value);
        let mut reading = Reading::new();
        let mut found = Found::default();
        for kind in Kind::ALL {
            for node in reading.values(&profile, kind.member()) {
                found
                    .attainments
                    .extend(experience(kind, &node, &mut reading));
            }
        }
        if found.attainments.is_empty() {
            reading.note(&profile, NoticeKind::NothingAwarded);
        }
        reading.conclude(self, &profile, found, document.bytes())
    }
}
