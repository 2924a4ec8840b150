//! Which achievement is a part of which (CLR 2.0 section 4, Association).

use std::collections::HashMap;

use credential_core::record::{Attainment, MAX_DEPTH};

use crate::source::{node::Node, reading::Reading, reading::linked::each};

/// What one credential says, and the achievement it is about.
pub(super) struct Held {
    pub(super) attainment: Attainment,
    pub(super) achievement: Option<String>,
}

/// The attainments with their parts inside. Each is a part of at most one other; an association that
/// would make a circle, or parts deeper than a record can hold, stays raw.
pub(super) fn assembled(
    held: Vec<Held>,
    subject: &Node<'_>,
    reading: &mut Reading,
) -> Vec<Attainment> {
    let mut whole = vec![None; held.len()];
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, one) in held.iter().enumerate() {
        if let Some(id) = &one.achievement {
            places.entry(id).or_default().push(index);
        }
    }
    for association in subject.member("association").iter().flat_map(each) {
        if !reading.enter(&association) {
            break;
        }
        if join(&association, &places, &mut whole) {
            for name in ["associationType", "sourceId", "targetId"] {
                let used = association.member(name);
                used.iter().for_each(|used| reading.take(used));
            }
        }
    }
    Forest::new(held, &whole).grown()
}

/// Whether an association made a part of something.
fn join(
    association: &Node<'_>,
    places: &HashMap<&str, Vec<usize>>,
    whole: &mut [Option<usize>],
) -> bool {
    let text = |name| association.member(name).and_then(|it| it.as_str());
    let (Some(kind), Some(source), Some(target)) =
        (text("associationType"), text("sourceId"), text("targetId"))
    else {
        return false;
    };
    let (parent, child) = match kind {
        "isParentOf" => (source, target),
        "isChildOf" | "isPartOf" => (target, source),
        _ => return false,
    };
    let Some(parent) = places.get(parent).and_then(|all| all.first().copied()) else {
        return false;
    };
    let mut is_used = false;
    for child in places.get(child).into_iter().flatten().copied() {
        let is_free = whole.get(child) == Some(&None);
        if is_free && may_hold(parent, child, whole) {
            if let Some(place) = whole.get_mut(child) {
                *place = Some(parent);
            }
            is_used = true;
        }
    }
    is_used
}

/// Neither the part itself nor too much stands above the whole.
fn may_hold(parent: usize, child: usize, whole: &[Option<usize>]) -> bool {
    let mut at = parent;
    for _depth in 1..MAX_DEPTH {
        if at == child {
            return false;
        }
        match whole.get(at).copied().flatten() {
            Some(above) => at = above,
            None => return true,
        }
    }
    false
}

struct Forest {
    trees: Vec<Option<Attainment>>,
    parts: Vec<Vec<usize>>,
    roots: Vec<usize>,
}

impl Forest {
    fn new(held: Vec<Held>, whole: &[Option<usize>]) -> Self {
        let mut parts = vec![Vec::new(); held.len()];
        let mut roots = Vec::new();
        for (index, above) in whole.iter().enumerate() {
            match above.and_then(|above| parts.get_mut(above)) {
                Some(beside) => beside.push(index),
                None => roots.push(index),
            }
        }
        let trees = held.into_iter().map(|one| Some(one.attainment));
        Self {
            trees: trees.collect(),
            parts,
            roots,
        }
    }

    /// In the order of the document. What would be too deep stands by itself at the end.
    fn grown(mut self) -> Vec<Attainment> {
        let mut grown = Vec::new();
        while !self.roots.is_empty() {
            for root in std::mem::take(&mut self.roots) {
                grown.extend(self.tree(root, 1));
            }
        }
        grown
    }

    fn tree(&mut self, index: usize, depth: usize) -> Option<Attainment> {
        let mut attainment = self.trees.get_mut(index)?.take()?;
        let parts = self.parts.get_mut(index).map(std::mem::take)?;
        if depth == MAX_DEPTH {
            self.roots.extend(parts);
        } else {
            let parts = parts.into_iter();
            attainment.parts = parts
                .filter_map(|part| self.tree(part, depth + 1))
                .collect();
        }
        Some(attainment)
    }
}
