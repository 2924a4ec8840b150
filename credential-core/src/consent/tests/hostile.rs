//! What a dishonest recipient, holder or broker may try.

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::{Value, from_value, json, to_value};

use super::{Approved, BROKER, details, grade, object, reason, receipt, verify};
use crate::{
    consent::{
        decision::{DecisionError, Verdict},
        details::{ClaimRef, DetailsError, GrantedDetails, LegalBasis, Mode},
        receipt::{Receipt, ReceiptError},
        request::{self, ConsentRequest},
    },
    encoding::base64url,
    id::GrantId,
    jose::{Signer as _, VerifyingKey, jws},
    trust::tests::{CLIENT, Parties, key, noon},
};

#[test]
fn an_optional_claim_that_another_path_contains_is_refused() {
    let parties = Parties::new();
    let with_claims = |claims: Value, optional: Vec<ClaimRef>| {
        let mut asked = details(&parties);
        asked.dcql_query.credentials[0].claims = from_value(claims).unwrap();
        asked.optional = optional;
        let claims = &asked.dcql_query.credentials[0].claims;
        asked.reasons = claims.iter().map(|claim| reason(&claim.id)).collect();
        asked.check(noon())
    };
    let title = json!({"id": "title", "path": ["title"]});
    let whole = json!({"id": "whole", "path": ["result"]});
    let inner = json!({"id": "grade", "path": ["result", "grade"]});
    let again = json!({"id": "again", "path": ["result", "grade"]});
    let both = |other: &Value| json!([title, inner, other]);
    for other in [&whole, &again] {
        let refused = with_claims(both(other), vec![grade()]);
        assert_eq!(refused, Err(DetailsError::CoveredOptional), "{other}");
        assert_eq!(with_claims(both(other), vec![]), Ok(()));
    }
    let whole_may_stay = ClaimRef {
        claim_id: "whole".into(),
        ..grade()
    };
    assert_eq!(with_claims(both(&whole), vec![whole_may_stay]), Ok(()));
    let twice = with_claims(json!([title, inner]), vec![grade(), grade()]);
    assert_eq!(twice, Err(DetailsError::UnknownOptional));
}

#[test]
fn a_second_registered_use_with_wider_limits_is_found_behind_a_narrow_one() {
    let parties = Parties::new();
    let mut statement = parties.statement();
    let uses = &mut statement
        .metadata
        .oauth_client
        .as_mut()
        .unwrap()
        .intended_uses;
    let mut short = uses[0].clone();
    short.max_duration = "P1D".parse().unwrap();
    uses.insert(0, short);
    let trust = parties
        .verify(&parties.publish(1, &[statement]), None)
        .unwrap();
    let jar = object(details(&parties)).sign(&parties.recipient).unwrap();
    let request = ConsentRequest::verify(&jar, BROKER, &trust, noon()).unwrap();
    assert_eq!(request.intended_use().max_duration, "P90D".parse().unwrap());
}

#[test]
fn a_holders_decision_can_change_nothing_but_end_reads_and_optional_claims() {
    let approved = Approved::new();
    type Edit = fn(&mut GrantedDetails);
    let edits: [Edit; 12] = [
        |d| d.kind = "other".into(),
        |d| d.purpose.code = "https://w3id.org/dpv#Marketing".into(),
        |d| d.purpose.text.sv = None,
        |d| d.legal_basis = LegalBasis::Statutory,
        |d| d.mode = Mode::Once,
        |d| d.retention = "P31D".parse().unwrap(),
        |d| d.nonce.push('A'),
        |d| d.enc_jwk_thumbprint = base64url([9; 32]),
        |d| d.max_reads = Some(0),
        |d| d.max_reads = Some(6),
        |d| d.until = noon() + TimeDelta::milliseconds(1500),
        |d| {
            d.dcql_query.credentials[0]
                .meta
                .vct_values
                .push("https://types.example/x/1".into());
        },
    ];
    for (number, edit) in edits.iter().enumerate() {
        let mut claims = approved.claims.clone();
        edit(claims.details.as_mut().unwrap());
        let refused = approved.check(&claims).unwrap_err();
        assert_eq!(refused, DecisionError::NotANarrowing, "edit {number}");
    }
    let mut elsewhere = approved.claims.clone();
    elsewhere.details.as_mut().unwrap().recipient = "openid_federation:https://x.example".into();
    assert_eq!(
        approved.check(&elsewhere).unwrap_err(),
        DecisionError::NotANarrowing
    );
    let mut other_grant = approved.claims.clone();
    other_grant.grant_id = GrantId::from_bytes([4; 16]);
    assert_eq!(
        approved.check(&other_grant).unwrap_err(),
        DecisionError::NotANarrowing
    );
    let mut refusal_with_details = approved.claims.clone();
    refusal_with_details.decision = Verdict::Refused;
    assert_eq!(
        approved.check(&refusal_with_details).unwrap_err(),
        DecisionError::NotANarrowing
    );
    let mut fewer = approved.claims.clone();
    fewer.details.as_mut().unwrap().max_reads = Some(1);
    assert!(approved.check(&fewer).is_ok());
}

