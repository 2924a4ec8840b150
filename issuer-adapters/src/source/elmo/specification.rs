//! What was studied (learningOpportunitySpecification), and its parts.

use credential_core::{
    record::{Attainment, AttainmentKind, Code, Grade, Level, MAX_DEPTH, NoticeKind, Organisation},
    text::Text,
};

use super::{
    instance::{credits, grade, level, not_passed},
    learner::dated,
    titles,
};
use crate::source::{
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

/// Kinds that are a whole degree.
const DEGREES: [&str; 2] = ["degree programme", "degree"];
/// The classification of fields of education that `iscedCode` is of.
pub(crate) const ISCED_F: &str = "isced-f";

/// Goes through the specifications of one report.
pub(super) struct Walk<'r> {
    issuer: Option<&'r Organisation>,
    reading: &'r mut Reading,
}

/// What surrounds a specification.
#[derive(Clone, Copy)]
enum Within<'t> {
    /// Nothing, or something passed.
    Passed,
    /// Something not passed, of this name.
    Unfinished(&'t Text),
}

impl<'r> Walk<'r> {
    pub(super) fn new(issuer: Option<&'r Organisation>, reading: &'r mut Reading) -> Self {
        Self { issuer, reading }
    }

    /// A specification of the report: itself when it was passed, or else its passed parts.
    pub(super) fn top(&mut self, node: &XmlNode<'_>) -> Vec<Attainment> {
        self.one(node, Within::Passed, 1)
    }

    fn one(&mut self, node: &XmlNode<'_>, within: Within<'_>, depth: usize) -> Vec<Attainment> {
        if !self.reading.enter(node) {
            return Vec::new();
        }
        if depth > MAX_DEPTH {
            self.reading.note(node, NoticeKind::TooDeep);
            return Vec::new();
        }
        let specifies = node.child("specifies");
        let instance = specifies.and_then(|it| it.child("learningOpportunityInstance"));
        let grade = instance.as_ref().and_then(|it| grade(it, self.reading));
        let not_passed = not_passed(instance.as_ref(), grade.as_ref(), self.reading);
        let mut whole = self.attainment(node, instance.as_ref(), grade);
        let is_degree = matches!(whole.kind, AttainmentKind::Qualification { .. });
        let not_awarded =
            (is_degree && whole.awarded.is_none()).then_some(NoticeKind::NotConfirmed);
        if let Some(reason) = not_passed.or(not_awarded) {
            self.reading.note(node, reason);
            let name = if whole.title.is_empty() {
                whole
                    .other_titles
                    .first()
                    .map_or_else(Text::default, |other| Text {
                        en: Some(other.text.clone()),
                        ..Text::default()
                    })
            } else {
                whole.title
            };
            return self.parts(node, Within::Unfinished(&name), depth);
        }
        if let Within::Unfinished(name) = within {
            whole.part_of = Some(name.clone()).filter(|name| !name.is_empty());
        }
        whole.parts = self.parts(node, Within::Passed, depth + 1);
        self.note_title(node, &whole);
        vec![whole]
    }

    fn parts(&mut self, node: &XmlNode<'_>, within: Within<'_>, depth: usize) -> Vec<Attainment> {
        let mut parts = Vec::new();
        for holder in node.children("hasPart") {
            for part in holder.children("learningOpportunitySpecification") {
                parts.extend(self.one(&part, within, depth));
            }
        }
        parts
    }

