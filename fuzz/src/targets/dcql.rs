//! The query language: a query, a wider one, and a document that both are asked of.

use std::collections::BTreeSet;

use credential_core::dcql::Query;
use serde_json::{Value, json};

use crate::{
    parties::VCT,
    written::{has_fraction, line, lines, seed},
};

/// Two queries and a document, one a line.
pub fn run(data: &[u8]) -> bool {
    let Some([narrow, wide, document]) = lines(data) else {
        return false;
    };
    let (Some(narrow), Some(wide)) = (checked(narrow), checked(wide)) else {
        return false;
    };
    let Ok(document) = serde_json::from_slice::<Value>(document) else {
        return false;
    };
    assert!(narrow.is_within(&narrow));
    if !narrow.is_within(&wide) {
        return false;
    }
    selects_nothing_more(&narrow, &wide, &document);
    true
}

fn checked(text: &[u8]) -> Option<Query> {
    let query: Query = serde_json::from_slice(text).ok()?;
    query.check().ok()?;
    let again: Query = serde_json::from_str(&line(&query)).expect("what was read");
    assert_eq!(again, query);
    for credential in &query.credentials {
        let found = query.credential(&credential.id).expect("its own id");
        assert_eq!(found, credential);
        for claim in &credential.claims {
            assert_eq!(found.claim(&claim.id), Some(claim));
            assert!(claim.path.covers(&claim.path));
            let values = claim.values.iter().flatten();
            assert!(values.into_iter().all(|value| !has_fraction(value)));
        }
    }
    Some(query)
}

/// A query within a wider one selects only what lies on or below what the wider one selects.
fn selects_nothing_more(narrow: &Query, wide: &Query, document: &Value) {
    let mut reachable = BTreeSet::new();
    for claim in wide.credentials.iter().flat_map(|c| &c.claims) {
        for value in claim.path.select(document) {
            all_below(value, &mut reachable);
        }
    }
    for claim in narrow.credentials.iter().flat_map(|c| &c.claims) {
        for value in claim.path.select(document) {
            assert!(
                reachable.contains(&std::ptr::from_ref(value)),
                "{}",
                claim.path
            );
        }
    }
}

fn all_below(value: &Value, into: &mut BTreeSet<*const Value>) {
    into.insert(std::ptr::from_ref(value));
    match value {
        Value::Array(items) => items.iter().for_each(|item| all_below(item, into)),
        Value::Object(members) => members.values().for_each(|item| all_below(item, into)),
        _ => {}
    }
}

/// Names, indexes and wildcards; values; and an asking too much.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let query = |claims: Value| {
        json!({"credentials": [{"id": "degree", "format": "dc+sd-jwt",
            "meta": {"vct_values": [VCT]}, "claims": claims}]})
        .to_string()
    };
    let all = query(
        json!([{"id": "parts", "path": ["parts", null]}, {"id": "title", "path": ["title"]}]),
    );
    let one = query(json!([{"id": "grade", "path": ["parts", 0, "grade"]}]));
    let grades = query(json!([{"id": "grade", "path": ["parts", null, "grade"]}]));
    let values = query(json!([{"id": "title", "path": ["title"], "values": ["a", 1, true]}]));
    let fewer = query(json!([{"id": "t", "path": ["title"], "values": [1]}]));
    let document = r#"{"title":"a","parts":[{"grade":3},{"grade":"H"},[1]]}"#;
    vec![
        ("accepted-index", seed(&[&one, &all, document])),
        ("accepted-wildcard", seed(&[&grades, &all, document])),
        ("accepted-values", seed(&[&fewer, &values, document])),
        ("refused-wider", seed(&[&all, &one, document])),
    ]
}
