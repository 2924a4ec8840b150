//! What stands in a request, and what beside it: addresses, response types, state; and members that
//! mean something elsewhere, such as those of OpenID Connect, and nothing here.

use serde_json::{Value, json};

use super::{approved, claims, members, push_edited, signed};
use crate::tests::support::{Grant, World, people::REDIRECT};

/// A request with these edits and these parameters beside the signed object is approved; gives what
/// the recipient then gets at its address.
async fn back_with(world: &World, edits: &Value, beside: &[(&str, &str)]) -> (Grant, Value) {
    let request = signed(world, &claims(world, edits));
    let mut form = beside.to_vec();
    form.push(("request", &request));
    let pushed = world.as_recipient(&world.recipient, "/par", &form).await;
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &world.recipient.client_id())
        .append_pair("request_uri", &pushed.text("request_uri"))
        .extend_pairs(beside)
        .finish();
    let page = world.get(&format!("/authorize?{query}"), &[]).await;
    assert_eq!(page.status, 200, "{page:?}");
    approved(world, &request, &pushed).await
}

/// The whole way with members that mean nothing here: every answer has the members that it always
/// has, and what comes back is what was granted.
async fn goes_as_without(edits: &Value, beside: &[(&str, &str)]) {
    let world = World::new().await;
    let (grant, back) = back_with(&world, edits, beside).await;
    assert_eq!(members(&back), ["code", "from", "iss", "state"]);
    let answer = world.redeem(back["code"].as_str().unwrap()).await.json();
    let always = [
        "access_token",
        "authorization_details",
        "expires_in",
        "grant_id",
        "refresh_token",
        "token_type",
    ];
    assert_eq!(members(&answer), always);
    let granted = serde_json::to_value(&grant.details).unwrap();
    assert_eq!(answer["authorization_details"], json!([granted]));
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_without_nonce_success() {
    goes_as_without(&json!({ "nonce": null }), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_64_char_nonce_success() {
    goes_as_without(&json!({ "nonce": "n".repeat(64) }), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_long_nonce() {
    goes_as_without(&json!({ "nonce": "n".repeat(384) }), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_different_nonce_inside_and_outside_request_object() {
    goes_as_without(&json!({ "nonce": "inside" }), &[("nonce", "outside")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_other_scope_order_succeeds() {
    for scope in ["openid profile", "profile openid"] {
        goes_as_without(&json!({ "scope": scope }), &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn test_claims_parameter_identity_claims() {
    let wanted = json!({ "name": { "essential": true }, "birthdate": null, "email": null });
    let claims = json!({ "id_token": wanted, "userinfo": wanted });
    let edits = json!({ "scope": "openid profile email", "claims": claims });
    goes_as_without(&edits, &[]).await;
    let world = World::new().await;
    let metadata = world.get("/.well-known/oauth-authorization-server", &[]);
    let metadata = metadata.await.json();
    for name in ["userinfo_endpoint", "claims_supported", "scopes_supported"] {
        assert!(metadata[name].is_null(), "{name}");
    }
    assert_eq!(world.get("/userinfo", &[]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn test_essential_acr_sca_claim() {
    let acr = json!({ "essential": true, "value": "urn:openbanking:psd2:sca" });
    let edits = json!({ "scope": "openid", "claims": { "id_token": { "acr": acr } } });
    goes_as_without(&edits, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_without_state_success() {
    let world = World::new().await;
    // An empty one counts as absent.
    for state in [json!(null), json!("")] {
        let (_grant, back) = back_with(&world, &json!({ "state": state }), &[]).await;
        assert_eq!(members(&back), ["code", "from", "iss"]);
        let code = back["code"].as_str().unwrap();
        assert_eq!(world.redeem(code).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_long_state() {
    let world = World::new().await;
    let refused = push_edited(&world, &json!({ "state": "s".repeat(1000) })).await;
    assert_eq!(refused, "400 invalid_request request_protection_missing");
    let longest = "s".repeat(512);
    let (_grant, back) = back_with(&world, &json!({ "state": longest }), &[]).await;
    assert_eq!(back["state"], longest);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_different_state_inside_and_outside_request_object() {
    let world = World::new().await;
    let (inside, outside) = (json!({ "state": "inside" }), [("state", "outside")]);
    let (_grant, back) = back_with(&world, &inside, &outside).await;
    assert_eq!(back["state"], "inside");
}

#[tokio::test(flavor = "multi_thread")]
async fn state_only_outside_request_object_not_used() {
    let world = World::new().await;
    let (inside, outside) = (json!({ "state": null }), [("state", "outside")]);
    let (_grant, back) = back_with(&world, &inside, &outside).await;
    assert_eq!(members(&back), ["code", "from", "iss"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_redirect_uri_in_authorization_request() {
    let world = World::new().await;
    // The only registered address is not taken for granted.
    let without = push_edited(&world, &json!({ "redirect_uri": null })).await;
    assert_eq!(without, "400 invalid_request_object jws_wrong_content");
    let empty = push_edited(&world, &json!({ "redirect_uri": "" })).await;
    assert_eq!(empty, "400 invalid_request redirect_uri_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_registered_redirect_uri() {
    let world = World::new().await;
    for (uri, expected) in [
        (REDIRECT, "201"),
        (
            "https://evil.example/callback",
            "400 invalid_request redirect_uri_unknown",
        ),
    ] {
        let outcome = push_edited(&world, &json!({ "redirect_uri": uri })).await;
        assert_eq!(outcome, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_fapi_tolerate_unregistered_redirect_uri() {
    let world = World::new().await;
    // RFC 9126 section 2.4 lets an address of the moment in; here only the registrar's list does.
    for path in ["another", "callback?from=broker&session=7"] {
        let uri = format!("http://127.0.0.1:9/{path}");
        let request = signed(&world, &claims(&world, &json!({ "redirect_uri": uri })));
        let answer = world.push(&request).await;
        assert_eq!(
            answer.refusal(),
            "400 invalid_request redirect_uri_unknown",
            "{uri}"
        );
        assert_eq!(answer.header("location"), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_response_type_code_idtoken_fails() {
    for_response_types(&["code id_token", "id_token code", "id_token"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_response_type_token_fails() {
    for_response_types(&["token", "code token", ""]).await;
}

async fn for_response_types(refused: &[&str]) {
    let world = World::new().await;
    for kind in refused {
        assert_eq!(
            push_edited(&world, &json!({ "response_type": kind })).await,
            "400 invalid_request request_protection_missing",
            "{kind}"
        );
    }
    let code = push_edited(&world, &json!({ "response_type": "code" })).await;
    assert_eq!(code, "201");
}
