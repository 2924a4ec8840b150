//! Objects: a node each, the statements about it, and the nodes in it.

use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use super::{
    super::{
        MAX_DEPTH, MAX_STATEMENTS,
        canonical::{Statement, Term},
    },
    context::{Context, Step},
    definition::{Coercion, Container, Definition, Meaning, Scoped},
    names::{inside, keyword, listed, types},
    value,
};

static TYPE: LazyLock<Term> = LazyLock::new(|| of_rdf("type"));
static FIRST: LazyLock<Term> = LazyLock::new(|| of_rdf("first"));
static REST: LazyLock<Term> = LazyLock::new(|| of_rdf("rest"));
static NIL: LazyLock<Term> = LazyLock::new(|| of_rdf("nil"));

fn of_rdf(name: &str) -> Term {
    Term::Text(format!("<http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}>").into())
}

/// The statements of a document as they are found.
#[derive(Default)]
pub(super) struct Statements {
    found: Vec<Statement>,
    blanks: usize,
    depth: usize,
}

/// The context for the names in an object.
#[derive(Clone, Copy)]
struct Active<'c> {
    context: &'c Context,
    /// The context for the objects inside, where the types of this one brought another.
    outside: Option<&'c Context>,
}

/// What statements are made about: their subject, and the graph they stand in.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) subject: &'p Term,
    pub(super) graph: Option<&'p Term>,
}

impl Statements {
    pub(super) fn of(document: &Map<String, Value>) -> Option<Vec<Statement>> {
        let mut statements = Self::default();
        let active = Active {
            context: Context::none(),
            outside: None,
        };
        statements.node(document, active, None, None)?;
        Some(statements.found)
    }

    /// The node of an object, after all that is said about it. `scoped` is what the member that it is the
    /// value of has as a context.
    fn node(
        &mut self,
        members: &Map<String, Value>,
        around: Active<'_>,
        scoped: Option<&Scoped>,
        graph: Option<&Term>,
    ) -> Option<Term> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let outside = around.outside.unwrap_or(around.context);
        let mut names = members.keys();
        let is_reference = names.all(|name| keyword(around.context, name).is_some());
        let node = match (is_reference, scoped) {
            (true, scoped) if around.outside.is_some() || scoped.is_some() => {
                self.reference(members, [around.context, outside], scoped, graph)
            }
            (_, Some(_)) => None,
            (_, None) => self.described(members, outside, graph),
        };
        self.depth -= 1;
        node
    }

    /// An object with members of its own. The context that the types outside brought is not for it.
    fn described(
        &mut self,
        members: &Map<String, Value>,
        around: &Context,
        graph: Option<&Term>,
    ) -> Option<Term> {
        let listed = match members.get("@context") {
            Some(contexts) => Some(around.after(&Step::Listed(listed(contexts)?))?),
            None => None,
        };
        let base = listed.as_deref().unwrap_or(around);
        let kinds = types(members, base)?;
        let typed = inside(&kinds, base)?;
        let active = Active {
            context: typed.as_deref().unwrap_or(base),
            outside: typed.is_some().then_some(base),
        };
        let node = self.name(members, &[active.context, base])?;
        let place = Place {
            subject: &node,
            graph,
        };
        self.types(&kinds, base, place)?;
        for (name, value) in members.iter().filter(|(name, _)| *name != "@context") {
            let definition = active.context.definition(name)?;
            match (&definition.meaning, keyword(base, name)) {
                (Meaning::Address(predicate), None) => {
                    let predicate = Term::Text(predicate.clone());
                    self.values((name, value), (&predicate, definition), active, place)?;
                }
                (meaning, Some(same)) if same == meaning => {}
                _ => return None,
            }
        }
        Some(node)
    }

    /// The identifier of an object, or a blank node.
    pub(super) fn name(
        &mut self,
        members: &Map<String, Value>,
        contexts: &[&Context; 2],
    ) -> Option<Term> {
        let [context, _] = contexts;
        let is_id = |name: &String| keyword(context, name) == Some(&Meaning::Id);
        let mut ids = members.iter().filter(|(name, _)| is_id(name));
        match (ids.next(), ids.next()) {
            (None, _) => Some(self.blank()),
            (Some((_, id)), None) => value::address(id.as_str()?, contexts),
            _ => None,
        }
    }

    pub(super) fn types(
        &mut self,
        kinds: &[&str],
        context: &Context,
        place: Place<'_>,
    ) -> Option<()> {
        for kind in kinds {
            let object = value::kind(kind, context)?;
            self.say(place, &TYPE, object)?;
        }
        Some(())
    }

    fn values(
        &mut self,
        (name, value): (&str, &Value),
        (predicate, definition): (&Term, &Arc<Definition>),
        active: Active<'_>,
        place: Place<'_>,
    ) -> Option<()> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        if definition.coercion == Coercion::Json {
            return None;
        }
        if definition.container == Container::List {
            return self.list((name, items), (predicate, definition), active, place);
        }
        for item in items {
            let object = self.value((name, item), definition, active, place)?;
            self.say(place, predicate, object)?;
        }
        Some(())
    }

    /// The literal or node of one value.
    fn value(
        &mut self,
        (name, item): (&str, &Value),
        definition: &Arc<Definition>,
        active: Active<'_>,
        place: Place<'_>,
    ) -> Option<Term> {
        let is_graph = definition.container == Container::Graph;
        match (item, &definition.scoped) {
            (Value::Object(members), None) if is_graph => {
                let graph = self.blank();
                self.node(members, active, None, Some(&graph))?;
                Some(graph)
            }
            _ if is_graph => None,
            (Value::Object(members), scoped) if members.contains_key("@value") => match scoped {
                None => value::value_object(members).map(Term::Text),
                Some(_) => None,
            },
            (Value::Object(members), scoped) => {
                self.node(members, active, scoped.as_ref(), place.graph)
            }
            (plain, _) => value::plain((name, plain), definition, active.context),
        }
    }

    /// List to RDF Conversion, of plain values.
    fn list(
        &mut self,
        (name, items): (&str, &[Value]),
        (predicate, definition): (&Term, &Arc<Definition>),
        active: Active<'_>,
        place: Place<'_>,
    ) -> Option<()> {
        let nodes: Vec<Term> = items.iter().map(|_| self.blank()).collect();
        self.say(place, predicate, nodes.first().unwrap_or(&NIL).clone())?;
        let after = nodes.iter().skip(1).chain([&*NIL]);
        for ((item, node), next) in items.iter().zip(&nodes).zip(after) {
            let place = Place {
                subject: node,
                ..place
            };
            let item = value::plain((name, item), definition, active.context)?;
            self.say(place, &FIRST, item)?;
            self.say(place, &REST, next.clone())?;
        }
        Some(())
    }

    fn say(&mut self, place: Place<'_>, predicate: &Term, object: Term) -> Option<()> {
        if self.found.len() == MAX_STATEMENTS {
            return None;
        }
        self.found.push(Statement {
            subject: place.subject.clone(),
            predicate: predicate.clone(),
            object,
            graph: place.graph.cloned(),
        });
        Some(())
    }

    fn blank(&mut self) -> Term {
        self.blanks += 1;
        Term::Blank(self.blanks)
    }
}
