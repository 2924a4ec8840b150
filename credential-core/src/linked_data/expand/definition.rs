//! What a context says of one term.

use std::{collections::HashMap, sync::Arc};

use oxrdf::NamedNode;
use serde_json::{Map, Value};

use super::context::Terms;

/// A term definition, without whether it is protected.
#[derive(Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) meaning: Meaning,
    pub(super) coercion: Coercion,
    pub(super) container: Container,
    /// The context inside what has this term as its type or its name.
    pub(super) scoped: Option<Scoped>,
    is_prefix: bool,
}

#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    /// Another name for `@id`.
    Id,
    /// Another name for `@type`.
    Type,
    /// This address, written as in statements.
    Address(Arc<str>),
}

impl Meaning {
    /// The address alone.
    pub(super) fn address(&self) -> Option<&str> {
        match self {
            Self::Address(written) => written.strip_prefix('<')?.strip_suffix('>'),
            Self::Id | Self::Type => None,
        }
    }
}

/// How a plain value is read (the type mapping).
#[derive(Debug, PartialEq)]
pub(super) enum Coercion {
    None,
    Id,
    Vocab,
    Json,
    Datatype(String),
}

#[derive(Debug, PartialEq)]
pub(super) enum Container {
    None,
    /// Makes no difference to statements, but to whether two definitions are the same.
    Set,
    List,
    Graph,
}

/// A context in a context.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scoped {
    pub(super) context: Value,
    /// The address of the document that it stands in. The same text elsewhere is another definition.
    pub(super) document: &'static str,
}

/// A definition as a context holds it.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) definition: Arc<Definition>,
    pub(super) is_protected: bool,
}

/// The terms of one context being defined, on top of those that are active.
pub(super) struct Definer<'l> {
    pub(super) terms: Terms,
    local: &'l Map<String, Value>,
    document: &'static str,
    is_protected: bool,
    /// Whether a term is done or, if not, being defined.
    is_done: HashMap<&'l str, bool>,
}

impl<'l> Definer<'l> {
    /// Reads what the context says of itself. `None` when that is more than its version and protection.
    pub(super) fn new(
        terms: Terms,
        local: &'l Map<String, Value>,
        document: &'static str,
    ) -> Option<Self> {
        let is_protected = match local.get("@protected") {
            None => false,
            Some(said) => said.as_bool()?,
        };
        let version = local.get("@version");
        if version.is_some_and(|version| version.as_f64() != Some(1.1)) {
            return None;
        }
        Some(Self {
            terms,
            local,
            document,
            is_protected,
            is_done: HashMap::new(),
        })
    }

    pub(super) fn define_all(&mut self) -> Option<()> {
        let own = |name: &&String| !matches!(name.as_str(), "@protected" | "@version");
        self.local
            .keys()
            .filter(own)
            .try_for_each(|name| self.define(name))
    }

    /// Create Term Definition. `None` when the processor has to look at it, or finds a mistake.
    fn define(&mut self, name: &'l str) -> Option<()> {
        match self.is_done.get(name) {
            Some(true) => return Some(()),
            Some(false) => return None,
            None => self.is_done.insert(name, false),
        };
        if name.is_empty() || name.starts_with('@') || name.contains([':', '/']) {
            return None;
        }
        let before = self.terms.remove(name);
        let (definition, is_protected) = match self.local.get(name)? {
            Value::String(address) => (self.simple(name, address)?, self.is_protected),
            Value::Object(said) => self.expanded(name, said)?,
            _ => return None,
        };
        // What is not agreed upon stays so: nobody here knows what is protected.
        let term = match (before, definition) {
            (None, definition) => definition.map(|definition| Term {
                definition: Arc::new(definition),
                is_protected,
            }),
            (Some(Some(before)), Some(definition)) if *before.definition == definition => {
                Some(Term {
                    is_protected: is_protected || before.is_protected,
                    ..before
                })
            }
            (Some(Some(before)), Some(definition)) if !before.is_protected => Some(Term {
                definition: Arc::new(definition),
                is_protected,
            }),
            _ => return None,
        };
        self.terms.insert(name.into(), term);
        self.is_done.insert(name, true);
        Some(())
    }

