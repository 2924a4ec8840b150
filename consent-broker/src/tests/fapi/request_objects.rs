//! The signed request object: who signed it, for whom, and when it holds.

use chrono::TimeDelta;
use credential_core::{consent::request, encoding::base64url};
use serde_json::{Value, json};

use super::{claims, outcome, push_edited, signed};
use crate::tests::support::{
    World,
    forging::{header, jws, with},
    people::REDIRECT,
};

const NOT_NOW: &str = "400 invalid_request_object request_not_of_this_moment";
const MEMBER_MISSING: &str = "400 invalid_request_object jws_wrong_content";

#[tokio::test(flavor = "multi_thread")]
async fn ensure_expired_request_object_fails() {
    let world = World::new().await;
    let now = world.now().timestamp();
    let expired = json!({ "nbf": now - 600, "exp": now });
    assert_eq!(push_edited(&world, &expired).await, NOT_NOW);
    // One that was good a moment ago is not any more.
    let request = signed(&world, &claims(&world, &json!({ "exp": now + 30 })));
    world.clock.advance(TimeDelta::seconds(30));
    assert_eq!(world.push(&request).await.refusal(), NOT_NOW);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_with_exp_over_60_fails() {
    let world = World::new().await;
    let now = world.now().timestamp();
    for (exp, expected) in [(now + 60 * 60, "201"), (now + 70 * 60, NOT_NOW)] {
        assert_eq!(push_edited(&world, &json!({ "exp": exp })).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_with_nbf_over_60_fails() {
    let world = World::new().await;
    let now = world.now().timestamp();
    // An hour at the most lies between `nbf` and `exp`, and `exp` is still to come.
    for (nbf, expected) in [(now - 59 * 60, "201"), (now - 70 * 60, NOT_NOW)] {
        let edits = json!({ "nbf": nbf, "exp": now + 60 });
        assert_eq!(push_edited(&world, &edits).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted() {
    let world = World::new().await;
    let now = world.now().timestamp();
    for (ahead, expected) in [(8, "201"), (61, NOT_NOW)] {
        let edits = json!({ "iat": now + ahead, "nbf": now + ahead, "exp": now + 600 });
        assert_eq!(push_edited(&world, &edits).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_without_exp_fails() {
    let world = World::new().await;
    let without = push_edited(&world, &json!({ "exp": null })).await;
    assert_eq!(without, MEMBER_MISSING);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_without_nbf_fails() {
    let world = World::new().await;
    let without = push_edited(&world, &json!({ "nbf": null })).await;
    assert_eq!(without, MEMBER_MISSING);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_without_redirect_uri_fails() {
    let world = World::new().await;
    let request = signed(&world, &claims(&world, &json!({ "redirect_uri": null })));
    // The registered address beside the object does not help.
    let form = [("request", request.as_str()), ("redirect_uri", REDIRECT)];
    let answer = world.as_recipient(&world.recipient, "/par", &form).await;
    assert_eq!(answer.refusal(), MEMBER_MISSING);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_with_bad_aud_fails() {
    let world = World::new().await;
    let other = "400 invalid_request_object request_other_audience";
    for aud in [
        "https://other-broker.example".to_owned(),
        world.url("/"),
        world.url("/par"),
        world.recipient.client_id(),
    ] {
        assert_eq!(push_edited(&world, &json!({ "aud": aud })).await, other);
    }
    let without = push_edited(&world, &json!({ "aud": null })).await;
    assert_eq!(without, MEMBER_MISSING);
}

// Stricter than asked. The wallet's decision is made out to the `aud` of the request and kept with
// it as evidence: there is one addressee.
#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_with_multiple_aud_succeeds() {
    let world = World::new().await;
    for aud in [
        json!([world.origin, "https://other-broker.example"]),
        json!([world.origin]),
    ] {
        let refused = push_edited(&world, &json!({ "aud": aud })).await;
        assert_eq!(refused, MEMBER_MISSING);
    }
    let alone = push_edited(&world, &json!({ "aud": world.origin })).await;
    assert_eq!(alone, "201");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_matching_key_in_authorization_request() {
    let world = World::new().await;
    let (own, other) = (&world.recipient.signing, &world.other.signing);
    let cases = [
        (header(request::TYP, own), own, "201"),
        (
            header(request::TYP, other),
            other,
            "400 invalid_request_object recipient_key_unknown",
        ),
        (
            header(request::TYP, own),
            other,
            "400 invalid_request_object jws_bad_signature",
        ),
    ];
    for (header, key, expected) in cases {
        let request = jws(&header, &claims(&world, &json!({})), key);
        assert_eq!(outcome(&world.push(&request).await), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_with_invalid_signature_fails() {
    let world = World::new().await;
    let sound = signed(&world, &claims(&world, &json!({})));
    let (input, _) = sound.rsplit_once('.').unwrap();
    let forged = format!("{input}.{}", base64url([7; 64]));
    assert_eq!(
        world.push(&forged).await.refusal(),
        "400 invalid_request_object jws_bad_signature"
    );
    assert_eq!(world.push(&sound).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_signature_algorithm_is_not_none() {
    let world = World::new().await;
    let with_signature = with_algorithm(&world, "none");
    let (input, _) = with_signature.rsplit_once('.').unwrap();
    for request in [format!("{input}."), with_signature.clone()] {
        assert_eq!(
            world.push(&request).await.refusal(),
            "400 invalid_request_object jws_algorithm_mismatch"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_signed_request_object_with_rs256_fails() {
    let world = World::new().await;
    let request = with_algorithm(&world, "RS256");
    assert_eq!(
        world.push(&request).await.refusal(),
        "400 invalid_request_object jws_algorithm_mismatch"
    );
    let request = with_algorithm(&world, "ES256");
    assert_eq!(world.push(&request).await.status, 201);
}

fn with_algorithm(world: &World, alg: &str) -> String {
    let key = &world.recipient.signing;
    let header = with(&header(request::TYP, key), "alg", Some(json!(alg)));
    jws(&header, &claims(world, &json!({})), key)
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_unsigned_request_at_par_endpoint_fails() {
    let world = World::new().await;
    let claims = claims(&world, &json!({}));
    let text = |name: &str| match &claims[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let members = super::members(&claims);
    let plain: Vec<(&str, String)> = members.iter().map(|name| (*name, text(name))).collect();
    let form: Vec<_> = plain
        .iter()
        .filter(|(name, _)| *name != "client_id")
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = world.as_recipient(&world.recipient, "/par", &form).await;
    assert_eq!(answer.refusal(), "400 invalid_request parameter_missing");
}
