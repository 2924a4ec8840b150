//! Credentials that the institution releases later.

use chrono::TimeDelta;
use credential_core::{credential::CredentialType, encoding::base64url, jose::Es256Key};
use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Answer, World, asking, issuer, key};
use crate::server::handles::Grant;

const DEGREE: &[CredentialType] = &[CredentialType::Qualification];

/// An offer that waits, and its access token.
async fn held(world: &World) -> (credential_core::id::OfferId, String) {
    let offer = world.offer(DEGREE);
    assert_eq!(world.state.hold(&offer.id), Ok(true));
    let code = world.code(&offer).await;
    let answer = world.redeem(&code, offer.tx_code.as_deref()).await;
    (
        offer.id,
        answer.body["access_token"].as_str().unwrap().into(),
    )
}

async fn asked_again(world: &World, token: &str, transaction: &Value) -> Answer {
    let request = world.request(Method::POST, "/deferred").bearer_auth(token);
    Answer::to(request.json(&json!({"transaction_id": transaction}))).await
}

/// Asks for the degree and is told to wait; the transaction.
async fn deferred(world: &World, token: &str, keys: &[&Es256Key]) -> Value {
    let answer = world.collect(token, "qualification", keys).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    answer.body["transaction_id"].clone()
}

#[tokio::test]
async fn c13_what_is_not_released_is_deferred_and_collected_later_once() {
    let world = World::new().await;
    let (offer, token) = held(&world).await;
    let holder = key();
    let answer = world.collect(&token, "qualification", &[&holder]).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.header("cache-control"), "no-store");
    let transaction = answer.body["transaction_id"].clone();
    assert_eq!(
        answer.body,
        json!({"transaction_id": transaction, "interval": 30})
    );

    let waiting = asked_again(&world, &token, &transaction).await;
    assert_eq!(
        (waiting.status, &waiting.body),
        (202, &answer.body),
        "the same transaction"
    );

    assert_eq!(world.state.release(&offer), Ok(true));
    let collected = asked_again(&world, &token, &transaction).await;
    assert_eq!(collected.status, 200, "{}", collected.text);
    let members: Vec<_> = collected.body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["credentials"], "exclusive");
    let credential = world.verified(&collected).remove(0);
    let bound = credential.holder_key().unwrap().thumbprint();
    assert_eq!(
        bound,
        credential_core::jose::Signer::public_jwk(&holder).thumbprint()
    );

    let again = asked_again(&world, &token, &transaction).await;
    assert_eq!(
        again.shown(),
        "400 invalid_transaction_id (transaction_unknown)"
    );
    assert_eq!(world.state.issued().unwrap().len(), 1);
}

#[tokio::test]
async fn c13_a_request_that_is_repeated_has_the_same_transaction_and_one_with_other_keys_ends_it() {
    let world = World::new().await;
    let (offer, token) = held(&world).await;
    let (first, second) = (key(), key());
    let transaction = deferred(&world, &token, &[&first]).await;
    assert_eq!(deferred(&world, &token, &[&first]).await, transaction);
    let other = deferred(&world, &token, &[&second, &first]).await;
    assert_ne!(other, transaction);
    world.state.release(&offer).unwrap();
    let ended = asked_again(&world, &token, &transaction).await;
    assert_eq!(
        ended.shown(),
        "400 invalid_transaction_id (transaction_unknown)"
    );
    let collected = asked_again(&world, &token, &other).await;
    assert_eq!(world.verified(&collected).len(), 2, "one for each proof");
}

#[tokio::test]
async fn c13_a_transaction_works_with_the_access_token_of_its_offer_alone() {
    let world = World::new().await;
    let (offer, token) = held(&world).await;
    let (_other_offer, other_token) = held(&world).await;
    let transaction = deferred(&world, &token, &[&key()]).await;
    world.state.release(&offer).unwrap();
    let stranger = asked_again(&world, &other_token, &transaction).await;
    assert_eq!(
        stranger.shown(),
        "400 invalid_transaction_id (transaction_unknown)"
    );
    let nobody = asked_again(&world, "AAAA", &transaction).await;
    assert_eq!(nobody.shown(), "401 invalid_token (token_refused)");
    for unknown in ["", "AAAA", &base64url([0; 16]), &"A".repeat(10_000)] {
        let answer = asked_again(&world, &token, &json!(unknown)).await;
        assert_eq!(
            answer.shown(),
            "400 invalid_transaction_id (transaction_unknown)"
        );
    }
    for malformed in [json!(null), json!(7)] {
        let answer = asked_again(&world, &token, &malformed).await;
        assert_eq!(
            answer.shown(),
            "400 invalid_credential_request (request_malformed)"
        );
    }
    let collected = asked_again(&world, &token, &transaction).await;
    assert_eq!(collected.status, 200, "what others tried changed nothing");
}

#[tokio::test]
async fn a_transaction_outlives_a_restart_of_the_server() {
    let world = World::new().await;
    let (offer, token) = held(&world).await;
    let transaction = deferred(&world, &token, &[&key()]).await;
    let (identifier, clock) = (world.identifier.clone(), world.clock.clone());
    let folder = world.stop().await;
    let state = issuer(&identifier, folder.path(), &clock);
    state.release(&offer).unwrap();
    let id = credential_core::encoding::from_base64url(transaction.as_str().unwrap()).unwrap();
    let opened = state.handles().open::<Grant>(&token, state.now());
    assert_eq!(opened.map(|grant| grant.offer), Some(offer));
    let handed = state.hand_out_later(offer, &id.try_into().unwrap());
    assert!(handed.is_ok(), "{handed:?}");
}

#[tokio::test]
async fn what_was_released_can_also_be_asked_for_anew() {
    let world = World::new().await;
    let (offer, token) = held(&world).await;
    let transaction = deferred(&world, &token, &[&key()]).await;
    world.state.release(&offer).unwrap();
    let proof = world.proof(&key()).await;
    let answer = world
        .credential(&token, &asking("qualification", &[proof]))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let late = asked_again(&world, &token, &transaction).await;
    assert_eq!(
        late.shown(),
        "400 invalid_transaction_id (transaction_unknown)"
    );
    assert_eq!(
        world.state.issued().unwrap().len(),
        1,
        "one credential, not two"
    );
}

#[tokio::test]
async fn a_transaction_of_an_expired_access_token_is_not_told_anything() {
    let world = World::new().await;
    let (offer, token) = held(&world).await;
    let transaction = deferred(&world, &token, &[&key()]).await;
    world.state.release(&offer).unwrap();
    world.clock.advance(TimeDelta::minutes(6));
    let late = asked_again(&world, &token, &transaction).await;
    assert_eq!(late.shown(), "401 invalid_token (token_refused)");
}

#[tokio::test]
async fn only_an_offer_that_exists_can_be_held() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    assert_eq!(world.state.hold(&offer.id), Ok(true));
    assert_eq!(world.state.hold(&offer.id), Ok(true), "again is the same");
    world.clock.advance(TimeDelta::hours(1));
    world.state.forget_dead_offers().unwrap();
    assert_eq!(world.state.release(&offer.id), Ok(false));
}
