//! A JSON value that knows its place.

use serde_json::{Map, Value};

use super::{
    account::{Tree, Visitor},
    reading::{Id, Placed},
};

/// A value and its JSON pointer (RFC 6901).
#[derive(Clone)]
pub(super) struct Node<'v> {
    value: &'v Value,
    pointer: String,
}

impl<'v> Node<'v> {
    /// The whole document.
    pub(super) fn root(value: &'v Value) -> Self {
        Self {
            value,
            pointer: String::new(),
        }
    }

    /// The member of an object; `None` also when it is `null`. Names given here are the reader's
    /// own, so that a pointer never repeats a name from the document.
    pub(super) fn member(&self, name: &'static str) -> Option<Self> {
        self.members()?
            .get(name)
            .filter(|value| !value.is_null())
            .map(|value| Self {
                value,
                pointer: format!("{}/{name}", self.pointer),
            })
    }

    /// The members, when this is an object.
    pub(super) fn members(&self) -> Option<&'v Map<String, Value>> {
        self.value.as_object()
    }

    /// The elements, when this is an array.
    pub(super) fn elements(&self) -> Option<impl Iterator<Item = Self> + use<'v>> {
        let items = self.value.as_array()?;
        let pointer = self.pointer.clone();
        Some(items.iter().enumerate().map(move |(index, value)| Self {
            value,
            pointer: format!("{pointer}/{index}"),
        }))
    }

    /// The members whose names are language tags (BCP 47 section 2.1), as in a language map.
    pub(super) fn tagged(&self) -> Vec<(&'v str, Self)> {
        let mut named = self.named();
        named.retain(|(name, _)| is_language(name.trim()));
        named
    }

    /// All members with their names, but for those that are `null`.
    pub(super) fn named(&self) -> Vec<(&'v str, Self)> {
        let members = self.members().into_iter().flatten();
        members
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| {
                let pointer = format!("{}/{}", self.pointer, escaped(name));
                (name.as_str(), Self { value, pointer })
            })
            .collect()
    }

    /// The text, when this is a string.
    pub(super) fn as_str(&self) -> Option<&'v str> {
        self.value.as_str()
    }

    /// The truth value, when this is one.
    pub(super) fn as_bool(&self) -> Option<bool> {
        self.value.as_bool()
    }
}

impl Placed for Node<'_> {
    fn pointer(&self) -> &str {
        &self.pointer
    }
    /// The value's address: the document does not move while it is read.
    fn id(&self) -> Id {
        Id(std::ptr::from_ref(self.value).addr(), 0)
    }
    fn text(&self) -> Option<String> {
        self.value.as_str().map(str::to_owned)
    }
    fn number(&self) -> Option<String> {
        match self.value {
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
    fn is_longer_than(&self, octets: usize) -> bool {
        self.as_str().is_some_and(|text| text.len() > octets)
    }
}

impl Tree for Node<'_> {
    fn walk(&self, visitor: &mut Visitor<'_>) {
        visitor.enter_unnamed(&self.pointer, |visitor| self.walk_within(visitor));
    }
}

impl Node<'_> {
    fn walk_within(&self, visitor: &mut Visitor<'_>) {
        match self.value {
            Value::Null => {}
            Value::Object(members) => {
                for (name, value) in members {
                    let member = Node {
                        value,
                        pointer: format!("{}/{}", self.pointer, escaped(name)),
                    };
                    visitor.enter(name, &member.pointer, |visitor| member.walk_within(visitor));
                }
            }
            Value::Array(_) => {
                for element in self.elements().into_iter().flatten() {
                    element.walk(visitor);
                }
            }
            _scalar => visitor.leaf(self.id()),
        }
    }
}

/// Whether a name has the form of a language tag (BCP 47 section 2.1).
pub(super) fn is_language(name: &str) -> bool {
    let mut subtags = name.split(['-', '_']);
    let is_word = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric());
    let primary = subtags.next().unwrap_or_default();
    let is_primary =
        matches!(primary.len(), 2 | 3) && primary.bytes().all(|b| b.is_ascii_alphabetic());
    is_primary
        && name.len() <= 35
        && subtags.all(|part| matches!(part.len(), 1..=8) && is_word(part))
}

/// A name within a pointer (RFC 6901 section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
