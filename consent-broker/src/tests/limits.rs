//! What somebody can fill from outside, and where it ends.

use chrono::TimeDelta;
use credential_core::{
    access_log::{LogPage, SignedHead},
    jose::VerifyingKey,
};
use serde_json::json;

use super::{
    races::together,
    reading::INVALID_TOKEN,
    support::{Wallet, World, read_id},
};

#[tokio::test(flavor = "multi_thread")]
async fn r02_a_client_that_pushes_too_often_waits_and_others_do_not() {
    let world = World::new().await;
    let request = || {
        world
            .recipient
            .signed(&world.origin, world.recipient.details())
    };
    let push = async || world.push(&request()).await;
    let answers = together((0..300).map(|_| push())).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    let refused = push().await;
    assert_eq!(refused.refusal(), "429 slow_down too_many_requests");
    assert_eq!(refused.header("retry-after"), "1");
    let of_other = world.other.signed(&world.origin, world.other.details());
    let form = [("request", of_other.as_str())];
    let other = world.as_recipient(&world.other, "/par", &form).await;
    assert_eq!(other.status, 201);
    world.clock.advance(TimeDelta::milliseconds(100));
    assert_eq!(push().await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_its_key_is_refused_and_the_person_sees_it_a_few_times() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let path = format!("/mailbox/{}", grant.id);
    let authorization = format!("DPoP {token}");
    for _ in 0..15 {
        let proof = world.proof(&world.other.dpop, "GET", &path, Some(&token));
        let id = read_id();
        let headers = [
            ("authorization", authorization.as_str()),
            ("dpop", &proof),
            ("read-id", &id),
        ];
        let refused = world.get(&path, &headers).await;
        assert_eq!(
            (refused.status, refused.body.as_str()),
            (401, INVALID_TOKEN)
        );
    }
    // The thief neither uses up the recipient's turns nor fills the log.
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    let log = world.log(&grant).await;
    let seen = log
        .iter()
        .filter(|line| *line == "read_refused (not_authorized)");
    assert_eq!(seen.count(), 10);
    assert_eq!(log.last().unwrap(), "read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_off_the_list_reads_nothing_and_the_person_sees_that_it_tried() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    world.registry.remove(&world.recipient.entity_id);
    let now = world.now();
    let list = world
        .registry
        .publish(now, TimeDelta::days(30), &world.registrar);
    world.state.trust.import(&list.unwrap(), now).unwrap();
    let refused = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (401, INVALID_TOKEN)
    );
    assert_eq!(
        world.log(&grant).await.last().unwrap(),
        "read_refused (not_authorized)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_without_pause_is_refused_for_a_while_and_fills_no_log() {
    let world = World::new().await;
    let mut details = world.recipient.details();
    details.max_reads = None;
    let grant = world.grant(details).await;
    let token = world.token(&grant).await;
    let id = read_id();
    let answers = together((0..250).map(|_| world.read(&token, grant.id, &id))).await;
    let refused: Vec<_> = answers.iter().filter(|a| a.status == 429).collect();
    // One turn of the burst was the token's.
    assert_eq!(refused.len(), 250 - 239);
    assert_eq!(refused[0].refusal(), "429 slow_down too_many_requests");
    assert_eq!(world.log(&grant).await.len(), 3 + 239);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.read(&token, grant.id, &id).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_only_asks_for_a_token_leaves_no_account() {
    let world = World::new().await;
    let wallet = Wallet::new();
    let token = world.wallet_token(&wallet).await;
    let empty = world.wallet_get(&wallet, &token, "/wallet/log").await;
    let page: LogPage = serde_json::from_str(&empty.body).unwrap();
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    let before = SignedHead::advance(None, &page, &broker, &world.origin).unwrap();
    assert_eq!((before.head().size, page.entries.len()), (0, 0));
    let beyond = world
        .wallet_get(&wallet, &token, "/wallet/log?since=1")
        .await;
    assert_eq!(
        beyond.refusal(),
        "400 invalid_request log_shorter_than_since"
    );
    for body in [json!({"ticket": "AAAA"}), json!({})] {
        world
            .wallet_post(&wallet, &token, "/wallet/requests", &body)
            .await;
    }
    assert_eq!(world.state.store.subjects().await, Ok(vec![]));

    // The account that begins with the first request continues the same log.
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let uri = world.push(&request).await.text("request_uri");
    let (ticket, _) = world.authorize(&uri, None).await.unwrap();
    let body = json!({ "ticket": ticket });
    world
        .wallet_post(&wallet, &token, "/wallet/requests", &body)
        .await;
    assert_eq!(world.state.store.subjects().await.unwrap().len(), 1);
    let token = world.wallet_token(&wallet).await;
    let later = world.wallet_get(&wallet, &token, "/wallet/log").await;
    let page: LogPage = serde_json::from_str(&later.body).unwrap();
    let after = SignedHead::advance(Some(&before), &page, &broker, &world.origin).unwrap();
    assert_eq!(after.head().log_id, before.head().log_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_another_account_has_used_makes_no_account() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let uri = world.push(&request).await.text("request_uri");
    let (ticket, _) = world.authorize(&uri, None).await.unwrap();
    for _ in 0..3 {
        let wallet = Wallet::new();
        let token = world.wallet_token(&wallet).await;
        let body = json!({ "ticket": ticket });
        world
            .wallet_post(&wallet, &token, "/wallet/requests", &body)
            .await;
    }
    assert_eq!(world.state.store.subjects().await.unwrap().len(), 1);
}
