use serde_json::{Value, json};

use super::{ClaimPath, Query, QueryError, Step};

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
