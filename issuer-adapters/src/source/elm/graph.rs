//! Objects that refer to each other by id (JSON-LD 1.1 section 4.6), as in flattened documents and where
//! an object is written out only once.

use std::collections::HashMap;

use super::Walk;
use crate::source::{node::Node, reading::linked::each};

/// Most objects that can be referred to; references to those after them stay raw.
const MAX_OBJECTS: usize = 100_000;

/// The objects of a document that say more than their id and type.
pub(super) struct Graph<'v> {
    by_id: HashMap<&'v str, Node<'v>>,
}

impl<'v> Graph<'v> {
    pub(super) fn of(root: &Node<'v>) -> Self {
        let mut graph = Self {
            by_id: HashMap::new(),
        };
        graph.add(root);
        graph
    }

    /// Documents are never deeper than the reader of JSON allows.
    fn add(&mut self, node: &Node<'v>) {
        if let Some(id) = id(node)
            && !is_reference(node)
            && self.by_id.len() < MAX_OBJECTS
        {
            self.by_id.entry(id).or_insert_with(|| node.clone());
        }
        match node.elements() {
            Some(elements) => elements.for_each(|element| self.add(&element)),
            None => node.named().iter().for_each(|(_, member)| self.add(member)),
        }
    }

    fn at(&self, node: &Node<'v>) -> Option<Node<'v>> {
        let id = node
            .as_str()
            .or_else(|| id(node).filter(|_| is_reference(node)))?;
        self.by_id.get(id).cloned()
    }
}

impl<'v> Walk<'_, 'v> {
    /// The objects of a member, wherever they are written out.
    pub(super) fn follow(&mut self, node: &Node<'v>, name: &'static str) -> Vec<Node<'v>> {
        let found = self.reading.many(node, name);
        found.into_iter().map(|one| self.target(one)).collect()
    }

    /// As [`Self::follow`], without a limit: for what is counted otherwise.
    pub(super) fn follow_all(&mut self, node: &Node<'v>, name: &'static str) -> Vec<Node<'v>> {
        let found = node.member(name).as_ref().map(each).unwrap_or_default();
        found.into_iter().map(|one| self.target(one)).collect()
    }

    /// The first object of a member; the others stay raw.
    pub(super) fn follow_first(&mut self, node: &Node<'v>, name: &'static str) -> Option<Node<'v>> {
        let first = each(&node.member(name)?).into_iter().next()?;
        Some(self.target(first))
    }

    fn target(&mut self, node: Node<'v>) -> Node<'v> {
        let Some(target) = self.graph.at(&node) else {
            return node;
        };
        match node.member("id").or_else(|| node.member("@id")) {
            Some(id) => self.reading.take(&id),
            None => self.reading.take(&node),
        }
        target
    }
}

/// The id of an object, when it has one.
pub(super) fn id<'v>(node: &Node<'v>) -> Option<&'v str> {
    let id = node.member("id").or_else(|| node.member("@id"))?;
    id.as_str()
}

/// An object that says no more than which it is.
fn is_reference(node: &Node<'_>) -> bool {
    const NAMES: [&str; 4] = ["id", "@id", "type", "@type"];
    let Some(members) = node.members() else {
        return false;
    };
    members.keys().all(|name| NAMES.contains(&name.as_str()))
}
