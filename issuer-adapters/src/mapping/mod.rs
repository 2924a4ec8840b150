//! What credentials a record makes.
//!
//! | attainment | credentials |
//! |---|---|
//! | qualification | Qualification, and a Transcript of its parts |
//! | unit, course, other studies | StudyAchievement, and a Transcript when it has parts |
//! | skill badge | SkillBadge |
//! | language examination | LanguageCertificate with its subtests |
//! | place to study | Enrolment |
//! | work and other experience | Experience; where only the person says so, none, and a notice says why |
//! | all of them together | minimal proofs: MinimumLevel, MinimumCredits, EnrolledNow |
//!
//! A transcript lists parts of all depths in one flat list, so that each can be shown by itself.
//! The learner number never becomes a claim: it would link everything a person shows. What an
//! institution signs is what it or its source says of the person, never what the person says alone: that
//! would make it "proven".

mod attainment;
mod language_tag;
mod minimal;
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
    /// In the order of the record's attainments, then the minimal proofs.
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
        if is_self_asserted(one) {
            mapped.note(&one.pointer, NoticeKind::SelfAsserted);
            continue;
        }
        for draft in drafts(one) {
            mapped.add(draft, record.person(), &one.pointer);
        }
    }
    for draft in minimal::proofs(record.attainments()) {
        mapped.add(draft, record.person(), "");
    }
    mapped
}

/// Claims that are not checked yet.
struct Draft {
    credential_type: CredentialType,
    claims: Map<String, Value>,
    /// Why something that the record says is not in the claims.
    left_out: Option<NoticeKind>,
}

impl Mapped {
    fn add(&mut self, mut draft: Draft, person: &Person, pointer: &str) {
        words::put_person(&mut draft.claims, person);
        match CredentialClaims::new(draft.credential_type, draft.claims, None) {
            Ok(claims) => {
                self.credentials.push(claims);
                draft
                    .left_out
                    .into_iter()
                    .for_each(|kind| self.note(pointer, kind));
            }
            Err(_refused) => self.note(pointer, NoticeKind::ClaimsRefused),
        }
    }

    fn note(&mut self, pointer: &str, kind: NoticeKind) {
        self.notices.push(Notice {
            pointer: pointer.to_owned(),
            kind,
        });
    }
}

fn is_self_asserted(one: &Attainment) -> bool {
    matches!(
        one.kind,
        AttainmentKind::Experience {
            self_asserted: true,
            ..
        }
    )
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
        AttainmentKind::Experience {
            employer,
            occupation,
            ended,
            self_asserted: _,
        } => attainment::experience(one, employer.as_deref(), occupation.as_ref(), *ended),
    };
    let mut drafts = vec![draft];
    // The subtests of a language examination are claims of its certificate.
    if one.kind != AttainmentKind::LanguageCertificate {
        drafts.extend(transcript::transcripts(one));
    }
    drafts
}
