//! How often a client, a person and a stranger may come, and that nobody pretends to be another.

use chrono::TimeDelta;
use credential_core::{clock::Clock as _, consent::decision::Verdict};
use serde_json::json;

use super::{
    races::together,
    reading::INVALID_TOKEN,
    support::{Answer, Wallet, World, client, random_id, read_id},
};
use crate::{TrustedProxies, TrustedProxy, router};

const TOO_OFTEN: &str = "429 slow_down too_many_requests";

fn behind_loopback() -> TrustedProxies {
    let proxy: TrustedProxy = "127.0.0.1".parse().unwrap();
    std::iter::once(proxy).collect()
}

/// A visit to the page with what somebody writes into the headers.
async fn visit(world: &World, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("accept", "application/json")];
    all.extend(headers);
    world.get("/authorize", &all).await
}

/// Uses up the visits of whoever these headers stand for.
async fn visit_to_the_end(world: &World, headers: &[(&str, &str)]) {
    let visits = (0..600).map(|_| visit(world, headers));
    for answer in together(visits).await {
        assert_eq!(answer.refusal(), "400 invalid_request request_not_usable");
    }
    assert_eq!(visit(world, headers).await.refusal(), TOO_OFTEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn r51_r55_a_stranger_that_comes_too_often_waits_and_cannot_be_somebody_else() {
    let world = World::new().await;
    visit_to_the_end(&world, &[]).await;
    for header in [
        ("x-forwarded-for", "203.0.113.5"),
        ("forwarded", "for=203.0.113.5"),
        ("x-real-ip", "203.0.113.5"),
    ] {
        assert_eq!(visit(&world, &[header]).await.refusal(), TOO_OFTEN);
    }
    let page = world.get("/authorize", &[("accept-language", "fi")]).await;
    assert_eq!((page.status, page.header("retry-after")), (429, "1"));
    assert!(
        page.body
            .contains("Verkostasi tulee juuri nyt liian monta pyyntöä")
    );
    assert!(page.body.contains("Mitään ei jaettu"));
    assert_eq!(world.get("/complete/x", &[]).await.status, 429);
    let typed = world
        .post_form("/complete", &[("digits", "000000")], &[])
        .await;
    assert_eq!(typed.status, 429);
    let token = world
        .post_form("/wallet/token", &[("assertion", "x")], &[])
        .await;
    assert_eq!(
        (token.refusal().as_str(), token.header("retry-after")),
        (TOO_OFTEN, "1")
    );
    world.clock.advance(TimeDelta::milliseconds(50));
    assert_eq!(visit(&world, &[]).await.status, 400);
    // Whoever has proven something is not a stranger.
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    assert_eq!(world.push(&request).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn r51_behind_a_named_proxy_each_caller_has_a_limit_of_its_own() {
    let world = World::behind(behind_loopback()).await;
    let first = [("x-forwarded-for", "203.0.113.5")];
    visit_to_the_end(&world, &first).await;
    let pretended = [("x-forwarded-for", "198.51.100.1, 203.0.113.5")];
    assert_eq!(visit(&world, &pretended).await.refusal(), TOO_OFTEN);
    for other in [
        [("x-forwarded-for", "203.0.113.6")],
        [("forwarded", "for=203.0.113.6;proto=https")],
        [("x-forwarded-for", "203.0.113.5, 203.0.113.6")],
    ] {
        assert_eq!(visit(&world, &other).await.status, 400, "{other:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r51_no_header_changes_the_address_a_proof_is_for() {
    let world = World::behind(behind_loopback()).await;
    let spoofed = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=203.0.113.5;host=evil.example;proto=https"),
        ("host", "evil.example"),
    ];
    let wallet = Wallet::new();
    let token = world.wallet_token(&wallet).await;
    let authorization = format!("DPoP {token}");
    let ask = async |uri: &str| {
        let now = world.clock.now();
        let nonce = world.nonce();
        let with = (Some(token.as_str()), Some(nonce.as_str()));
        let proof = super::support::people::proof(&wallet.pairwise, "GET", uri, with, now);
        let mut headers = spoofed.to_vec();
        headers.push(("authorization", &authorization));
        headers.push(("dpop", &proof));
        world.get("/wallet/grants", &headers).await
    };
    let evil = ask("https://evil.example/wallet/grants").await;
    assert_eq!(evil.refusal(), "401 invalid_dpop_proof dpop_other_request");
    assert_eq!(ask(&world.url("/wallet/grants")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn r51_browsers_are_told_to_come_by_tls_where_tls_is_spoken() {
    let world = World::new().await;
    let plain = world.get("/health", &[]).await;
    assert!(plain.headers.get("strict-transport-security").is_none());
    let mut state = world.state.clone();
    state.issuer = "https://broker.example".into();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(state)).await });
    for path in [
        "/health",
        "/authorize",
        "/nothing",
        "/style.css",
        "/wallet/log",
    ] {
        let answer = Answer::of(client().get(format!("{origin}{path}"))).await;
        let header = answer.header("strict-transport-security");
        assert_eq!(header, "max-age=31536000", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r55_a_person_that_asks_too_often_waits_and_others_do_not() {
    let world = World::new().await;
    let (wallet, other) = (Wallet::new(), Wallet::new());
    let token = world.wallet_token(&wallet).await;
    // The account stays the same under a new token.
    let second_token = world.wallet_token(&wallet).await;
    let asks = (0..240).map(|_| world.wallet_get(&wallet, &token, "/wallet/grants"));
    for answer in together(asks).await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    for path in ["/wallet/grants", "/wallet/log", "/wallet/receipts"] {
        let refused = world.wallet_get(&wallet, &second_token, path).await;
        assert_eq!(refused.refusal(), TOO_OFTEN);
        assert_eq!(refused.header("retry-after"), "1");
    }
    // Guessing grants and tickets is asking too.
    let guess = json!({ "ticket": "AAAA" });
    let refused = world
        .wallet_post(&wallet, &token, "/wallet/requests", &guess)
        .await;
    assert_eq!(refused.refusal(), TOO_OFTEN);
    let others = world.wallet_token(&other).await;
    assert_eq!(
        world
            .wallet_get(&other, &others, "/wallet/grants")
            .await
            .status,
        200
    );
    world.clock.advance(TimeDelta::milliseconds(250));
    assert_eq!(
        world
            .wallet_get(&wallet, &token, "/wallet/grants")
            .await
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r55_a_client_that_tries_grants_and_codes_waits_and_others_do_not() {
    let world = World::new().await;
    let guess = async |who: &_| {
        let id = random_id().to_string();
        let form = [("grant_id", id.as_str())];
        world.as_recipient(who, "/receipts", &form).await
    };
    for _ in 0..6 {
        for answer in together((0..200).map(|_| guess(&world.recipient))).await {
            assert_eq!(answer.json(), json!({"receipts": []}));
        }
    }
    assert_eq!(guess(&world.recipient).await.refusal(), TOO_OFTEN);
    let code = world.redeem("AAAA").await;
    assert_eq!(
        (code.refusal().as_str(), code.header("retry-after")),
        (TOO_OFTEN, "1")
    );
    assert_eq!(guess(&world.other).await.status, 200);
    world.clock.advance(TimeDelta::milliseconds(20));
    assert_eq!(guess(&world.recipient).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn r55_unknown_foreign_and_stopped_grants_have_the_same_answers() {
    let world = World::new().await;
    let own = world.grant(world.recipient.details()).await;
    let foreign = world.grant(world.recipient.details()).await;
    let token = world.token(&own).await;
    // To the recipient's reads.
    let mut answers = Vec::new();
    for grant in [random_id(), foreign.id] {
        answers.push(world.read(&token, grant, &read_id()).await);
    }
    assert_eq!(world.withdraw(&own).await.status, 200);
    answers.push(world.read(&token, own.id, &read_id()).await);
    for answer in &answers {
        assert_eq!((answer.status, answer.body.as_str()), (401, INVALID_TOKEN));
        let names = |answer: &Answer| {
            let names = answer.headers.keys().filter(|name| *name != "date");
            names.map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(names(answer), names(&answers[0]));
    }
    // To another recipient that asks for receipts.
    for grant in [random_id(), foreign.id, own.id] {
        let id = grant.to_string();
        let form = [("grant_id", id.as_str())];
        let receipts = world.as_recipient(&world.other, "/receipts", &form).await;
        assert_eq!(
            (receipts.status, receipts.json()),
            (200, json!({"receipts": []}))
        );
    }
    // To another person that stops them.
    let stranger = Wallet::new();
    let strangers = world.wallet_token(&stranger).await;
    for (grant, id) in [(&own, random_id()), (&foreign, foreign.id), (&own, own.id)] {
        let decision = stranger.decision(
            Verdict::Withdrawn,
            &grant.request,
            &grant.details,
            world.now(),
        );
        let path = format!("/wallet/grants/{id}/withdraw");
        let body = json!({ "decision": decision });
        let refused = world.wallet_post(&stranger, &strangers, &path, &body).await;
        assert_eq!(refused.refusal(), "404 invalid_request grant_unknown");
    }
}
