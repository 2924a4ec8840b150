//! `POST /par`: who may ask for what.

use credential_core::jose::{
    Es256Key, Signer as _,
    jws::{self, KeyReference},
};
use serde_json::json;

use super::support::{World, people};

#[tokio::test(flavor = "multi_thread")]
async fn r03_a_pushed_request_gets_a_short_lived_uri() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let answer = world.push(&request).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["expires_in"], 300);
    assert_eq!(answer.header("cache-control"), "no-store");
    let uri = answer.text("request_uri");
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"));
    let another = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    assert_ne!(uri, world.push(&another).await.text("request_uri"));
}

#[tokio::test(flavor = "multi_thread")]
async fn r02_par_needs_a_client_and_takes_no_request_uri_no_get_and_no_flood() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let proof = || world.proof(&world.recipient.dpop, "POST", "/par", None);
    let anonymous = world
        .post_form("/par", &[("request", &request)], &[("dpop", &proof())])
        .await;
    assert_eq!(anonymous.refusal(), "401 invalid_client assertion_missing");

    let form = [("request", request.as_str()), ("request_uri", "urn:x")];
    let indirect = world.as_recipient(&world.recipient, "/par", &form).await;
    assert_eq!(indirect.refusal(), "400 invalid_request request_uri_pushed");

    let mut claims = serde_json::to_value(
        world
            .recipient
            .object(&world.origin, world.recipient.details()),
    )
    .unwrap();
    claims["request_uri"] = json!("https://elsewhere.example/request");
    let inside = jws::sign(
        "oauth-authz-req+jwt",
        &claims,
        &world.recipient.signing,
        KeyReference::Kid,
    )
    .unwrap();
    assert_eq!(
        world.push(&inside).await.refusal(),
        "400 invalid_request_object request_uri_pushed"
    );

    assert_eq!(
        world.get("/par", &[]).await.refusal(),
        "405 invalid_request not_here"
    );
    let flood = world.push(&"x".repeat(70 * 1024)).await;
    assert_eq!(flood.refusal(), "413 invalid_request body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn c50_over_asking_is_refused_and_the_claim_is_named() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.over_asking());
    let answer = world.push(&request).await;
    assert_eq!(
        answer.refusal(),
        "400 invalid_authorization_details over_asking"
    );
    assert_eq!(
        answer.text("error_description"),
        "the registered purpose does not cover degree/birthdate"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r26_details_that_are_not_as_specified_are_refused() {
    let world = World::new().await;
    let object = world
        .recipient
        .object(&world.origin, world.recipient.details());
    let sound = serde_json::to_value(&object).unwrap();
    let changes: [(&str, serde_json::Value, &str); 7] = [
        (
            "/type",
            json!("openid_credential"),
            "400 invalid_authorization_details request_details_invalid",
        ),
        (
            "/max_reads",
            json!(0),
            "400 invalid_authorization_details request_details_invalid",
        ),
        (
            "/nonce",
            json!("short"),
            "400 invalid_authorization_details request_details_invalid",
        ),
        (
            "/duration",
            json!("P91D"),
            "400 invalid_authorization_details beyond_registered_limits",
        ),
        (
            "/mode",
            json!("forever"),
            "400 invalid_authorization_details request_details_invalid",
        ),
        (
            "/surprise",
            json!(true),
            "400 invalid_authorization_details request_details_invalid",
        ),
        (
            "/legal_basis",
            json!(null),
            "400 invalid_authorization_details request_details_invalid",
        ),
    ];
    for (pointer, value, expected) in changes {
        let mut claims = sound.clone();
        let details = claims["authorization_details"][0].as_object_mut().unwrap();
        details.insert(pointer.trim_start_matches('/').into(), value);
        let signed = jws::sign(
            "oauth-authz-req+jwt",
            &claims,
            &world.recipient.signing,
            KeyReference::Kid,
        )
        .unwrap();
        assert_eq!(world.push(&signed).await.refusal(), expected, "{pointer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r48_an_unsigned_or_foreign_request_object_is_refused() {
    let world = World::new().await;
    let sound = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let (_, rest) = sound.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    let none =
        credential_core::encoding::base64url(r#"{"alg":"none","typ":"oauth-authz-req+jwt"}"#);
    assert_eq!(
        world.push(&format!("{none}.{payload}.")).await.refusal(),
        "400 invalid_request_object recipient_key_unknown"
    );
    let kid = world.recipient.signing.public_jwk().kid.clone().unwrap();
    let none = format!(r#"{{"alg":"none","typ":"oauth-authz-req+jwt","kid":"{kid}"}}"#);
    let none = credential_core::encoding::base64url(none);
    assert_eq!(
        world.push(&format!("{none}.{payload}.")).await.refusal(),
        "400 invalid_request_object jws_algorithm_mismatch"
    );
    let foreign = world.other.signed(&world.origin, world.other.details());
    assert_eq!(
        world.push(&foreign).await.refusal(),
        "401 invalid_client request_other_client"
    );
    let elsewhere = world
        .recipient
        .signed("https://other-broker.example", world.recipient.details());
    assert_eq!(
        world.push(&elsewhere).await.refusal(),
        "400 invalid_request_object request_other_audience"
    );
    let now = world.now().timestamp();
    for (nbf, exp) in [(now, now + 3601), (now - 10, now), (now + 61, now + 600)] {
        let mut object = world
            .recipient
            .object(&world.origin, world.recipient.details());
        (object.nbf, object.exp) = (nbf, exp);
        let signed = object.sign(&world.recipient.signing).unwrap();
        assert_eq!(
            world.push(&signed).await.refusal(),
            "400 invalid_request_object request_not_of_this_moment"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r06_only_the_registered_redirect_address_letter_by_letter() {
    let world = World::new().await;
    let registered = people::REDIRECT;
    let near_misses = [
        "http://127.0.0.1:9/callback",
        "http://127.0.0.1:9/callback?from=broker#",
        "http://127.0.0.1:9/callback?from=broker&x=1",
        "http://127.0.0.1:9/CALLBACK?from=broker",
        "http://127.0.0.1:9/callback/..;/evil?from=broker",
        "http://127.0.0.1:9/%63allback?from=broker",
        "http://127.0.0.1:9@evil.example/callback?from=broker",
        "http://127.0.0.1:9./callback?from=broker",
        "http://localhost:9/callback?from=broker",
        "http://127.0.0.1:90/callback?from=broker",
        "HTTP://127.0.0.1:9/callback?from=broker",
        "jAvAsCrIpT:alert(1)",
        "",
    ];
    for uri in near_misses {
        assert_ne!(uri, registered);
        let mut object = world
            .recipient
            .object(&world.origin, world.recipient.details());
        object.redirect_uri = uri.into();
        let answer = world
            .push(&object.sign(&world.recipient.signing).unwrap())
            .await;
        assert_eq!(
            answer.refusal(),
            "400 invalid_request redirect_uri_unknown",
            "{uri}"
        );
        assert!(answer.headers.get("location").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r09_r22_only_a_code_and_only_for_the_proven_key() {
    let world = World::new().await;
    let object = || {
        world
            .recipient
            .object(&world.origin, world.recipient.details())
    };
    let stranger = Es256Key::generate().unwrap().0.public_jwk().thumbprint();
    let mut cases = [object(), object(), object()];
    cases[0].response_type = "token".into();
    cases[1].response_type = "code id_token".into();
    cases[2].dpop_jkt = stranger;
    let expected = [
        "400 invalid_request request_protection_missing",
        "400 invalid_request request_protection_missing",
        "400 invalid_dpop_proof dpop_other_key",
    ];
    for (object, expected) in cases.iter().zip(expected) {
        let signed = object.sign(&world.recipient.signing).unwrap();
        assert_eq!(world.push(&signed).await.refusal(), expected);
    }
}
