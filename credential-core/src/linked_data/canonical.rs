//! RDF Dataset Canonicalization 1.0 (RDFC-1.0) with SHA-256, within a budget.
//!
//! Blank nodes have no names; the algorithm gives each one that follows from the statements alone. It is
//! exponential for statements made to be so, and the standard leaves the limit to the implementation
//! (section 7.1). The published libraries that were looked at have none, which is why this one is our own;
//! theirs are the second opinion in tests.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::LinkedDataError;
use crate::encoding::{hex, sha256};

/// A part of a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term {
    /// An address or a literal, as canonical N-Quads write it (RDFC-1.0 section 5).
    Text(Arc<str>),
    /// A blank node, by number.
    Blank(usize),
}

/// One statement (quad).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Statement {
    pub(super) subject: Term,
    pub(super) predicate: Term,
    pub(super) object: Term,
    pub(super) graph: Option<Term>,
}

/// Most steps of the exponential part. Documents of people take a few dozen.
const BUDGET: usize = 20_000;
/// Most blank nodes that look alike from one node; their orders are all tried.
const MAX_ALIKE: usize = 6;

/// Room for most statements.
const LINE: usize = 192;

/// The canonical N-Quads text (section 4.4).
///
/// # Errors
/// [`LinkedDataError::TooEntangled`] when the budget is used up.
pub(super) fn canonical(mut statements: Vec<Statement>) -> Result<String, LinkedDataError> {
    // A dataset is a set: what is said twice is said once.
    statements.sort_unstable();
    statements.dedup();
    let mut state = State::new(&statements);
    state.name_the_distinct();
    state.name_the_alike()?;
    let mut lines: Vec<String> = statements
        .iter()
        .map(|statement| line(statement, |node, line| state.canonical.write(node, line)))
        .collect();
    lines.sort_unstable();
    Ok(lines.concat())
}

/// Names given in order (section 4.5).
#[derive(Debug, Clone)]
struct IdentifierIssuer {
    prefix: &'static str,
    names: HashMap<usize, usize>,
    order: Vec<usize>,
}

impl IdentifierIssuer {
    fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            names: HashMap::new(),
            order: Vec::new(),
        }
    }

    fn has(&self, node: usize) -> bool {
        self.names.contains_key(&node)
    }

    fn issue(&mut self, node: usize) {
        if !self.has(node) {
            self.names.insert(node, self.order.len());
            self.order.push(node);
        }
    }

    fn name(&self, node: usize) -> String {
        let mut name = String::new();
        self.write(node, &mut name);
        name
    }

    fn write(&self, node: usize, into: &mut String) {
        if let Some(number) = self.names.get(&node) {
            into.push_str("_:");
            into.push_str(self.prefix);
            into.push_str(&number.to_string());
        }
    }
}

struct State<'s> {
    /// The statements in which a blank node stands.
    of_node: BTreeMap<usize, Vec<&'s Statement>>,
    first_degree: HashMap<usize, String>,
    canonical: IdentifierIssuer,
    budget: usize,
}

impl<'s> State<'s> {
    fn new(statements: &'s [Statement]) -> Self {
        let mut of_node: BTreeMap<usize, Vec<&Statement>> = BTreeMap::new();
        for statement in statements {
            let mut nodes: Vec<usize> = blanks(statement).map(|(node, _position)| node).collect();
            nodes.sort_unstable();
            nodes.dedup();
            for node in nodes {
                of_node.entry(node).or_default().push(statement);
            }
        }
        let first_degree = of_node
            .iter()
            .map(|(node, around)| (*node, first_degree(*node, around)))
            .collect();
        Self {
            of_node,
            first_degree,
            canonical: IdentifierIssuer::new("c14n"),
            budget: BUDGET,
        }
    }

    fn by_first_degree(&self) -> BTreeMap<String, Vec<usize>> {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (node, hash) in &self.first_degree {
            groups.entry(hash.clone()).or_default().push(*node);
        }
        groups
    }

    /// Steps 3 and 4: who differs by its own statements is named first.
    fn name_the_distinct(&mut self) {
        for nodes in self.by_first_degree().values() {
            if let [node] = nodes.as_slice() {
                self.canonical.issue(*node);
            }
        }
    }

    /// Step 5: the others by what surrounds them.
    fn name_the_alike(&mut self) -> Result<(), LinkedDataError> {
        for nodes in self.by_first_degree().into_values() {
            let mut paths = Vec::new();
            for node in nodes {
                if self.canonical.has(node) {
                    continue;
                }
                let mut issuer = IdentifierIssuer::new("b");
                issuer.issue(node);
                paths.push(self.n_degree(node, issuer)?);
            }
            paths.sort_by(|one, other| one.0.cmp(&other.0));
            for (_hash, issuer) in paths {
                issuer
                    .order
                    .iter()
                    .for_each(|node| self.canonical.issue(*node));
            }
        }
        Ok(())
    }

