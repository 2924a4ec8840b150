//! The operators of section 6.1.3, by tables.

use serde_json::{Map, Value, json};

use crate::federation::{FederationError, policy::Policy};

fn policy(operators: &Value) -> Result<Policy, FederationError> {
    Policy::read(Some(&json!({"t": {"p": operators}})))
}

/// The parameter after these operators; `null` stands for none.
fn applied(operators: &Value, parameter: &Value) -> Result<Value, FederationError> {
    let mut of_type = Map::new();
    if !parameter.is_null() {
        of_type.insert("p".into(), parameter.clone());
    }
    let mut metadata = Map::from_iter([("t".to_owned(), Value::Object(of_type))]);
    policy(operators)?.apply(&mut metadata)?;
    Ok(metadata["t"].get("p").cloned().unwrap_or_default())
}

/// The table of section 6.1.3.1.8, and one line for each operator.
#[test]
fn operators_check_and_change_as_the_standard_says() {
    let null = Value::Null;
    let (abc, violated) = (json!(["a", "b", "c"]), Err(FederationError::PolicyViolated));
    let table = [
        (
            json!({"essential": true, "subset_of": abc}),
            json!(["a", "e"]),
            Ok(json!(["a"])),
        ),
        (
            json!({"essential": false, "subset_of": abc}),
            json!(["a", "e"]),
            Ok(json!(["a"])),
        ),
        (
            json!({"essential": true, "subset_of": abc}),
            json!(["d", "e"]),
            Ok(json!([])),
        ),
        (
            json!({"essential": false, "subset_of": abc}),
            json!(["d", "e"]),
            Ok(json!([])),
        ),
        (
            json!({"essential": true, "subset_of": abc}),
            null.clone(),
            violated.clone(),
        ),
        (
            json!({"essential": false, "subset_of": abc}),
            null.clone(),
            Ok(null.clone()),
        ),
        (json!({"value": "x"}), json!("y"), Ok(json!("x"))),
        (json!({"value": null}), json!("y"), Ok(null.clone())),
        (json!({"add": ["b"]}), json!(["a"]), Ok(json!(["a", "b"]))),
        (json!({"add": ["a"]}), json!(["a"]), Ok(json!(["a"]))),
        (json!({"add": ["a"]}), null.clone(), Ok(json!(["a"]))),
        (json!({"add": ["a"]}), json!("a"), violated.clone()),
        (json!({"default": "x"}), null.clone(), Ok(json!("x"))),
        (json!({"default": "x"}), json!("y"), Ok(json!("y"))),
        (json!({"one_of": ["x", "y"]}), json!("y"), Ok(json!("y"))),
        (json!({"one_of": ["x", "y"]}), json!("z"), violated.clone()),
        (json!({"one_of": ["x"]}), null.clone(), Ok(null.clone())),
        (
            json!({"one_of": ["x"], "default": "z"}),
            null.clone(),
            violated.clone(),
        ),
        (
            json!({"superset_of": ["a"]}),
            json!(["a", "b"]),
            Ok(json!(["a", "b"])),
        ),
        (
            json!({"superset_of": ["a"]}),
            json!(["b"]),
            violated.clone(),
        ),
        (
            json!({"subset_of": ["a"], "superset_of": ["a"]}),
            json!(["a", "b"]),
            Ok(json!(["a"])),
        ),
        (json!({"subset_of": ["a"]}), json!("a"), violated),
        (json!({"regexp": "^a"}), json!("b"), Ok(json!("b"))),
    ];
    for (operators, parameter, expected) in table {
        assert_eq!(
            applied(&operators, &parameter),
            expected,
            "{operators} on {parameter}"
        );
    }
}

#[test]
fn operators_that_may_not_stand_together_are_refused() {
    let refused = [
        json!({"value": null, "default": "a"}),
        json!({"value": null, "essential": true}),
        json!({"value": ["a"], "add": ["b"]}),
        json!({"value": "a", "one_of": ["b"]}),
        json!({"value": ["a", "b"], "subset_of": ["a"]}),
        json!({"value": ["a"], "superset_of": ["a", "b"]}),
        json!({"value": "a", "subset_of": ["a"]}),
        json!({"add": ["a"], "one_of": ["a"]}),
        json!({"add": ["b"], "subset_of": ["a"]}),
        json!({"one_of": ["a"], "subset_of": ["a"]}),
        json!({"one_of": ["a"], "superset_of": ["a"]}),
        json!({"subset_of": ["a"], "superset_of": ["a", "b"]}),
        json!({"default": null}),
        json!({"one_of": []}),
        json!({"add": "a"}),
        json!({"essential": 1}),
        json!({"subset_of": vec!["a"; 257]}),
        json!(7),
    ];
    for operators in refused {
        let found = policy(&operators).map(drop);
        assert_eq!(found, Err(FederationError::Policy), "{operators}");
    }
    let allowed = [
        json!({"value": ["a", "b"], "add": ["a"], "subset_of": ["a", "b", "c"], "superset_of": ["a"]}),
        json!({"value": "a", "one_of": ["a", "b"], "default": "b", "essential": true}),
        json!({"value": null, "essential": false}),
    ];
    for operators in allowed {
        assert!(policy(&operators).is_ok(), "{operators}");
    }
}

#[test]
fn a_policy_below_makes_the_one_above_stricter_and_never_weaker() {
    let merged = |above: Value, below: Value| {
        let mut current = policy(&above)?;
        current.merge(&policy(&below)?)?;
        Ok(current)
    };
    for (above, below, expected) in [
        (
            json!({"one_of": ["a", "b"]}),
            json!({"one_of": ["b", "c"]}),
            json!({"one_of": ["b"]}),
        ),
        (
            json!({"subset_of": ["a"]}),
            json!({"subset_of": ["b"]}),
            json!({"subset_of": []}),
        ),
        (
            json!({"superset_of": ["a"]}),
            json!({"superset_of": ["b"]}),
            json!({"superset_of": ["a", "b"]}),
        ),
        (
            json!({"add": ["a"]}),
            json!({"add": ["b", "a"]}),
            json!({"add": ["a", "b"]}),
        ),
        (
            json!({"essential": true}),
            json!({"essential": false}),
            json!({"essential": true}),
        ),
        (
            json!({"value": "a"}),
            json!({"value": "a"}),
            json!({"value": "a"}),
        ),
        (
            json!({"default": "a"}),
            json!({"one_of": ["a"]}),
            json!({"default": "a", "one_of": ["a"]}),
        ),
    ] {
        assert_eq!(
            merged(above.clone(), below.clone()),
            policy(&expected),
            "{above} {below}"
        );
    }
    for (above, below) in [
        (json!({"value": "a"}), json!({"value": "b"})),
        (json!({"default": "a"}), json!({"default": "b"})),
        (json!({"one_of": ["a"]}), json!({"one_of": ["b"]})),
        (json!({"one_of": ["a"]}), json!({"value": "b"})),
        (json!({"subset_of": ["a"]}), json!({"add": ["b"]})),
        (
            json!({"superset_of": ["a", "b"]}),
            json!({"subset_of": ["a"]}),
        ),
    ] {
        let found = merged(above.clone(), below.clone());
        assert_eq!(found, Err(FederationError::Policy), "{above} {below}");
    }
}