    fn attainment(
        &mut self,
        node: &XmlNode<'_>,
        instance: Option<&XmlNode<'_>>,
        grade: Option<Grade>,
    ) -> Attainment {
        let reading = &mut *self.reading;
        let kind = kind(node, reading);
        let (title, other_titles) = titles(node, "title", reading);
        let identifiers = identifiers(node, instance, reading);
        let isced = reading.child_string(node, "iscedCode");
        Attainment {
            id: identifiers.id,
            other_titles,
            description: description(node, reading),
            code: identifiers.code,
            started: instance.and_then(|it| dated(it, "start", reading)),
            awarded: instance.and_then(|it| dated(it, "date", reading)),
            awarding_body: self.issuer.cloned(),
            credits: instance
                .and_then(|it| credits(it, reading))
                .or_else(|| credits(node, reading)),
            grade,
            level: instance.map_or_else(Level::default, |it| level(it, reading)),
            field: isced.map(|value| Code {
                value,
                scheme: Some(ISCED_F.into()),
                ..Code::default()
            }),
            language_of_instruction: instance
                .and_then(|it| reading.child_string(it, "languageOfInstruction"))
                .map(|value| Code {
                    value,
                    ..Code::default()
                }),
            ..Attainment::new(kind, title, node.pointer().to_owned())
        }
    }

    fn note_title(&mut self, node: &XmlNode<'_>, whole: &Attainment) {
        if whole.title.is_empty() {
            self.reading.note(
                node,
                if whole.other_titles.is_empty() {
                    NoticeKind::MissingTitle
                } else {
                    NoticeKind::OtherLanguage
                },
            );
        }
    }
}

/// An identifier with its type as scheme.
pub(super) fn identifier(node: &XmlNode<'_>, reading: &mut Reading) -> Option<Code> {
    Some(Code {
        value: reading.string_at(node)?,
        scheme: reading.attribute(node, "type"),
        ..Code::default()
    })
}

struct Identifiers {
    id: Option<String>,
    code: Option<Code>,
}

/// The institution's own code, and what tells this attainment from every other: the identifier of
/// the instance, or else the one that is unique in the network (`elmo`).
fn identifiers(
    node: &XmlNode<'_>,
    instance: Option<&XmlNode<'_>>,
    reading: &mut Reading,
) -> Identifiers {
    let is = |node: &XmlNode<'_>, kind: &str| {
        node.attribute("type")
            .and_then(|it| it.text())
            .is_some_and(|text| text.trim().eq_ignore_ascii_case(kind))
    };
    let own = node.children("identifier");
    let of_network = own.iter().find(|it| is(it, "elmo"));
    let local = own.iter().find(|it| is(it, "local"));
    let first = own.iter().find(|it| !is(it, "elmo"));
    let of_instance = instance.and_then(|it| it.child("identifier"));
    let id = of_instance.as_ref().or(of_network);
    Identifiers {
        id: id
            .and_then(|id| identifier(id, reading))
            .map(|code| match code.scheme {
                // Written from a record, whose identifiers have no type.
                Some(scheme) if scheme == "id" => code.value,
                Some(scheme) => format!("{scheme}:{}", code.value),
                None => code.value,
            }),
        code: local
            .or(first)
            .and_then(|code| identifier(code, reading))
            .map(|code| Code {
                scheme: code
                    .scheme
                    .filter(|scheme| !scheme.eq_ignore_ascii_case("local")),
                ..code
            }),
    }
}

fn kind(node: &XmlNode<'_>, reading: &mut Reading) -> AttainmentKind {
    let kind = reading.child_string(node, "type").unwrap_or_default();
    if !DEGREES.contains(&kind.to_lowercase().as_str()) {
        return AttainmentKind::StudyAchievement;
    }
    let titles = node
        .child("qualification")
        .map(|it| titles(&it, "qualificationHolderTitle", reading).0)
        .filter(|title| !title.is_empty());
    AttainmentKind::Qualification {
        titles: titles.into_iter().collect(),
        specialisations: Vec::new(),
    }
}

fn description(node: &XmlNode<'_>, reading: &mut Reading) -> Text {
    let (ours, _others) = reading.child_texts(
        node,
        "description",
        |reading, text| text.lang().and_then(|lang| reading.string_at(&lang)),
        |reading, text| reading.prose_at(text),
    );
    ours
}
