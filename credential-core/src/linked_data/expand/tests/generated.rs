//! Documents made of the words of the pinned contexts, and real ones with a change.

use std::sync::LazyLock;

use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::{OB, V1, V2, corpus, is_answered_if_read, rich};
use crate::linked_data::{PinnedContext, tests::badge};

/// Every term of every context, at any depth.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut words = Vec::new();
    for context in PinnedContext::ALL {
        let document: Value = serde_json::from_slice(context.document()).unwrap();
        collect(&document["@context"], &mut words);
    }
    words.sort();
    words.dedup();
    words
});

/// The types of a context that bring one of their own, each with the terms in it and those outside.
static SCOPES: LazyLock<Vec<(String, Vec<String>)>> = LazyLock::new(|| {
    let mut scopes = Vec::new();
    for url in [V2, OB] {
        let context = PinnedContext::find(url).unwrap();
        let document: Value = serde_json::from_slice(context.document()).unwrap();
        let outside = document["@context"].as_object().unwrap();
        let terms = |context: &Map<String, Value>| -> Vec<String> {
            let named = context.keys().filter(|term| !term.starts_with('@'));
            named.cloned().collect()
        };
        for (kind, definition) in outside {
            if let Some(inside) = definition["@context"].as_object() {
                scopes.push((
                    kind.clone(),
                    [terms(inside), terms(inside), terms(outside)].concat(),
                ));
            }
        }
    }
    scopes
});

/// Documents to be changed.
static REAL: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let corpus = corpus::documents()
        .into_iter()
        .map(|(_, document)| Value::Object(document));
    corpus
        .chain([
            rich(),
            Value::Object(badge()),
            super::configuration(json!([V2, OB])),
        ])
        .collect()
});

fn collect(scope: &Value, words: &mut Vec<String>) {
    let Value::Object(terms) = scope else { return };
    for (term, definition) in terms.iter().filter(|(term, _)| !term.starts_with('@')) {
        words.push(term.clone());
        collect(&definition["@context"], words);
    }
}

fn word() -> impl Strategy<Value = String> {
    select(WORDS.as_slice())
}

/// Texts of all kinds where an address or a value is expected.
const TEXTS: &[&str] = &[
    "",
    "a",
    "id",
    "type",
    "@id",
    "@abc",
    "@",
    "x",
    "urn:uuid:1",
    "did:example:1",
    "https://a.example/1",
    "http://no address",
    "https://a.example/é",
    "//a",
    "xsd:date",
    "cred:x",
    "sec:proof",
    ":",
    "a:",
    "1:x",
    "assertionMethod",
    "Profile",
    "2026-03-02T00:00:00Z",
    "\u{0}\u{7f}\"\\\n\r\t",
    "𝔞",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => select(["urn:uuid:1", "https://a.example/1"].as_slice()).prop_map(Value::from),
        4 => select(TEXTS).prop_map(Value::from),
        1 => word().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => (-1000..1000_i32).prop_map(|n| json!(f64::from(n) / 8.0)),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
    ]
}

/// Values, most of them as badges have them.
fn value() -> impl Strategy<Value = Value> {
    let spoken = (
        scalar(),
        select(["fi", "en-GB", "", "no language"].as_slice()),
    )
        .prop_map(|(value, language)| json!({"@value": value, "@language": language}));
    let leaf = prop_oneof![
        8 => scalar(),
        1 => scalar().prop_map(|value| json!({"@value": value})),
        1 => spoken,
        1 => (scalar(), word()).prop_map(|(id, kind)| json!({"id": id, "type": kind})),
        1 => scalar().prop_map(|id| json!({"id": id})),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let object = proptest::collection::vec((word(), inner.clone()), 0..4);
        let kinds = proptest::collection::vec(word(), 0..3);
        let lists = prop_oneof![
            6 => Just(None),
            1 => Just(Some(json!([V2, OB]))),
            1 => Just(Some(json!(V1))),
        ];
        let typed = select(SCOPES.as_slice()).prop_flat_map({
            let inner = inner.clone();
            move |(kind, terms)| {
                let member = (select(terms), inner.clone());
                (Just(kind), proptest::collection::vec(member, 0..4))
            }
        });
        prop_oneof![
            8 => typed.prop_map(|(kind, members)| {
                let mut object: Map<String, Value> = members.into_iter().collect();
                object.insert("type".to_owned(), json!([kind]));
                Value::Object(object)
            }),
            2 => proptest::collection::vec(inner, 0..4).prop_map(Value::Array),
            2 => (object, kinds, lists).prop_map(|(members, kinds, contexts)| {
                let mut object: Map<String, Value> = members.into_iter().collect();
                if !kinds.is_empty() {
                    object.insert("type".to_owned(), json!(kinds));
                }
                if let Some(contexts) = contexts {
                    object.insert("@context".to_owned(), contexts);
                }
                Value::Object(object)
            }),
        ]
    })
}