#[test]
fn an_unlimited_request_can_be_granted_with_a_limit_but_not_with_none_at_all() {
    let parties = Parties::new();
    let mut unlimited = details(&parties);
    unlimited.max_reads = None;
    let asked = unlimited.clone();
    let grant = |max_reads| {
        let mut granted = asked
            .granted(
                GrantId::from_bytes([3; 16]),
                CLIENT,
                noon() + TimeDelta::days(1),
                &[],
            )
            .unwrap();
        granted.max_reads = max_reads;
        granted.narrows(&asked, noon())
    };
    assert!(grant(None) && grant(Some(1)) && grant(Some(u32::MAX)));
    assert!(!grant(Some(0)));
}

#[test]
fn a_receipt_with_another_purpose_or_basis_than_was_asked_is_refused() {
    let (approved, broker) = (Approved::new(), key());
    let verifying = VerifyingKey::try_from(broker.public_jwk()).unwrap();
    let honest = receipt(&approved);
    let mut purpose = honest.clone();
    purpose.purpose.code = "https://w3id.org/dpv#Marketing".into();
    let mut words = honest.clone();
    words.purpose.text.fi = Some("Jotakin muuta".into());
    let mut duty = honest.clone();
    duty.legal_basis = LegalBasis::Statutory;
    let mut export = honest;
    export.legal_basis = LegalBasis::OwnExport;
    for claims in [purpose, words, duty, export] {
        let signed = claims.sign(&broker).unwrap();
        let refused = Receipt::verify(&signed, &verifying).unwrap_err();
        assert_eq!(refused, ReceiptError::Contradiction);
    }
}

proptest! {
    #[test]
    fn any_text_is_a_request_object_or_a_refusal(text in ".{0,200}") {
        let parties = Parties::new();
        prop_assert!(ConsentRequest::verify(&text, BROKER, &parties.trust(), noon()).is_err());
    }

    #[test]
    fn any_member_of_a_signed_request_may_be_anything(
        member in 0_usize..16, value in any_json(), inside: bool,
    ) {
        let parties = Parties::new();
        let mut claims = to_value(object(details(&parties))).unwrap();
        let target = if inside { &mut claims["authorization_details"][0] } else { &mut claims };
        let members = target.as_object_mut().unwrap();
        let name = members.keys().nth(member % members.len()).unwrap().clone();
        let was = members.insert(name.clone(), value.clone());
        let by = jws::KeyReference::Kid;
        let jar = jws::sign(request::TYP, &claims, &parties.recipient, by).unwrap();
        let read = ConsentRequest::verify(&jar, BROKER, &parties.trust(), noon());
        // Only times, limits and free texts have more than one good value; the rest is bound.
        let is_bound = ["iss", "aud", "client_id", "redirect_uri", "purpose", "type", "legal_basis"];
        if is_bound.contains(&name.as_str()) && was != Some(value) {
            prop_assert!(read.is_err(), "{name}");
        }
    }

    #[test]
    fn any_claimed_times_are_a_request_or_a_refusal(iat: i64, nbf: i64, exp: i64, hours in 1_u32..87_000) {
        let parties = Parties::new();
        let mut object = object(details(&parties));
        (object.iat, object.nbf, object.exp) = (iat, nbf, exp);
        object.authorization_details[0].duration = format!("PT{hours}H").parse().ok();
        let _read = verify(&parties, &object);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,50}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{0,12}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
