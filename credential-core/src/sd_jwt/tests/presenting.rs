use serde_json::{Value, json};

use super::{
    super::{PresentError, SdJwt, present},
    HOLDER, ISSUER, forge, held, issuer_key, path, paths, payload, request, verify,
    verify_presentation,
};
use crate::{dcql::ClaimPath, encoding::from_base64url, jose::Signer as _};

/// The claims beside the registered ones that a recipient learns when `disclose` is presented.
fn learned(disclose: &[&str]) -> Value {
    let text = present(&held(), &paths(disclose), &request(), &*HOLDER).unwrap();
    let mut claims = verify_presentation(&text).unwrap().claims().clone();
    for registered in ["iss", "iat", "vct", "cnf"] {
        assert!(claims.as_object_mut().unwrap().remove(registered).is_some());
    }
    claims
}

#[test]
fn c32_no_path_discloses_nothing() {
    assert_eq!(
        learned(&[]),
        json!({"awarding_body": {"country": "FI"}, "languages": []})
    );
}

#[test]
fn one_claim_is_disclosed_alone() {
    assert_eq!(
        learned(&["credits"]),
        json!({"credits": 180, "awarding_body": {"country": "FI"}, "languages": []})
    );
}

#[test]
fn a_claim_brings_the_disclosures_it_lies_in_and_those_it_contains() {
    let skills = |learned: Value| learned["skills"].clone();
    assert_eq!(
        skills(learned(&["skills/0/name"])),
        json!([{"name": "first aid", "level": 3}])
    );
    assert_eq!(
        skills(learned(&["skills/1/name"])),
        json!([{"name": "nursing"}])
    );
    assert_eq!(
        skills(learned(&["skills/1/level"])),
        json!([{"name": "nursing", "level": 4}])
    );
    assert_eq!(
        skills(learned(&["skills/*/name"])),
        json!([{"name": "first aid", "level": 3}, {"name": "nursing"}])
    );
    assert_eq!(
        skills(learned(&["skills"])),
        super::qualification()["skills"]
    );
    assert_eq!(learned(&["languages/1"])["languages"], json!(["sv"]));
    assert_eq!(
        learned(&["awarding_body"])["awarding_body"]["name"],
        json!("Esimerkkiopisto")
    );
}

#[test]
fn a_path_that_selects_nothing_is_an_error_and_discloses_no_ancestor() {
    for missing in [
        "grade",
        "skills/7",
        "skills/0/grade",
        "skills/name",
        "title/0",
        "languages/*/code",
    ] {
        let outcome = present(&held(), &paths(&[missing]), &request(), &*HOLDER);
        assert_eq!(
            outcome,
            Err(PresentError::NotHeld(paths(&[missing])[0].clone()))
        );
    }
}

#[test]
fn only_the_holders_own_key_presents() {
    let credential = held();
    let outcome = present(&credential, &[], &request(), &*ISSUER);
    assert_eq!(outcome, Err(PresentError::OtherKey));

    let mut unbound = payload(json!({}));
    unbound.as_object_mut().unwrap().remove("cnf");
    let unbound = verify(&forge(&unbound.to_string(), &[])).unwrap();
    assert_eq!(
        present(&unbound, &[], &request(), &*HOLDER),
        Err(PresentError::NoHolderKey)
    );
}

#[test]
fn the_key_binding_says_only_what_it_must() {
    let text = present(&held(), &[], &request(), &*HOLDER).unwrap();
    let binding = text.rsplit('~').next().unwrap();
    let part = |n| -> Value {
        serde_json::from_slice(&from_base64url(binding.split('.').nth(n).unwrap()).unwrap())
            .unwrap()
    };
    assert_eq!(part(0), json!({"alg": "ES256", "typ": "kb+jwt"}));
    let names: Vec<_> = part(1).as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 4);
    assert!(
        ["iat", "aud", "nonce", "sd_hash"]
            .iter()
            .all(|name| names.iter().any(|n| n == name))
    );
    assert!(part(1)["iat"].is_i64());
}

#[test]
fn what_was_received_can_be_presented_on_only_by_the_holder() {
    let text = present(&held(), &paths(&["title", "credits"]), &request(), &*HOLDER).unwrap();
    let received = verify_presentation(&text).unwrap();
    let outcome = present(&received, &paths(&["family_name"]), &request(), &*HOLDER);
    assert_eq!(
        outcome,
        Err(PresentError::NotHeld(ClaimPath::claim("family_name")))
    );
    let narrower = present(&received, &paths(&["title"]), &request(), &*HOLDER).unwrap();
    let shown: Vec<_> = verify_presentation(&narrower)
        .unwrap()
        .disclosures()
        .map(|d| d.path.clone())
        .collect();
    assert_eq!(shown, [path(&["title"])]);
}

#[test]
fn nothing_personal_is_shown_by_debug() {
    let credential = held();
    let text = present(&credential, &paths(&["title"]), &request(), &*HOLDER).unwrap();
    let parsed = SdJwt::parse(&text).unwrap();
    let presentation = parsed
        .verify_presentation(&issuer_key(), &super::expected())
        .unwrap();
    let disclosure = credential.disclosures().next().unwrap();
    let shown = format!("{credential:?}{parsed:?}{presentation:?}{disclosure:?}");
    assert!(
        !shown.contains("Esimerkki") && !shown.contains("Lähihoitaja") && !shown.contains("eyJ")
    );
    assert_eq!(parsed.kid(), ISSUER.public_jwk().kid.as_deref());
    assert_eq!(
        parsed.untrusted_issuer().as_deref(),
        Ok("https://issuer.example")
    );
    assert!(parsed.has_key_binding());
}