fn contexts() -> impl Strategy<Value = Value> {
    let further = PinnedContext::ALL
        .iter()
        .map(|context| context.url())
        .collect::<Vec<_>>();
    prop_oneof![
        4 => Just(json!([V2, OB])),
        1 => (select([V1, V2].as_slice()), proptest::collection::vec(select(further), 0..3)).prop_map(
            |(model, further)| [vec![model], further].concat().into_iter().map(Value::from).collect()
        ),
    ]
}

/// A badge-like object around what is generated, so that much of it is answered.
fn document() -> impl Strategy<Value = Value> {
    let member = prop_oneof![
        4 => select(["credentialSubject", "evidence", "issuer", "name", "proof", "endorsement"].as_slice()).prop_map(str::to_owned),
        1 => word(),
    ];
    let inside = proptest::collection::vec((member, value()), 1..3);
    let kinds = proptest::option::weighted(0.1, word()).prop_map(Vec::from_iter);
    (contexts(), inside, kinds).prop_map(|(contexts, inside, kinds)| {
        let mut document: Map<String, Value> = inside.into_iter().collect();
        let kinds = [vec!["VerifiableCredential".to_owned()], kinds].concat();
        document.insert("type".to_owned(), json!(kinds));
        document.insert("@context".to_owned(), contexts);
        Value::Object(document)
    })
}

#[derive(Debug, Clone)]
enum Change {
    Replace(Value),
    Add(String, Value),
    Rename(String),
    Twice,
    Listed,
    Remove,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => value().prop_map(Change::Replace),
        4 => (word(), value()).prop_map(|(word, value)| Change::Add(word, value)),
        2 => word().prop_map(Change::Rename),
        1 => Just(Change::Twice),
        1 => Just(Change::Listed),
        1 => Just(Change::Remove),
    ]
}

/// Makes one change at one of the places of a document.
fn changed(mut document: Value, place: usize, change: &Change) -> Value {
    let mut places = Vec::new();
    pointers(&document, String::new(), &mut places);
    let pointer = places[place % places.len()].clone();
    let (above, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
    match (change, document.pointer_mut(above).unwrap()) {
        (Change::Remove, Value::Object(members)) => drop(members.remove(name)),
        (Change::Rename(other), Value::Object(members)) => {
            let value = members.remove(name).unwrap_or_default();
            members.insert(other.clone(), value);
        }
        _ => {
            let at = document.pointer_mut(&pointer).unwrap();
            match (change, &mut *at) {
                (Change::Add(name, value), Value::Object(members)) => {
                    members.insert(name.clone(), value.clone());
                }
                (Change::Twice, _) => *at = json!([at, at]),
                (Change::Listed, _) => *at = json!([at]),
                (Change::Replace(value), _) => *at = value.clone(),
                _ => {}
            }
        }
    }
    document
}

fn pointers(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members
                .iter()
                .filter(|(name, _)| !name.contains(['/', '~']))
            {
                pointers(value, format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
    if !pointer.is_empty() {
        found.push(pointer);
    }
}

proptest! {
    #[test]
    fn documents_of_the_words_of_contexts_are_answered_as_the_processor_does(document in document()) {
        is_answered_if_read(&document);
    }

    #[test]
    fn changed_examples_are_answered_as_the_processor_does(
        real in select(REAL.as_slice()),
        changes in proptest::collection::vec((any::<usize>(), change()), 1..3),
    ) {
        let document = changes
            .iter()
            .fold(real, |document, (place, change)| changed(document, *place, change));
        if document.is_object() {
            is_answered_if_read(&document);
        }
    }
}
