//! Tokens within a record, taken apart where they stand.

use std::borrow::Cow;

use serde_json::Value;

use crate::source::jws;

/// Most tokens that are taken apart; those after them are answered as not understood.
const MAX_TOKENS: usize = 1_000;
/// How a token is enveloped (Verifiable Credentials Data Model 2.0 section 4.13).
const ENVELOPES: [&str; 2] = ["data:application/vc+jwt,", "data:application/jwt,"];

/// The document with the tokens among its credentials taken apart.
pub(super) fn unfolded(document: Cow<'_, Value>) -> Cow<'_, Value> {
    let place = place(&document);
    let has_token = elements(&document, place)
        .is_some_and(|all| all.iter().any(|element| token(element).is_some()));
    if !has_token {
        return document;
    }
    let mut document = document.into_owned();
    let found = document.pointer_mut(&format!("{place}{LIST}"));
    let all = match found {
        Some(Value::Array(all)) => all.as_mut_slice(),
        Some(one) => std::slice::from_mut(one),
        None => &mut [],
    };
    for element in all.iter_mut().take(MAX_TOKENS) {
        if let Some(Ok(value)) = token(element).and_then(jws::unfold) {
            *element = value;
        }
    }
    Cow::Owned(document)
}

const LIST: &str = "/credentialSubject/verifiableCredential";

/// Where the credential is: by itself, or in a payload.
fn place(document: &Value) -> &'static str {
    let places = ["/payload/vc", "/payload"];
    let has_subject = |place: &&str| {
        document
            .pointer(&format!("{place}/credentialSubject"))
            .is_some()
    };
    places.into_iter().find(has_subject).unwrap_or_default()
}

fn elements<'v>(document: &'v Value, place: &str) -> Option<&'v [Value]> {
    match document.pointer(&format!("{place}{LIST}"))? {
        Value::Array(all) => Some(all),
        one => Some(std::slice::from_ref(one)),
    }
}

fn token(element: &Value) -> Option<&str> {
    if let Some(text) = element.as_str() {
        return Some(text);
    }
    let enveloped = element.get("id")?.as_str()?;
    ENVELOPES
        .iter()
        .find_map(|start| enveloped.strip_prefix(start))
}
