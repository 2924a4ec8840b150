//! Objects with nothing but an identifier and types.
//!
//! By the standard such an object is read in the context outside when it has types, by the processor never;
//! and the context that the member before it brings is put by the standard upon that outside, by the
//! processor upon that of the types. So it is answered only where all of them say the same.

use serde_json::{Map, Value};

use super::{
    super::canonical::Term,
    context::Context,
    definition::{Meaning, Scoped},
    names::{inside, keyword, types},
    node::{Place, Statements},
    value,
};

impl Statements {
    /// The node of such an object. `contexts` are that of the types around it and that outside.
    pub(super) fn reference(
        &mut self,
        members: &Map<String, Value>,
        contexts: [&Context; 2],
        scoped: Option<&Scoped>,
        graph: Option<&Term>,
    ) -> Option<Term> {
        let [one, other] = contexts;
        let brought = match scoped {
            Some(scoped) => Some(scoped.context.as_object()?),
            None => None,
        };
        let kinds = types(members, one)?;
        let is_agreed = members.keys().all(|name| {
            let meaning = keyword(one, name);
            meaning == keyword(other, name) && keeps(brought, name, meaning)
        }) && kinds.iter().all(|name| {
            let kind = value::kind(name, one);
            kind.is_some() && kind == value::kind(name, other) && keeps(brought, name, None)
        });
        // Nothing is read in what the types bring, but it may clash.
        let by_types = inside(&kinds, one)?.or(inside(&kinds, other)?);
        if !is_agreed || brought.is_some() && by_types.is_some() {
            return None;
        }
        let node = self.name(members, &contexts)?;
        if let Term::Text(address) = &node {
            let (scheme, _) = address.trim_start_matches('<').split_once(':')?;
            keeps(brought, scheme, None).then_some(())?;
        }
        let place = Place {
            subject: &node,
            graph,
        };
        self.types(&kinds, one, place)?;
        Some(node)
    }
}

/// Whether a name means the same after the context that a member brings.
fn keeps(brought: Option<&Map<String, Value>>, name: &str, meaning: Option<&Meaning>) -> bool {
    match (brought.and_then(|brought| brought.get(name)), meaning) {
        (None, _) => true,
        (Some(said), Some(Meaning::Id)) => said == "@id",
        (Some(said), Some(Meaning::Type)) => said == "@type",
        (Some(_), _) => false,
    }
}
