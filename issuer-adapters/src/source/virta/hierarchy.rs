//! Performances put where they belong: a degree or module names its parts by key (`Sisaltyvyys`).

use std::collections::{HashMap, HashSet};

use credential_core::record::{Attainment, MAX_DEPTH, NoticeKind};

use super::performance::{key, performance};
use crate::source::{
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

/// The performances as a tree, in the order of the document. A performance that several name as
/// their part is put into the first; one that awards nothing gives its parts up to stand alone.
pub(super) fn attainments(nodes: &[XmlNode<'_>], reading: &mut Reading) -> Vec<Attainment> {
    let mut read: Vec<Option<Attainment>> = Vec::new();
    for node in nodes {
        if !reading.enter(node) {
            return Vec::new();
        }
        read.push(match performance(node, reading) {
            Ok(attainment) => Some(attainment),
            Err(reason) => {
                reading.note(node, reason);
                None
            }
        });
    }
    let parts = parts(nodes, &read, reading);
    let contained: HashSet<usize> = parts.values().flatten().copied().collect();
    let mut tree = Tree { read, parts };
    let tops = (0..nodes.len()).filter(|index| !contained.contains(index));
    let mut attainments: Vec<_> = tops.filter_map(|top| tree.take(top, 1)).collect();
    // What is left contains itself in a circle, or stands deeper than a record can hold.
    for (index, node) in nodes.iter().enumerate() {
        if tree.is_left(index) {
            reading.note(node, NoticeKind::TooDeep);
            attainments.extend(tree.take(index, 1));
        }
    }
    attainments
}

struct Tree {
    read: Vec<Option<Attainment>>,
    parts: HashMap<usize, Vec<usize>>,
}

impl Tree {
    fn is_left(&self, index: usize) -> bool {
        matches!(self.read.get(index), Some(Some(_)))
    }

    /// Takes an attainment out, with the parts that fit below it.
    fn take(&mut self, index: usize, depth: usize) -> Option<Attainment> {
        let mut whole = self.read.get_mut(index)?.take()?;
        if depth < MAX_DEPTH {
            for part in self.parts.remove(&index).unwrap_or_default() {
                whole.parts.extend(self.take(part, depth + 1));
            }
        }
        Some(whole)
    }
}

/// Which performances each contains, each part once.
fn parts(
    nodes: &[XmlNode<'_>],
    read: &[Option<Attainment>],
    reading: &mut Reading,
) -> HashMap<usize, Vec<usize>> {
    let mut by_key = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        if let Some(key) = key(node) {
            by_key.entry(key).or_insert(index);
        }
    }
    let mut parts: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut placed = HashSet::new();
    let awarding = nodes
        .iter()
        .enumerate()
        .zip(read)
        .filter(|(_, read)| read.is_some());
    for ((index, node), _) in awarding {
        let institution = key(node)
            .map(|(institution, _)| institution)
            .unwrap_or_default();
        for inclusion in node.children("Sisaltyvyys") {
            let Some(attribute) = inclusion.attribute("sisaltyvaOpintosuoritusAvain") else {
                continue;
            };
            let part = attribute.text().unwrap_or_default().trim().to_owned();
            match by_key.get(&(institution.clone(), part)) {
                Some(part) if *part != index && placed.insert(*part) => {
                    reading.take(&attribute);
                    parts.entry(index).or_default().push(*part);
                }
                _ => {}
            }
        }
    }
    parts
}
