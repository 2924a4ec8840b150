//! Metadata at the end of a chain, and the keys for credentials in them.

use serde_json::{Value, json};

use super::{Federation, FederationError, entities::Entity, noon};
use crate::federation::{CredentialKeys, key_set};

fn issuer(federation: &mut Federation) -> &mut Value {
    &mut federation.own["metadata"]["openid_credential_issuer"]
}

#[test]
fn the_policies_of_all_superiors_apply_to_the_subjects_metadata() {
    let mut federation = Federation::new();
    issuer(&mut federation)["scopes"] = json!(["a", "b", "c"]);
    federation.of_middle["metadata_policy"] = json!({"openid_credential_issuer": {
        "scopes": {"subset_of": ["a", "b"], "unknown": 7},
        "jwks": {"essential": true},
    }});
    federation.of_leaf["metadata_policy"] = json!({"openid_credential_issuer": {
        "scopes": {"subset_of": ["b", "c"]},
        "contacts": {"add": ["opisto@ministerio.example"]},
    }});
    federation.of_leaf["metadata"] = json!({
        "openid_credential_issuer": {"contacts": ["a@ministerio.example"]},
        "openid_provider": {"issuer": "https://opisto.example"},
    });
    let chain = federation.resolve().unwrap();
    let metadata = chain.metadata("openid_credential_issuer").unwrap();
    assert_eq!(metadata["scopes"], json!(["b"]));
    let contacts = json!(["a@ministerio.example", "opisto@ministerio.example"]);
    assert_eq!(metadata["contacts"], contacts);
    // A superior adds to what a subject is, and never makes it something else.
    assert!(chain.metadata("openid_provider").is_none());
}

#[test]
fn metadata_that_break_a_policy_and_policies_that_disagree_break_the_chain() {
    let policy = |of_middle: Value, of_leaf: Value| {
        let mut federation = Federation::new();
        federation.of_middle["metadata_policy"] = json!({"openid_credential_issuer": of_middle});
        federation.of_leaf["metadata_policy"] = json!({"openid_credential_issuer": of_leaf});
        federation.resolve().map(drop)
    };
    let missing = json!({"signed_metadata": {"essential": true}});
    assert_eq!(
        policy(missing, json!({})),
        Err(FederationError::PolicyViolated)
    );
    let one = json!({"a": {"one_of": ["x", "y"]}});
    let other = json!({"a": {"one_of": ["z"]}});
    assert_eq!(policy(one.clone(), other), Err(FederationError::Policy));
    assert_eq!(policy(one, json!({})), Ok(()));
    assert_eq!(policy(json!([]), json!({})), Err(FederationError::Policy));
}

#[test]
fn a_policy_takes_the_keys_away_and_nothing_else_is_taken_for_them() {
    let mut federation = Federation::new();
    let gone = json!({"openid_credential_issuer": {"jwks": {"value": null}}});
    federation.of_middle["metadata_policy"] = gone;
    let chain = federation.resolve().unwrap();
    assert_eq!(
        chain.credential_keys(),
        Err(FederationError::NoCredentialKeys)
    );
}

#[test]
fn keys_for_credentials_stand_in_the_metadata_or_at_an_address() {
    let mut federation = Federation::new();
    let keys = issuer(&mut federation)["jwks"].clone();
    let given = CredentialKeys::Given(key_set(keys.to_string().as_bytes()).unwrap());
    let found = |federation: &Federation| federation.resolve().unwrap().credential_keys();
    assert_eq!(found(&federation), Ok(given.clone()));
    let address = "https://opisto.example/keys";
    *issuer(&mut federation) = json!({"jwks_uri": address});
    assert_eq!(
        found(&federation),
        Ok(CredentialKeys::Published(address.into()))
    );
    issuer(&mut federation)["signed_jwks_uri"] = json!(address);
    assert_eq!(
        found(&federation),
        Ok(CredentialKeys::Signed(address.into()))
    );
    *issuer(&mut federation) = json!({"jwks_uri": "http://opisto.example/keys"});
    assert_eq!(found(&federation), Err(FederationError::NoCredentialKeys));
    federation.own["metadata"]["vc_issuer"] = json!({"jwks": keys});
    assert_eq!(found(&federation), Ok(given));
}

#[test]
fn a_signed_key_set_is_the_subjects_own_and_of_now() {
    let federation = Federation::new();
    let chain = federation.resolve().unwrap();
    let leaf = &federation.leaf;
    let set = |more: Value| {
        let mut claims = leaf.configuration(more);
        claims["keys"] = leaf.jwks()["keys"].clone();
        claims
    };
    let read = |entity: &Entity, typ: &str, claims: &Value| {
        chain.signed_keys(entity.sign_as(typ, claims).as_bytes(), noon())
    };
    let typ = "jwk-set+jwt";
    let (keys, end) = read(leaf, typ, &set(json!({}))).unwrap();
    assert_eq!((keys.keys.len(), end.is_some()), (1, true));
    let stranger = Entity::new(&leaf.id);
    let found = read(&stranger, typ, &set(json!({}))).map(drop);
    assert_eq!(found, Err(FederationError::UnknownKey));
    assert!(read(leaf, "entity-statement+jwt", &set(json!({}))).is_err());
    for (more, expected) in [
        (
            json!({"iss": "https://vieras.example"}),
            FederationError::OtherIssuer,
        ),
        (
            json!({"sub": "https://vieras.example"}),
            FederationError::OtherSubject,
        ),
        (
            json!({"exp": noon().timestamp()}),
            FederationError::NotOfThisMoment,
        ),
        (json!({"exp": "never"}), FederationError::Malformed),
    ] {
        assert_eq!(read(leaf, typ, &set(more)).map(drop), Err(expected));
    }
}

/// Whoever could say its own name could say anybody's.
#[test]
fn an_organisation_is_called_what_its_superior_calls_it() {
    let mut federation = Federation::new();
    let name = |federation: &Federation| {
        let chain = federation.resolve_by(&federation.keys(), Some(1));
        chain.unwrap().organisation_name().clone()
    };
    assert!(name(&federation).is_empty(), "its own word for it");
    let stated = json!({"organization_name": "Example College", "organization_name#fi": "Opisto"});
    federation.of_leaf["metadata"] = json!({"federation_entity": stated});
    assert_eq!(name(&federation).fi.as_deref(), Some("Opisto"));
    assert_eq!(name(&federation).sv.as_deref(), Some("Example College"));
    // The policies of those above hold for it too.
    let policy = json!({"organization_name#fi": {"value": "Kansanopisto"}});
    federation.of_middle["metadata_policy"] = json!({"federation_entity": policy});
    assert_eq!(name(&federation).fi.as_deref(), Some("Kansanopisto"));
    let stated = &mut federation.of_leaf["metadata"]["federation_entity"];
    stated["organization_name#sv"] = json!("a\u{202e}b");
    assert!(
        name(&federation).is_empty(),
        "a name that looks like another"
    );
}
