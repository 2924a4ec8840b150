//! Points about the recipient: asking, codes and tokens, registration.

use chrono::TimeDelta;
use credential_core::{consent::details::RequestedDetails, network::Network};
use serde_json::json;

use super::metadata;
use crate::tests::support::{
    Grant, World,
    people::{REDIRECT, Recipient, fresh_challenge},
    read_id,
};

async fn redeem_with(world: &World, code: &str, redirect: &str, verifier: &str) -> String {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect),
        ("code_verifier", verifier),
    ];
    let answer = world.as_recipient(&world.recipient, "/token", &form).await;
    answer.refusal()
}

/// Another way to sign the same request.
async fn push(
    world: &World,
    edit: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>),
) -> String {
    use credential_core::jose::jws::{self, KeyReference};
    let object = world
        .recipient
        .object(&world.origin, world.recipient.details());
    let mut object = serde_json::to_value(object).unwrap();
    edit(object.as_object_mut().unwrap());
    let signing = &world.recipient.signing;
    let signed = jws::sign("oauth-authz-req+jwt", &object, signing, KeyReference::Kid).unwrap();
    let answer = world.push(&signed).await;
    match answer.status {
        201 => "201".into(),
        _ => answer.refusal(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k01_only_a_code_with_pkce_s256_can_be_asked_for_and_a_wrong_request_reaches_no_browser() {
    let world = World::new().await;
    assert_eq!(push(&world, |_right| {}).await, "201");
    let wrong: [fn(&mut serde_json::Map<String, serde_json::Value>); 5] = [
        |o| drop(o.insert("response_type".into(), json!("token"))),
        |o| drop(o.insert("response_type".into(), json!("code id_token"))),
        |o| drop(o.insert("code_challenge_method".into(), json!("plain"))),
        |o| drop(o.remove("code_challenge_method")),
        |o| drop(o.remove("code_challenge")),
    ];
    for edit in wrong {
        // The answer goes to the recipient that pushed; there is no address to put into a browser.
        let refusal = push(&world, edit).await;
        assert!(refusal.starts_with("400 invalid_request"), "{refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k02_metadata_offers_keys_instead_of_certificates_and_binds_every_token() {
    let world = World::new().await;
    let metadata = metadata(&world).await;
    assert_eq!(metadata["issuer"], world.origin);
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert_eq!(
        metadata["token_endpoint_auth_methods_supported"],
        json!(["private_key_jwt"])
    );
    assert!(metadata["dpop_signing_alg_values_supported"].is_array());
    // There a token is a bearer's; here it is worth nothing without its key.
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let bearer = format!("Bearer {token}");
    let path = format!("/mailbox/{}", grant.id);
    let read = world.get(&path, &[("authorization", &bearer)]).await;
    assert_eq!(read.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn k03_an_unknown_client_is_told_to_the_person_and_never_redirected() {
    let world = World::new().await;
    let path = "/authorize?client_id=openid_federation:https://nobody.example&request_uri=urn:x";
    let page = world.get(path, &[("accept-language", "fi")]).await;
    assert_eq!(page.status, 400);
    assert!(page.headers.get("location").is_none());
    assert!(page.body.contains("<html lang=\"fi\">"));
    let stranger = Recipient::new("http://127.0.0.1:9/stranger");
    let request = stranger.signed(&world.origin, stranger.details());
    let pushed = world
        .as_recipient(&stranger, "/par", &[("request", &request)])
        .await;
    assert_eq!(pushed.refusal(), "401 invalid_client client_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn k04_a_wrong_redirect_address_is_refused_when_asking_and_spends_the_code_when_redeeming() {
    let world = World::new().await;
    let elsewhere = |o: &mut serde_json::Map<String, serde_json::Value>| {
        o.insert("redirect_uri".into(), json!("http://127.0.0.1:9/callback"));
    };
    assert_eq!(
        push(&world, elsewhere).await,
        "400 invalid_request redirect_uri_unknown"
    );
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let verifier = world.verifier(&code);
    let wrong = redeem_with(&world, &code, "http://127.0.0.1:9/callback", &verifier).await;
    assert_eq!(wrong, "400 invalid_grant -");
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
}

#[tokio::test(flavor = "multi_thread")]
async fn k05_reused_code_revokes_code_and_token() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let token = world.redeem(&code).await.text("access_token");
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(read.refusal(), "401 invalid_token -");
    // Ten minutes there, sixty seconds here.
    let late = world.grant(world.recipient.details()).await;
    let code = world.code(&late).await;
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
}

#[tokio::test(flavor = "multi_thread")]
async fn k06_a_wrong_verifier_spends_the_code_and_a_client_uses_each_challenge_once() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let wrong = redeem_with(&world, &code, REDIRECT, &"x".repeat(43)).await;
    assert_eq!(wrong, "400 invalid_grant -");
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    // The same challenge again: not by the same client, be it in a new request or the very same; by
    // another, yes.
    let challenge = fresh_challenge();
    let asked = |who: &Recipient| {
        let mut object = who.object(&world.origin, who.details());
        object.code_challenge.clone_from(&challenge);
        object.sign(&who.signing).unwrap()
    };
    let (first, second, others) = (
        asked(&world.recipient),
        asked(&world.recipient),
        asked(&world.other),
    );
    assert_eq!(world.push(&first).await.status, 201);
    let used = "400 invalid_request code_challenge_used";
    assert_eq!(world.push(&second).await.refusal(), used);
    assert_eq!(world.push(&first).await.refusal(), used);
    let form = [("request", others.as_str())];
    let other = world.as_recipient(&world.other, "/par", &form).await;
    assert_eq!(other.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn k07_too_much_is_refused_when_asking_and_what_was_struck_off_when_redeeming_with_the_code_kept()
 {
    let mut world = World::new().await;
    let over = world
        .recipient
        .signed(&world.origin, world.recipient.over_asking());
    let refused = world.push(&over).await;
    assert_eq!(
        refused.refusal(),
        "400 invalid_authorization_details over_asking"
    );
    assert!(
        refused
            .text("error_description")
            .contains("degree/birthdate")
    );

    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let registered = world.recipient.entry();
    let mut narrower = registered.clone();
    let uses = &mut narrower.recipient.as_mut().unwrap().intended_uses;
    uses[0].dcql_query.credentials[0].claims.truncate(1);
    publish(&mut world, narrower);
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    publish(&mut world, registered);
    assert_eq!(world.redeem(&code).await.status, 200);
}

fn publish(world: &mut World, entry: crate::registrar::Entry) {
    world.registry.add(entry, Network::Loopback).unwrap();
    let now = world.now();
    let life = TimeDelta::days(30);
    let list = world.registry.publish(now, life, &world.registrar).unwrap();
    world.state.trust.import(&list, now).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_tokens_say_nothing_are_not_stored_and_their_answer_says_what_was_granted_and_how_long()
{
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let answer = world.redeem(&code).await;
    let token = answer.text("access_token");
    assert!(!token.contains('.'), "{token}");
    assert_eq!(answer.json()["expires_in"], 300);
    let details = serde_json::to_value(&grant.details).unwrap();
    assert_eq!(answer.json()["authorization_details"], json!([details]));
    let held = world
        .state
        .peek(grant.id)
        .await
        .unwrap()
        .unwrap()
        .to_string();
    for secret in [&token, &answer.text("refresh_token"), &code] {
        assert!(!held.contains(secret.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k11_tokens_are_renewed_checked_and_given_back() {
    let world = World::new().await;
    let metadata = metadata(&world).await;
    assert_eq!(
        metadata["grant_types_supported"],
        json!(["authorization_code", "refresh_token"])
    );
    for endpoint in ["introspection_endpoint", "revocation_endpoint"] {
        assert!(metadata[endpoint].is_string(), "{endpoint}");
    }
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let refresh = world.redeem(&code).await.text("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let renewed = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(renewed.status, 200);
    let form = [("token", refresh.as_str())];
    let revoked = world.revoke(&world.recipient, &form).await;
    assert_eq!(revoked.status, 200);
    let token = renewed.text("access_token");
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn k21_what_was_asked_cannot_be_altered_in_the_browser_and_the_answer_belongs_to_who_decided()
{
    let world = World::new().await;
    let details = world.recipient.details();
    let request = world.recipient.signed(&world.origin, details.clone());
    let uri = world.push(&request).await.text("request_uri");
    let altered = format!(
        "/authorize?client_id={}&request_uri={uri}&scope=everything&authorization_details=[]",
        world.recipient.client_id()
    );
    let page = world.get(&altered, &[]).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("everything"));
    // What the recipient gets is what it asked for, narrowed at most, and it can see that.
    let grant: Grant = world.grant(details).await;
    let code = world.code(&grant).await;
    let granted = world.redeem(&code).await.json()["authorization_details"][0].clone();
    assert_eq!(granted, serde_json::to_value(&grant.details).unwrap());
    // Another person's wallet cannot take over: the grant lives and ends by its own key.
    let stranger = crate::tests::support::Wallet::new();
    let token = world.wallet_token(&stranger).await;
    let path = format!("/wallet/grants/{}/withdraw", grant.id);
    let word = credential_core::consent::decision::Verdict::Withdrawn;
    let forged = stranger.decision(word, &grant.request, &grant.details, world.now());
    let body = json!({ "decision": forged });
    let refused = world.wallet_post(&stranger, &token, &path, &body).await;
    assert_eq!(refused.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn k22_a_new_recipient_is_let_in_by_one_signed_list_without_a_restart() {
    let mut world = World::new().await;
    let new = Recipient::new("http://127.0.0.1:9/new");
    let request = new.signed(&world.origin, new.details());
    let ask = async |world: &World| {
        world
            .as_recipient(&new, "/par", &[("request", &request)])
            .await
    };
    assert_eq!(
        ask(&world).await.refusal(),
        "401 invalid_client client_unknown"
    );
    publish(&mut world, new.entry());
    assert_eq!(ask(&world).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn k23_requests_are_pushed_bound_detailed_and_managed() {
    let world = World::new().await;
    let metadata = metadata(&world).await;
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
    assert_eq!(metadata["require_signed_request_object"], true);
    assert_eq!(
        metadata["authorization_details_types_supported"],
        json!(["learning_credentials"])
    );
    assert!(metadata["grant_management_endpoint"].is_string());
    // Narrowed for this request alone: one claim less than registered.
    let asked = RequestedDetails {
        max_reads: Some(1),
        ..world.recipient.details()
    };
    let grant = world.grant(asked).await;
    let token = world.token(&grant).await;
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 401);
}
