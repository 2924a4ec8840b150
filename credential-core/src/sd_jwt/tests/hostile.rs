//! Inputs nobody honest sends, each with the reason for which it is refused.

use serde_json::{Value, json};

use super::{super::SdJwtError, disclosure, forge, paths, payload, verify};
use crate::encoding::base64url;

/// What comes of a payload with `more` in it and these disclosures.
fn outcome(more: Value, disclosures: &[&str]) -> Result<Value, SdJwtError> {
    verify(&forge(&payload(more).to_string(), disclosures))
        .map(|credential| credential.claims().clone())
}

fn refused(more: Value, disclosures: &[&str]) -> SdJwtError {
    outcome(more, disclosures).unwrap_err()
}

#[test]
fn c40_duplicate_digests_are_refused_wherever_they_stand() {
    let (text, digest) = disclosure(&json!(["salt", "a", 1]));
    let (element, placeholder) = disclosure(&json!(["salt", 1]));
    let (outer, outer_digest) = disclosure(&json!(["salt", "o", {"_sd": [&digest]}]));
    let decoy = "decoy-decoy-decoy-decoy-decoy-decoy-decoy-d";
    let cases: [(Value, Vec<&str>); 6] = [
        (json!({"_sd": [&digest, &digest]}), vec![&text]),
        (
            json!({"_sd": [&digest], "x": {"_sd": [&digest]}}),
            vec![&text],
        ),
        (json!({"_sd": [decoy, decoy]}), vec![]),
        (json!({"_sd": [decoy], "x": [{"...": decoy}]}), vec![]),
        (
            json!({"x": [{"...": &placeholder}, {"...": &placeholder}]}),
            vec![&element],
        ),
        (
            json!({"_sd": [&outer_digest, &digest]}),
            vec![&text, &outer],
        ),
    ];
    for (more, disclosures) in cases {
        assert_eq!(
            refused(more.clone(), &disclosures),
            SdJwtError::DuplicateDigest,
            "{more}"
        );
    }
}

#[test]
fn c40_every_disclosure_belongs_to_exactly_one_digest() {
    let (text, digest) = disclosure(&json!(["salt", "a", 1]));
    let (stranger, _) = disclosure(&json!(["salt", "b", 2]));
    let (inner, inner_digest) = disclosure(&json!(["salt", "i", 1]));
    let (_, outer_digest) = disclosure(&json!(["salt", "o", {"_sd": [&inner_digest]}]));
    let signed = json!({"_sd": [&digest]});
    assert_eq!(
        refused(signed.clone(), &[&text, &stranger]),
        SdJwtError::UnreferencedDisclosure
    );
    assert_eq!(
        refused(signed.clone(), &[&text, &text]),
        SdJwtError::RepeatedDisclosure
    );
    // Without its parent a disclosure has no place, though its digest exists further down.
    assert_eq!(
        refused(json!({"_sd": [&outer_digest]}), &[&inner]),
        SdJwtError::UnreferencedDisclosure
    );
    // The same content encoded otherwise is another disclosure.
    let spaced = base64url(r#"["salt", "a", 1]"#);
    assert_eq!(
        refused(signed, &[&spaced]),
        SdJwtError::UnreferencedDisclosure
    );
}

#[test]
fn c40_reserved_names_are_no_claims() {
    for name in ["_sd", "_sd_alg", "..."] {
        let (text, digest) = disclosure(&json!(["salt", name, "x"]));
        assert_eq!(
            refused(json!({"_sd": [&digest]}), &[&text]),
            SdJwtError::ReservedName,
            "{name}"
        );
    }
    for more in [
        json!({"...": "x"}),
        json!({"a": {"...": "x"}}),
        json!({"a": {"_sd_alg": "sha-256"}}),
    ] {
        assert_eq!(refused(more, &[]), SdJwtError::ReservedName);
    }
    // A placeholder inside a disclosed element would be one digest pointing at the next.
    let (element, digest) = disclosure(&json!(["salt", {"...": "another"}]));
    assert_eq!(
        refused(json!({"a": [{"...": &digest}]}), &[&element]),
        SdJwtError::ReservedName
    );
}

#[test]
fn c40_digests_of_another_form_are_refused() {
    for more in [
        json!({"_sd": "digest"}),
        json!({"_sd": {}}),
        json!({"_sd": null}),
        json!({"_sd": [1]}),
        json!({"_sd": [["digest"]]}),
        json!({"a": {"_sd": [null]}}),
        json!({"a": [{"...": 1}]}),
        json!({"a": [{"...": ["digest"]}]}),
        json!({"a": [{"...": "digest", "b": 1}]}),
    ] {
        assert_eq!(
            refused(more.clone(), &[]),
            SdJwtError::MalformedDigests,
            "{more}"
        );
    }
}

#[test]
fn c40_a_disclosed_claim_never_replaces_another() {
    let (one, one_digest) = disclosure(&json!(["salt", "a", 1]));
    let (other, other_digest) = disclosure(&json!(["other", "a", 2]));
    let collision = |text| SdJwtError::ClaimCollision(paths(&[text])[0].clone());
    assert_eq!(
        refused(json!({"a": 0, "_sd": [&one_digest]}), &[&one]),
        collision("a")
    );
    assert_eq!(
        refused(
            json!({"_sd": [&one_digest, &other_digest]}),
            &[&one, &other]
        ),
        collision("a")
    );
    assert_eq!(
        refused(json!({"x": {"a": null, "_sd": [&one_digest]}}), &[&one]),
        collision("x/a")
    );
}

#[test]
fn c40_protected_claims_and_what_is_in_them_stand_in_the_open() {
    let protected = |text| SdJwtError::ProtectedClaim(paths(&[text])[0].clone());
    for name in super::super::PROTECTED {
        let (text, digest) = disclosure(&json!(["salt", name, {}]));
        let mut open = payload(json!({"_sd": [&digest]}));
        open.as_object_mut().unwrap().remove(name);
        assert_eq!(
            verify(&forge(&open.to_string(), &[&text])),
            Err(protected(name))
        );
        let hidden_inside = json!({name: {"_sd": [&digest]}});
        assert_eq!(refused(hidden_inside, &[]), protected(name));
    }
    let (text, digest) = disclosure(&json!(["salt", "x"]));
    assert_eq!(
        refused(json!({"aka_vcts": [{"...": &digest}]}), &[&text]),
        protected("aka_vcts/0")
    );
}

#[test]
fn disclosures_have_two_or_three_elements_and_their_own_places() {
    for content in [
        json!([]),
        json!(["salt"]),
        json!(["salt", "a", 1, 2]),
        json!([1, "a", 2]),
        json!(["salt", 1, 2]),
        json!([null, 1]),
        json!({"salt": "a"}),
        json!("salt"),
    ] {
        let (text, digest) = disclosure(&content);
        assert_eq!(
            refused(json!({"_sd": [&digest]}), &[&text]),
            SdJwtError::MalformedDisclosure,
            "{content}"
        );
        let more = json!({"a": [{"...": &digest}]});
        assert_eq!(
            refused(more, &[&text]),
            SdJwtError::MalformedDisclosure,
            "{content}"
        );
    }
    let (element, element_digest) = disclosure(&json!(["salt", "a"]));
    let (member, member_digest) = disclosure(&json!(["salt", "a", 1]));
    assert_eq!(
        refused(json!({"_sd": [&element_digest]}), &[&element]),
        SdJwtError::MisplacedDisclosure
    );
    let more = json!({"a": [{"...": &member_digest}]});
    assert_eq!(refused(more, &[&member]), SdJwtError::MisplacedDisclosure);
}
