//! From a document to its statements: plain documents by our own way ([`expand`]), all others by the JSON-LD
//! processor `oxjsonld` and the pinned contexts.
//!
//! The processor drops names that no context defines. To find them, every context of the document is put
//! after one that sends all other names to an address of its own; what arrives there was undefined.
//! Relative addresses are found in the same way.
//!
//! It also drops what has a malformed address or language, with all that is said about it. So it is told to let
//! them through (`lenient`), and they are judged here. A text in the form of a keyword leaves nothing to judge
//! where an address is expected; documents with one are refused.

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::{GraphName, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term as OxTerm};
use serde_json::{Map, Value, json};

use super::{
    LinkedDataError, MAX_STATEMENTS, PinnedContext,
    canonical::{Statement, Term},
    expand,
};

const UNDEFINED: &str = "https://undefined.invalid/#";
/// What relative addresses are put after, with a scheme of its own: `//a.example` is relative too.
const RELATIVE: &str = "relative.invalid://document/";
const RELATIVE_SCHEME: &str = "relative.invalid:";

/// The statements of a document that has passed [`super::document::check`].
pub(super) fn statements(document: &Map<String, Value>) -> Result<Vec<Statement>, LinkedDataError> {
    match expand::statements(document) {
        Some(statements) => Ok(statements),
        // Most such texts are harmless, so that the document is not called malformed for one.
        None if document.values().any(has_keyword) => {
            Err(LinkedDataError::UnsupportedProof("keyword text".into()))
        }
        None => by_processor(document),
    }
}

/// The same by the processor alone, of a document without texts in the form of a keyword where an address is
/// expected.
pub(super) fn by_processor(
    document: &Map<String, Value>,
) -> Result<Vec<Statement>, LinkedDataError> {
    let text = serde_json::to_vec(&object(document)).map_err(|_error| LinkedDataError::NotJson)?;
    let parser = JsonLdParser::new()
        .lenient()
        .with_base_iri(RELATIVE)
        .map_err(|_invalid| LinkedDataError::NotLinkedData)?
        .for_slice(&text)
        .with_load_document_callback(|url, _options| {
            let context = PinnedContext::find(url).ok_or("not a pinned context")?;
            Ok(JsonLdRemoteDocument {
                document: context.document().to_vec(),
                document_url: url.to_owned(),
            })
        });
    let mut labels = Labels::default();
    let mut statements = Vec::new();
    for quad in parser {
        // The error repeats parts of the document, which nobody may log.
        let quad = quad.map_err(|_error| LinkedDataError::NotLinkedData)?;
        if statements.len() == MAX_STATEMENTS {
            return Err(LinkedDataError::TooLarge);
        }
        statements.push(labels.statement(quad)?);
    }
    Ok(statements)
}

/// Whether a text somewhere has the form of a keyword (`@` and letters of ASCII).
fn has_keyword(value: &Value) -> bool {
    match value {
        Value::String(text) => text.strip_prefix('@').is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|octet| octet.is_ascii_alphabetic())
        }),
        Value::Array(items) => items.iter().any(has_keyword),
        Value::Object(members) => members.values().any(has_keyword),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn value(from: &Value) -> Value {
    match from {
        Value::Object(members) => Value::Object(object(members)),
        Value::Array(items) => Value::Array(items.iter().map(value).collect()),
        plain => plain.clone(),
    }
}

fn object(members: &Map<String, Value>) -> Map<String, Value> {
    members
        .iter()
        .map(|(name, from)| match name.as_str() {
            "@context" => (name.clone(), after_undefined(from)),
            _ => (name.clone(), value(from)),
        })
        .collect()
}

fn after_undefined(contexts: &Value) -> Value {
    let mut all = vec![json!({ "@vocab": UNDEFINED })];
    match contexts {
        Value::Array(several) => all.extend(several.iter().cloned()),
        one => all.push(one.clone()),
    }
    Value::Array(all)
}

/// Blank nodes by number. The labels they come with are random.
#[derive(Default)]
struct Labels(std::collections::HashMap<oxrdf::BlankNode, usize>);

impl Labels {
    fn statement(&mut self, quad: Quad) -> Result<Statement, LinkedDataError> {
        Ok(Statement {
            subject: match quad.subject {
                NamedOrBlankNode::NamedNode(node) => named(&node)?,
                NamedOrBlankNode::BlankNode(node) => self.blank(node),
            },
            predicate: named(&quad.predicate)?,
            object: match quad.object {
                OxTerm::NamedNode(node) => named(&node)?,
                OxTerm::BlankNode(node) => self.blank(node),
                OxTerm::Literal(literal) => said(literal)?,
            },
            graph: match quad.graph_name {
                GraphName::DefaultGraph => None,
                GraphName::NamedNode(node) => Some(named(&node)?),
                GraphName::BlankNode(node) => Some(self.blank(node)),
            },
        })
    }

    fn blank(&mut self, node: oxrdf::BlankNode) -> Term {
        let next = self.0.len();
        Term::Blank(*self.0.entry(node).or_insert(next))
    }
}

fn named(node: &NamedNode) -> Result<Term, LinkedDataError> {
    known(node.as_ref())?;
    Ok(Term::Text(node.to_string().into()))
}

fn said(literal: Literal) -> Result<Term, LinkedDataError> {
    known(literal.datatype())?;
    let literal = match literal.language() {
        Some(language) => Literal::new_language_tagged_literal(literal.value(), language)
            .map_err(|_malformed| LinkedDataError::NotLinkedData)?,
        None => literal,
    };
    Ok(Term::Text(literal.to_string().into()))
}

fn known(node: NamedNodeRef<'_>) -> Result<(), LinkedDataError> {
    let address = node.as_str();
    if let Some(term) = address.strip_prefix(UNDEFINED) {
        return Err(LinkedDataError::UndefinedTerm(LinkedDataError::short(term)));
    }
    let scheme_only = || address.strip_prefix(RELATIVE_SCHEME);
    if let Some(rest) = address.strip_prefix(RELATIVE).or_else(scheme_only) {
        let rest = LinkedDataError::short(rest);
        return Err(LinkedDataError::RelativeAddress(rest));
    }
    match NamedNodeRef::new(address) {
        Ok(_) => Ok(()),
        Err(_malformed) => Err(LinkedDataError::NotLinkedData),
    }
}
