//! What superiors demand of those below them (section 6.2).

use serde_json::{Value, json};

use super::{Federation, FederationError};

fn constrained(statement: fn(&mut Federation) -> &mut Value, constraints: Value) -> Federation {
    let mut federation = Federation::new();
    statement(&mut federation)["constraints"] = constraints;
    federation
}

fn of_middle(federation: &mut Federation) -> &mut Value {
    &mut federation.of_middle
}

fn of_leaf(federation: &mut Federation) -> &mut Value {
    &mut federation.of_leaf
}

/// The example of section 6.2.1: one intermediate between the anchor and the subject, none below that.
#[test]
fn a_path_is_no_longer_than_each_superior_allows() {
    let resolve = |statement, length: Value| {
        let constraints = json!({"max_path_length": length});
        constrained(statement, constraints).resolve().map(drop)
    };
    let too_long = Err(FederationError::PathTooLong);
    assert_eq!(resolve(of_middle, json!(1)), Ok(()));
    assert_eq!(resolve(of_middle, json!(0)), too_long);
    assert_eq!(resolve(of_leaf, json!(0)), Ok(()));
    for length in [json!(-1), json!("1"), json!(1.5), Value::Null] {
        assert_eq!(resolve(of_middle, length), Err(FederationError::Malformed));
    }
    let federation = Federation::new();
    let keys = federation.keys();
    assert!(federation.resolve_by(&keys, Some(1)).is_ok());
    assert_eq!(federation.resolve_by(&keys, Some(0)).map(drop), too_long);
}

#[test]
fn everybody_below_a_superior_has_a_name_that_it_permits() {
    let resolve = |statement, names: Value| {
        let constraints = json!({"naming_constraints": names});
        constrained(statement, constraints).resolve().map(drop)
    };
    let refused = Err(FederationError::NameNotPermitted);
    assert_eq!(
        resolve(of_middle, json!({"permitted": [".example"]})),
        Ok(())
    );
    let both = json!({"permitted": ["opisto.example", "MINISTERIO.example"]});
    assert_eq!(resolve(of_middle, both), Ok(()));
    // The intermediate has to be permitted as well.
    assert_eq!(
        resolve(of_middle, json!({"permitted": ["opisto.example"]})),
        refused
    );
    assert_eq!(
        resolve(of_leaf, json!({"permitted": ["opisto.example"]})),
        Ok(())
    );
    assert_eq!(
        resolve(of_leaf, json!({"permitted": [".opisto.example"]})),
        refused
    );
    assert_eq!(
        resolve(of_leaf, json!({"permitted": ["pisto.example"]})),
        refused
    );
    assert_eq!(resolve(of_leaf, json!({"permitted": []})), refused);
    let but = json!({"permitted": [".example"], "excluded": ["opisto.example"]});
    assert_eq!(resolve(of_middle, but), refused);
    assert_eq!(resolve(of_leaf, json!({"excluded": [".example"]})), refused);
    let malformed = Err(FederationError::Malformed);
    assert_eq!(
        resolve(of_leaf, json!({"permitted": "opisto.example"})),
        malformed
    );
}

#[test]
fn what_an_entity_may_not_be_is_left_out_of_its_metadata() {
    let metadata = |allowed: Value| {
        let constraints = json!({"allowed_entity_types": allowed});
        let federation = constrained(of_middle, constraints);
        federation.resolve().unwrap()
    };
    let chain = metadata(json!([]));
    assert!(chain.metadata("openid_credential_issuer").is_none());
    assert_eq!(
        chain.credential_keys(),
        Err(FederationError::NoCredentialKeys)
    );
    assert!(chain.metadata("federation_entity").is_some());
    let chain = metadata(json!(["openid_credential_issuer"]));
    assert!(chain.credential_keys().is_ok());
}
