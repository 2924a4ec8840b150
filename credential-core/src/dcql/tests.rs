use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ClaimPath, ClaimQuery, MAX_DEPTH, Query, QueryError, Step};

fn query(claims: &Value) -> Query {
    serde_json::from_value(json!({"credentials": [{
        "id": "degree", "format": "dc+sd-jwt",
        "meta": {"vct_values": ["https://types.example/qualification/1"]}, "claims": claims
    }]}))
    .unwrap()
}

#[test]
fn path_selects_names_indexes_and_all_elements() {
    let root = json!({"skills": [{"name": "a"}, {"name": "b"}], "title": "t"});
    let path: ClaimPath = serde_json::from_value(json!(["skills", null, "name"])).unwrap();
    assert_eq!(path.select(&root), [&json!("a"), &json!("b")]);
    let path: ClaimPath = serde_json::from_value(json!(["skills", 1, "name"])).unwrap();
    assert_eq!(path.select(&root), [&json!("b")]);
    assert!(
        ClaimPath::claim("skills")
            .then(Step::Index(7))
            .select(&root)
            .is_empty()
    );
    assert_eq!(path.to_string(), "/skills/1/name");
}

#[test]
fn numbers_in_a_path_survive_reading_and_writing() {
    let path = json!(["a", 0, null, "b", 4_294_967_295_u32]);
    let read: ClaimPath = serde_json::from_str(&path.to_string()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), path);
    for bad in [
        json!([1.5]),
        json!([-1]),
        json!([true]),
        json!([{}]),
        json!([4_294_967_296_u64]),
    ] {
        assert!(
            serde_json::from_value::<ClaimPath>(bad.clone()).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn a_query_with_one_claim_more_is_not_within_the_registered_one() {
    let registered =
        query(&json!([{"id": "t", "path": ["title"]}, {"id": "s", "path": ["skills", null]}]));
    let within = query(&json!([{"id": "s0", "path": ["skills", 0]}]));
    let beyond =
        query(&json!([{"id": "t", "path": ["title"]}, {"id": "b", "path": ["birthdate"]}]));
    assert!(within.is_within(&registered));
    assert!(!beyond.is_within(&registered));
    assert!(!registered.is_within(&within));
}

#[test]
fn unknown_members_are_refused_not_ignored() {
    for member in ["credential_sets", "anything"] {
        let mut value = serde_json::to_value(query(&json!([]))).unwrap();
        value[member] = json!([]);
        assert!(serde_json::from_value::<Query>(value).is_err(), "{member}");
    }
}

#[test]
fn ids_types_and_paths_are_checked() {
    let twice = query(&json!([{"id": "t", "path": ["title"]}, {"id": "t", "path": ["grade"]}]));
    assert_eq!(twice.check(), Err(QueryError::Id("t".into())));
    let rootless = query(&json!([{"id": "t", "path": [0]}]));
    assert_eq!(rootless.check(), Err(QueryError::Path("/0".into())));
    let mut insecure = query(&json!([]));
    insecure.credentials[0].meta.vct_values = vec!["http://types.example".into()];
    assert_eq!(insecure.check(), Err(QueryError::Type));
    assert_eq!(
        query(&json!([{"id": "t", "path": ["title"]}])).check(),
        Ok(())
    );
}

#[test]
fn only_some_values_registered_means_only_those_may_be_asked_at_that_place() {
    let claim = |claim: Value| query(&json!([claim]));
    let registered = claim(json!({"id": "l", "path": ["level"], "values": [6, 7]}));
    let within = [
        json!({"id": "l", "path": ["level"], "values": [6]}),
        json!({"id": "l", "path": ["level"], "values": [7, 6]}),
    ];
    let beyond = [
        json!({"id": "l", "path": ["level"]}),
        json!({"id": "l", "path": ["level"], "values": [6, 8]}),
        json!({"id": "l", "path": ["level"], "values": ["6"]}),
        json!({"id": "l", "path": ["level", "name"], "values": [6]}),
        json!({"id": "l", "path": ["level", "name"]}),
    ];
    for narrow in within {
        assert!(claim(narrow.clone()).is_within(&registered), "{narrow}");
    }
    for wide in beyond {
        assert!(!claim(wide.clone()).is_within(&registered), "{wide}");
    }
    let any_value = claim(json!({"id": "l", "path": ["level"]}));
    assert!(registered.is_within(&any_value));
}

#[test]
fn a_path_is_covered_by_its_ancestors_and_patterns_only() {
    let within = |narrow: Value, wide: Value| {
        let one = |path: Value| query(&json!([{"id": "c", "path": path}]));
        one(narrow).is_within(&one(wide))
    };
    assert!(within(json!(["a", "b"]), json!(["a"])));
    assert!(within(json!(["a", 3, "b"]), json!(["a", null, "b"])));
    assert!(within(json!(["a", null, "b"]), json!(["a", null])));
    assert!(!within(json!(["a"]), json!(["a", "b"])));
    assert!(!within(json!(["a", null]), json!(["a", 0])));
    assert!(!within(json!(["a", "0"]), json!(["a", 0])));
    assert!(!within(json!(["a", "b"]), json!(["a", null])));
    // No claim at all asks for nothing that can be withheld, and lets nothing be asked.
    assert!(query(&json!([])).is_within(&query(&json!([{"id": "c", "path": ["a"]}]))));
    assert!(!query(&json!([{"id": "c", "path": ["a"]}])).is_within(&query(&json!([]))));
}

#[test]
fn values_are_texts_whole_numbers_and_truth_values_and_not_too_many() {
    let check =
        |values: Value| query(&json!([{"id": "v", "path": ["a"], "values": values}])).check();
    assert_eq!(check(json!(["a", 1, -7, true])), Ok(()));
    assert_eq!(check(json!(["x".repeat(256)])), Ok(()));
    for values in [
        json!([]),
        json!([null]),
        json!([1.5]),
        json!([9_007_199_254_740_992_u64]),
        json!([["a"]]),
        json!([{"a": 1}]),
        json!(["x".repeat(257)]),
        json!(vec![1; 65]),
    ] {
        assert_eq!(check(values.clone()), Err(QueryError::Values), "{values}");
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        "[a-b]?".prop_map(Step::Name),
        (0_u32..3).prop_map(Step::Index),
        Just(Step::All(())),
    ]
}

fn any_claim() -> impl Strategy<Value = ClaimQuery> {
    let values = proptest::option::of(proptest::collection::vec(
        (0_u8..4).prop_map(Value::from),
        0..3,
    ));
    (
        "[a-c!]{0,2}",
        proptest::collection::vec(any_step(), 0..10),
        values,
    )
        .prop_map(|(id, path, values)| ClaimQuery {
            id,
            path: ClaimPath::new(path),
            values,
        })
}

fn any_query() -> impl Strategy<Value = Query> {
    proptest::collection::vec(any_claim(), 0..4).prop_map(|claims| {
        let mut query = query(&json!([]));
        query.credentials[0].claims = claims;
        query
    })
}

proptest! {
    #[test]
    fn any_query_is_acceptable_or_refused_and_what_is_acceptable_is_within_bounds(query in any_query()) {
        if query.check().is_ok() {
            for claim in &query.credentials[0].claims {
                prop_assert!((1..=MAX_DEPTH).contains(&claim.path.steps().len()));
                prop_assert!(claim.values.as_ref().is_none_or(|values| !values.is_empty()));
            }
        }
    }

    #[test]
    fn being_within_is_reflexive_and_transitive(a in any_query(), b in any_query(), c in any_query()) {
        prop_assert!(a.is_within(&a));
        if a.is_within(&b) && b.is_within(&c) {
            prop_assert!(a.is_within(&c));
        }
    }

    #[test]
    fn any_json_text_is_a_query_or_a_refusal(text in r#"[\[\]{}":,a-z0-9]{0,120}"#) {
        if let Ok(query) = serde_json::from_str::<Query>(&text) {
            let _checked = query.check();
        }
    }
}
