//! Assessments: the grade of an achievement, and assessments that stand by themselves.

use chrono::NaiveDate;
use credential_core::{
    record::{Attainment, AttainmentKind, Grade, NoticeKind},
    text::Text,
};

use super::{Walk, graph::id};
use crate::source::node::Node;

/// Status "pass" of the vocabulary of grade statuses, and where the vocabulary is.
const PASS: &str = "http://data.europa.eu/snb/grade-status/c_60a1cf9a";
const STATUSES: &str = "http://data.europa.eu/snb/grade-status/";

/// What the assessments of an achievement come to.
#[derive(Default)]
pub(super) struct Assessed {
    pub(super) grade: Option<Grade>,
    pub(super) day: Option<NaiveDate>,
}

impl<'v> Walk<'_, 'v> {
    /// The first grade among the assessments that prove an achievement.
    ///
    /// # Errors
    /// [`NoticeKind::NotPassed`] when all of them say that they were failed.
    pub(super) fn assessments(
        &mut self,
        achievement: &Node<'v>,
        award: Option<&Node<'v>>,
    ) -> Result<Assessed, NoticeKind> {
        let mut found = self.follow(achievement, "provenBy");
        found.extend(
            award
                .map(|award| self.follow(award, "used"))
                .unwrap_or_default(),
        );
        let has_day = award.is_some_and(|award| award.member("awardingDate").is_some());
        let mut assessed = Assessed::default();
        let mut failed = 0;
        for assessment in &found {
            if self.is_failed(assessment) {
                failed += 1;
                continue;
            }
            if assessed.grade.is_none() {
                assessed.grade = self.grade(assessment);
            }
            if assessed.day.is_none() && !has_day {
                assessed.day = self.reading.day(assessment, "dateIssued");
            }
        }
        if failed > 0 && failed == found.len() {
            return Err(NoticeKind::NotPassed);
        }
        Ok(assessed)
    }

    /// An assessment that is a claim itself.
    pub(super) fn assessed(&mut self, node: &Node<'v>) -> Result<Attainment, NoticeKind> {
        if self.is_failed(node) {
            return Err(NoticeKind::NotPassed);
        }
        let award = self.follow_first(node, "awardedBy");
        let spec = self.follow_first(node, "specifiedBy");
        let mut attainment = self.named(AttainmentKind::StudyAchievement, node, spec.as_ref());
        attainment.grade = self.grade(node);
        attainment.awarded = award
            .as_ref()
            .and_then(|it| self.reading.day(it, "awardingDate"));
        attainment.awarded = attainment
            .awarded
            .or_else(|| self.reading.day(node, "dateIssued"));
        attainment.awarding_body = award
            .and_then(|award| self.organisation(&award, "awardingBody"))
            .or_else(|| self.issuer.clone());
        Ok(attainment)
    }

    /// The grade (`Note`), with the name of its scheme. What is said in a language is also its meaning in
    /// words.
    pub(super) fn grade(&mut self, node: &Node<'v>) -> Option<Grade> {
        let note = self.follow_first(node, "grade")?;
        let literal = note.member("noteLiteral").unwrap_or(note);
        if let Some(grade) = self.grade_said_apart(&literal) {
            let scale = self.grading_scheme(node);
            return Some(Grade { scale, ..grade });
        }
        let is_plain = literal.as_str().is_some() || literal.member("und").is_some();
        let said = self.reading.name_alone(Some(&literal));
        let label = if is_plain {
            Text::default()
        } else {
            said.ours.clone()
        };
        let value = said.any()?;
        Some(Grade {
            value,
            scale: self.grading_scheme(node),
            label,
        })
    }

    /// A value that is the same in all languages (`und`) beside what it means in some of them.
    fn grade_said_apart(&mut self, literal: &Node<'v>) -> Option<Grade> {
        let members = literal.members()?;
        if members.len() < 2 {
            return None;
        }
        let value = self.reading.string(literal, "und")?;
        let mut said = |name| {
            let text = literal
                .member(name)
                .filter(|text| text.as_str().is_some())?;
            self.reading.string_at(&text)
        };
        let label = Text {
            fi: said("fi"),
            sv: said("sv"),
            en: said("en"),
        };
        Some(Grade {
            value,
            scale: None,
            label,
        })
    }

    fn grading_scheme(&mut self, node: &Node<'v>) -> Option<String> {
        let spec = self.follow_first(node, "specifiedBy")?;
        let scheme = self.follow_first(&spec, "gradingScheme")?;
        let title = self
            .reading
            .name_alone(scheme.member("title").as_ref())
            .any();
        title.or_else(|| self.identity(&scheme))
    }

    fn is_failed(&mut self, assessment: &Node<'v>) -> bool {
        let Some(status) = self.follow_first(assessment, "gradeStatus") else {
            return false;
        };
        let uri = status.as_str().or_else(|| id(&status)).unwrap_or_default();
        let is_failed = if uri.starts_with(STATUSES) {
            uri != PASS
        } else {
            let label = status.member("prefLabel").and_then(|it| it.member("en"));
            label
                .and_then(|it| it.as_str())
                .is_some_and(|it| it.trim().starts_with("fail"))
        };
        match status.member("id") {
            Some(used) => self.reading.take(&used),
            None => self.reading.take(&status),
        }
        is_failed
    }
}
