//! Completions (suoritus) and their parts (osasuoritus).

use credential_core::{
    record::{Attainment, AttainmentKind, Level, MAX_DEPTH, NoticeKind, Organisation},
    text::Text,
};

use super::{
    assessment::{Assessment, Outcome, confirmed, outcome},
    extras::extras,
    kinds::{self, Becomes, Kind},
    studied::{Surroundings, attainment, attainment_kind, module_title, total},
};
use crate::source::{node::Node, reading::Reading};

/// Parts of the IB diploma that stand beside the list of parts.
const IB_CORE: [&str; 3] = [
    "theoryOfKnowledge",
    "extendedEssay",
    "creativityActionService",
];

/// What a completion comes to: one attainment when it is confirmed, its passed units when not.
pub(super) fn completion(
    node: &Node<'_>,
    provider: Option<&Organisation>,
    reading: &mut Reading,
) -> Vec<Attainment> {
    let Some(kind_code) = reading.code(node, "tyyppi") else {
        reading.note(node, NoticeKind::NotUnderstood);
        return Vec::new();
    };
    let Some(kind) = Kind::of(&kind_code.value) else {
        reading.note(node, NoticeKind::TypeNotSupported);
        return Vec::new();
    };
    let surroundings = Surroundings {
        provider: provider
            .cloned()
            .or_else(|| reading.organisation(node, "toimipiste")),
        language: reading.code(node, "suorituskieli"),
    };
    let mut walk = Walk {
        surroundings,
        reading,
    };
    let attainments = match walk.confirmed_outcome(node) {
        Ok(assessment) => vec![walk.whole(node, kind, assessment)],
        Err(notice) => {
            walk.reading.note(node, notice);
            let module = module_title(node, walk.reading);
            let part_of = if module.is_empty() {
                kind.title.clone()
            } else {
                module
            };
            walk.parts(node, &Within::Unfinished(part_of), 1)
        }
    };
    reading.note_kept_raw(node);
    attainments
}

/// What surrounds a part.
enum Within {
    /// Something passed; the part belongs to it.
    Passed,
    /// Something not passed, of this name; a passed part stands alone.
    Unfinished(Text),
}

struct Walk<'r> {
    surroundings: Surroundings,
    reading: &'r mut Reading,
}

