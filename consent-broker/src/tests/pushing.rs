//! Notices that are pushed to the address the registrar lists (RFC 8935), and what addresses may do.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
use chrono::TimeDelta;
use credential_core::{
    http::{HttpClient, Limits},
    network::Network,
};
use serde_json::json;

use super::{
    notices::{checked, poll, redeemed, waiting},
    support::{Recipient, World},
};
use crate::messenger::Messenger;

/// What the recipient's server does with a notice.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Takes,
    Fails,
    Refuses,
    Redirects,
    Hangs,
    Rambles,
    SaysOk,
}

/// A recipient's server for notices.
#[derive(Debug, Clone)]
struct Receiver {
    origin: String,
    mood: Arc<Mutex<Mood>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn start(mood: Mood) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            mood: Arc::new(Mutex::new(mood)),
            seen: Arc::default(),
        };
        let app = Router::new()
            .route("/events", post(receive))
            .route("/moved", post(receive))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> Response {
    assert_eq!(headers["content-type"], "application/secevent+jwt");
    assert!(headers.get("authorization").is_none());
    receiver.seen.lock().unwrap().push(body);
    let mood = *receiver.mood.lock().unwrap();
    match mood {
        Mood::Takes => StatusCode::ACCEPTED.into_response(),
        Mood::SaysOk => StatusCode::OK.into_response(),
        Mood::Fails => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Refuses => {
            (StatusCode::BAD_REQUEST, r#"{"err": "invalid_audience"}"#).into_response()
        }
        Mood::Redirects => Redirect::temporary("/moved").into_response(),
        Mood::Hangs => std::future::pending().await,
        Mood::Rambles => (StatusCode::ACCEPTED, "x".repeat(20_000)).into_response(),
    }
}

/// Lists an address for a recipient, as the registrar would.
fn list(world: &mut World, who: &Recipient, endpoint: &str) {
    let mut entry = who.entry();
    entry.recipient.as_mut().unwrap().event_endpoint = Some(endpoint.into());
    world.registry.add(entry, Network::Loopback).unwrap();
    let now = world.now();
    let list = world
        .registry
        .publish(now, TimeDelta::days(30), &world.registrar);
    world.state.trust.import(&list.unwrap(), now).unwrap();
}

/// A broker that pushes to this receiver.
async fn world_with(receiver: &Receiver) -> (World, Messenger) {
    let mut world = World::new().await;
    let who = Recipient::new("http://127.0.0.1:9/lumo");
    list(&mut world, &who, &format!("{}/events", receiver.origin));
    world.recipient = who;
    let messenger = messenger(&world, Network::Loopback);
    (world, messenger)
}

fn messenger(world: &World, network: Network) -> Messenger {
    let limits = Limits {
        timeout: Duration::from_millis(1500),
        max_answer: 16 * 1024,
    };
    let http = HttpClient::new(network).unwrap();
    Messenger::with_limits(world.state.clone(), &http, limits)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_notice_arrives_once_and_the_person_sees_that_the_recipient_was_told() {
    let receiver = Receiver::start(Mood::Takes).await;
    let (world, messenger) = world_with(&receiver).await;
    let (grant, _token) = redeemed(&world).await;
    messenger.round().await;
    assert_eq!(receiver.seen(), [""; 0]);
    world.withdraw(&grant).await;
    messenger.round().await;
    messenger.round().await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 1);
    let notice = checked(&world, &world.recipient, &seen[0]);
    assert_eq!(
        (notice.grant_id(), notice.event().name()),
        (grant.id, "ended")
    );
    assert_eq!(world.log(&grant).await.last().unwrap(), "notified");
    assert_eq!(waiting(&world, &world.recipient).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_address_is_tried_later_and_later_and_gets_the_same_when_it_recovers() {
    let receiver = Receiver::start(Mood::Fails).await;
    let (world, messenger) = world_with(&receiver).await;
    let (grant, _token) = redeemed(&world).await;
    world.withdraw(&grant).await;
    // Ten seconds, twenty, forty; half of each may be missing.
    for (tries, seconds) in [(1, 10), (2, 20), (3, 40)] {
        messenger.round().await;
        assert_eq!(receiver.seen().len(), tries);
        world
            .clock
            .advance(TimeDelta::milliseconds(seconds * 500 - 1));
        messenger.round().await;
        assert_eq!(receiver.seen().len(), tries, "not before half the pause");
        world
            .clock
            .advance(TimeDelta::milliseconds(seconds * 500 + 1));
    }
    assert_eq!(waiting(&world, &world.recipient).await.len(), 1);
    receiver.set(Mood::Takes);
    messenger.round().await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|set| *set == seen[0]));
    assert_eq!(waiting(&world, &world.recipient).await, []);
    assert_eq!(world.log(&grant).await.last().unwrap(), "notified");
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_arrive_in_their_order_also_after_a_failure() {
    let receiver = Receiver::start(Mood::Fails).await;
    let (world, messenger) = world_with(&receiver).await;
    let mut ended = Vec::new();
    for _ in 0..3 {
        let (grant, _token) = redeemed(&world).await;
        world.withdraw(&grant).await;
        messenger.round().await;
        ended.push(grant.id);
    }
    assert_eq!(receiver.seen().len(), 1, "the others wait behind the first");
    receiver.set(Mood::Takes);
    world.clock.advance(TimeDelta::seconds(10));
    messenger.round().await;
    let arrived: Vec<_> = receiver.seen()[1..]
        .iter()
        .map(|set| checked(&world, &world.recipient, set).grant_id())
        .collect();
    assert_eq!(arrived, ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_days_a_notice_is_pushed_no_more_and_waits_to_be_asked_for() {
    let receiver = Receiver::start(Mood::Fails).await;
    let (world, messenger) = world_with(&receiver).await;
    let (old, _token) = redeemed(&world).await;
    let (mut young, _token) = redeemed(&world).await;
    world.withdraw(&old).await;
    messenger.round().await;
    world.clock.advance(TimeDelta::hours(72));
    young.wallet_token = world.wallet_token(&young.wallet).await;
    world.withdraw(&young).await;
    receiver.set(Mood::Takes);
    messenger.round().await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        checked(&world, &world.recipient, &seen[1]).grant_id(),
        young.id
    );
    let waiting = waiting(&world, &world.recipient).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        checked(&world, &world.recipient, &waiting[0].1).grant_id(),
        old.id
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_is_refused_is_not_pushed_again_and_holds_up_no_other() {
    let receiver = Receiver::start(Mood::Refuses).await;
    let (world, messenger) = world_with(&receiver).await;
    let (grant, _token) = redeemed(&world).await;
    world.withdraw(&grant).await;
    messenger.round().await;
    receiver.set(Mood::Takes);
    let (next, _token) = redeemed(&world).await;
    world.withdraw(&next).await;
    world.clock.advance(TimeDelta::hours(1));
    messenger.round().await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        checked(&world, &world.recipient, &seen[1]).grant_id(),
        next.id
    );
    assert_eq!(waiting(&world, &world.recipient).await[0].1, seen[0]);
    assert_eq!(world.log(&grant).await.last().unwrap(), "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_redirects_hangs_rambles_or_misunderstands_has_not_taken_the_notice() {
    for mood in [Mood::Redirects, Mood::Hangs, Mood::Rambles, Mood::SaysOk] {
        let receiver = Receiver::start(mood).await;
        let (world, messenger) = world_with(&receiver).await;
        let (grant, _token) = redeemed(&world).await;
        world.withdraw(&grant).await;
        let began = Instant::now();
        messenger.round().await;
        assert!(began.elapsed() < Duration::from_secs(8), "{mood:?}");
        assert_eq!(
            receiver.seen().len(),
            1,
            "{mood:?}: a redirect is not followed"
        );
        let waiting = waiting(&world, &world.recipient).await;
        assert_eq!(waiting.len(), 1, "{mood:?}");
        assert_eq!(
            world.log(&grant).await.last().unwrap(),
            "withdrawn",
            "{mood:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r45_a_private_address_is_never_called_even_when_it_is_listed() {
    let receiver = Receiver::start(Mood::Takes).await;
    let (mut world, _) = world_with(&receiver).await;
    let (grant, _token) = redeemed(&world).await;
    world.withdraw(&grant).await;
    let in_production = messenger(&world, Network::Public);
    let who = std::mem::replace(&mut world.recipient, Recipient::new("http://127.0.0.1:9/x"));
    let port = receiver.origin.rsplit(':').next().unwrap().to_owned();
    let disguises = [
        format!("http://127.0.0.1:{port}/events"),
        format!("http://localhost:{port}/events"),
        format!("http://[::1]:{port}/events"),
    ];
    for endpoint in disguises {
        list(&mut world, &who, &endpoint);
        in_production.round().await;
        world.clock.advance(TimeDelta::hours(7));
    }
    assert_eq!(receiver.seen(), [""; 0]);
    assert_eq!(waiting(&world, &who).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r45_without_a_listed_address_nothing_is_pushed_anywhere() {
    let world = World::new().await;
    let messenger = messenger(&world, Network::Loopback);
    let (grant, _token) = redeemed(&world).await;
    world.withdraw(&grant).await;
    // An address in a request changes nothing: the member is not looked at.
    let receiver = Receiver::start(Mood::Takes).await;
    let request = json!({"returnImmediately": true, "maxEvents": 0,
        "event_endpoint": format!("{}/events", receiver.origin)});
    assert_eq!(poll(&world, &world.recipient, &request).await.status, 200);
    messenger.round().await;
    assert_eq!(receiver.seen(), [""; 0]);
    assert_eq!(waiting(&world, &world.recipient).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_hangs_delays_neither_a_stop_nor_another_recipient() {
    let (dead, alive) = (
        Receiver::start(Mood::Hangs).await,
        Receiver::start(Mood::Takes).await,
    );
    let (mut world, messenger) = world_with(&dead).await;
    let (first, _token) = redeemed(&world).await;
    let (second, token) = redeemed(&world).await;
    let other = Recipient::new("http://127.0.0.1:9/other");
    list(&mut world, &other, &format!("{}/events", alive.origin));
    let hanging = std::mem::replace(&mut world.recipient, other);
    let (foreign, _token) = redeemed(&world).await;
    let running = tokio::spawn(messenger.run());
    world.withdraw(&first).await;
    while dead.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The push hangs. Stops are answered at once, and what they end is ended.
    let began = Instant::now();
    assert_eq!(world.withdraw(&second).await.status, 200);
    assert_eq!(world.withdraw(&foreign).await.status, 200);
    assert!(began.elapsed() < Duration::from_secs(1));
    let other = std::mem::replace(&mut world.recipient, hanging);
    let refused = world
        .read(&token, second.id, &super::support::read_id())
        .await;
    assert_eq!(refused.status, 401);
    while alive.seen().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.abort();
    let told = checked(&world, &other, &alive.seen()[0]);
    assert_eq!(told.grant_id(), foreign.id);
}
