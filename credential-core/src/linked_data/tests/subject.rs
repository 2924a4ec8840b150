//! Whom a credential is about.

use serde_json::{Value, json};

use super::{
    super::{Aboutness, KnownBy, VerifiedDocument},
    badge, key, signed,
};
use crate::encoding::{hex, sha256};

fn with_subject(change: impl FnOnce(&mut Value)) -> VerifiedDocument {
    let mut document = badge();
    change(&mut document["credentialSubject"]);
    signed(document, &key()).unwrap()
}

fn hashed(kind: &str, value: &str, salt: Option<&str>) -> Value {
    let hash = hex(sha256(format!("{value}{}", salt.unwrap_or_default())));
    let mut identifier = json!({
        "type": "IdentityObject",
        "hashed": true,
        "identityHash": format!("sha256${hash}"),
        "identityType": kind,
    });
    if let Some(salt) = salt {
        identifier["salt"] = json!(salt);
    }
    identifier
}

fn identified(identifier: Value) -> VerifiedDocument {
    with_subject(|subject| subject["identifier"] = identifier)
}

fn known_by(kind: &str, value: &str) -> KnownBy {
    KnownBy {
        kind: kind.into(),
        value: value.into(),
    }
}

#[test]
fn c48_a_salted_hash_is_that_of_whoever_is_known_by_what_was_hashed() {
    let name = "Aino Kuvitteellinen Esimerkki-Lahti";
    for salt in [None, Some("a1b2c3")] {
        let document = identified(json!([hashed("name", name, salt)]));
        assert_eq!(document.is_about(&known_by("name", name)), Aboutness::Same);
        for other in [
            "aino kuvitteellinen esimerkki-lahti",
            "Aino",
            "",
            &format!("{name} "),
        ] {
            let found = document.is_about(&known_by("name", other));
            assert_eq!(found, Aboutness::Another, "{other}");
        }
        let found = document.is_about(&known_by("emailAddress", name));
        assert_eq!(found, Aboutness::NotSaid);
    }
}

#[test]
fn c48_one_of_several_identifiers_is_enough_and_addresses_may_be_in_small_letters() {
    let document = identified(json!([
        hashed("emailAddress", "aino@example.fi", Some("s")),
        hashed("emailAddress", "aino.lahti@example.fi", Some("t")),
        {"type": "IdentityObject", "hashed": false, "identityHash": "ainol", "identityType": "userName"},
    ]));
    for (kind, value, expected) in [
        ("emailAddress", "aino.lahti@example.fi", Aboutness::Same),
        ("emailAddress", "Aino@Example.fi", Aboutness::Same),
        ("emailAddress", "toinen@example.fi", Aboutness::Another),
        ("userName", "ainol", Aboutness::Same),
        ("userName", "AinoL", Aboutness::Another),
        ("name", "Aino", Aboutness::NotSaid),
    ] {
        assert_eq!(
            document.is_about(&known_by(kind, value)),
            expected,
            "{value}"
        );
    }
}

#[test]
fn c48_a_hash_that_cannot_be_made_says_nothing_about_anybody() {
    for hash in ["md5$d41d8cd98f00b204e9800998ecf8427e", "Aino"] {
        let mut identifier = hashed("name", "Aino", None);
        identifier["identityHash"] = json!(hash);
        let document = identified(identifier);
        let found = document.is_about(&known_by("name", "Aino"));
        assert_eq!(found, Aboutness::NotSaid);
    }
}

#[test]
fn c48_a_subject_has_an_id_or_an_identifier() {
    assert!(with_subject(|_as_it_is| {}).names_its_subject());
    let without_id = |subject: &mut Value| {
        subject.as_object_mut().unwrap().remove("id");
    };
    assert!(!with_subject(without_id).names_its_subject());
    let by_identifier = with_subject(|subject| {
        without_id(subject);
        subject["identifier"] = hashed("name", "Aino", None);
    });
    assert!(by_identifier.names_its_subject());
}
