//! `GET /authorize` and `GET /complete/{handle}`: what a browser sees and where it goes.

use chrono::TimeDelta;
use serde_json::json;

use super::support::{Answer, Wallet, World, people};

async fn pushed(world: &World) -> String {
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    world.push(&request).await.text("request_uri")
}

fn assert_stays_on_our_page(answer: &Answer) {
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(answer.headers.get("location").is_none());
    assert!(answer.headers.get("set-cookie").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_r07_without_a_pushed_request_there_is_a_page_and_no_redirect() {
    let world = World::new().await;
    let raw = format!(
        "/authorize?client_id={}&response_type=code&redirect_uri={}&state=x",
        world.recipient.client_id(),
        people::REDIRECT
    );
    for path in [
        raw.as_str(),
        "/authorize",
        "/authorize?client_id=x&request_uri=urn:ietf:params:oauth:request_uri:AAAA",
        "/authorize?client_id=x&request_uri=https://elsewhere.example/jar",
        "/authorize?client_id=x&client_id=y&request_uri=z",
    ] {
        let answer = world.get(path, &[]).await;
        assert_stays_on_our_page(&answer);
        assert!(
            answer
                .body
                .contains("This request cannot be opened any more")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r03_another_clients_request_uri_is_refused() {
    let world = World::new().await;
    let uri = pushed(&world).await;
    let path = format!(
        "/authorize?client_id={}&request_uri={uri}",
        world.other.client_id()
    );
    assert_stays_on_our_page(&world.get(&path, &[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_the_page_may_be_reloaded_until_the_decision_and_not_after() {
    let world = World::new().await;
    let details = world.recipient.details();
    let request = world.recipient.signed(&world.origin, details.clone());
    let uri = world.push(&request).await.text("request_uri");
    // A preview by a program without cookies, then the person's browser, twice.
    world.authorize(&uri, None).await.unwrap();
    let (_, cookie) = world.authorize(&uri, None).await.unwrap();
    let (ticket, same) = world.authorize(&uri, Some(&cookie)).await.unwrap();
    assert_eq!(same, cookie);
    let wallet = Wallet::new();
    let token = world.wallet_token(&wallet).await;
    let opened = world
        .wallet_post(
            &wallet,
            &token,
            "/wallet/requests",
            &json!({"ticket": ticket}),
        )
        .await;
    let granted = people::granted(
        &details,
        &world.recipient,
        super::support::random_id(),
        world.now(),
    );
    let header = people::deposit_header(&granted, &world.recipient, world.now());
    let decision = wallet.decision(
        credential_core::consent::decision::Verdict::Approved,
        &request,
        &granted,
        world.now(),
    );
    let body = json!({"request_id": opened.text("request_id"), "decision": decision,
        "deposit": people::deposit(&header, 4096)});
    let decided = world
        .wallet_post(&wallet, &token, "/wallet/decisions", &body)
        .await;
    assert_eq!(decided.status, 201);
    assert_stays_on_our_page(&world.authorize(&uri, Some(&cookie)).await.unwrap_err());
    assert!(
        world
            .complete(&decided.text("complete_url"), &cookie)
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_waits_five_minutes_for_its_first_use_and_an_hour_after_it() {
    let world = World::new().await;
    let (unused, used) = (pushed(&world).await, pushed(&world).await);
    world.authorize(&used, None).await.unwrap();
    world.clock.advance(TimeDelta::seconds(300));
    assert!(world.authorize(&unused, None).await.is_err());
    assert!(world.authorize(&used, None).await.is_ok());
    world.clock.advance(TimeDelta::minutes(55));
    assert!(world.authorize(&used, None).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn r08_r10_the_way_back_is_a_303_with_code_state_and_issuer_once() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let url = grant.answer["complete_url"].as_str().unwrap();
    let back = world.complete(url, &grant.cookie).await.unwrap();
    assert_eq!(back["state"], "session 7 & more");
    assert_eq!(back["iss"], world.origin);
    assert_eq!(back["from"], "broker");
    assert!(back["code"].as_str().unwrap().len() > 40);
    assert_stays_on_our_page(&world.complete(url, &grant.cookie).await.unwrap_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_browser_that_began_can_complete() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let url = grant.answer["complete_url"].as_str().unwrap();
    let uri = pushed(&world).await;
    let (_, strange_cookie) = world.authorize(&uri, None).await.unwrap();
    for cookie in [strange_cookie.as_str(), "", "__Host-session=guess"] {
        assert_stays_on_our_page(&world.complete(url, cookie).await.unwrap_err());
    }
    assert!(world.complete(url, &grant.cookie).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_stopped_before_the_way_back_gives_no_code() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    assert_eq!(world.withdraw(&grant).await.status, 200);
    let url = grant.answer["complete_url"].as_str().unwrap();
    let back = world.complete(url, &grant.cookie).await.unwrap();
    assert_eq!(back["error"], "access_denied");
    assert!(back.get("code").is_none());
}
