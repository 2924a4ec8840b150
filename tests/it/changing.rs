//! A share that stands is changed: paused, resumed, narrowed, renewed; and everything is stopped.

use chrono::TimeDelta;
use credential_core::{
    access_log::{Kind, Outcome},
    consent::{
        decision::{SignedDecision, Verdict},
        details::ClaimRef,
        receipt::Event,
    },
};
use osaamislompakko::stages;
use serde_json::{Value, json};
use verifier_sdk::{checks::Outcome as Verdicts, recipient::ReadError};
use wallet_core::{
    Error,
    consent::share::{Less, ShareState},
};

use crate::support::{
    SAMPLE, Scene, Shared,
    front::{Break, scene},
};

fn without(claim: &str) -> Less {
    Less {
        leave_out: vec![ClaimRef {
            credential_id: "certificate".into(),
            claim_id: claim.into(),
        }],
        ..Less::default()
    }
}

async fn read(scene: &Scene, shared: &mut Shared) -> Result<verifier_sdk::Report, ReadError> {
    let read = stages::read(&scene.world, &shared.recipient, &mut shared.grant);
    read.await.unwrap()
}

fn text(report: &verifier_sdk::Report) -> String {
    serde_json::to_string(report).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_paused_resumed_narrowed_renewed_and_stopped_with_all_others() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let id = shared.approved.grant_id;

    let paused = wallet.pause(id).await.unwrap();
    assert_eq!(paused.state, ShareState::Paused);
    assert_eq!(
        wallet.refresh_shares().await.unwrap()[0].state,
        ShareState::Paused
    );
    let refused = read(&scene, &mut shared).await.unwrap_err();
    assert_eq!(refused, ReadError::Paused);

    let resumed = wallet.resume(id).await.unwrap();
    assert_eq!(resumed.state, ShareState::Active);
    let whole = read(&scene, &mut shared).await.unwrap();
    assert_eq!(whole.verdict, Verdicts::Valid, "{whole:?}");
    assert!(
        text(&whole).contains("Esimerkki"),
        "the family name was shared"
    );

    // Less is shared: the recipient reads it with the token it has, and every check holds.
    let narrowed = wallet.narrow(id, &without("family_name")).await.unwrap();
    assert_eq!(narrowed.state, ShareState::Active);
    let less = read(&scene, &mut shared).await.unwrap();
    assert_eq!(less.verdict, Verdicts::Valid, "{less:?}");
    assert!(!text(&less).contains("Esimerkki"), "{less:?}");
    assert_eq!(shared.grant.details(), &narrowed.details);
    assert_eq!(shared.grant.last_sequence(), 2);

    scene.clock.advance(TimeDelta::days(5));
    let end = wallet.renewal_end(id).unwrap();
    assert!(end > narrowed.details.until);
    let renewed = wallet.renew(id, end).await.unwrap();
    assert_eq!(renewed.details.until, end);
    let again = read(&scene, &mut shared).await.unwrap();
    assert_eq!(again.verdict, Verdicts::Valid, "{again:?}");
    assert_eq!(shared.grant.details().until, end);

    let stopped = wallet.stop_all().await.unwrap();
    assert_eq!(stopped.failures, []);
    assert_eq!(stopped.shares[0].state, ShareState::Stopped);
    assert_eq!(
        read(&scene, &mut shared).await.unwrap_err(),
        ReadError::Ended
    );
    assert!(wallet.stop_all().await.unwrap().shares.is_empty());

    let events = [
        Event::Given,
        Event::Paused,
        Event::Resumed,
        Event::Narrowed,
        Event::Renewed,
        Event::Withdrawn,
    ];
    let receipts = stages::receipts(&scene.world, &wallet, &shared.recipient, id).await;
    let receipts = receipts.unwrap();
    assert_eq!(receipts.holder, events);
    assert_eq!(receipts.recipient, events);

    let broker = scene.world.broker().issuer.clone();
    let log = wallet.sync_log(&broker).await.unwrap().new;
    let kinds: Vec<Kind> = log.iter().map(|entry| entry.kind).collect();
    let expected = [
        Kind::ConsentGiven,
        Kind::Deposit,
        Kind::TokenIssued,
        Kind::Paused,
        Kind::ReadRefused,
        Kind::Resumed,
        Kind::Read,
        Kind::Narrowed,
        Kind::Deposit,
        Kind::Read,
        Kind::Renewed,
        Kind::Deposit,
        Kind::TokenIssued,
        Kind::Read,
        Kind::Withdrawn,
        Kind::ReadRefused,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(log[4].outcome, Outcome::GrantPaused);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_less_or_not_longer_is_refused_before_anything_leaves() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = scene.shared(&wallet).await;
    let id = shared.approved.grant_id;
    let before = wallet.share(id).unwrap();
    let until = before.details.until;
    let day = TimeDelta::days(1);
    let longer = Less {
        until: Some(until + day),
        ..Less::default()
    };
    assert_eq!(
        wallet.narrow(id, &longer).await.unwrap_err(),
        Error::NotLess
    );
    let past = Less {
        until: Some(before.made_at - day),
        ..Less::default()
    };
    assert_eq!(wallet.narrow(id, &past).await.unwrap_err(), Error::End);
    let needed = wallet.narrow(id, &without("title")).await.unwrap_err();
    assert_eq!(needed.reason(), "selection_needed_left_out");
    let sooner = wallet.renew(id, until - day).await.unwrap_err();
    assert_eq!(sooner, Error::End);
    let past_what_was_asked = wallet.renew(id, until + day * 3000).await.unwrap_err();
    assert_ne!(past_what_was_asked.reason(), "broker_refused");
    let after = wallet.share(id).unwrap();
    assert_eq!((after.details, after.change_waits), (before.details, false));
    wallet.stop(id).await.unwrap();
    assert_eq!(wallet.pause(id).await.unwrap_err(), Error::NotLiving);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_was_lost_is_handed_in_again_and_made_once() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let id = shared.approved.grant_id;
    front.breaks(Break::BeforeAnswer("/changes"));
    let lost = wallet.narrow(id, &without("family_name")).await;
    assert_eq!(lost.unwrap_err().reason(), "http_unreachable");
    let waiting = wallet.share(id).unwrap();
    assert!(waiting.change_waits);
    assert_eq!(
        waiting.details,
        shared.grant.details().clone(),
        "not confirmed"
    );
    front.works();
    // Also by asking how things stand, and long after its moment.
    scene.clock.advance(TimeDelta::hours(1));
    let shares = wallet.refresh_shares().await.unwrap();
    assert!(!shares[0].change_waits);
    assert_ne!(&shares[0].details, shared.grant.details());
    let less = read(&scene, &mut shared).await.unwrap();
    assert!(!text(&less).contains("Esimerkki"));
    let receipts = wallet.receipts(id).await.unwrap();
    let narrowed = receipts.iter().filter(|r| r.event == Event::Narrowed);
    assert_eq!(narrowed.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_never_arrived_is_signed_anew_when_its_moment_has_passed() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = scene.shared(&wallet).await;
    let id = shared.approved.grant_id;
    front.breaks(Break::BeforeRequest("/changes"));
    assert!(wallet.pause(id).await.is_err());
    assert_eq!(wallet.share(id).unwrap().state, ShareState::Active);
    front.works();
    scene.clock.advance(TimeDelta::hours(1));
    let paused = wallet.pause(id).await.unwrap();
    assert_eq!(
        (paused.state, paused.change_waits),
        (ShareState::Paused, false)
    );
    let resumed = wallet.resume(id).await.unwrap();
    assert_eq!(resumed.state, ShareState::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_plays_an_old_change_again_as_the_new_one_is_caught() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = scene.shared(&wallet).await;
    let id = shared.approved.grant_id;
    wallet.pause(id).await.unwrap();
    let old = wallet.kept_receipts(id).unwrap();
    let old = old
        .iter()
        .find(|r| r.event == Event::Paused)
        .unwrap()
        .signed
        .clone();
    wallet.resume(id).await.unwrap();
    // The receipt is genuine, of this share, about a pause of this wallet; only not about this one.
    front.lies(move |path, answer| {
        if path.ends_with("/changes") {
            answer["receipt"] = old.clone().into();
        }
    });
    let caught = wallet.pause(id).await.unwrap_err();
    assert_eq!(caught, Error::ReceiptNotOurs);
    let share = wallet.share(id).unwrap();
    assert_eq!(
        (share.state, share.change_waits),
        (ShareState::Active, true)
    );
    front.lies(|_path, _answer| {});
    assert_eq!(wallet.pause(id).await.unwrap().state, ShareState::Paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_claims_a_change_or_an_end_that_nobody_signed_is_not_believed() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    scene.shared(&wallet).await;
    for status in ["paused", "stopped", "given_up", "withdrawn"] {
        front.lies(move |path, answer| {
            if path == "/wallet/grants" {
                answer["grants"][0]["status"] = status.into();
            }
        });
        let shares = wallet.refresh_shares().await.unwrap();
        assert_eq!(shares[0].state, ShareState::Active, "{status}");
    }
    let id = wallet.shares().unwrap()[0].grant_id;
    wallet.pause(id).await.unwrap();
    front.lies(|path, answer| {
        if path == "/wallet/grants" {
            answer["grants"][0]["status"] = "active".into();
        }
    });
    let shares = wallet.refresh_shares().await.unwrap();
    assert_eq!(shares[0].state, ShareState::Paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_of_every_decision_of_this_wallet_are_ours_and_those_of_others_are_not() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = scene.shared(&wallet).await;
    let id = shared.approved.grant_id;
    wallet.narrow(id, &without("family_name")).await.unwrap();
    wallet.pause(id).await.unwrap();
    let receipts = wallet.receipts(id).await.unwrap();
    let events: Vec<Event> = receipts.iter().map(|receipt| receipt.event).collect();
    assert_eq!(events, [Event::Given, Event::Narrowed, Event::Paused]);
    let claims = |index: usize| -> Value {
        let payload = receipts[index].signed.split('.').nth(1).unwrap();
        let octets = credential_core::encoding::from_base64url(payload).unwrap();
        serde_json::from_slice(&octets).unwrap()
    };
    assert_ne!(claims(0)["decision"], claims(1)["decision"]);
    assert_eq!(claims(1)["decision"], claims(2)["decision"]);
    let decision = serde_json::from_value(claims(1)["decision"].clone()).unwrap();
    let decision = SignedDecision::open(decision).unwrap();
    assert_eq!(decision.claims().decision, Verdict::Narrowed);
    // A receipt of another share of the same person is genuine and still not about this one.
    let other = scene.shared(&wallet).await.approved.grant_id;
    let foreign = wallet.kept_receipts(other).unwrap()[0].signed.clone();
    front.lies(move |path, answer| {
        if path.starts_with("/wallet/receipts") {
            answer["receipts"] = json!([foreign]);
        }
    });
    assert_eq!(
        wallet.receipts(id).await.unwrap_err(),
        Error::ReceiptNotOurs
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_cannot_be_reached_leaves_everything_stopped_here_and_waiting_there() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    scene.shared(&wallet).await;
    scene.shared(&wallet).await;
    front.breaks(Break::BeforeAnswer("/wallet/grants/withdraw"));
    let stopped = wallet.stop_all().await.unwrap();
    assert_eq!(stopped.failures.len(), 1);
    assert!(
        stopped
            .shares
            .iter()
            .all(|s| s.state == ShareState::Stopping)
    );
    front.works();
    let stopped = wallet.stop_all().await.unwrap();
    assert_eq!(stopped.failures, []);
    assert_eq!(stopped.shares.len(), 2);
    assert!(
        stopped
            .shares
            .iter()
            .all(|s| s.state == ShareState::Stopped)
    );
    let id = stopped.shares[0].grant_id;
    let receipts = wallet.kept_receipts(id).unwrap();
    assert!(
        receipts
            .iter()
            .any(|receipt| receipt.event == Event::Withdrawn)
    );
}
