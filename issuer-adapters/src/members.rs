//! JSON objects that leave out what is absent.

use serde_json::{Map, Value};

/// The members of an object. What is absent has none.
#[derive(Default)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// An object of this type (JSON-LD 1.1 section 3.5).
    pub(crate) fn of_type(name: &'static str) -> Self {
        let mut members = Self::default();
        members.put("type", name);
        members
    }

    /// Adds a value, unless it is null.
    pub(crate) fn put(&mut self, name: &'static str, value: impl Into<Value>) {
        self.named(name.to_owned(), value.into());
    }

    /// The same with a name that is not the writer's own, such as a language tag.
    pub(crate) fn named(&mut self, name: String, value: Value) {
        if !value.is_null() {
            self.0.insert(name, value);
        }
    }

    /// Adds a value as text.
    pub(crate) fn shown(&mut self, name: &'static str, value: Option<&impl ToString>) {
        self.put(name, value.map(ToString::to_string));
    }

    /// The members themselves.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// The object; null when nothing is in it.
    pub(crate) fn value(self) -> Value {
        if self.0.is_empty() {
            Value::Null
        } else {
            Value::Object(self.0)
        }
    }
}

/// A list; null when nothing is in it.
pub(crate) fn list(values: Vec<Value>) -> Value {
    if values.is_empty() {
        Value::Null
    } else {
        Value::Array(values)
    }
}
