//! Achievements (LearningAchievement) and their parts.

use credential_core::{
    record::{Attainment, AttainmentKind, Code, MAX_DEPTH, NoticeKind},
    text::Text,
};

use super::{Profile, Walk, graph::id};
use crate::source::{
    node::Node,
    reading::{Placed as _, linked::has_type},
};

impl<'v> Walk<'_, 'v> {
    /// An achievement; the first of these has depth 1.
    ///
    /// # Errors
    /// The notice that stands for the achievement when nothing was achieved, or it cannot be held.
    pub(super) fn achievement(
        &mut self,
        node: &Node<'v>,
        depth: usize,
    ) -> Result<Attainment, NoticeKind> {
        if depth > MAX_DEPTH {
            return Err(NoticeKind::TooDeep);
        }
        if node.members().is_none() || !self.seen.insert(node.pointer().to_owned()) {
            return Err(NoticeKind::NotUnderstood);
        }
        let award = self.follow_first(node, "awardedBy");
        let spec = self.follow_first(node, "specifiedBy");
        let assessed = self.assessments(node, award.as_ref())?;
        let kind = self.kind(node, spec.as_ref(), depth);
        let mut attainment = self.named(kind, node, spec.as_ref());
        attainment.grade = assessed.grade.or_else(|| self.grade(node));
        attainment.awarded = award
            .as_ref()
            .and_then(|award| self.reading.day(award, "awardingDate"))
            .or(assessed.day);
        attainment.awarding_body = award
            .and_then(|award| self.organisation(&award, "awardingBody"))
            .or_else(|| self.issuer.clone());
        attainment.code = self.identifier(node);
        attainment.credits = self.credits(node, "creditReceived");
        if attainment.credits.is_none() {
            attainment.credits = self.credits(node, "creditPoint");
        }
        if let Some(spec) = &spec {
            self.specified(spec, &mut attainment);
        }
        self.studied(node, &mut attainment);
        attainment.parts = self.parts(node, depth);
        Ok(attainment)
    }

    /// Name and description, by the object itself or else by its specification.
    pub(super) fn named(
        &mut self,
        kind: AttainmentKind,
        node: &Node<'v>,
        spec: Option<&Node<'v>>,
    ) -> Attainment {
        let title = self.reading.name_said(node, "title", None);
        let title = title.or(|| self.title_of(spec));
        match (title.ours.is_empty(), title.others.is_empty()) {
            (true, true) => self.reading.note(node, NoticeKind::MissingTitle),
            (true, false) => self.reading.note(node, NoticeKind::OtherLanguage),
            (false, _) => {}
        }
        let mut description = self.reading.prose_in_ours(node, "description", None);
        if let (true, Some(spec)) = (description.is_empty(), spec) {
            description = self.reading.prose_in_ours(spec, "description", None);
        }
        // Ids of this kind are counted anew in each document.
        let is_lasting = id(node).is_some_and(|id| !id.starts_with("urn:epass:"));
        Attainment {
            id: is_lasting.then(|| self.identity(node)).flatten(),
            other_titles: title.others,
            description,
            ..Attainment::new(kind, title.ours, node.pointer().to_owned())
        }
    }

    fn title_of(&mut self, spec: Option<&Node<'v>>) -> super::super::reading::linked::Said {
        spec.map(|spec| self.reading.name_said(spec, "title", None))
            .unwrap_or_default()
    }

    /// A qualification is specified as one, and as a whole; a diploma is one by its type.
    fn kind(&mut self, node: &Node<'v>, spec: Option<&Node<'v>>, depth: usize) -> AttainmentKind {
        let is_specified = spec.is_some_and(|spec| {
            let is_partial = self.reading.flag(spec, "isPartialQualification");
            has_type(spec, "Qualification") && is_partial != Some(true)
        });
        match self.profile {
            Profile::Enrolment if depth == 1 => self.enrolment(node),
            Profile::Diploma if depth == 1 => qualification(),
            _ if is_specified => qualification(),
            _ => AttainmentKind::StudyAchievement,
        }
    }

    /// A proof of enrolment says of an achievement that it is being worked for.
    fn enrolment(&mut self, node: &Node<'v>) -> AttainmentKind {
        let opportunity = self.follow_first(node, "participatedIn");
        let period = opportunity.and_then(|it| self.follow_first(&it, "temporal"));
        let day = |walk: &mut Self, name| {
            let period = period.as_ref()?;
            walk.reading.day(period, name)
        };
        AttainmentKind::Enrolment {
            state: Code {
                value: "enrolled".into(),
                scheme: None,
                label: Text::new("kirjoilla", "inskriven", "enrolled"),
            },
            from: day(self, "startDate"),
            expected_end: day(self, "endDate"),
        }
    }

    /// When it was studied: by the activity that led to it, or by its own period.
    fn studied(&mut self, node: &Node<'v>, attainment: &mut Attainment) {
        let activity = self.follow_first(node, "influencedBy");
        for within in [Some(node.clone()), activity].iter().flatten() {
            let Some(period) = self.follow_first(within, "temporal") else {
                continue;
            };
            if attainment.started.is_none() {
                attainment.started = self.reading.day(&period, "startDate");
            }
            if attainment.awarded.is_none() {
                attainment.awarded = self.reading.day(&period, "endDate");
            }
        }
    }

    /// Parts, and what a transcript of the European pilots is derived from.
    fn parts(&mut self, node: &Node<'v>, depth: usize) -> Vec<Attainment> {
        let mut parts = Vec::new();
        for name in ["hasPart", "wasDerivedFrom"] {
            for part in self.follow_all(node, name) {
                if !self.reading.enter(&part) {
                    return parts;
                }
                let is_other =
                    has_type(&part, "LearningAssessment") || has_type(&part, "LearningActivity");
                let read = if is_other {
                    Err(NoticeKind::KeptRaw)
                } else {
                    self.achievement(&part, depth + 1)
                };
                match read {
                    Ok(part) => parts.push(part),
                    Err(notice) => self.reading.note(&part, notice),
                }
            }
        }
        parts
    }
}

fn qualification() -> AttainmentKind {
    AttainmentKind::Qualification {
        titles: Vec::new(),
        specialisations: Vec::new(),
    }
}