    /// A definition that is an address only. The inner `None` is a term that is left to the processor.
    fn simple(&mut self, name: &str, address: &'l str) -> Option<Option<Definition>> {
        let meaning = match address {
            "@id" => Meaning::Id,
            "@type" => Meaning::Type,
            _ if address == name => return Some(None),
            _ => match self.address(address) {
                Some(address) => Meaning::Address(written(&address)),
                None => return Some(None),
            },
        };
        let is_prefix = meaning.address().is_some_and(|it| it.ends_with(BETWEEN));
        Some(Some(Definition {
            meaning,
            coercion: Coercion::None,
            container: Container::None,
            scoped: None,
            is_prefix,
        }))
    }

    fn expanded(
        &mut self,
        name: &str,
        said: &'l Map<String, Value>,
    ) -> Option<(Option<Definition>, bool)> {
        let known = ["@id", "@type", "@container", "@context", "@protected"];
        if !said.keys().all(|key| known.contains(&key.as_str())) {
            return None;
        }
        let is_protected = match said.get("@protected") {
            None => self.is_protected,
            Some(said) => said.as_bool()?,
        };
        let coercion = match said.get("@type").map(Value::as_str) {
            None => Coercion::None,
            Some(Some("@id")) => Coercion::Id,
            Some(Some("@vocab")) => Coercion::Vocab,
            Some(Some("@json")) => Coercion::Json,
            Some(datatype) => Coercion::Datatype(self.address(datatype?)?),
        };
        let container = match said.get("@container").map(Value::as_str) {
            None => Container::None,
            Some(Some("@set")) => Container::Set,
            Some(Some("@list")) => Container::List,
            Some(Some("@graph")) => Container::Graph,
            _ => return None,
        };
        let scoped = said.get("@context").map(|context| Scoped {
            context: context.clone(),
            document: self.document,
        });
        let address = match said.get("@id").map(Value::as_str) {
            Some(address) if address != Some(name) => self.address(address?),
            _ => None,
        };
        // The processor takes such an address for a prefix, the standard only one that stands alone.
        let address = address.filter(|address| !address.ends_with(BETWEEN));
        let definition = address.map(|address| Definition {
            meaning: Meaning::Address(written(&address)),
            coercion,
            container,
            scoped,
            is_prefix: false,
        });
        Some((definition, is_protected))
    }

    /// IRI Expansion inside a context: a term, an address with a prefix, or an address.
    fn address(&mut self, value: &'l str) -> Option<String> {
        if value.starts_with('@') {
            return None;
        }
        if self.local.contains_key(value) {
            self.define(value)?;
        }
        if let Some(term) = self.terms.get(value) {
            let meaning = &term.as_ref()?.definition.meaning;
            return meaning.address().map(str::to_owned);
        }
        let (prefix, rest) = value.split_once(':')?;
        if prefix == "_" {
            return None;
        }
        if !rest.starts_with("//") {
            if self.local.contains_key(prefix) {
                self.define(prefix)?;
            }
            if let Some(term) = self.terms.get(prefix) {
                let definition = &term.as_ref()?.definition;
                let address = definition.meaning.address()?;
                let whole = definition.is_prefix.then(|| format!("{address}{rest}"));
                return valid(&whole?);
            }
        }
        valid(value)
    }
}

/// Characters that end a prefix (RFC 3986 section 2.2, gen-delims).
const BETWEEN: [char; 7] = [':', '/', '?', '#', '[', ']', '@'];

fn valid(address: &str) -> Option<String> {
    NamedNode::new(address).ok().map(NamedNode::into_string)
}

fn written(address: &str) -> Arc<str> {
    format!("<{address}>").into()
}
