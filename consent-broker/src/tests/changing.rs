//! `POST /wallet/grants/{grant_id}/changes`: pausing, resuming, narrowing, renewing.

mod hostile;
mod renewing;

use chrono::TimeDelta;
use credential_core::{
    consent::{
        decision::Verdict,
        details::GrantedDetails,
        receipt::{Event, Receipt},
    },
    jose::VerifyingKey,
};
use serde_json::json;

use super::support::{Answer, Wallet, World, read_id};

const PAUSED: &str = "403 access_denied grant_paused";

fn receipt(world: &World, answer: &Answer) -> Receipt {
    assert_eq!(answer.status, 200, "{answer:?}");
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    Receipt::verify(&answer.text("receipt"), &broker).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_share_is_refused_in_words_to_its_recipient_until_it_is_resumed() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let tokens = world.redeem(&code).await;
    let token = tokens.text("access_token");
    let paused = world.hold(&grant, Verdict::Paused, 1).await;
    assert_eq!(receipt(&world, &paused).claims().event, Event::Paused);
    assert_eq!(paused.json()["log"]["size"], 4);
    let refused = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(refused.refusal(), PAUSED);
    assert_eq!(
        refused.json()["error_description"],
        "the person holds this share back for now"
    );
    let view = world.view(&grant).await;
    assert_eq!(
        (&view["status"], &view["changes"]),
        (&json!("paused"), &json!(1))
    );
    assert_eq!(view["since"], "2026-05-29T12:00:00Z");
    assert_eq!(view["deposits"][0]["seq"], 1, "the deposit stays");

    // Tokens can be had meanwhile, and work as little.
    let refreshed = world.refresh(&tokens.text("refresh_token"), &[]).await;
    let fresh = refreshed.text("access_token");
    assert_eq!(
        world.read(&fresh, grant.id, &read_id()).await.refusal(),
        PAUSED
    );

    let resumed = world.hold(&grant, Verdict::Resumed, 2).await;
    assert_eq!(receipt(&world, &resumed).claims().event, Event::Resumed);
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!((read.status, &read.body), (200, &grant.deposit));
    assert_eq!(
        world.log(&grant).await,
        [
            "consent_given",
            "deposit",
            "token_issued",
            "paused",
            "read_refused (grant_paused)",
            "token_issued",
            "read_refused (grant_paused)",
            "resumed",
            "read"
        ]
    );
    let view = world.view(&grant).await;
    assert_eq!(
        (&view["status"], &view["reads"]),
        (&json!("active"), &json!(1))
    );
    assert_eq!(view["last_read_at"], "2026-05-29T12:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_recipient_with_its_key_and_token_learns_of_a_pause() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let foreign = world.grant(world.recipient.details()).await;
    let (token, code) = (world.token(&grant).await, world.code(&foreign).await);
    let other_token = world.redeem(&code).await.text("access_token");
    world.hold(&grant, Verdict::Paused, 1).await;
    let with_other_token = world.read(&other_token, grant.id, &read_id()).await;
    assert_eq!(with_other_token.refusal(), "401 invalid_token -");
    let path = format!("/mailbox/{}", grant.id);
    let proof = world.proof(&world.other.dpop, "GET", &path, Some(&token));
    let (authorization, id) = (format!("DPoP {token}"), read_id());
    let headers = [
        ("authorization", authorization.as_str()),
        ("dpop", &proof),
        ("read-id", &id),
    ];
    let with_other_key = world.get(&path, &headers).await;
    assert_eq!(with_other_key.refusal(), "401 invalid_token -");
    // A token whose handles have ended is as good as none.
    world.hold(&foreign, Verdict::Paused, 1).await;
    let again = world.redeem(&code).await;
    assert_eq!(again.refusal(), "400 invalid_grant -");
    let stale = world.read(&other_token, foreign.id, &read_id()).await;
    assert_eq!(stale.refusal(), "401 invalid_token -");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_back_the_repeat_of_a_read_too_and_time_goes_on() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let (token, id) = (world.token(&grant).await, read_id());
    assert_eq!(world.read(&token, grant.id, &id).await.status, 200);
    world.hold(&grant, Verdict::Paused, 1).await;
    assert_eq!(world.read(&token, grant.id, &id).await.refusal(), PAUSED);
    world.clock.advance(TimeDelta::days(30));
    let list = world.view(&grant).await;
    assert_eq!(list["status"], "expired");
    let late = world.hold(&grant, Verdict::Resumed, 2).await;
    assert_eq!(late.refusal(), "409 invalid_request grant_ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrowed_share_gives_out_the_new_deposit_alone() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let (token, id) = (world.token(&grant).await, read_id());
    assert_eq!(world.read(&token, grant.id, &id).await.body, grant.deposit);
    let less = GrantedDetails {
        until: grant.details.until - TimeDelta::days(3),
        max_reads: Some(2),
        ..grant.without_grade()
    };
    let deposit = world.sealed(&less, 2);
    let answer = world
        .alter(&grant, (Verdict::Narrowed, 1), &less, &deposit)
        .await;
    let receipt = receipt(&world, &answer);
    assert_eq!(receipt.claims().event, Event::Narrowed);
    assert_eq!(receipt.claims().details.as_ref(), Some(&less));

    // The read that was made before is not repeated from the old deposit: it is a new read.
    let read = world.read(&token, grant.id, &id).await;
    assert_eq!((read.status, &read.body), (200, &deposit));
    assert_eq!(read.header("grant-expires"), "2026-06-25T12:00:00Z");
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 401);
    let held = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(held["deposits"].as_array().unwrap().len(), 1);
    assert_eq!(held["papers"]["earlier"].as_array().unwrap().len(), 1);
    let hash = less.hash_base64url().unwrap();
    assert_eq!(held["grant"]["details_hash"], json!(hash));
    assert_eq!(
        world.log(&grant).await,
        [
            "consent_given",
            "deposit",
            "token_issued",
            "read",
            "narrowed",
            "deposit",
            "read",
            "exhausted",
            "read_refused (grant_ended)"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r27_the_token_answer_after_narrowing_says_what_is_granted_now() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let tokens = world.redeem(&code).await;
    let less = grant.without_grade();
    let deposit = world.sealed(&less, 2);
    world
        .alter(&grant, (Verdict::Narrowed, 1), &less, &deposit)
        .await;
    let refreshed = world.refresh(&tokens.text("refresh_token"), &[]).await;
    let said = &refreshed.json()["authorization_details"];
    assert_eq!(said, &json!([less]));
    assert_eq!(
        refreshed.text("refresh_token"),
        tokens.text("refresh_token")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_share_is_narrowed_and_stays_paused() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    world.hold(&grant, Verdict::Paused, 1).await;
    let less = grant.without_grade();
    let deposit = world.sealed(&less, 2);
    let narrowed = world
        .alter(&grant, (Verdict::Narrowed, 2), &less, &deposit)
        .await;
    assert_eq!(receipt(&world, &narrowed).claims().event, Event::Narrowed);
    let refused = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(refused.refusal(), PAUSED);
    world.hold(&grant, Verdict::Resumed, 3).await;
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(read.body, deposit);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_change_again_gets_the_same_answer_until_another_was_made() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let less = grant.without_grade();
    let deposit = world.sealed(&less, 2);
    let decision = world.signed_change(&grant, Verdict::Narrowed, 1, Some(&less));
    let body = json!({ "decision": decision, "deposit": deposit });
    let first = world.send_change(&grant, &body).await;
    assert_eq!(first.status, 200, "{first:?}");
    // Also long after its moment.
    world.clock.advance(TimeDelta::hours(2));
    let again = world.send_change(&grant, &body).await;
    assert_eq!((again.status, again.json()), (200, first.json()));
    let other_deposit = json!({ "decision": decision, "deposit": world.sealed(&less, 3) });
    let refused = world.send_change(&grant, &other_deposit).await;
    assert_eq!(
        refused.refusal(),
        "400 invalid_request decision_not_of_this_moment"
    );
    world.hold(&grant, Verdict::Paused, 2).await;
    let played_again = world.send_change(&grant, &body).await;
    assert_eq!(
        played_again.refusal(),
        "400 invalid_request decision_not_of_this_moment"
    );
    assert_eq!(
        world.log(&grant).await,
        ["consent_given", "deposit", "narrowed", "deposit", "paused"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_times_the_same_change_at_once_is_one_change() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let decision = world.signed_change(&grant, Verdict::Paused, 1, None);
    let body = json!({ "decision": decision });
    let answers = super::races::together((0..50).map(|_| world.send_change(&grant, &body))).await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{answers:?}"
    );
    let said = answers[0].json();
    assert!(answers.iter().all(|answer| answer.json() == said));
    assert_eq!(
        world.log(&grant).await,
        ["consent_given", "deposit", "paused"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_view_of_another_account_say_nothing() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    world.hold(&grant, Verdict::Paused, 1).await;
    let token = world.wallet_token(&grant.wallet).await;
    let list = world
        .wallet_get(&grant.wallet, &token, "/wallet/grants")
        .await;
    assert_eq!(list.json()["grants"][0]["status"], "paused");
    let stranger = Wallet::new();
    let token = world.wallet_token(&stranger).await;
    for name in [grant.id.to_string(), "nonsense".into()] {
        let path = format!("/wallet/grants/{name}");
        let answer = world.wallet_get(&stranger, &token, &path).await;
        assert_eq!(answer.refusal(), "404 invalid_request grant_unknown");
    }
}
