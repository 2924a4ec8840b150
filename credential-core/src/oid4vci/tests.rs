use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::json;

use super::{
    metadata::well_known,
    offer::{CredentialOffer, Grants, OfferError, OfferLink},
    proof::{self, KeyProofError},
};
use crate::jose::{
    Es256Key, Signer as _,
    jws::{self, JwsError, KeyReference},
};

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

#[test]
fn well_known_path_is_inserted_not_appended() {
    let path = "/.well-known/openid-credential-issuer";
    let at = |identifier| well_known(identifier, path).unwrap();
    assert_eq!(
        at("https://a.example"),
        "https://a.example/.well-known/openid-credential-issuer"
    );
    assert_eq!(
        at("https://a.example/b/c"),
        "https://a.example/.well-known/openid-credential-issuer/b/c"
    );
    assert_eq!(well_known("https://a.example/?q", path), None);
}

#[test]
fn offer_link_must_carry_exactly_one_offer() {
    let reference = OfferLink::to_reference("https://a.example/offer?id=1");
    assert_eq!(
        OfferLink::parse(&reference),
        Ok(OfferLink::Reference("https://a.example/offer?id=1".into()))
    );
    for link in [
        "openid-credential-offer://?",
        "openid-credential-offer://?credential_offer_uri=a&credential_offer_uri=b",
        "openid-credential-offer://?credential_offer_uri=a&credential_offer={}",
    ] {
        assert_eq!(
            OfferLink::parse(link),
            Err(OfferError::NotExactlyOne),
            "{link}"
        );
    }
    assert_eq!(
        OfferLink::parse("https://a.example"),
        Err(OfferError::NotAnOffer)
    );
    let empty = "openid-credential-offer://?credential_offer=%7B%7D";
    assert_eq!(OfferLink::parse(empty), Err(OfferError::Malformed));
}

#[test]
fn an_empty_tx_code_object_still_means_that_a_code_is_required() {
    let offer = |tx: serde_json::Value| {
        let mut grant = json!({"pre-authorized_code": "abc"});
        if !tx.is_null() {
            grant["tx_code"] = tx;
        }
        let offer: CredentialOffer = serde_json::from_value(json!({
            "credential_issuer": "https://a.example", "credential_configuration_ids": ["q"],
            "grants": {super::PRE_AUTHORIZED_GRANT: grant}
        }))
        .unwrap();
        offer.needs_tx_code()
    };
    assert!(offer(json!({})));
    assert!(!offer(json!(null)));
}

#[test]
fn an_offer_may_have_either_grant_or_both_and_others_are_ignored() {
    let grants = |grants: serde_json::Value| {
        let offer: CredentialOffer = serde_json::from_value(json!({
            "credential_issuer": "https://a.example", "credential_configuration_ids": ["q"],
            "grants": grants
        }))
        .unwrap();
        offer.check().unwrap();
        let Grants {
            authorization_code,
            pre_authorized,
        } = offer.grants;
        (authorization_code.is_some(), pre_authorized.is_some())
    };
    let code = json!({"pre-authorized_code": "abc"});
    assert_eq!(
        grants(json!({"authorization_code": {"issuer_state": "s"}})),
        (true, false)
    );
    assert_eq!(grants(json!({"authorization_code": {}})), (true, false));
    assert_eq!(
        grants(json!({super::PRE_AUTHORIZED_GRANT: code})),
        (false, true)
    );
    assert_eq!(
        grants(json!({"authorization_code": {}, super::PRE_AUTHORIZED_GRANT: code})),
        (true, true)
    );
    assert_eq!(
        grants(json!({"urn:example:other": {"x": 1}})),
        (false, false)
    );
    let none: CredentialOffer = serde_json::from_value(json!({
        "credential_issuer": "https://a.example", "credential_configuration_ids": ["q"]
    }))
    .unwrap();
    assert_eq!(none.check(), Ok(()));
}

#[test]
fn an_offer_in_a_log_line_shows_neither_code_nor_state() {
    let offer = CredentialOffer::pre_authorized("https://a.example", vec![], "c0de".into(), None)
        .or_authorized("st4te".into());
    let shown = format!("{offer:?}");
    assert!(
        !shown.contains("c0de") && !shown.contains("st4te"),
        "{shown}"
    );
}

#[test]
fn key_proof_is_for_one_issuer_and_this_moment_and_anonymous() {
    let key = Es256Key::generate().unwrap().0;
    let issuer = "https://a.example";
    let proof = proof::sign(issuer, "n-1", noon(), &key).unwrap();
    let checked = proof::check(&proof, issuer, noon()).unwrap();
    assert_eq!(
        (checked.key(), checked.nonce()),
        (&key.public_jwk().bare(), "n-1")
    );
    assert_eq!(
        proof::check(&proof, "https://b.example", noon()),
        Err(KeyProofError::OtherIssuer)
    );
    let before = noon() - TimeDelta::seconds(11);
    assert_eq!(
        proof::check(&proof, issuer, before),
        Err(KeyProofError::NotOfThisMoment)
    );
    let claims = json!({"aud": issuer, "iat": noon().timestamp(), "nonce": "n", "iss": "somebody"});
    let named = jws::sign(proof::TYP, &claims, &key, KeyReference::Embedded).unwrap();
    assert_eq!(
        proof::check(&named, issuer, noon()),
        Err(KeyProofError::OtherIssuer)
    );
    let by_kid = jws::sign(proof::TYP, &claims, &key, KeyReference::Kid).unwrap();
    assert_eq!(
        proof::check(&by_kid, issuer, noon()),
        Err(KeyProofError::Jws(JwsError::Malformed))
    );
}

#[test]
fn a_link_or_offer_beyond_its_limits_is_refused() {
    let long = format!(
        "openid-credential-offer://?credential_offer_uri={}",
        "a".repeat(8192)
    );
    assert_eq!(OfferLink::parse(&long), Err(OfferError::NotAnOffer));
    let offer = |ids: serde_json::Value, code: &str| {
        let text = json!({"credential_issuer": "https://a.example",
            "credential_configuration_ids": ids,
            "grants": {super::PRE_AUTHORIZED_GRANT: {"pre-authorized_code": code}}})
        .to_string();
        let link =
            url::Url::parse_with_params("openid-credential-offer://", [("credential_offer", text)]);
        OfferLink::parse(link.unwrap().as_str()).map(drop)
    };
    assert_eq!(offer(json!(["q"]), "abc"), Ok(()));
    for (ids, code) in [
        (json!([]), "abc"),
        (json!(vec!["q"; 33]), "abc"),
        (json!([""]), "abc"),
        (json!(["q"]), ""),
    ] {
        assert_eq!(offer(ids, code), Err(OfferError::Malformed));
    }
}

proptest! {
    #[test]
    fn any_text_is_an_offer_link_or_a_refusal(text in ".{0,200}", query in r#"[a-z_=&%{}"\[\]:,0-9]{0,120}"#) {
        let _any = OfferLink::parse(&text);
        let _link = OfferLink::parse(&format!("openid-credential-offer://?{query}"));
        let _inline = OfferLink::parse(&format!("openid-credential-offer://?credential_offer={query}"));
        let _path = well_known(&text, "/.well-known/x");
    }
}
