//! The text of a document: JSON that means the same to a reader of members and to a reader of statements.
//!
//! Statements do not keep everything that the text says. `null` and a member that no context knows leave
//! none; one term and its full address make the same. Each would let somebody change a signed text without
//! changing what was signed: an end of validity under its full address is signed, and no reader of members
//! would find it. So such texts are refused.

use serde_json::{Map, Value};

use super::{LinkedDataError, MAX_DEPTH, MAX_LENGTH, PinnedContext};
use crate::strict_json;

/// Reads the text of a credential, with or without a proof.
pub(super) fn read(text: &[u8]) -> Result<Map<String, Value>, LinkedDataError> {
    if text.len() > MAX_LENGTH {
        return Err(LinkedDataError::TooLarge);
    }
    let Value::Object(members) = strict_json::parse(text, MAX_DEPTH)? else {
        return Err(LinkedDataError::NotJson);
    };
    check(&members)?;
    Ok(members)
}

/// The rules of this module, for a document that was not read from a text.
pub(super) fn check(members: &Map<String, Value>) -> Result<(), LinkedDataError> {
    if is_assertion(members) {
        return Err(LinkedDataError::UnsupportedProof("Open Badges 2.0".into()));
    }
    if model(members).is_none() {
        return Err(LinkedDataError::NotACredential);
    }
    // The context of the data model takes all contexts away from what a presentation holds, and with
    // them the one by which undefined terms are found.
    if types(members).any(|kind| kind == "VerifiablePresentation") {
        return Err(LinkedDataError::Presentation);
    }
    // Statements about one identifier are one thing to linked data, wherever they stand: members of the whole
    // could be moved into a part that has its identifier, out of sight. An endorsement is such a part.
    let id = members.get("id").and_then(Value::as_str);
    if id.is_some_and(|id| members.values().any(|value| speaks_for(value, id))) {
        return Err(LinkedDataError::PartOfItself);
    }
    object(members)
}

/// The context of its data model, which stands first.
pub(super) fn model(members: &Map<String, Value>) -> Option<PinnedContext> {
    let first = match members.get("@context") {
        Some(Value::Array(several)) => several.first(),
        one => one,
    };
    first
        .and_then(Value::as_str)
        .and_then(PinnedContext::find)
        .filter(|context| context.is_data_model())
}

/// Whether this is an Open Badge 2.0, which is believed by where it is found or by a signature of its own kind.
pub(super) fn is_assertion(members: &Map<String, Value>) -> bool {
    let is_named = texts(members.get("@context")).any(|it| it.contains("w3id.org/openbadges/v"));
    (is_named || members.contains_key("badge")) && !members.contains_key("credentialSubject")
}

/// What decides about a credential as a whole, by the data models 1.1 and 2.0.
const OF_THE_WHOLE: [&str; 10] = [
    "issuer",
    "validFrom",
    "validUntil",
    "issuanceDate",
    "expirationDate",
    "credentialSubject",
    "credentialStatus",
    "credentialSchema",
    "refreshService",
    "termsOfUse",
];

/// Whether an object with this identifier, anywhere in a value, says what only the whole says.
fn speaks_for(value: &Value, id: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| speaks_for(item, id)),
        Value::Object(members) => {
            let is_whole = members.get("id").and_then(Value::as_str) == Some(id);
            is_whole && OF_THE_WHOLE.iter().any(|name| members.contains_key(*name))
                || members.values().any(|value| speaks_for(value, id))
        }
        _ => false,
    }
}

/// What a document, or a part of it, says it is.
pub(super) fn types(members: &Map<String, Value>) -> impl Iterator<Item = &str> {
    texts(members.get("type"))
}

/// A member that is one text or a list of texts.
pub(super) fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let (one, several) = match value {
        Some(Value::Array(several)) => (None, several.as_slice()),
        one => (one, &[][..]),
    };
    one.into_iter().chain(several).filter_map(Value::as_str)
}

fn object(members: &Map<String, Value>) -> Result<(), LinkedDataError> {
    let is_value_object = members.contains_key("@value");
    for (name, value) in members {
        if name == "@context" {
            contexts(value)?;
            continue;
        }
        let is_keyword = matches!(name.as_str(), "@value" | "@language");
        let is_term = !name.is_empty() && !name.starts_with('@') && !name.contains(':');
        if !(is_term || is_value_object && is_keyword) {
            return Err(LinkedDataError::NotATerm(LinkedDataError::short(name)));
        }
        member(name, value)?;
    }
    Ok(())
}

fn member(name: &str, value: &Value) -> Result<(), LinkedDataError> {
    match value {
        Value::Null => Err(LinkedDataError::Null(LinkedDataError::short(name))),
        Value::String(text) if text.starts_with("_:") => Err(LinkedDataError::BlankNodeLabel),
        Value::Array(items) => items.iter().try_for_each(|item| member(name, item)),
        Value::Object(members) => object(members),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn contexts(value: &Value) -> Result<(), LinkedDataError> {
    let unknown = |named: &str| LinkedDataError::UnknownContext(LinkedDataError::short(named));
    match value {
        Value::String(url) if PinnedContext::find(url).is_some() => Ok(()),
        Value::String(url) => Err(unknown(url)),
        Value::Array(items) if !items.iter().any(Value::is_array) => {
            items.iter().try_for_each(contexts)
        }
        _written_out => Err(unknown("{…}")),
    }
}
