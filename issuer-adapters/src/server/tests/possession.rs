//! DPoP: tokens that are bound to a key, and the proofs they are used with.

use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    jose::{Es256Key, dpop},
    rng::SystemRng,
};
use reqwest::Method;

use super::world::{Answer, World, asking, key};
use crate::server::Confirmation;

const DEGREE: &[CredentialType] = &[CredentialType::Qualification];

/// A proof for a path of this server.
fn prove(world: &World, path: &str, bound: (Option<&str>, Option<&str>), key: &Es256Key) -> String {
    let address = format!("{}{path}", world.identifier);
    let rng = SystemRng::default();
    dpop::prove_with_nonce("POST", &address, bound, world.state.now(), key, &rng).unwrap()
}

async fn redeem(world: &World, code: &str, proof: &str) -> Answer {
    let grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    let form = [("grant_type", grant), ("pre-authorized_code", code)];
    let request = world.request(Method::POST, "/token").header("dpop", proof);
    Answer::to(request.form(&form)).await
}

/// The nonce of a side, as any answer tells it.
async fn nonce(world: &World, path: &str) -> String {
    let answer = Answer::to(world.request(Method::POST, path)).await;
    answer.header("dpop-nonce").to_owned()
}

async fn code(world: &World) -> String {
    let offer = world.offer_with(DEGREE, Confirmation::LinkAlone);
    world.code(&offer).await
}

/// A token that is bound to the key.
async fn token(world: &World, key: &Es256Key) -> String {
    let (code, nonce) = (code(world).await, nonce(world, "/token").await);
    let answer = redeem(
        world,
        &code,
        &prove(world, "/token", (None, Some(&nonce)), key),
    )
    .await;
    assert_eq!(answer.body["token_type"], "DPoP", "{}", answer.shown());
    answer.body["access_token"].as_str().unwrap().into()
}

/// Asks for the credential with the scheme and, if there is one, the proof.
async fn collect(world: &World, scheme: &str, token: &str, proof: Option<&str>) -> Answer {
    let body = asking("qualification", &[world.proof(&key()).await]);
    let mut request = world
        .request(Method::POST, "/credential")
        .header("authorization", format!("{scheme} {token}"));
    if let Some(proof) = proof {
        request = request.header("dpop", proof);
    }
    Answer::to(request.json(&body)).await
}

#[tokio::test]
async fn c18_a_token_that_is_bound_to_a_key_is_used_with_proofs_of_that_key() {
    let (world, wallet) = (World::new().await, key());
    let token = token(&world, &wallet).await;
    let nonce = nonce(&world, "/credential").await;
    let proof = prove(&world, "/credential", (Some(&token), Some(&nonce)), &wallet);
    let answer = collect(&world, "DPoP", &token, Some(&proof)).await;
    assert_eq!(world.verified(&answer).len(), 1);
}

#[tokio::test]
async fn c18_a_bound_token_is_worth_nothing_without_its_key() {
    let (world, wallet, thief) = (World::new().await, key(), key());
    let token = token(&world, &wallet).await;
    let other = self::token(&world, &wallet).await;
    let nonce = nonce(&world, "/credential").await;
    let bound = (Some(token.as_str()), Some(nonce.as_str()));
    let (own, foreign) = (
        prove(&world, "/credential", bound, &wallet),
        prove(&world, "/credential", bound, &thief),
    );
    let of_another_token = (Some(other.as_str()), Some(nonce.as_str()));
    let of_another = prove(&world, "/credential", of_another_token, &wallet);
    let elsewhere = prove(&world, "/token", bound, &wallet);
    for (scheme, proof, expected) in [
        ("Bearer", None, "401 invalid_token (token_refused)"),
        ("Bearer", Some(&own), "401 invalid_token (token_refused)"),
        ("DPoP", None, "401 invalid_dpop_proof (dpop_missing)"),
        (
            "DPoP",
            Some(&foreign),
            "401 invalid_token (token_of_another_key)",
        ),
        (
            "DPoP",
            Some(&of_another),
            "401 invalid_dpop_proof (dpop_other_token)",
        ),
        (
            "DPoP",
            Some(&elsewhere),
            "401 invalid_dpop_proof (dpop_other_request)",
        ),
    ] {
        let proof = proof.map(String::as_str);
        let answer = collect(&world, scheme, &token, proof).await;
        assert_eq!(answer.shown(), expected, "{scheme} {proof:?}");
        assert!(!answer.header("www-authenticate").is_empty());
    }
    let plain = world.token(DEGREE).await;
    let bound = (Some(plain.as_str()), Some(nonce.as_str()));
    let proof = prove(&world, "/credential", bound, &wallet);
    let answer = collect(&world, "DPoP", &plain, Some(&proof)).await;
    assert_eq!(answer.shown(), "401 invalid_token (token_refused)");
}

