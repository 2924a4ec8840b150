//! Pushed requests: who may push, what a `request_uri` is good for, and that there is no other way.

use chrono::TimeDelta;
use credential_core::oauth::client_assertion;
use serde_json::{Value, json};

use super::{approved, claims, push_edited, send_with, signed};
use crate::tests::support::{
    Answer, World,
    forging::{header, jws},
};

/// How every unusable request is refused in a browser, as programs read it.
const NOT_USABLE: &str = "400 invalid_request request_not_usable";

/// What the page answers to these parameters.
async fn visit(world: &World, parameters: &[(&str, &str)], accept: &str) -> Answer {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let headers = [("accept", accept)];
    world.get(&format!("/authorize?{query}"), &headers).await
}

async fn refused(world: &World, request_uri: &str) -> String {
    world
        .authorize(request_uri, None)
        .await
        .unwrap_err()
        .refusal()
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_unsigned_authorization_request_without_using_par_fails() {
    let world = World::new().await;
    let claims = claims(&world, &json!({}));
    let text = |name: &str| claims[name].as_str().unwrap().to_owned();
    let names = [
        "client_id",
        "response_type",
        "redirect_uri",
        "state",
        "code_challenge",
        "code_challenge_method",
    ];
    let plain = names.map(|name| (name, text(name)));
    let plain = plain
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let request = signed(&world, &claims);
    let by_value = [plain[0], ("request", request.as_str())];
    for parameters in [plain.as_slice(), &by_value] {
        let for_programs = visit(&world, parameters, "application/json").await;
        assert_eq!(for_programs.refusal(), NOT_USABLE);
        let page = visit(&world, parameters, "text/html").await;
        assert_eq!(page.status, 400);
        assert_eq!(page.header("location"), "", "nobody is sent anywhere");
        assert!(page.body.contains("This request cannot be opened any more"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_invalid_http_method() {
    let world = World::new().await;
    let request = signed(&world, &claims(&world, &json!({})));
    for method in ["PUT", "GET", "PATCH", "DELETE"] {
        let proof = world.proof(&world.recipient.dpop, method, "/par", None);
        let assertion = world.recipient.assertion(&world.origin, world.now());
        let form = [
            ("client_assertion_type", client_assertion::TYPE),
            ("client_assertion", &assertion),
            ("request", &request),
        ];
        let method = method.parse().unwrap();
        let sent = world.http.request(method, world.url("/par")).form(&form);
        let answer = Answer::of(sent.header("dpop", proof)).await;
        assert_eq!(answer.refusal(), "405 invalid_request not_here");
    }
    assert_eq!(world.push(&request).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_reuse_request_uri() {
    let world = World::new().await;
    let request = signed(&world, &claims(&world, &json!({})));
    let pushed = world.push(&request).await;
    let (grant, back) = approved(&world, &request, &pushed).await;
    assert!(back["code"].is_string());
    let uri = pushed.text("request_uri");
    assert_eq!(refused(&world, &uri).await, NOT_USABLE);
    let own_browser = world.authorize(&uri, Some(&grant.cookie)).await;
    assert_eq!(own_browser.unwrap_err().refusal(), NOT_USABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds() {
    let world = World::new().await;
    let request = signed(&world, &claims(&world, &json!({})));
    let pushed = world.push(&request).await;
    let uri = pushed.text("request_uri");
    for _visit in 0..2 {
        assert!(world.authorize(&uri, None).await.is_ok());
    }
    let (_grant, back) = approved(&world, &request, &pushed).await;
    let code = back["code"].as_str().unwrap();
    assert_eq!(world.redeem(code).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_to_use_expired_request_uri() {
    let world = World::new().await;
    let [first, second] = [0, 1].map(|_| signed(&world, &claims(&world, &json!({}))));
    let (first, second) = (world.push(&first).await, world.push(&second).await);
    let life = first.json()["expires_in"].as_i64().unwrap();
    assert!(life < 600, "FAPI 2.0 section 5.3.2.2");
    world.clock.advance(TimeDelta::seconds(life - 1));
    assert!(
        world
            .authorize(&first.text("request_uri"), None)
            .await
            .is_ok()
    );
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        refused(&world, &second.text("request_uri")).await,
        NOT_USABLE
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn par_authorization_request_containing_request_uri() {
    let world = World::new().await;
    for name in ["request_uri", "request"] {
        assert_eq!(
            push_edited(&world, &json!({ name: "https://elsewhere.example/1" })).await,
            "400 invalid_request_object request_uri_pushed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn par_authorization_request_containing_request_uri_form_param() {
    let world = World::new().await;
    let request = signed(&world, &claims(&world, &json!({})));
    let earlier = world.push(&request).await.text("request_uri");
    let fresh = signed(&world, &claims(&world, &json!({})));
    for uri in [earlier.as_str(), "https://elsewhere.example/1"] {
        let form = [("request", fresh.as_str()), ("request_uri", uri)];
        let answer = world.as_recipient(&world.recipient, "/par", &form).await;
        assert_eq!(answer.refusal(), "400 invalid_request request_uri_pushed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn par_without_duplicate_parameters() {
    let world = World::new().await;
    let request = signed(&world, &claims(&world, &json!({})));
    let pushed = world.push(&request).await;
    let (client, uri) = (world.recipient.client_id(), pushed.text("request_uri"));
    let only = [("client_id", client.as_str()), ("request_uri", &uri)];
    assert_eq!(visit(&world, &only, "text/html").await.status, 200);
    // With fewer there is no telling whose it is.
    for one in only {
        let answer = visit(&world, &[one], "application/json").await;
        assert_eq!(answer.refusal(), NOT_USABLE);
    }
    let (_grant, back) = approved(&world, &request, &pushed).await;
    assert!(back["code"].is_string());
}

// The module knows intents of open banking. What corresponds to one here is the pushed request.
#[tokio::test(flavor = "multi_thread")]
async fn ensure_server_handles_non_matching_intent_id() {
    let world = World::new().await;
    let pushed = world
        .push(&signed(&world, &claims(&world, &json!({}))))
        .await;
    let uri = pushed.text("request_uri");
    let other = world.other.client_id();
    let foreign = [("client_id", other.as_str()), ("request_uri", &uri)];
    let answer = visit(&world, &foreign, "application/json").await;
    assert_eq!(answer.refusal(), NOT_USABLE);
    assert!(world.authorize(&uri, None).await.is_ok());
}

/// What becomes of a push by an assertion for this audience.
async fn push_for(world: &World, aud: &Value) -> String {
    let key = &world.recipient.signing;
    let (client, now) = (world.recipient.client_id(), world.now().timestamp());
    let claims = json!({ "iss": client, "sub": client, "aud": aud, "jti": aud.to_string(),
        "iat": now, "exp": now + 60 });
    let assertion = jws(&header(client_assertion::CLIENT_TYP, key), &claims, key);
    let request = signed(world, &self::claims(world, &json!({})));
    let proof = world.proof(&world.recipient.dpop, "POST", "/par", None);
    let form = [("request", request.as_str())];
    super::outcome(&send_with(world, "/par", &form, &assertion, Some(&proof)).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn par_test_array_as_audience_fails() {
    let world = World::new().await;
    for aud in [
        json!([world.origin, "https://other.example"]),
        json!([world.origin]),
    ] {
        let refused = push_for(&world, &aud).await;
        assert_eq!(refused, "401 invalid_client jws_wrong_content");
    }
    assert_eq!(push_for(&world, &json!(world.origin)).await, "201");
}

#[tokio::test(flavor = "multi_thread")]
async fn par_test_par_endpoint_url_as_audience_fails() {
    let world = World::new().await;
    assert_eq!(
        push_for(&world, &json!(world.url("/par"))).await,
        "401 invalid_client assertion_other_audience"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn par_test_token_endpoint_url_as_audience_fails() {
    let world = World::new().await;
    assert_eq!(
        push_for(&world, &json!(world.url("/token"))).await,
        "401 invalid_client assertion_other_audience"
    );
}
