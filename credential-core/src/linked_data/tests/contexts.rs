//! The contexts that are embedded.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::PinnedContext;
use crate::encoding::sha256;

#[test]
fn every_context_is_the_one_that_was_pinned() {
    let digests: Vec<String> = PinnedContext::ALL
        .iter()
        .map(|context| {
            let digest = sha256(context.document());
            let hex: String = digest
                .iter()
                .take(8)
                .map(|octet| format!("{octet:02x}"))
                .collect();
            format!("{hex} {}", context.url())
        })
        .collect();
    insta::assert_snapshot!(digests.join("\n"));
}

#[test]
fn contexts_are_taken_away_only_inside_presentations() {
    for context in PinnedContext::ALL {
        let document: Value = serde_json::from_slice(context.document()).unwrap();
        let mut places = Vec::new();
        nulls(&document, String::new(), &mut places);
        places.retain(|place| !place.starts_with("/@context/VerifiablePresentation/"));
        assert_eq!(places, Vec::<String>::new(), "{}", context.url());
    }
}

#[test]
fn no_context_has_two_terms_for_one_address() {
    // Two names for one statement would let a signed member be hidden under the other.
    for context in PinnedContext::ALL {
        let document: Value = serde_json::from_slice(context.document()).unwrap();
        scopes(&document["@context"], context.url());
    }
}

fn scopes(scope: &Value, place: &str) {
    let Value::Object(terms) = scope else { return };
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (term, definition) in terms {
        let address = definition.as_str().or_else(|| definition["@id"].as_str());
        if let Some(address) = address.filter(|address| !address.starts_with('@')) {
            let other = seen.insert(address, term);
            // Open Badges 3.0.2 calls the type of an image as the member that holds one.
            let is_image = term.eq_ignore_ascii_case("image");
            assert!(
                other.is_none() || is_image,
                "{term} in {place} is {other:?} too"
            );
        }
        scopes(&definition["@context"], &format!("{place} {term}"));
    }
}

fn nulls(value: &Value, place: String, found: &mut Vec<String>) {
    match value {
        Value::Null => found.push(place),
        Value::Array(items) => items
            .iter()
            .for_each(|item| nulls(item, place.clone(), found)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, item)| nulls(item, format!("{place}/{name}"), found)),
        _ => {}
    }
}
