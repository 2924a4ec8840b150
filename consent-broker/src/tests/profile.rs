//! Rules of the profile that no single endpoint owns: PKCE, secrecy of handles, names, parameters.

use credential_core::{
    encoding::from_base64url, network::Network, oauth::client_assertion, rng::SystemRng,
};
use serde_json::json;

use super::support::{
    World,
    forging::{header, jws, with},
    people::{REDIRECT, fresh_challenge},
    read_id,
};

#[tokio::test(flavor = "multi_thread")]
async fn r05_s256_is_needed_from_the_request_to_the_token() {
    let world = World::new().await;
    // par-ensure-pkce-required, par-plain-pkce-rejected, and a challenge that is no hash.
    let challenge = fresh_challenge();
    for (value, method) in [
        ("", "S256"),
        (challenge.as_str(), "plain"),
        ("too short", "S256"),
    ] {
        let mut object = world
            .recipient
            .object(&world.origin, world.recipient.details());
        object.code_challenge = value.into();
        object.code_challenge_method = method.into();
        let signed = object.sign(&world.recipient.signing).unwrap();
        assert_eq!(
            world.push(&signed).await.refusal(),
            "400 invalid_request request_protection_missing",
            "{value} {method}"
        );
    }
    // ensure-pkce-code-verifier-required, incorrect-pkce-code-verifier-rejected
    for verifier in [None, Some("x".repeat(43)), Some(challenge.clone())] {
        let grant = world.grant(world.recipient.details()).await;
        let code = world.code(&grant).await;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
        ];
        form.extend(verifier.as_deref().map(|v| ("code_verifier", v)));
        let answer = world.as_recipient(&world.recipient, "/token", &form).await;
        assert_eq!(answer.refusal(), "400 invalid_grant -", "{verifier:?}");
        // That has spent it.
        assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    }
    let other = world.grant(world.recipient.details()).await;
    let code = world.code(&other).await;
    assert_eq!(world.redeem(&code).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_handles_cannot_be_guessed_and_are_not_kept() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let request_uri = world.push(&request).await.text("request_uri");
    let (ticket, cookie) = world.authorize(&request_uri, None).await.unwrap();
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let tokens = world.redeem(&code).await;
    let read = world
        .read(&tokens.text("access_token"), grant.id, &read_id())
        .await;
    assert_eq!(read.status, 200);
    let handles = [
        request_uri.rsplit(':').next().unwrap().to_owned(),
        ticket,
        cookie.split_once('=').unwrap().1.to_owned(),
        grant.cookie.split_once('=').unwrap().1.to_owned(),
        code,
        tokens.text("access_token"),
        tokens.text("refresh_token"),
        grant.wallet_token.clone(),
    ];
    for handle in &handles {
        let octets = from_base64url(handle).unwrap();
        // A random salt of 192 bits, or 128 random bits of a cookie.
        assert!(octets.len() >= 16, "{handle}");
    }
    let again = world.refresh(&tokens.text("refresh_token"), &[]).await;
    assert_ne!(again.text("access_token"), tokens.text("access_token"));
    let stored = world.stored_text();
    let holds = |text: &str| stored.contains(text);
    assert!(
        holds(&grant.deposit[..200]),
        "the store is where the test looks"
    );
    for handle in &handles {
        assert!(!holds(handle), "{handle}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r39_a_client_is_never_taken_for_a_person() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    // A client's name has a prefix that no account's name can have.
    let mut entry = world.recipient.entry();
    let account = world.state.store.subjects().await.unwrap()[0].to_string();
    entry.recipient.as_mut().unwrap().client_id = account;
    let refused = world.registry.add(entry, Network::Loopback).unwrap_err();
    assert_eq!(refused.reason(), "entry_client_id");
    // Nor is what one of the two signs taken from the other.
    let rng = SystemRng::default();
    let wallet = client_assertion::sign_for_wallet(
        &world.origin,
        world.now(),
        &*grant.wallet.pairwise,
        &rng,
    )
    .unwrap();
    let form = [
        ("client_assertion_type", client_assertion::TYPE),
        ("client_assertion", &wallet),
        ("token", "unknown"),
    ];
    let as_client = world.post_form("/revoke", &form, &[]).await;
    assert_eq!(as_client.refusal(), "401 invalid_client jws_wrong_type");
    let assertion = world.recipient.assertion(&world.origin, world.now());
    let proof = world.proof(&world.recipient.signing, "POST", "/wallet/token", None);
    let form = [
        ("grant_type", client_assertion::JWT_BEARER_GRANT),
        ("assertion", &assertion),
    ];
    let as_wallet = world
        .post_form("/wallet/token", &form, &[("dpop", &proof)])
        .await;
    assert_eq!(as_wallet.refusal(), "400 invalid_grant -");
    let token = world.token(&grant).await;
    let read = world
        .wallet_get(&grant.wallet, &token, "/wallet/grants")
        .await;
    assert_eq!(read.refusal(), "401 invalid_token -");
}

#[tokio::test(flavor = "multi_thread")]
async fn r46_parameters_are_text_given_once_and_what_is_unknown_does_not_matter() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let form = [
        ("request", request.as_str()),
        ("unknown", "1"),
        ("vendor:x", "2"),
    ];
    let with_unknown = world.as_recipient(&world.recipient, "/par", &form).await;
    assert_eq!(with_unknown.status, 201, "{with_unknown:?}");
    let too_many = "a=1&".repeat(10) + &(0..40).map(|n| format!("p{n}=1&")).collect::<String>();
    let cases = [
        (
            "request=a&request=b",
            "400 invalid_request parameter_doubled",
        ),
        (
            "unknown=a&unknown=b",
            "400 invalid_request parameter_doubled",
        ),
        ("token=a%00b", "400 invalid_request parameter_not_text"),
        ("token=%ff%fe", "400 invalid_request parameter_not_text"),
        ("%ff=a", "400 invalid_request parameter_not_text"),
        (&too_many[40..], "400 invalid_request parameters_too_many"),
    ];
    for path in ["/revoke", "/introspect", "/par", "/token"] {
        for (body, refusal) in &cases {
            let sent = send_form(&world, path, body).await;
            assert_eq!(sent.refusal(), *refusal, "{path} {body}");
        }
        let long = format!("token={}", "x".repeat(70 * 1024));
        let sent = send_form(&world, path, &long).await;
        assert_eq!(
            sent.refusal(),
            "413 invalid_request body_too_large",
            "{path}"
        );
        let as_json = world.http.post(world.url(path)).json(&json!({}));
        let as_json = super::support::Answer::of(as_json).await;
        assert_eq!(
            as_json.refusal(),
            "400 invalid_request content_type",
            "{path}"
        );
    }
    // Depth ends long before the stack does.
    let deep = "[".repeat(8_000) + &"]".repeat(8_000);
    let form = [("authorization_details", deep.as_str())];
    let refused = world.refresh("unknown", &form).await;
    assert_eq!(refused.refusal(), "400 invalid_grant -");
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let refused = world.redeem_with(&code, &form).await;
    assert_eq!(
        refused.refusal(),
        "400 invalid_authorization_details request_details_invalid"
    );
}

async fn send_form(world: &World, path: &str, body: &str) -> super::support::Answer {
    let proof = world.proof(&world.recipient.dpop, "POST", path, None);
    let request = world
        .http
        .post(world.url(path))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("dpop", proof)
        .body(body.to_owned());
    super::support::Answer::of(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_what_stands_beside_the_signed_request_is_not_used() {
    let world = World::new().await;
    let details = world.recipient.details();
    let request = world.recipient.signed(&world.origin, details.clone());
    let evil = "https://evil.example/callback";
    // state-only-outside-request-object-not-used, ensure-different-state-inside-and-outside-request-object
    let beside = [
        ("request", request.as_str()),
        ("state", "evil"),
        ("redirect_uri", evil),
        ("response_type", "token"),
        ("code_challenge", "evil"),
        ("code_challenge_method", "plain"),
        ("dpop_jkt", "evil"),
        ("scope", "openid"),
        ("authorization_details", "[]"),
    ];
    let pushed = world.as_recipient(&world.recipient, "/par", &beside).await;
    assert_eq!(pushed.status, 201, "{pushed:?}");
    let grant = world
        .approve(&request, &pushed.text("request_uri"), details)
        .await;
    let url = grant.answer["complete_url"].as_str().unwrap();
    let url = format!("{url}?state=evil&redirect_uri={evil}");
    let back = world.complete(&url, &grant.cookie).await.unwrap();
    assert_eq!(back["state"], "session 7 & more");
    assert_eq!(
        world.redeem(back["code"].as_str().unwrap()).await.status,
        200
    );
    // A state that is in no signed request is in no answer.
    let details = world.recipient.details();
    let object = world.recipient.object(&world.origin, details.clone());
    let claims = serde_json::to_value(object).unwrap();
    let stateless = jws(
        &header("oauth-authz-req+jwt", &world.recipient.signing),
        &with(&claims, "state", None),
        &world.recipient.signing,
    );
    let form = [("request", stateless.as_str()), ("state", "outside")];
    let pushed = world.as_recipient(&world.recipient, "/par", &form).await;
    let grant = world
        .approve(&stateless, &pushed.text("request_uri"), details)
        .await;
    let url = grant.answer["complete_url"].as_str().unwrap();
    let back = world.complete(url, &grant.cookie).await.unwrap();
    assert!(back["code"].is_string());
    assert!(back["state"].is_null(), "{back}");
}
