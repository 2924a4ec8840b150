//! What is asked for is in the signed details alone; and wallets hold nothing that lasts.

use credential_core::{
    consent::details::{Purpose, RequestedDetails},
    jose::jws::{self, KeyReference},
    oauth::client_assertion,
    rng::SystemRng,
};
use serde_json::json;

use super::support::{Wallet, World};

#[tokio::test(flavor = "multi_thread")]
async fn r29_a_scope_beside_the_details_is_neither_shown_nor_granted() {
    let world = World::new().await;
    let details = world.recipient.details();
    let mut object = serde_json::to_value(world.recipient.object(&world.origin, details)).unwrap();
    object["scope"] = json!("openid everything");
    let signing = &world.recipient.signing;
    let signed = jws::sign("oauth-authz-req+jwt", &object, signing, KeyReference::Kid).unwrap();
    let uri = world.push(&signed).await.text("request_uri");
    let client = world.recipient.client_id();
    let path = format!("/authorize?client_id={client}&request_uri={uri}&scope=everything");
    let page = world.get(&path, &[]).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("everything"), "{}", page.body);
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let answer = world.redeem_with(&code, &[("scope", "everything")]).await;
    assert_eq!(answer.json().get("scope"), None);
    let granted = serde_json::to_value(&grant.details).unwrap();
    assert_eq!(answer.json()["authorization_details"], json!([granted]));
}

#[tokio::test(flavor = "multi_thread")]
async fn r30_the_type_is_announced_and_each_client_has_registered_what_it_may_ask() {
    let world = World::new().await;
    let path = "/.well-known/oauth-authorization-server";
    assert_eq!(
        world.get(path, &[]).await.json()["authorization_details_types_supported"],
        json!(["learning_credentials"])
    );
    let asked = RequestedDetails {
        purpose: Purpose {
            code: "https://w3id.org/dpv#Marketing".into(),
            ..world.recipient.details().purpose
        },
        ..world.recipient.details()
    };
    let signed = world.recipient.signed(&world.origin, asked);
    assert_eq!(
        world.push(&signed).await.refusal(),
        "400 invalid_authorization_details purpose_not_registered"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r37_a_wallet_gets_no_refresh_token_and_proves_its_key_anew_each_time() {
    let world = World::new().await;
    let (wallet, rng) = (Wallet::new(), SystemRng::default());
    let ask = async |grant_type: &str| {
        let key = &*wallet.pairwise;
        let assertion =
            client_assertion::sign_for_wallet(&world.origin, world.now(), key, &rng).unwrap();
        let proof = world.proof(key, "POST", "/wallet/token", None);
        let form = [("grant_type", grant_type), ("assertion", &assertion)];
        world
            .post_form("/wallet/token", &form, &[("dpop", &proof)])
            .await
    };
    let answer = ask(client_assertion::JWT_BEARER_GRANT).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json().get("refresh_token"), None);
    let refused = ask("refresh_token").await;
    assert_eq!(
        refused.refusal(),
        "400 unsupported_grant_type grant_type_unsupported"
    );
}