impl Walk<'_> {
    fn confirmed_outcome(&mut self, node: &Node<'_>) -> Result<Option<Assessment>, NoticeKind> {
        let confirmed = confirmed(node, self.reading).is_some();
        if !confirmed {
            return Err(NoticeKind::NotConfirmed);
        }
        // A year of basic education can be confirmed and yet have to be repeated.
        if self.reading.flag(node, "jääLuokalle") == Some(true) {
            return Err(NoticeKind::NotPassed);
        }
        match outcome(node, confirmed, self.reading) {
            Outcome::Passed(assessment) => Ok(assessment),
            Outcome::NotPassed | Outcome::NotAssessed => Err(NoticeKind::NotPassed),
        }
    }

    fn attainment(
        &mut self,
        node: &Node<'_>,
        kind: AttainmentKind,
        assessment: Option<Assessment>,
    ) -> Attainment {
        attainment(node, kind, assessment, &self.surroundings, self.reading)
    }

    /// A confirmed completion with its passed parts.
    fn whole(
        &mut self,
        node: &Node<'_>,
        kind: &Kind,
        assessment: Option<Assessment>,
    ) -> Attainment {
        let becomes = attainment_kind(node, kind.becomes, self.reading);
        let mut whole = self.attainment(node, becomes, assessment);
        if whole.title.is_empty() {
            self.reading.note(node, NoticeKind::MissingTitle);
            whole.title = kind.title.clone();
        } else if kind.part_of_module {
            whole.part_of = Some(std::mem::replace(&mut whole.title, kind.title.clone()));
        }
        let education_type = node
            .member("koulutusmoduuli")
            .and_then(|module| self.reading.code(&module, "koulutustyyppi"));
        let code = whole
            .code
            .as_ref()
            .filter(|code| code.scheme.as_deref() == Some("koulutus"));
        let levels = kind.level(
            education_type.as_ref().map(|code| code.value.as_str()),
            code.map(|code| code.value.as_str()),
        );
        whole.level = Level {
            cefr: whole.level.cefr,
            ..levels
        };
        whole.parts = self.parts(node, &Within::Passed, 2);
        if whole.credits.is_none() && kind.becomes == Becomes::Qualification {
            whole.credits = total(&whole.parts);
        }
        whole
    }

    /// The passed parts of an element, in the order of the document.
    fn parts(&mut self, node: &Node<'_>, within: &Within, depth: usize) -> Vec<Attainment> {
        let mut attainments = Vec::new();
        if let Some(list) = node.member("osasuoritukset") {
            match list.elements() {
                Some(parts) => {
                    for part in parts {
                        if !self.reading.enter(&part) {
                            return attainments;
                        }
                        attainments.extend(self.part(&part, within, depth));
                    }
                }
                None => self.reading.note(&list, NoticeKind::NotUnderstood),
            }
        }
        for part in IB_CORE.iter().filter_map(|name| node.member(name)) {
            if self.reading.enter(&part) {
                attainments.extend(self.part(&part, within, depth));
            }
        }
        let provider = self.surroundings.provider.as_ref();
        for mut test in extras(node, provider, self.reading) {
            if let Within::Unfinished(part_of) = within {
                test.part_of = Some(part_of.clone());
            }
            attainments.push(test);
        }
        attainments
    }

    /// One part: itself when it was passed, or else the passed parts within it.
    fn part(&mut self, node: &Node<'_>, within: &Within, depth: usize) -> Vec<Attainment> {
        if let Err(notice) = self.readable(node, depth) {
            self.reading.note(node, notice);
            return Vec::new();
        }
        let is_confirmed = confirmed(node, self.reading).is_some();
        match (outcome(node, is_confirmed, self.reading), within) {
            (Outcome::Passed(assessment), _) => vec![self.unit(node, assessment, within, depth)],
            (Outcome::NotAssessed, Within::Passed) => self.group(node, depth),
            (Outcome::NotAssessed, Within::Unfinished(_)) => {
                self.unfinished(node, NoticeKind::NotAssessed, within, depth)
            }
            (Outcome::NotPassed, _) => self.unfinished(node, NoticeKind::NotPassed, within, depth),
        }
    }

    fn readable(&mut self, node: &Node<'_>, depth: usize) -> Result<(), NoticeKind> {
        if node.members().is_none() {
            return Err(NoticeKind::NotUnderstood);
        }
        if depth > MAX_DEPTH {
            return Err(NoticeKind::TooDeep);
        }
        match self.reading.code(node, "tyyppi") {
            Some(kind) if kinds::is_kept_raw(&kind.value) => Err(NoticeKind::KeptRaw),
            Some(_) => Ok(()),
            None => Err(NoticeKind::NotUnderstood),
        }
    }

    fn unit(
        &mut self,
        node: &Node<'_>,
        assessment: Option<Assessment>,
        within: &Within,
        depth: usize,
    ) -> Attainment {
        let mut unit = self.attainment(node, AttainmentKind::StudyAchievement, assessment);
        if unit.title.is_empty() {
            self.reading.note(node, NoticeKind::MissingTitle);
        }
        if let Within::Unfinished(part_of) = within {
            unit.part_of = Some(part_of.clone());
        }
        unit.parts = self.parts(node, &Within::Passed, depth + 1);
        unit
    }

    /// A heading over passed parts of something passed, without a grade of its own.
    fn group(&mut self, node: &Node<'_>, depth: usize) -> Vec<Attainment> {
        let parts = self.parts(node, &Within::Passed, depth + 1);
        if parts.is_empty() {
            self.reading.note(node, NoticeKind::NotAssessed);
            return parts;
        }
        let group = self.attainment(node, AttainmentKind::StudyAchievement, None);
        if group.title.is_empty() {
            self.reading.note(node, NoticeKind::MissingTitle);
        }
        vec![Attainment { parts, ..group }]
    }

    fn unfinished(
        &mut self,
        node: &Node<'_>,
        notice: NoticeKind,
        within: &Within,
        depth: usize,
    ) -> Vec<Attainment> {
        self.reading.note(node, notice);
        let module = module_title(node, self.reading);
        let part_of = match within {
            Within::Unfinished(outer) if module.is_empty() => outer.clone(),
            _ => module,
        };
        self.parts(node, &Within::Unfinished(part_of), depth + 1)
    }
}
