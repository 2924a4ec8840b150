//! Notices that are asked for: what became of a share, until the recipient says that it knows.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use credential_core::{
    jose::VerifyingKey,
    notices::{EndReason, Event, Notice},
};
use serde_json::{Value, json};

use super::{
    races::together,
    reading::INVALID_TOKEN,
    support::{Answer, Grant, Recipient, World, read_id},
};

/// Asks as this recipient.
pub(super) async fn poll(world: &World, who: &Recipient, poll: &Value) -> Answer {
    let text = poll.to_string();
    world
        .as_recipient(who, "/notices/poll", &[("poll", &text)])
        .await
}

/// What waits now, by name.
pub(super) async fn waiting(world: &World, who: &Recipient) -> Vec<(String, String)> {
    let answer = poll(world, who, &json!({"returnImmediately": true})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = answer.json();
    let sets = answer["sets"].as_object().unwrap();
    sets.iter()
        .map(|(jti, set)| (jti.clone(), set.as_str().unwrap().to_owned()))
        .collect()
}

/// A notice, checked as its recipient would.
pub(super) fn checked(world: &World, who: &Recipient, set: &str) -> Notice {
    let key = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    Notice::verify(set, &key, &world.origin, &who.client_id(), world.now()).unwrap()
}

/// A grant whose tokens the recipient has.
pub(super) async fn redeemed(world: &World) -> (Grant, String) {
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    (grant, token)
}

async fn reason(world: &World) -> EndReason {
    let waiting = waiting(world, &world.recipient).await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    match checked(world, &world.recipient, &waiting[0].1).event() {
        Event::Ended { reason, .. } => *reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_share_is_told_again_and_again_until_it_is_acknowledged() {
    let world = World::new().await;
    let (grant, _token) = redeemed(&world).await;
    assert_eq!(waiting(&world, &world.recipient).await, []);
    assert_eq!(world.withdraw(&grant).await.status, 200);

    let told = waiting(&world, &world.recipient).await;
    let [(jti, set)] = told.as_slice() else {
        panic!("{told:?}")
    };
    let notice = checked(&world, &world.recipient, set);
    assert_eq!((notice.id(), notice.grant_id()), (jti.as_str(), grant.id));
    assert_eq!(notice.event().name(), "ended");
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(waiting(&world, &world.recipient).await, told);
    assert!(!world.log(&grant).await.contains(&"notified".to_owned()));

    for _twice in 0..2 {
        let settle = json!({"ack": [jti], "maxEvents": 0});
        let answer = poll(&world, &world.recipient, &settle).await;
        assert_eq!(answer.json(), json!({"sets": {}, "moreAvailable": false}));
    }
    assert_eq!(waiting(&world, &world.recipient).await, []);
    let log = world.log(&grant).await;
    assert_eq!(log[log.len() - 2..], ["withdrawn", "notified"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_that_expires_and_one_that_is_read_to_its_end_are_told_with_their_reason() {
    let world = World::new().await;
    let (grant, token) = redeemed(&world).await;
    for _ in 0..3 {
        assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    }
    assert_eq!(reason(&world).await, EndReason::Exhausted);

    let world = World::new().await;
    let _grant = redeemed(&world).await;
    world
        .clock
        .advance(TimeDelta::days(29) + TimeDelta::hours(23));
    let now = world.now();
    let mut registry = world.registry.clone();
    let list = registry.publish(now, TimeDelta::days(30), &world.registrar);
    world.state.trust.import(&list.unwrap(), now).unwrap();
    world.clock.advance(TimeDelta::hours(1));
    let purged = world.state.store.purge(&world.state.notary(), world.now());
    assert!(purged.await.unwrap() > 0);
    assert_eq!(reason(&world).await, EndReason::Expired);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_never_fetched_its_tokens_is_told_nothing() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    world.withdraw(&grant).await;
    assert_eq!(waiting(&world, &world.recipient).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_recipient_neither_sees_nor_settles_what_is_not_its_own() {
    let world = World::new().await;
    let (grant, _token) = redeemed(&world).await;
    world.withdraw(&grant).await;
    let told = waiting(&world, &world.recipient).await;
    let jti = &told[0].0;
    assert_eq!(waiting(&world, &world.other).await, []);
    for settle in [
        json!({"ack": [jti], "maxEvents": 0}),
        json!({"setErrs": {jti: {"err": "x"}}, "maxEvents": 0}),
    ] {
        assert_eq!(poll(&world, &world.other, &settle).await.status, 200);
    }
    assert_eq!(waiting(&world, &world.recipient).await, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_without_authentication_learns_nothing() {
    let world = World::new().await;
    let refused = world
        .post_form("/notices/poll", &[("poll", "{}")], &[])
        .await;
    assert_eq!(refused.refusal(), "401 invalid_client assertion_missing");
    let got = world.get("/notices/poll", &[]).await;
    assert_eq!(got.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_poll_is_refused() {
    let world = World::new().await;
    let many: Vec<String> = (0..501).map(|n| n.to_string()).collect();
    let cases = [
        (json!([]), "poll_malformed"),
        (json!({"maxEvents": -1}), "poll_malformed"),
        (json!({"ack": "one"}), "poll_malformed"),
        (json!({"ack": [1]}), "poll_malformed"),
        (json!({"setErrs": {"a": "b"}}), "poll_malformed"),
        (json!({"ack": many}), "poll_too_much"),
        (json!({"ack": ["x".repeat(129)]}), "poll_too_much"),
    ];
    for (request, reason) in cases {
        let refused = poll(&world, &world.recipient, &request).await;
        assert_eq!(refused.refusal(), format!("400 invalid_request {reason}"));
    }
    let none = world
        .as_recipient(&world.recipient, "/notices/poll", &[])
        .await;
    assert_eq!(none.refusal(), "400 invalid_request parameter_missing");
    // Names that cannot be ours are as unknown as any.
    for jti in [
        "",
        "-",
        "zz-zz",
        "ffffffffffffffff-x",
        "+1-x",
        "0000000000000000-x",
    ] {
        let settle = json!({"ack": [jti], "maxEvents": 0, "another": true});
        assert_eq!(
            poll(&world, &world.recipient, &settle).await.status,
            200,
            "{jti}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_recipient_cannot_take_is_taken_off_without_saying_that_it_was_told() {
    let world = World::new().await;
    let (grant, _token) = redeemed(&world).await;
    world.withdraw(&grant).await;
    let told = waiting(&world, &world.recipient).await;
    let jti = &told[0].0;
    let error = json!({"err": "authentication_failed", "description": "\u{1b}[31m no"});
    let settle = json!({"setErrs": {jti: error}, "returnImmediately": true});
    let answer = poll(&world, &world.recipient, &settle).await;
    assert_eq!(answer.json()["sets"], json!({}));
    assert_eq!(world.log(&grant).await.last().unwrap(), "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_notices_come_oldest_first_and_the_answer_says_that_there_are_more() {
    let world = World::new().await;
    let mut ended = Vec::new();
    for _ in 0..3 {
        let (grant, _token) = redeemed(&world).await;
        world.withdraw(&grant).await;
        ended.push(grant.id);
        world.clock.advance(TimeDelta::seconds(1));
    }
    let two = poll(&world, &world.recipient, &json!({"maxEvents": 2}))
        .await
        .json();
    assert_eq!(two["moreAvailable"], true);
    let names: Vec<_> = two["sets"].as_object().unwrap().keys().cloned().collect();
    let told = waiting(&world, &world.recipient).await;
    let all: Vec<_> = told.iter().map(|(jti, _)| jti.clone()).collect();
    assert_eq!(names, all[..2]);
    let grants: Vec<_> = told
        .iter()
        .map(|(_, set)| checked(&world, &world.recipient, set).grant_id())
        .collect();
    assert_eq!(grants, ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_poll_is_answered_when_something_happens() {
    let world = World::new().await;
    let (grant, _token) = redeemed(&world).await;
    let request = json!({});
    let polling = poll(&world, &world.recipient, &request);
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        world.withdraw(&grant).await;
        Instant::now()
    };
    let (answer, stopped) = tokio::join!(polling, stopping);
    // Heard of, not found by looking again, which happens every three seconds.
    assert!(stopped.elapsed() < Duration::from_secs(2));
    assert_eq!(answer.json()["sets"].as_object().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_keeps_only_a_few_polls_waiting() {
    let world = World::new().await;
    let (grant, _token) = redeemed(&world).await;
    let request = json!({});
    let polls = together((0..6).map(|_| poll(&world, &world.recipient, &request)));
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(800)).await;
        world.withdraw(&grant).await
    };
    let (answers, _) = tokio::join!(polls, stopping);
    let refused: Vec<_> = answers.iter().filter(|one| one.status == 429).collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0].header("retry-after"), "15");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_not_an_access_token() {
    let world = World::new().await;
    let (grant, token) = redeemed(&world).await;
    let (stopped, _token) = redeemed(&world).await;
    world.withdraw(&stopped).await;
    let set = waiting(&world, &world.recipient).await.remove(0).1;
    let refused = world.read(&set, grant.id, &read_id()).await;
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (401, INVALID_TOKEN)
    );
    let renew = [
        ("grant_type", "refresh_token"),
        ("refresh_token", set.as_str()),
    ];
    let refused = world.as_recipient(&world.recipient, "/token", &renew).await;
    assert_eq!(refused.refusal(), "400 invalid_grant -");
    let assertion = [
        ("client_assertion", set.as_str()),
        ("poll", "{}"),
        (
            "client_assertion_type",
            credential_core::oauth::client_assertion::TYPE,
        ),
    ];
    let refused = world.post_form("/notices/poll", &assertion, &[]).await;
    assert_eq!(refused.refusal(), "401 invalid_client jws_wrong_type");
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_recipient_is_shown_to_the_operator() {
    let world = World::new().await;
    let (grant, _token) = redeemed(&world).await;
    world.withdraw(&grant).await;
    let shown = world.state.peek(grant.id).await.unwrap().unwrap();
    let event = "https://types.osaamislompakko.example/events/grant-ended";
    assert_eq!(shown["notices"][0]["events"][event]["reason"], "withdrawn");
    let (jti, _set) = waiting(&world, &world.recipient).await.remove(0);
    poll(
        &world,
        &world.recipient,
        &json!({"ack": [jti], "maxEvents": 0}),
    )
    .await;
    let shown = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(shown["notices"], json!([]));
}
