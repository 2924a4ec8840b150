//! One statement: what is read of it and what is refused.

use serde_json::{Value, json};

use super::{Federation, FederationError, configuration, entities::Entity, noon, subordinate};
use crate::{
    encoding::{base64url, from_base64url},
    federation::{Configuration, MAX_LENGTH, configuration_address, is_entity_id},
    jose::{Signer as _, jws::JwsError},
};

#[test]
fn a_configuration_stands_below_the_name_of_its_entity() {
    for (name, address) in [
        (
            "https://opisto.example",
            "https://opisto.example/.well-known/openid-federation",
        ),
        (
            "https://opisto.example/",
            "https://opisto.example/.well-known/openid-federation",
        ),
        (
            "https://a.example:8443/b",
            "https://a.example:8443/b/.well-known/openid-federation",
        ),
    ] {
        assert!(is_entity_id(name));
        assert_eq!(configuration_address(name), address);
    }
    for name in [
        "http://opisto.example",
        "https://opisto.example?a",
        "https://opisto.example#a",
        "https://me@opisto.example",
        "https://127.0.0.1",
        "https://opisto.example/a b",
        "did:web:opisto.example",
        "",
    ] {
        assert!(!is_entity_id(name), "{name}");
    }
}

#[test]
fn a_configuration_that_breaks_a_rule_is_refused() {
    use FederationError::{
        Malformed, NotOfThisMoment, OtherIssuer, OtherSubject, UnknownExtension,
    };
    let federation = Federation::new();
    let other = "https://vieras.example";
    let doubled =
        json!({"keys": [federation.leaf.key.public_jwk(), federation.leaf.key.public_jwk()]});
    let cases = [
        ("iss", json!(other), OtherIssuer),
        ("sub", json!(other), OtherSubject),
        ("iat", json!(noon().timestamp() + 600), NotOfThisMoment),
        ("exp", json!(noon().timestamp()), NotOfThisMoment),
        ("exp", json!("tomorrow"), Malformed),
        ("iat", Value::Null, Malformed),
        ("crit", json!(["jti"]), UnknownExtension),
        ("crit", json!([]), UnknownExtension),
        ("jwks", doubled, Malformed),
        ("authority_hints", json!([]), Malformed),
        (
            "authority_hints",
            json!(["http://ministerio.example"]),
            Malformed,
        ),
        (
            "authority_hints",
            json!(vec!["https://a.example"; 257]),
            Malformed,
        ),
        (
            "metadata",
            json!({"openid_credential_issuer": []}),
            Malformed,
        ),
        (
            "metadata",
            json!({"openid_credential_issuer": {"jwks": null}}),
            Malformed,
        ),
        ("metadata_policy", json!({}), Malformed),
        ("constraints", json!({}), Malformed),
        ("trust_marks", json!([{"id": "a"}]), Malformed),
        ("trust_mark_issuers", json!([]), Malformed),
    ];
    for (claim, value, expected) in cases {
        let mut own = federation.own.clone();
        own[claim] = value.clone();
        let found = configuration(&federation.leaf, &own).map(drop);
        assert_eq!(found, Err(expected), "{claim}: {value}");
    }
    assert!(configuration(&federation.leaf, &federation.own).is_ok());
}

#[test]
fn what_only_an_entity_says_about_itself_is_refused_from_a_superior() {
    let federation = Federation::new();
    let middle = configuration(&federation.middle, &federation.middle_own).unwrap();
    for (claim, value, expected) in [
        (
            "authority_hints",
            json!(["https://a.example"]),
            FederationError::Malformed,
        ),
        ("trust_marks", json!([]), FederationError::Malformed),
        (
            "metadata_policy_crit",
            json!(["regexp"]),
            FederationError::UnknownExtension,
        ),
        ("crit", json!(["jti"]), FederationError::UnknownExtension),
        (
            "sub",
            json!("https://vieras.example"),
            FederationError::OtherSubject,
        ),
        (
            "iss",
            json!("https://vieras.example"),
            FederationError::OtherIssuer,
        ),
    ] {
        let mut stated = federation.of_leaf.clone();
        stated[claim] = value;
        let found = subordinate(&middle, &federation.middle, &stated, &federation.leaf);
        assert_eq!(found.map(drop), Err(expected), "{claim}");
    }
}

