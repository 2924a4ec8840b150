//! What was to be learned (LearningAchievementSpecification, Qualification): size, level, field,
//! language, learning outcomes.

use credential_core::record::{Attainment, Code, Credits};

use super::{Walk, concept::last_segment, graph::id};
use crate::source::{
    node::Node,
    openbadges::{ESCO_SKILLS, ects, is_esco_skill},
};

/// ECTS in the vocabulary of credit systems.
const ECTS: &str = "http://data.europa.eu/snb/education-credit/6fcec5c5af";

/// Languages by the code of the Publications Office (ISO 639-3), and of the record (ISO 639-1).
const LANGUAGES: &[(&str, &str)] = &[
    ("FIN", "FI"),
    ("SWE", "SV"),
    ("ENG", "EN"),
    ("DEU", "DE"),
    ("FRA", "FR"),
    ("SPA", "ES"),
    ("ITA", "IT"),
    ("NLD", "NL"),
    ("NOR", "NO"),
    ("DAN", "DA"),
    ("EST", "ET"),
    ("RUS", "RU"),
    ("POR", "PT"),
    ("POL", "PL"),
];

/// The three letters of a language; nothing for one that is not listed.
pub(crate) fn language_alpha3(tag: &str) -> Option<&'static str> {
    let found = LANGUAGES.iter().find(|(_, listed)| *listed == tag);
    found.map(|(alpha3, _)| *alpha3)
}

impl<'v> Walk<'_, 'v> {
    /// Adds what a specification says.
    pub(super) fn specified(&mut self, spec: &Node<'v>, attainment: &mut Attainment) {
        let qualification = self.follow_first(spec, "qualification");
        let levels = [Some(spec.clone()), qualification];
        for node in levels.iter().flatten() {
            attainment.level.eqf = attainment.level.eqf.or_else(|| self.eqf(node));
        }
        let field = ["thematicArea", "educationSubject", "ISCEDFCode"]
            .into_iter()
            .find_map(|name| self.concept(spec, name));
        attainment.field = field;
        attainment.language_of_instruction = self.language(spec);
        if attainment.credits.is_none() {
            attainment.credits = self.credits(spec, "creditPoint");
        }
        for outcome in self.follow(spec, "learningOutcome") {
            self.outcome(&outcome, attainment);
        }
        if attainment.code.is_none() {
            attainment.code = self.identifier(spec);
        }
    }

    /// ECTS credits where there are any, or else the first of another kind.
    pub(super) fn credits(&mut self, node: &Node<'v>, name: &'static str) -> Option<Credits> {
        let mut points: Vec<_> = self.follow(node, name);
        let ects_first = |one: &Node<'v>| !self.graph_names_ects(one);
        points.sort_by_cached_key(ects_first);
        let point = points.into_iter().next()?;
        let member = point.member("point")?;
        let amount = member.as_str().map(|text| text.trim().parse().ok());
        let amount = match amount {
            Some(amount) => self.reading.used_or_not_understood(&member, amount)?,
            None => self.reading.amount(&point, "point")?,
        };
        let is_ects = self.graph_names_ects(&point);
        let unit = self.concept(&point, "framework");
        Some(Credits {
            amount,
            unit: if is_ects { ects() } else { unit? },
        })
    }

    fn graph_names_ects(&self, point: &Node<'v>) -> bool {
        let Some(framework) = point.member("framework") else {
            return false;
        };
        let is_ects = |node: Option<Node<'v>>| {
            let text = node.as_ref().and_then(Node::as_str).unwrap_or_default();
            text.eq_ignore_ascii_case("ects")
        };
        let label = framework.member("prefLabel");
        let labels = label.map(|label| label.named()).unwrap_or_default();
        framework.as_str().or_else(|| id(&framework)) == Some(ECTS)
            || is_ects(framework.member("notation"))
            || labels.into_iter().any(|(_, text)| is_ects(Some(text)))
    }

    /// The level in the European Qualifications Framework, 1 to 8, by its URI or its number.
    fn eqf(&mut self, node: &Node<'v>) -> Option<u8> {
        let concept = self.follow_first(node, "eqfLevel")?;
        let level = last_segment(&self.concept_value(&concept)?).parse().ok();
        level.filter(|level| (1..=8).contains(level))
    }

    /// Language codes of the Publications Office have three letters, the record's have two.
    fn language(&mut self, spec: &Node<'v>) -> Option<Code> {
        let code = self.concept(spec, "language")?;
        let segment = last_segment(&code.value);
        let listed = LANGUAGES
            .iter()
            .find(|(alpha3, tag)| *alpha3 == segment || tag.eq_ignore_ascii_case(segment));
        let tag = listed.map_or(segment, |(_, tag)| tag);
        Some(Code {
            value: tag.to_owned(),
            ..code
        })
    }

    /// The skills of a learning outcome, or the outcome itself when it names none.
    fn outcome(&mut self, outcome: &Node<'v>, attainment: &mut Attainment) {
        let mut related = self.follow(outcome, "relatedESCOSkill");
        related.extend(self.follow(outcome, "relatedSkill"));
        for concept in &related {
            if let Some(code) = self.concept_at(concept) {
                let is_esco = is_esco_skill(&code.value);
                let scheme = if is_esco {
                    Some(ESCO_SKILLS.to_owned())
                } else {
                    code.scheme
                };
                attainment.skills.push(Code { scheme, ..code });
            }
        }
        if !related.is_empty() {
            return;
        }
        let title = self.reading.name_alone(outcome.member("title").as_ref());
        let label = title.ours.clone();
        if let Some(value) = title.any() {
            attainment.skills.push(Code {
                value,
                scheme: None,
                label,
            });
        }
    }
}