    /// Section 4.8.
    fn n_degree(
        &mut self,
        node: usize,
        mut issuer: IdentifierIssuer,
    ) -> Result<(String, IdentifierIssuer), LinkedDataError> {
        let mut data = String::new();
        for (hash, alike) in self.related(node, &issuer)? {
            data.push_str(&hash);
            let (path, chosen) = self.shortest_path(&alike, &issuer)?;
            data.push_str(&path);
            issuer = chosen;
        }
        Ok((hash(&data), issuer))
    }

    /// The blank nodes next to a node, by the hash of how they stand to it (section 4.7).
    fn related(
        &mut self,
        node: usize,
        issuer: &IdentifierIssuer,
    ) -> Result<BTreeMap<String, Vec<usize>>, LinkedDataError> {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for statement in self.of_node.get(&node).into_iter().flatten() {
            for (other, position) in blanks(statement).filter(|(other, _)| *other != node) {
                let name = if self.canonical.has(other) {
                    self.canonical.name(other)
                } else if issuer.has(other) {
                    issuer.name(other)
                } else {
                    self.first_degree.get(&other).cloned().unwrap_or_default()
                };
                let predicate = match (&statement.predicate, position) {
                    (_, 'g') | (Term::Blank(_), _) => "",
                    (Term::Text(address), _) => address,
                };
                let hash = hash(&format!("{position}{predicate}{name}"));
                groups.entry(hash).or_default().push(other);
            }
        }
        self.spend(1 + groups.len())?;
        if groups.values().any(|alike| alike.len() > MAX_ALIKE) {
            return Err(LinkedDataError::TooEntangled);
        }
        Ok(groups)
    }

    /// Step 5.4 of section 4.8: of all orders, the one whose path is the least.
    fn shortest_path(
        &mut self,
        alike: &[usize],
        issuer: &IdentifierIssuer,
    ) -> Result<(String, IdentifierIssuer), LinkedDataError> {
        let mut chosen: Option<(String, IdentifierIssuer)> = None;
        for order in permutations(alike) {
            self.spend(order.len())?;
            let found = self.path(&order, issuer.clone())?;
            if chosen.as_ref().is_none_or(|(path, _)| found.0 < *path) {
                chosen = Some(found);
            }
        }
        Ok(chosen.unwrap_or_else(|| (String::new(), issuer.clone())))
    }

    fn path(
        &mut self,
        order: &[usize],
        mut issuer: IdentifierIssuer,
    ) -> Result<(String, IdentifierIssuer), LinkedDataError> {
        let mut path = String::new();
        let mut unnamed = Vec::new();
        for node in order {
            if self.canonical.has(*node) {
                path.push_str(&self.canonical.name(*node));
                continue;
            }
            if !issuer.has(*node) {
                unnamed.push(*node);
                issuer.issue(*node);
            }
            path.push_str(&issuer.name(*node));
        }
        for node in unnamed {
            let (hash, further) = self.n_degree(node, issuer.clone())?;
            path.push_str(&format!("{}<{hash}>", issuer.name(node)));
            issuer = further;
        }
        Ok((path, issuer))
    }

    fn spend(&mut self, steps: usize) -> Result<(), LinkedDataError> {
        self.budget = self
            .budget
            .checked_sub(steps)
            .ok_or(LinkedDataError::TooEntangled)?;
        Ok(())
    }
}

/// Section 4.6: the statements of a node, itself written `_:a` and every other blank node `_:z`.
fn first_degree(node: usize, around: &[&Statement]) -> String {
    let mut lines: Vec<String> = around
        .iter()
        .map(|statement| {
            let label = |other| if other == node { "_:a" } else { "_:z" };
            line(statement, |other, line| line.push_str(label(other)))
        })
        .collect();
    lines.sort_unstable();
    hash(&lines.concat())
}

fn line(statement: &Statement, name: impl Fn(usize, &mut String)) -> String {
    let places = [
        Some(&statement.subject),
        Some(&statement.predicate),
        Some(&statement.object),
        statement.graph.as_ref(),
    ];
    let mut line = String::with_capacity(LINE);
    for term in places.into_iter().flatten() {
        match term {
            Term::Text(text) => line.push_str(text),
            Term::Blank(node) => name(*node, &mut line),
        }
        line.push(' ');
    }
    line.push_str(".\n");
    line
}

fn blanks(statement: &Statement) -> impl Iterator<Item = (usize, char)> {
    let places = [
        (Some(&statement.subject), 's'),
        (Some(&statement.object), 'o'),
        (statement.graph.as_ref(), 'g'),
    ];
    places
        .into_iter()
        .filter_map(|(term, position)| match term {
            Some(Term::Blank(node)) => Some((*node, position)),
            _ => None,
        })
}

/// Every order of at most [`MAX_ALIKE`] nodes.
fn permutations(nodes: &[usize]) -> Vec<Vec<usize>> {
    let Some((first, rest)) = nodes.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in permutations(rest) {
        for at in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(at, *first);
            all.push(longer);
        }
    }
    all
}

fn hash(text: &str) -> String {
    hex(sha256(text))
}
