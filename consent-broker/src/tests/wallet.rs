//! The wallet's own token, requests, grants, log and receipts.

use chrono::TimeDelta;
use credential_core::{
    access_log::{LogPage, SignedHead},
    consent::receipt::{Event, Receipt},
    jose::VerifyingKey,
    oauth::client_assertion,
    rng::SystemRng,
};
use serde_json::json;

use super::support::{Wallet, World, read_id};

#[tokio::test(flavor = "multi_thread")]
async fn a_wallets_assertion_works_once_here_and_with_its_own_proof_only() {
    let world = World::new().await;
    let wallet = Wallet::new();
    let rng = SystemRng::default();
    let assertion = |audience: &str| {
        client_assertion::sign_for_wallet(audience, world.now(), &*wallet.pairwise, &rng).unwrap()
    };
    let login = async |assertion: &str, key| {
        let proof = world.proof(key, "POST", "/wallet/token", None);
        let form = [
            ("grant_type", client_assertion::JWT_BEARER_GRANT),
            ("assertion", assertion),
        ];
        world
            .post_form("/wallet/token", &form, &[("dpop", &proof)])
            .await
    };
    let good = assertion(&world.origin);
    assert_eq!(
        login(&good, &wallet.grant_key).await.refusal(),
        "400 invalid_dpop_proof dpop_other_key"
    );
    let answer = login(&good, &wallet.pairwise).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["token_type"], "DPoP");
    assert_eq!(
        login(&good, &wallet.pairwise).await.refusal(),
        "400 invalid_grant -"
    );
    let elsewhere = assertion("https://other-broker.example");
    assert_eq!(
        login(&elsewhere, &wallet.pairwise).await.refusal(),
        "400 invalid_grant -"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_for_the_first_account_that_opens_it() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let uri = world.push(&request).await.text("request_uri");
    let (ticket, _) = world.authorize(&uri, None).await.unwrap();
    let (other_ticket, _) = world.authorize(&uri, None).await.unwrap();
    let (first, second) = (Wallet::new(), Wallet::new());
    let (first_token, second_token) = (
        world.wallet_token(&first).await,
        world.wallet_token(&second).await,
    );
    let open = async |wallet, token, ticket: &str| {
        let body = json!({ "ticket": ticket });
        world
            .wallet_post(wallet, token, "/wallet/requests", &body)
            .await
    };
    let opened = open(&first, &first_token, &ticket).await;
    assert_eq!(opened.text("request"), request);
    assert_eq!(
        open(&first, &first_token, &ticket).await.json(),
        opened.json()
    );
    for ticket in [&ticket, &other_ticket] {
        assert_eq!(
            open(&second, &second_token, ticket).await.refusal(),
            "400 invalid_request request_taken"
        );
    }
    assert_eq!(
        open(&first, &first_token, &other_ticket).await.refusal(),
        "400 invalid_request request_taken"
    );
    assert_eq!(
        open(&first, &first_token, "AAAA").await.refusal(),
        "400 invalid_request request_unknown"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_token_works_with_its_own_key_in_its_own_time() {
    let world = World::new().await;
    let (wallet, thief) = (Wallet::new(), Wallet::new());
    let token = world.wallet_token(&wallet).await;
    let path = "/wallet/grants";
    assert_eq!(
        world.wallet_get(&wallet, &token, path).await.json(),
        json!({"grants": []})
    );
    let stolen = world.wallet_get(&thief, &token, path).await;
    assert_eq!(stolen.refusal(), "401 invalid_token -");
    assert_eq!(
        stolen.header("www-authenticate"),
        format!(
            r#"DPoP error="invalid_token", algs="ES256 EdDSA Ed25519", resource_metadata="{}/.well-known/oauth-protected-resource/wallet""#,
            world.origin
        )
    );
    let bearer = format!("Bearer {token}");
    let proof = world.proof(&wallet.pairwise, "GET", path, Some(&token));
    let as_bearer = world
        .get(path, &[("authorization", &bearer), ("dpop", &proof)])
        .await;
    assert_eq!(as_bearer.refusal(), "401 invalid_token -");
    world.clock.advance(TimeDelta::seconds(600));
    let late = world.wallet_get(&wallet, &token, path).await;
    assert_eq!(late.refusal(), "401 invalid_token -");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_continues_provably_and_receipts_agree_with_it() {
    let world = World::new().await;
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    let grant = world.grant(world.recipient.details()).await;
    let page = async |since: u64| -> LogPage {
        let token = world.wallet_token(&grant.wallet).await;
        let path = format!("/wallet/log?since={since}");
        let answer = world.wallet_get(&grant.wallet, &token, &path).await;
        serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"))
    };
    let first = SignedHead::advance(None, &page(0).await, &broker, &world.origin).unwrap();
    assert_eq!(first.head().size, 2);
    assert_eq!(grant.answer["log"]["size"], 2);
    let token = world.token(&grant).await;
    world.read(&token, grant.id, &read_id()).await;
    let withdrawn = world.withdraw(&grant).await;
    let next = page(2).await;
    let second = SignedHead::advance(Some(&first), &next, &broker, &world.origin).unwrap();
    assert_eq!(second.head().size, 5);
    assert_eq!(
        SignedHead::advance(Some(&second), &page(5).await, &broker, &world.origin)
            .unwrap()
            .head(),
        second.head()
    );
    let token = world.wallet_token(&grant.wallet).await;
    let beyond = world
        .wallet_get(&grant.wallet, &token, "/wallet/log?since=6")
        .await;
    assert_eq!(
        beyond.refusal(),
        "400 invalid_request log_shorter_than_since"
    );

    let path = format!("/wallet/receipts?grant_id={}", grant.id);
    let receipts = world.wallet_get(&grant.wallet, &token, &path).await.json();
    let receipts = receipts["receipts"].as_array().unwrap();
    assert_eq!(receipts[0], grant.answer["receipt"]);
    assert_eq!(receipts[1], withdrawn.json()["receipt"]);
    let read = |index: usize| Receipt::verify(receipts[index].as_str().unwrap(), &broker).unwrap();
    assert_eq!(read(0).claims().event, Event::Given);
    assert_eq!(read(0).claims().log_seq, 0);
    assert_eq!(read(1).claims().event, Event::Withdrawn);
    assert_eq!(read(1).claims().log_seq, 4);
    let hash = read(0).claims().details_hash.clone().unwrap();
    assert!(
        next.entries
            .iter()
            .all(|entry| entry.details_hash.as_ref() == Some(&hash))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_wallets_see_nothing_of_each_other() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let stranger = Wallet::new();
    let token = world.wallet_token(&stranger).await;
    for (path, empty) in [
        ("/wallet/grants".to_owned(), json!({"grants": []})),
        ("/wallet/receipts".to_owned(), json!({"receipts": []})),
        (
            format!("/wallet/receipts?grant_id={}", grant.id),
            json!({"receipts": []}),
        ),
    ] {
        assert_eq!(
            world.wallet_get(&stranger, &token, &path).await.json(),
            empty,
            "{path}"
        );
    }
    let path = format!("/wallet/grants/{}/withdraw", grant.id);
    let decision = grant.wallet.decision(
        credential_core::consent::decision::Verdict::Withdrawn,
        &grant.request,
        &grant.details,
        world.now(),
    );
    let body = json!({ "decision": decision });
    let answer = world.wallet_post(&stranger, &token, &path, &body).await;
    assert_eq!(answer.refusal(), "404 invalid_request grant_unknown");
    assert_eq!(world.log(&grant).await, ["consent_given", "deposit"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_grants_says_how_each_stands() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let list = async || {
        let token = world.wallet_token(&grant.wallet).await;
        let answer = world
            .wallet_get(&grant.wallet, &token, "/wallet/grants")
            .await;
        answer.json()["grants"][0].clone()
    };
    let token = world.token(&grant).await;
    world.read(&token, grant.id, &read_id()).await;
    let active = list().await;
    assert_eq!(active["status"], "active");
    assert_eq!(active["reads"], 1);
    assert_eq!(active["grant_id"], grant.id.to_string());
    assert_eq!(active["until"], "2026-06-28T12:00:00Z");
    assert_eq!(active["deposit"]["seq"], 1);
    assert!(active["decision"]["signatures"].is_array());
    world.withdraw(&grant).await;
    let ended = list().await;
    assert_eq!(ended["status"], "withdrawn");
    assert_eq!(ended["deposit"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_without_a_value_is_refused_and_not_taken_for_no_filter() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.wallet_token(&grant.wallet).await;
    for path in ["/wallet/receipts?grant_id=", "/wallet/log?since="] {
        let refused = world.wallet_get(&grant.wallet, &token, path).await;
        assert_eq!(refused.refusal(), "400 invalid_request parameter_empty");
    }
}
