//! What is signed verifies, and nothing else does.

use serde_json::{Value, json};

use super::{ISSUER, LinkedDataError, at, badge, key, signed, verify};

#[test]
fn a_signed_badge_verifies_and_says_who_issued_it_and_until_when() {
    let key = key();
    let written = signed(badge(), &key).unwrap().to_json();
    let found = verify(&written, &key).unwrap();
    assert_eq!(found.issuer(), ISSUER);
    assert_eq!(found.id(), badge()["id"].as_str());
    assert_eq!(found.proven_at(), Some(at()));
    assert_eq!(
        found.valid_from().unwrap().to_rfc3339(),
        "2026-03-02T00:00:00+00:00"
    );
    assert_eq!(
        found.valid_until().unwrap().to_rfc3339(),
        "2031-03-02T00:00:00+00:00"
    );
    assert_eq!(
        found.types().collect::<Vec<_>>(),
        ["VerifiableCredential", "OpenBadgeCredential"]
    );
    assert!(!found.has_status());
    assert_eq!(found.document(), &badge());
    assert_eq!(found.to_json(), written);
    assert_eq!(
        format!("{found:?}"),
        r#"VerifiedDocument { issuer: "https://opisto.example/issuers/1", types: ["VerifiableCredential", "OpenBadgeCredential"], .. }"#
    );
}

#[test]
fn the_layout_and_the_order_of_members_do_not_matter() {
    let key = key();
    let written = signed(badge(), &key).unwrap().to_json();
    let Value::Object(members) = &written else {
        panic!("an object")
    };
    let turned: serde_json::Map<_, _> = members.clone().into_iter().rev().collect();
    assert!(verify(&Value::Object(turned), &key).is_ok());
    let text = serde_json::to_vec_pretty(&written).unwrap();
    let parsed = super::SecuredDocument::parse(&text).unwrap();
    assert!(parsed.verify(&super::verifying(&key)).is_ok());
}

#[test]
fn the_key_of_somebody_else_does_not_verify() {
    let written = signed(badge(), &key()).unwrap().to_json();
    assert_eq!(verify(&written, &key()), Err(LinkedDataError::BadSignature));
}

#[test]
fn every_text_of_the_document_and_of_the_proof_is_covered() {
    let key = key();
    let written = signed(badge(), &key).unwrap().to_json();
    let mut places = Vec::new();
    texts(&written, String::new(), &mut places);
    assert!(places.len() > 20);
    for place in places {
        let mut changed = written.clone();
        let text = changed.pointer_mut(&place).unwrap();
        *text = json!(format!("{}x", text.as_str().unwrap()));
        assert!(verify(&changed, &key).is_err(), "{place} was changed");
    }
}

#[test]
fn a_member_taken_away_or_put_in_is_noticed() {
    let key = key();
    let written = signed(badge(), &key).unwrap().to_json();
    for name in ["id", "name", "validFrom", "validUntil", "credentialSubject"] {
        let mut less = written.clone();
        less.as_object_mut().unwrap().remove(name);
        assert!(verify(&less, &key).is_err(), "without {name}");
    }
    let mut more = written;
    more["description"] = json!("Erinomaisin tiedoin");
    assert_eq!(verify(&more, &key), Err(LinkedDataError::BadSignature));
}

fn texts(value: &Value, place: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(place),
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(at, item)| texts(item, format!("{place}/{at}"), found)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, item)| texts(item, format!("{place}/{name}"), found)),
        _ => {}
    }
}
