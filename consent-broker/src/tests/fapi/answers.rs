//! The whole way: what the metadata says, two recipients that go it, and persons who refuse.

use credential_core::consent::decision::Verdict;
use serde_json::{Value, json};

use super::{approved, claims, push, signed, switch};
use crate::tests::{
    deciding::opened,
    support::{Grant, World, read_id},
};

#[tokio::test(flavor = "multi_thread")]
async fn discovery_end_point_verification() {
    let world = World::new().await;
    let answer = world
        .get("/.well-known/oauth-authorization-server", &[])
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    let said = answer.json();
    assert_eq!(said["issuer"], world.origin);
    for (name, path) in [
        ("authorization_endpoint", "/authorize"),
        ("pushed_authorization_request_endpoint", "/par"),
        ("token_endpoint", "/token"),
        ("jwks_uri", "/jwks"),
    ] {
        assert_eq!(said[name], world.url(path));
    }
    let lists = [
        ("code_challenge_methods_supported", json!(["S256"])),
        ("response_types_supported", json!(["code"])),
        (
            "token_endpoint_auth_methods_supported",
            json!(["private_key_jwt"]),
        ),
        (
            "grant_types_supported",
            json!(["authorization_code", "refresh_token"]),
        ),
    ];
    for (name, list) in lists {
        assert_eq!(said[name], list, "{name}");
    }
    for name in [
        "require_pushed_authorization_requests",
        "require_signed_request_object",
        "authorization_response_iss_parameter_supported",
    ] {
        assert_eq!(said[name], true, "{name}");
    }
    // FAPI 2.0 section 5.4.1; Ed25519 is another name of EdDSA (RFC 9864).
    let allowed = ["PS256", "ES256", "EdDSA", "Ed25519"].map(Value::from);
    for name in [
        "token_endpoint_auth_signing_alg_values_supported",
        "dpop_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ] {
        let algorithms = said[name].as_array().unwrap();
        assert!(!algorithms.is_empty(), "{name}");
        assert!(algorithms.iter().all(|it| allowed.contains(it)), "{name}");
    }
    for name in ["registration_endpoint", "userinfo_endpoint"] {
        assert!(said[name].is_null(), "{name}");
    }
}

/// From a request to an access token. The key is shown by a proof, or only named when it is pushed.
async fn whole_way(world: &World, shows_proof: bool) -> (Grant, String) {
    let request = signed(world, &claims(world, &json!({})));
    let pushed = if shows_proof {
        world.push(&request).await
    } else {
        push(world, &request, None).await
    };
    let (grant, back) = approved(world, &request, &pushed).await;
    let always = json!({ "from": "broker", "code": back["code"], "iss": world.origin,
        "state": "session 7 & more" });
    assert_eq!(back, always);
    let redeemed = world.redeem(back["code"].as_str().unwrap()).await;
    assert_eq!(redeemed.header("cache-control"), "no-store");
    assert_eq!(redeemed.text("token_type"), "DPoP");
    let token = redeemed.text("access_token");
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!((read.status, &read.body), (200, &grant.deposit));
    (grant, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn happy_flow() {
    let mut world = World::new().await;
    let (grant, token) = whole_way(&world, true).await;
    // Only in the header (FAPI 2.0 section 5.3.4).
    let path = format!("/mailbox/{}", grant.id);
    let proof = world.proof(&world.recipient.dpop, "GET", &path, Some(&token));
    let headers = [("dpop", proof.as_str()), ("read-id", &read_id())];
    let in_query = format!("{path}?access_token={token}");
    let refused = world.get(&in_query, &headers).await;
    assert_eq!(refused.refusal(), "401 invalid_token -");
    switch(&mut world);
    let (second, second_token) = whole_way(&world, false).await;
    switch(&mut world);
    // The first client's key does not fit the second's token.
    let stolen = world.read(&second_token, second.id, &read_id()).await;
    assert_eq!(stolen.refusal(), "401 invalid_token -");
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn user_rejects_authentication() {
    let mut world = World::new().await;
    for _client in 0..2 {
        let opened = opened(&world, world.recipient.details()).await;
        let body = opened.body(&world, Verdict::Refused, None);
        let refused = opened.send(&world, &body).await;
        let url = refused.text("complete_url");
        let back = world.complete(&url, &opened.cookie).await.unwrap();
        let expected = json!({ "from": "broker", "error": "access_denied",
            "state": "session 7 & more", "iss": world.origin });
        assert_eq!(back, expected);
        switch(&mut world);
    }
}
