//! Texts, numbers and truth values.

use std::sync::Arc;

use oxrdf::{Literal, LiteralRef, NamedNode, NamedNodeRef, vocab::xsd};
use serde_json::{Map, Number, Value};

use super::{
    super::canonical::Term,
    context::{Context, Step},
    definition::{Coercion, Definition, Meaning},
};

/// The largest whole number below which every one has a double of its own (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;
/// The digits that a double has by the standard (`%1.15E`).
const MAX_DIGITS: usize = 16;

/// A value that is no object, of a term (Value Expansion).
pub(super) fn plain(
    (name, value): (&str, &Value),
    definition: &Arc<Definition>,
    context: &Context,
) -> Option<Term> {
    let inside = match definition.scoped {
        None => None,
        Some(_) => Some(context.after(&Step::Value(name.to_owned()))?),
    };
    let inner = inside.as_deref().unwrap_or(context);
    if inside.is_some() && inner.definition(name)? != definition {
        return None;
    }
    match (&definition.coercion, value) {
        (Coercion::Json, _) => None,
        (Coercion::Id, Value::String(text)) => address(text, &[context, inner]),
        (Coercion::Vocab, Value::String(text)) => address(
            inner.definition(text)?.meaning.address()?,
            &[context, inner],
        ),
        (Coercion::Datatype(datatype), value) => literal(value, Some(datatype)).map(Term::Text),
        (Coercion::None | Coercion::Id | Coercion::Vocab, value) => {
            literal(value, None).map(Term::Text)
        }
    }
}

/// An object that is a value: with a language or without.
pub(super) fn value_object(members: &Map<String, Value>) -> Option<Arc<str>> {
    let value = members.get("@value")?;
    match (members.get("@language"), members.len()) {
        (None, 1) => literal(value, None),
        (Some(language), 2) => {
            let language = language.as_str()?;
            let spoken = Literal::new_language_tagged_literal(value.as_str()?, language).ok()?;
            Some(spoken.to_string().into())
        }
        _ => None,
    }
}

/// An address that no context changes: absolute, well formed, and not begun with a term.
pub(super) fn address(text: &str, contexts: &[&Context]) -> Option<Term> {
    let (scheme, _) = text.split_once(':')?;
    if text.starts_with(['@', '_'])
        || contexts
            .iter()
            .any(|context| context.names(scheme) || context.names(text))
    {
        return None;
    }
    let address = NamedNode::new(text).ok()?;
    Some(Term::Text(address.to_string().into()))
}

/// A type: a term, or an address.
pub(super) fn kind(name: &str, context: &Context) -> Option<Term> {
    if !context.names(name) {
        return address(name, &[context]);
    }
    match &context.definition(name)?.meaning {
        Meaning::Address(written) => Some(Term::Text(written.clone())),
        Meaning::Id | Meaning::Type => None,
    }
}

/// Object to RDF Conversion of a value with the type that its term gives, or its own.
fn literal(value: &Value, datatype: Option<&String>) -> Option<Arc<str>> {
    let typed = |text: &str, own: NamedNodeRef<'_>| {
        let datatype = datatype.map_or(own, |datatype| NamedNodeRef::new_unchecked(datatype));
        LiteralRef::new_typed_literal(text, datatype)
            .to_string()
            .into()
    };
    match value {
        Value::String(text) => Some(typed(text, xsd::STRING)),
        Value::Bool(said) => Some(typed(&said.to_string(), xsd::BOOLEAN)),
        Value::Number(number) => {
            let is_double = datatype.is_some_and(|datatype| datatype == xsd::DOUBLE.as_str());
            match whole(number) {
                Some(digits) if !is_double => Some(typed(&digits, xsd::INTEGER)),
                _ => Some(typed(&double(number)?, xsd::DOUBLE)),
            }
        }
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The digits of a number without a fraction. One that may have been rounded is not written.
fn whole(number: &Number) -> Option<String> {
    if number.is_i64() || number.is_u64() {
        return Some(number.to_string());
    }
    let number = number.as_f64()?;
    let is_plain = number.fract() == 0.0 && number.abs() < EXACT && !number.is_sign_negative();
    is_plain.then(|| format!("{number:.0}"))
}

/// The canonical form of a double, `None` where its digits may be rounded in two ways.
fn double(number: &Number) -> Option<String> {
    let number = number.as_f64().filter(|number| number.fract() != 0.0)?;
    let written = format!("{number:E}");
    let (digits, exponent) = written.split_once('E')?;
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    if count > MAX_DIGITS {
        return None;
    }
    match digits.contains('.') {
        true => Some(written),
        false => Some(format!("{digits}.0E{exponent}")),
    }
}