#[tokio::test]
async fn c18_nonces_of_the_two_sides_are_independent_and_told_to_those_who_need_them() {
    let (world, wallet) = (World::new().await, key());
    let code = code(&world).await;
    let of_resource = nonce(&world, "/credential").await;
    for given in [None, Some(of_resource.as_str()), Some("bm9uY2U")] {
        let answer = redeem(
            &world,
            &code,
            &prove(&world, "/token", (None, given), &wallet),
        )
        .await;
        assert_eq!(answer.shown(), "400 use_dpop_nonce (dpop_nonce)");
        assert!(!answer.header("dpop-nonce").is_empty());
    }
    let token = token(&world, &wallet).await;
    let of_server = nonce(&world, "/token").await;
    for given in [None, Some(of_server.as_str())] {
        let proof = prove(&world, "/credential", (Some(&token), given), &wallet);
        let answer = collect(&world, "DPoP", &token, Some(&proof)).await;
        assert_eq!(answer.shown(), "401 use_dpop_nonce (dpop_nonce)");
        assert_eq!(answer.header("dpop-nonce"), of_resource);
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.starts_with("DPoP error=\"use_dpop_nonce\""),
            "{challenge}"
        );
    }
}

#[tokio::test]
async fn a_bearer_token_comes_and_is_used_without_a_word_of_nonces() {
    let world = World::new().await;
    let answer = world.redeem(&code(&world).await, None).await;
    assert_eq!((answer.status, answer.header("dpop-nonce")), (200, ""));
    let token = answer.body["access_token"].as_str().unwrap();
    let answer = collect(&world, "Bearer", token, None).await;
    assert_eq!((answer.status, answer.header("dpop-nonce")), (200, ""));
}

#[tokio::test]
async fn c18_a_nonce_is_good_for_two_minutes_at_most() {
    let (world, wallet) = (World::new().await, key());
    let (code, nonce) = (code(&world).await, nonce(&world, "/token").await);
    world.clock.advance(TimeDelta::seconds(120));
    let proof = prove(&world, "/token", (None, Some(&nonce)), &wallet);
    let answer = redeem(&world, &code, &proof).await;
    assert_eq!(answer.shown(), "400 use_dpop_nonce (dpop_nonce)");
    world.clock.advance(TimeDelta::seconds(-1));
    let proof = prove(&world, "/token", (None, Some(&nonce)), &wallet);
    assert_eq!(redeem(&world, &code, &proof).await.status, 200);
}

#[tokio::test]
async fn c18_a_proof_is_used_once_also_by_two_at_the_same_moment() {
    let (world, wallet) = (World::new().await, key());
    let (one, other) = (code(&world).await, code(&world).await);
    let nonce = nonce(&world, "/token").await;
    let proof = prove(&world, "/token", (None, Some(&nonce)), &wallet);
    let (first, second) =
        tokio::join!(redeem(&world, &one, &proof), redeem(&world, &other, &proof));
    let mut shown = [first.shown(), second.shown()];
    shown.sort();
    assert_eq!(
        shown,
        ["200 - (-)", "400 invalid_dpop_proof (dpop_used_before)"]
    );
}

#[tokio::test]
async fn c18_a_proof_that_is_not_exactly_one_or_not_of_this_moment_is_refused() {
    let (world, wallet) = (World::new().await, key());
    let (code, nonce) = (code(&world).await, nonce(&world, "/token").await);
    let bound = (None, Some(nonce.as_str()));
    let early = prove(&world, "/token", bound, &wallet);
    world.clock.advance(TimeDelta::seconds(61));
    let answer = redeem(&world, &code, &early).await;
    assert_eq!(
        answer.shown(),
        "400 invalid_dpop_proof (dpop_not_of_this_moment)"
    );
    let grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    let form = [("grant_type", grant), ("pre-authorized_code", &code)];
    let request = world
        .request(Method::POST, "/token")
        .header("dpop", prove(&world, "/token", bound, &wallet))
        .header("dpop", prove(&world, "/token", bound, &wallet));
    let answer = Answer::to(request.form(&form)).await;
    assert_eq!(
        answer.shown(),
        "400 invalid_dpop_proof (dpop_not_exactly_one)"
    );
    let answer = redeem(&world, &code, "no proof").await;
    assert_eq!(answer.shown(), "400 invalid_dpop_proof (jws_malformed)");
}

#[tokio::test]
async fn c18_a_made_up_code_costs_no_memory_for_its_proof() {
    let (world, wallet) = (World::new().await, key());
    let nonce = nonce(&world, "/token").await;
    let proof = prove(&world, "/token", (None, Some(&nonce)), &wallet);
    let answer = redeem(&world, "bm90aGluZw", &proof).await;
    assert_eq!(answer.shown(), "400 invalid_grant (offer_dead)");
    let code = code(&world).await;
    assert_eq!(redeem(&world, &code, &proof).await.status, 200);
}
