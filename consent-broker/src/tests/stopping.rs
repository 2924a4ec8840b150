//! Stopping several shares at once.

use credential_core::{
    consent::{
        decision::Verdict,
        details::{GrantedDetails, RequestedDetails},
        receipt::{Event, Receipt},
    },
    jose::VerifyingKey,
};
use serde_json::{Value, json};

use super::support::{
    Answer, Grant, Wallet, World,
    people::{deposit, deposit_header, granted},
    random_id, read_id,
};

/// Another grant of the wallet that has `first`, under its own key.
async fn second(world: &World, first: &Grant, details: RequestedDetails) -> Grant {
    let request = world.recipient.signed(&world.origin, details.clone());
    let uri = world.push(&request).await.text("request_uri");
    let (ticket, cookie) = world.authorize(&uri, None).await.unwrap();
    let token = world.wallet_token(&first.wallet).await;
    let body = json!({ "ticket": ticket });
    let opened = world.wallet_post(&first.wallet, &token, "/wallet/requests", &body);
    let request_id = opened.await.text("request_id");
    let details = granted(&details, &world.recipient, random_id(), world.now());
    let wallet = Wallet {
        pairwise: first.wallet.pairwise.clone(),
        ..Wallet::new()
    };
    let sealed = deposit(
        &deposit_header(&details, &world.recipient, world.now()),
        4096,
    );
    let decision = wallet.decision(Verdict::Approved, &request, &details, world.now());
    let body = json!({"request_id": request_id, "decision": decision, "deposit": sealed});
    let answer = world
        .wallet_post(&wallet, &token, "/wallet/decisions", &body)
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    Grant {
        id: details.grant_id,
        wallet,
        wallet_token: token,
        request,
        details,
        deposit: sealed,
        answer: answer.json(),
        cookie,
    }
}

async fn stop_all(world: &World, wallet: &Wallet) -> Answer {
    let token = world.wallet_token(wallet).await;
    let path = "/wallet/grants/stop-all";
    let proof = world.proof(&wallet.pairwise, "POST", path, Some(&token));
    let request = world
        .http
        .post(world.url(path))
        .header("authorization", format!("DPoP {token}"))
        .header("dpop", proof);
    Answer::of(request).await
}

fn events(world: &World, answer: &Answer) -> Vec<Event> {
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    let json = answer.json();
    let grants = json["grants"].as_array().unwrap();
    let signed = grants
        .iter()
        .map(|grant| grant["receipt"].as_str().unwrap());
    signed
        .map(|signed| Receipt::verify(signed, &broker).unwrap().claims().event)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_own_key_stops_every_living_share_at_once_and_again_says_the_same() {
    let world = World::new().await;
    let first = world.grant(world.recipient.details()).await;
    let once = RequestedDetails {
        max_reads: Some(1),
        ..world.recipient.details()
    };
    let read_out = second(&world, &first, once).await;
    let paused = second(&world, &first, world.recipient.details()).await;
    let foreign = world.grant(world.recipient.details()).await;
    let token = world.token(&first).await;
    let last = world.token(&read_out).await;
    world.read(&last, read_out.id, &read_id()).await;
    world.hold(&paused, Verdict::Paused, 1).await;

    let stopped = stop_all(&world, &first.wallet).await;
    assert_eq!(stopped.status, 200, "{stopped:?}");
    assert_eq!(events(&world, &stopped), [Event::Stopped, Event::Stopped]);
    let named = |answer: &Answer| -> Vec<Value> {
        let json = answer.json();
        let grants = json["grants"].as_array().unwrap().iter();
        grants.map(|grant| grant["grant_id"].clone()).collect()
    };
    let ids = named(&stopped);
    assert!(ids.contains(&json!(first.id)) && ids.contains(&json!(paused.id)));
    let refused = world.read(&token, first.id, &read_id()).await;
    assert_eq!(refused.refusal(), "401 invalid_token -");
    assert_eq!(world.view(&first).await["status"], "stopped");
    assert_eq!(world.view(&read_out).await["status"], "exhausted");
    assert_eq!(world.view(&foreign).await["status"], "active");
    for grant in [&first, &paused] {
        let held = world.state.peek(grant.id).await.unwrap().unwrap();
        assert_eq!(held["deposits"], json!([]));
    }
    let size = world.log(&first).await.len();
    assert_eq!(stop_all(&world, &first.wallet).await.json(), stopped.json());
    assert_eq!(world.log(&first).await.len(), size);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_has_nothing_to_stop_and_a_stolen_token_stops_nothing() {
    let world = World::new().await;
    let nobody = stop_all(&world, &Wallet::new()).await;
    assert_eq!(nobody.json(), json!({"grants": []}));
    let grant = world.grant(world.recipient.details()).await;
    let thief = Wallet::new();
    let path = "/wallet/grants/stop-all";
    let stolen = world
        .wallet_post(&thief, &grant.wallet_token, path, &json!({}))
        .await;
    assert_eq!(stolen.refusal(), "401 invalid_token -");
    assert_eq!(world.view(&grant).await["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_shares_are_withdrawn_together_or_not_at_all() {
    let world = World::new().await;
    let first = world.grant(world.recipient.details()).await;
    let other = second(&world, &first, world.recipient.details()).await;
    let foreign = world.grant(world.recipient.details()).await;
    let word = |grant: &Grant, details: &GrantedDetails| {
        let request = &grant.request;
        grant
            .wallet
            .decision(Verdict::Withdrawn, request, details, world.now())
    };
    let send = async |decisions: Value| {
        let token = world.wallet_token(&first.wallet).await;
        let body = json!({ "decisions": decisions });
        let path = "/wallet/grants/withdraw";
        world.wallet_post(&first.wallet, &token, path, &body).await
    };
    let mine = word(&first, &first.details);
    let with_foreign = send(json!([mine, word(&foreign, &foreign.details)])).await;
    assert_eq!(with_foreign.refusal(), "404 invalid_request grant_unknown");
    assert_eq!(
        send(json!([mine, mine])).await.refusal(),
        "400 invalid_request decision_twice"
    );
    assert_eq!(
        send(json!([])).await.refusal(),
        "400 invalid_request decisions_count"
    );
    assert_eq!(world.view(&first).await["status"], "active");
    let both = send(json!([mine, word(&other, &other.details)])).await;
    assert_eq!(events(&world, &both), [Event::Withdrawn, Event::Withdrawn]);
    assert_eq!(world.view(&other).await["status"], "withdrawn");
}
