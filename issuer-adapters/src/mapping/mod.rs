//! What credentials a record makes.
//!
//! | attainment | credentials |
//! |---|---|
//! | qualification | Qualification, and a Transcript of its parts |
//! | unit, course, other studies | StudyAchievement, and a Transcript when it has parts |
//! | skill badge | SkillBadge |
//! | language examination | LanguageCertificate with its subtests |
//! | place to study | Enrolment |
//! | work and other experience | none yet; a notice says so |
//!
//! A transcript lists parts of all depths in one flat list, so that each can be shown by itself.
//! The learner number never becomes a claim: it would link everything a person shows.

mod attainment;
mod language_tag;
#[cfg(test)]
mod tests;
mod transcript;
mod words;

use credential_core::{
    credential::{CredentialClaims, CredentialType},
    record::{Attainment, AttainmentKind, LearningRecord, Notice, NoticeKind, Person},
};
use serde_json::{Map, Value};

/// The credentials of one record, and what could not become one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mapped {
    /// In the order of the record's attainments.
    pub credentials: Vec<CredentialClaims>,
    /// What could not become a credential. What the reader left out is in the record's own notices.
    pub notices: Vec<Notice>,
}

/// Makes the claims of every credential that the record gives.
#[must_use]
pub fn credentials(record: &LearningRecord) -> Mapped {
    let mut mapped = Mapped {
        credentials: Vec::new(),
        notices: Vec::new(),
    };
    for one in record.attainments() {
        let drafts = drafts(one);
        if drafts.is_empty() {
            mapped.notices.push(Notice {
                pointer: one.pointer.clone(),
                kind: NoticeKind::TypeNotSupported,
            });
        }
        for draft in drafts {
            mapped.add(draft, record.person(), one);
        }
    }
    mapped
}

/// Claims that are not checked yet.
struct Draft {
    credential_type: CredentialType,
    claims: Map<String, Value>,
}

impl Mapped {
    fn add(&mut self, mut draft: Draft, person: &Person, from: &Attainment) {
        words::put_person(&mut draft.claims, person);
        match CredentialClaims::new(draft.credential_type, draft.claims, None) {
            Ok(claims) => self.credentials.push(claims),
            Err(_refused) => self.notices.push(Notice {
                pointer: from.pointer.clone(),
                kind: NoticeKind::ClaimsRefused,
            }),
        }
    }
}

fn drafts(one: &Attainment) -> Vec<Draft> {
    let draft = match &one.kind {
        AttainmentKind::Qualification {
            titles,
            specialisations,
        } => attainment::qualification(one, titles, specialisations),
        AttainmentKind::StudyAchievement => attainment::study_achievement(one),
        AttainmentKind::SkillBadge => attainment::skill_badge(one),
        AttainmentKind::LanguageCertificate => attainment::language_certificate(one),
        AttainmentKind::Enrolment {
            state,
            from,
            expected_end,
        } => attainment::enrolment(one, state, *from, *expected_end),
        // No credential type covers experience yet.
        AttainmentKind::Experience { .. } => return Vec::new(),
    };
    let mut drafts = vec![draft];
    // The subtests of a language examination are claims of its certificate.
    if one.kind != AttainmentKind::LanguageCertificate {
        drafts.extend(transcript::transcripts(one));
    }
    drafts
}
