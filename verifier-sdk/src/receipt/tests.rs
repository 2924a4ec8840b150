use chrono::TimeDelta;
use credential_core::{
    consent::{
        decision::{DecisionClaims, SignedDecision, Verdict},
        details::RequestedDetails,
        receipt::{Event, ReceiptClaims},
        request::RequestObject,
    },
    encoding::{base64url, sha256_base64url},
    id::ReceiptId,
    jose::{Es256Key, jws::General},
    text::Language,
};

use super::{ReceiptCheckError, to_text, verify};
use crate::test_support::{BROKER, CLIENT, World, key, noon};

/// The request that the world's grant answers.
fn request(world: &World) -> String {
    let details = world.details();
    let asked = RequestedDetails {
        kind: details.kind,
        dcql_query: details.dcql_query,
        optional: Vec::new(),
        reasons: Vec::new(),
        purpose: details.purpose,
        legal_basis: details.legal_basis,
        mode: details.mode,
        until: Some(details.until),
        duration: None,
        max_reads: details.max_reads,
        retention: details.retention,
        nonce: details.nonce,
        enc_jwk_thumbprint: details.enc_jwk_thumbprint,
    };
    RequestObject {
        iss: CLIENT.into(),
        aud: BROKER.into(),
        iat: noon().timestamp(),
        nbf: noon().timestamp(),
        exp: noon().timestamp() + 300,
        jti: "1".into(),
        client_id: CLIENT.into(),
        response_type: "code".into(),
        redirect_uri: "https://lumohoiva.example/callback".into(),
        state: "state".into(),
        code_challenge: base64url([1; 32]),
        code_challenge_method: "S256".into(),
        dpop_jkt: base64url([2; 32]),
        authorization_details: vec![asked],
    }
    .sign(&key())
    .unwrap()
}

fn decision(world: &World, request: &str, verdict: Verdict) -> (General, DecisionClaims) {
    let details = world.details();
    let claims = DecisionClaims {
        decision: verdict,
        grant_id: details.grant_id,
        request_hash: sha256_base64url(request),
        recipient: CLIENT.into(),
        aud: BROKER.into(),
        iat: noon().timestamp(),
        details: (verdict == Verdict::Approved).then_some(details),
        change: None,
        reply_jwk: None,
    };
    (claims.sign(&world.grant_key).unwrap(), claims)
}

fn receipt(world: &World, verdict: Verdict, event: Event) -> ReceiptClaims {
    let request = request(world);
    let (decision, claims) = decision(world, &request, verdict);
    let hash = |d: &credential_core::consent::details::GrantedDetails| d.hash_base64url().unwrap();
    ReceiptClaims {
        iss: BROKER.into(),
        iat: noon().timestamp(),
        receipt_id: ReceiptId::from_bytes([3; 16]),
        event,
        grant_id: claims.grant_id,
        recipient: CLIENT.into(),
        recipient_name: credential_core::text::Text::new(
            "Lumo Hoiva Oy",
            "Lumo Hoiva Ab",
            "Lumo Care Ltd",
        ),
        purpose: world.details().purpose,
        legal_basis: world.details().legal_basis,
        details_hash: claims.details.as_ref().map(hash),
        details: claims.details,
        request,
        decision,
        change: None,
        log_seq: 0,
    }
}

fn signed(claims: &ReceiptClaims, signer: &Es256Key) -> String {
    claims.sign(signer).unwrap()
}

#[test]
fn a_receipt_is_checked_with_the_brokers_key_and_read_in_words() {
    let world = World::new();
    for (verdict, event) in [
        (Verdict::Approved, Event::Given),
        (Verdict::Refused, Event::Refused),
    ] {
        let claims = receipt(&world, verdict, event);
        let checked = verify(&signed(&claims, &world.broker), &world.trust).unwrap();
        assert_eq!(checked.claims(), &claims);
        let text = to_text(&checked, Language::En);
        assert!(text.contains("Purpose: Recruitment"), "{text}");
        assert!(text.contains("29 May 2026 12:00 UTC"), "{text}");
        assert_eq!(text.contains("The share ends"), event == Event::Given);
    }
}

#[test]
fn a_withdrawal_belongs_to_the_key_that_approved() {
    let world = World::new();
    let mut claims = receipt(&world, Verdict::Approved, Event::Withdrawn);
    let withdrawal = |claims: &ReceiptClaims, signer: &Es256Key| {
        let approved = SignedDecision::open(claims.decision.clone()).unwrap();
        let withdrawal = DecisionClaims {
            decision: Verdict::Withdrawn,
            details: None,
            iat: (noon() + TimeDelta::hours(1)).timestamp(),
            ..approved.claims().clone()
        };
        withdrawal.sign(signer).unwrap()
    };
    claims.change = Some(withdrawal(&claims, &world.grant_key));
    assert!(verify(&signed(&claims, &world.broker), &world.trust).is_ok());
    claims.change = Some(withdrawal(&claims, &key()));
    let error = verify(&signed(&claims, &world.broker), &world.trust).unwrap_err();
    assert_eq!(error.reason(), "decision_other_key");
}

#[test]
fn a_receipt_by_anybody_else_or_about_anything_else_is_not_believed() {
    let world = World::new();
    let honest = receipt(&world, Verdict::Approved, Event::Given);
    let error = |claims: &ReceiptClaims, signer: &Es256Key| {
        verify(&signed(claims, signer), &world.trust).unwrap_err()
    };
    assert_eq!(error(&honest, &world.issuer), ReceiptCheckError::UnknownKey);
    assert_eq!(error(&honest, &key()), ReceiptCheckError::UnknownKey);
    let mut other = honest.clone();
    other.iss = "https://other.example".into();
    assert_eq!(
        error(&other, &world.broker),
        ReceiptCheckError::UnknownBroker
    );
    let mut other = honest.clone();
    other.request = request(&world);
    assert_eq!(
        error(&other, &world.broker).reason(),
        "receipt_contradiction"
    );
    let text = signed(&honest, &world.broker);
    let cut = &text[..text.len() - 2];
    assert_eq!(
        verify(cut, &world.trust).unwrap_err().reason(),
        "jws_bad_signature"
    );
    assert_eq!(
        verify("", &world.trust).unwrap_err().reason(),
        "jws_malformed"
    );
}