/// The header names the algorithm; the key decides.
#[test]
fn no_header_chooses_the_algorithm_or_the_kind_of_a_statement() {
    let federation = Federation::new();
    let leaf = &federation.leaf;
    let signed = leaf.sign(&federation.own);
    let (header, rest) = signed.split_once('.').unwrap();
    let octets = from_base64url(header).unwrap();
    let header: Value = serde_json::from_slice(&octets).unwrap();
    let read = |change: &dyn Fn(&mut Value), rest: &str| {
        let mut header = header.clone();
        change(&mut header);
        let text = format!("{}.{rest}", base64url(header.to_string()));
        Configuration::read(text.as_bytes(), &leaf.id, noon()).map(drop)
    };
    let unsigned = format!("{}.", rest.rsplit_once('.').unwrap().0);
    let mismatch = Err(FederationError::Jws(JwsError::AlgorithmMismatch));
    assert_eq!(
        read(&|header| header["alg"] = json!("none"), &unsigned),
        mismatch
    );
    assert_eq!(
        read(&|header| header["alg"] = json!("HS256"), rest),
        mismatch
    );
    assert_eq!(
        read(&|header| header["alg"] = json!("EdDSA"), rest),
        mismatch
    );
    let wrong_type = Err(FederationError::Jws(JwsError::WrongType));
    assert_eq!(
        read(&|header| header["typ"] = json!("JWT"), rest),
        wrong_type
    );
    let unknown = Err(FederationError::UnknownKey);
    assert_eq!(read(&|header| header["kid"] = json!(""), rest), unknown);
    assert_eq!(
        read(&|header| header["kid"] = json!("other"), rest),
        unknown
    );
    let extension = Err(FederationError::Jws(JwsError::UnknownExtension));
    assert_eq!(
        read(&|header| header["crit"] = json!(["b64"]), rest),
        extension
    );
    assert_eq!(read(&|header| header["alg"] = json!("ES256"), &unsigned), {
        Err(FederationError::Jws(JwsError::BadSignature))
    });
}

#[test]
fn a_statement_beyond_the_limit_or_with_a_claim_twice_is_refused() {
    let leaf = Entity::new("https://opisto.example");
    let long = leaf.configuration(json!({"note": "a".repeat(MAX_LENGTH)}));
    let malformed = Err(FederationError::Jws(JwsError::Malformed));
    assert_eq!(configuration(&leaf, &long).map(drop), malformed);
    let plain = leaf.configuration(json!({})).to_string();
    let twice = plain.replacen('{', r#"{"sub":"https://vieras.example","#, 1);
    let kid = leaf.key.public_jwk().kid.clone().unwrap();
    let header = json!({"alg": "ES256", "typ": "entity-statement+jwt", "kid": kid});
    let read = |claims: &str| {
        let input = format!("{}.{}", base64url(header.to_string()), base64url(claims));
        let signature = leaf.key.sign(input.as_bytes()).unwrap();
        let text = format!("{input}.{}", base64url(signature));
        Configuration::read(text.as_bytes(), &leaf.id, noon()).map(drop)
    };
    assert_eq!(read(&plain), Ok(()));
    assert_eq!(read(&twice), Err(FederationError::Malformed));
}

#[test]
fn keys_of_other_kinds_are_passed_over() {
    let leaf = Entity::new("https://opisto.example");
    let mut own = leaf.configuration(json!({}));
    let keys = own["jwks"]["keys"].as_array_mut().unwrap();
    keys[0]["key_ops"] = json!(["verify"]);
    keys.push(json!({"kty": "RSA", "kid": "old", "n": "AQAB", "e": "AQAB", "x5c": []}));
    assert!(configuration(&leaf, &own).is_ok());
}

#[test]
fn the_address_of_a_statement_keeps_the_query_of_the_endpoint() {
    let superior = Entity::new("https://ministerio.example");
    let address = |endpoint: Value| {
        let mut own = superior.superior(&[]);
        own["metadata"]["federation_entity"]["federation_fetch_endpoint"] = endpoint;
        let own = configuration(&superior, &own).unwrap();
        own.fetch_address("https://opisto.example/a?b&c")
    };
    let expected = "https://ministerio.example/f?v=1&sub=https%3A%2F%2Fopisto.example%2Fa%3Fb%26c";
    assert_eq!(
        address(json!("https://ministerio.example/f?v=1")),
        Ok(expected.into())
    );
    for endpoint in [
        json!("http://ministerio.example/f"),
        json!("https://10.0.0.1/f"),
        json!("https://ministerio.example/f#a"),
        json!(7),
    ] {
        assert_eq!(address(endpoint), Err(FederationError::NoFetchEndpoint));
    }
}
