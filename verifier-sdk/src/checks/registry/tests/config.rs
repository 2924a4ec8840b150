//! What a verifier may say about its registries.

use credential_core::{credential::CredentialType, jose::Signer as _};
use serde_json::{Value, json};

use super::{STRANGER, jwks};
use crate::{
    registry::Registries,
    test_support::{
        authority::{Authority, Wanted},
        key,
    },
};

fn refused(config: &Value) -> Option<&'static str> {
    let found = Registries::from_json(config.to_string().as_bytes());
    found.err().map(|error| error.reason())
}

#[test]
fn a_pinned_issuer_that_could_not_be_used_is_refused_when_it_is_read() {
    let key = key();
    let types = json!([CredentialType::Qualification.vct()]);
    let name = json!({"fi": "Kansanopisto"});
    let keys = jwks(key.public_jwk());
    let pinned = |change: &dyn Fn(&mut Value)| {
        let mut pinned = json!({"id": STRANGER, "name": name, "jwks": keys,
            "credential_types": types});
        change(&mut pinned);
        refused(&json!({"pinned_issuers": [pinned]}))
    };
    let mut unnamed = keys.clone();
    unnamed["keys"][0].as_object_mut().unwrap().remove("kid");
    let mut to_encrypt = keys.clone();
    to_encrypt["keys"][0]["use"] = json!("enc");
    let doubled = json!({"keys": [keys["keys"][0], keys["keys"][0]]});
    let set = |member: &'static str, value: Value| {
        move |pinned: &mut Value| pinned[member] = value.clone()
    };
    assert_eq!(pinned(&|_| {}), None);
    assert_eq!(
        pinned(&set("id", json!("did:web:kansanopisto.example"))),
        None
    );
    for (member, value, expected) in [
        (
            "id",
            json!("http://kansanopisto.example"),
            "registries_identifier",
        ),
        ("id", json!("https://127.0.0.1"), "registries_identifier"),
        ("id", json!("did:example:1"), "registries_identifier"),
        ("id", json!("did:key:z6Mk"), "registries_keys"),
        ("name", json!({}), "registries_name"),
        ("name", json!({"fi": "a\u{202e}b"}), "registries_name"),
        ("name", json!({"fi": "a".repeat(201)}), "registries_name"),
        ("jwks", Value::Null, "registries_keys"),
        ("jwks", json!({"keys": []}), "registries_keys"),
        ("jwks", unnamed, "registries_keys"),
        ("jwks", to_encrypt, "registries_keys"),
        ("jwks", doubled, "registries_keys"),
        ("credential_types", json!([]), "registries_types"),
        ("credential_types", json!([""]), "registries_types"),
        ("credential_types", json!(vec!["a"; 65]), "registries_types"),
        ("note", json!("hello"), "registries_malformed"),
    ] {
        let found = pinned(&set(member, value.clone()));
        assert_eq!(found, Some(expected), "{member}: {value}");
    }
    let own = json!({"id": STRANGER, "name": name, "jwks": keys, "credential_types": types});
    let twice = json!({"pinned_issuers": [own, own]});
    assert_eq!(refused(&twice), Some("registries_twice"));
    let many = json!({"pinned_issuers": vec![own; 1001]});
    assert_eq!(refused(&many), Some("registries_too_many"));
}

#[test]
fn federations_and_authorities_that_could_not_be_used_are_refused_when_they_are_read() {
    let key = key();
    let types = json!([CredentialType::Qualification.vct()]);
    let anchor = |id: &str| json!({"entity_id": id, "jwks": jwks(key.public_jwk()), "credential_types": types});
    let federations = |list: Value| refused(&json!({"federations": list}));
    let id = "https://federaatio.example";
    assert_eq!(federations(json!([anchor(id)])), None);
    assert_eq!(
        federations(json!([anchor(id), anchor(id)])),
        Some("registries_twice")
    );
    let wrong = json!([anchor("https://federaatio.example?a")]);
    assert_eq!(federations(wrong), Some("registries_identifier"));
    let five: Value = (0..5)
        .map(|n| anchor(&format!("https://f{n}.example")))
        .collect();
    assert_eq!(federations(five), Some("registries_too_many"));
    let mut unmarked = anchor(id);
    unmarked["trust_mark_type"] = json!("");
    assert_eq!(
        federations(json!([unmarked])),
        Some("registries_identifier")
    );

    let root = Authority::root("Juurivarmentaja");
    let pem = |certificate: &openssl::x509::X509| {
        String::from_utf8(certificate.to_pem().unwrap()).unwrap()
    };
    let authority = |pem: &str| json!({"certificates": pem, "credential_types": types});
    let authorities = |list: Value| refused(&json!({"certificate_authorities": list}));
    let own = authority(&pem(root.certificate()));
    assert_eq!(authorities(json!([own])), None);
    assert_eq!(authorities(json!([own, own])), Some("registries_twice"));
    assert_eq!(
        authorities(json!([authority("nobody")])),
        Some("registries_certificates")
    );
    assert_eq!(
        authorities(json!([authority("")])),
        Some("registries_certificates")
    );
    let (_, pkcs8) = credential_core::jose::Es256Key::generate().unwrap();
    let leaf = root.certify(&pkcs8, &Wanted::default());
    assert_eq!(
        authorities(json!([authority(&pem(&leaf))])),
        None,
        "a chain never brings its anchor"
    );
}

#[test]
fn the_documented_example_can_be_used() {
    let page = include_str!("../../../../../docs/registries.md");
    let example = page.split("```").nth(1).unwrap();
    let example = example.strip_prefix("json").unwrap();
    let registries = Registries::from_json(example.as_bytes()).unwrap();
    assert!(!registries.is_empty());
    let types = example.matches(CredentialType::Qualification.vct()).count();
    assert_eq!(types, 3, "a type that exists, in each entry");
}

#[test]
fn a_configuration_that_is_too_large_or_no_json_is_refused() {
    let large = format!("{}{{}}", " ".repeat(1 << 20));
    let error = Registries::from_json(large.as_bytes()).unwrap_err();
    assert_eq!(error.reason(), "registries_too_large");
    let error = Registries::from_json(b"pinned").unwrap_err();
    assert_eq!(error.reason(), "registries_malformed");
}
