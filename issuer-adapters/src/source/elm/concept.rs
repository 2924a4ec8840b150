//! Concepts of controlled vocabularies, and identifiers.

use credential_core::{record::Code, text::Text};

use super::{Walk, graph::id};
use crate::source::{node::Node, scheme};

/// What a concept is called where it is a URI, without the vocabulary.
pub(super) fn last_segment(uri: &str) -> &str {
    uri.rsplit(['/', '#']).next().unwrap_or(uri)
}

impl<'v> Walk<'_, 'v> {
    /// The first concept of a member: its URI, or else its notation. Some writers put the name of the
    /// vocabulary into the notation, so that the URI is worth more.
    pub(super) fn concept(&mut self, node: &Node<'v>, name: &'static str) -> Option<Code> {
        let concept = self.follow_first(node, name)?;
        self.concept_at(&concept)
    }

    pub(super) fn concept_at(&mut self, concept: &Node<'v>) -> Option<Code> {
        if concept.as_str().is_some() {
            return Some(Code {
                value: self.concept_value(concept)?,
                ..Code::default()
            });
        }
        let label = self.reading.name_in_ours(concept, "prefLabel", None);
        let value = self.concept_value(concept);
        let within = concept.member("inScheme");
        let within = within.and_then(|within| self.identity(&within));
        let scheme = within.map(scheme::from_uri);
        let value = value.or_else(|| label_text(&label))?;
        Some(Code {
            value,
            scheme,
            label,
        })
    }

    /// The URI of a concept, or else its notation.
    pub(super) fn concept_value(&mut self, concept: &Node<'v>) -> Option<String> {
        if concept.as_str().is_some() {
            return self.reading.string_at(concept);
        }
        if id(concept).is_some_and(|id| id.starts_with("http")) {
            return self.identity(concept);
        }
        self.reading.string(concept, "notation")
    }

    /// The first identifier of a thing; the others stay raw.
    pub(super) fn identifier(&mut self, node: &Node<'v>) -> Option<Code> {
        let identifier = self.follow_first(node, "identifier")?;
        self.identifier_at(&identifier, None)
    }

    /// The id of an object.
    pub(super) fn identity(&mut self, node: &Node<'_>) -> Option<String> {
        self.reading
            .string(node, "id")
            .or_else(|| self.reading.string(node, "@id"))
    }

    /// Identifiers, each with the scheme it says, or else with this one.
    pub(super) fn identifiers(
        &mut self,
        node: &Node<'v>,
        name: &'static str,
        scheme: Option<&str>,
    ) -> Vec<Code> {
        let mut found = Vec::new();
        for identifier in self.follow(node, name) {
            found.extend(self.identifier_at(&identifier, scheme));
        }
        found
    }

    fn identifier_at(&mut self, identifier: &Node<'v>, scheme: Option<&str>) -> Option<Code> {
        let value = self.reading.string(identifier, "notation")?;
        let own = self.reading.string(identifier, "schemeName");
        Some(Code {
            value,
            scheme: own.or_else(|| scheme.map(str::to_owned)),
            label: Text::default(),
        })
    }
}

fn label_text(label: &Text) -> Option<String> {
    let Text { fi, sv, en } = label;
    en.clone().or_else(|| fi.clone()).or_else(|| sv.clone())
}
