//! From a document to its statements by our own way, in a small part of JSON-LD 1.1.
//!
//! The processor (`oxjsonld`) works through every context of every document anew. Here a context is worked
//! through once in a process, and what came of it is kept:
//!
//! | file | what it does | by the JSON-LD 1.1 Processing Algorithms and API |
//! |---|---|---|
//! | `context` | the contexts that are active in turn, kept as a tree | Context Processing |
//! | `definition` | what a context says of one term | Create Term Definition, IRI Expansion |
//! | `names` | the keywords among an object's members, and its types | Expansion |
//! | `node`, `reference` | objects, their statements, and the objects in them | Expansion, Deserialize JSON-LD to RDF |
//! | `value` | texts, numbers and truth values | Value Expansion, Object to RDF Conversion |
//!
//! What is not plain is not answered, and the processor decides: a name that no context defines, an address
//! that may be relative, a keyword or a container that no badge uses, a mistake of whatever kind, and whatever
//! the processor reads otherwise than the standard. So there is no error here, and no second set of rules:
//! `None` says "not mine". Where there is an answer it is the processor's; the tests compare them.

mod context;
mod definition;
mod names;
mod node;
mod reference;
#[cfg(test)]
mod tests;
mod value;

use serde_json::{Map, Value};

use super::canonical::Statement;

/// The statements of a document that has passed [`super::document::check`], when it is plain.
pub(super) fn statements(document: &Map<String, Value>) -> Option<Vec<Statement>> {
    node::Statements::of(document)
}
