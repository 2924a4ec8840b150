//! The wallet is told that its log has grown, and nothing more.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::json;

use super::support::{Grant, World};

async fn events(world: &World, grant: &Grant, query: &str) -> super::support::Answer {
    let path = format!("/wallet/events{query}");
    world
        .wallet_get(&grant.wallet, &grant.wallet_token, &path)
        .await
}

/// Opens a stream of server-sent events.
async fn stream(world: &World, grant: &Grant, since: u64) -> reqwest::Response {
    let path = "/wallet/events";
    let token = grant.wallet_token.as_str();
    let proof = world.proof(&grant.wallet.pairwise, "GET", path, Some(token));
    let request = world.http.get(world.url(&format!("{path}?since={since}")));
    let request = request
        .header("authorization", format!("DPoP {token}"))
        .header("dpop", proof)
        .header("accept", "text/event-stream");
    request.send().await.unwrap()
}

async fn next(stream: &mut reqwest::Response) -> Option<String> {
    let chunk = tokio::time::timeout(Duration::from_secs(10), stream.chunk());
    let chunk = chunk.await.expect("an event in time").unwrap()?;
    Some(String::from_utf8(chunk.to_vec()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_has_grown_is_told_at_once_by_its_size_and_last_kind_alone() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let told = events(&world, &grant, "?since=0&wait=30").await;
    assert_eq!(told.json(), json!({"size": 2, "kind": "deposit"}));
    let nothing = events(&world, &grant, "?since=2").await;
    assert_eq!(nothing.json(), json!({"size": 2, "kind": null}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_question_is_answered_when_the_log_grows() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let asking = events(&world, &grant, "?since=2&wait=30");
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        world.withdraw(&grant).await;
        Instant::now()
    };
    let (told, stopped) = tokio::join!(asking, stopping);
    assert!(stopped.elapsed() < Duration::from_secs(2));
    assert_eq!(told.json(), json!({"size": 3, "kind": "withdrawn"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_question_ends_with_nothing_new() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let began = Instant::now();
    let told = events(&world, &grant, "?since=2&wait=1").await;
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(told.json(), json!({"size": 2, "kind": null}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_each_growth_and_ends_with_the_token() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let mut stream = stream(&world, &grant, 0).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.headers()["cache-control"], "no-cache");
    let event = |size, kind| {
        format!("event: log\nid: {size}\ndata: {{\"size\":{size},\"kind\":\"{kind}\"}}\n\n")
    };
    assert_eq!(next(&mut stream).await.unwrap(), event(2, "deposit"));
    let _token = world.token(&grant).await;
    assert_eq!(next(&mut stream).await.unwrap(), event(3, "token_issued"));
    world.withdraw(&grant).await;
    assert_eq!(next(&mut stream).await.unwrap(), event(4, "withdrawn"));
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(next(&mut stream).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_keeps_only_a_few_streams_open() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(stream(&world, &grant, 0).await);
    }
    assert!(open.iter().all(|stream| stream.status() == 200));
    assert_eq!(stream(&world, &grant, 0).await.status(), 429);
    assert_eq!(events(&world, &grant, "?wait=1").await.status, 429);
    drop(open);
    let began = Instant::now();
    while stream(&world, &grant, 0).await.status() == 429 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "a closed stream is forgotten"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_account_itself_is_told() {
    let world = World::new().await;
    let (grant, other) = (
        world.grant(world.recipient.details()).await,
        world.grant(world.recipient.details()).await,
    );
    world.withdraw(&other).await;
    let told = events(&world, &grant, "?since=2").await;
    assert_eq!(told.json(), json!({"size": 2, "kind": null}));
    let refused = world.get("/wallet/events", &[]).await;
    assert_eq!(refused.status, 401);
    let stolen = world
        .wallet_get(&other.wallet, &grant.wallet_token, "/wallet/events")
        .await;
    assert_eq!(stolen.status, 401);
    for query in ["?since=x", "?since=-1", "?wait=soon", "?since=1&since=2"] {
        assert_eq!(events(&world, &grant, query).await.status, 400, "{query}");
    }
}
