//! Codes, PKCE (RFC 7636) and refresh tokens at the token endpoint, and tokens where they are used.

use chrono::TimeDelta;
use credential_core::oauth::pkce;
use serde_json::json;

use super::{claims, code_for, outcome, push_edited, redemption, send, switch};
use crate::tests::support::{World, people::fresh_challenge, read_id};

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_pkce_required() {
    let world = World::new().await;
    for challenge in [json!(null), json!(""), json!("too short")] {
        let edits = json!({ "code_challenge": challenge });
        let refused = push_edited(&world, &edits).await;
        assert_eq!(refused, "400 invalid_request request_protection_missing");
    }
    let neither = json!({ "code_challenge": null, "code_challenge_method": null });
    let refused = push_edited(&world, &neither).await;
    assert_eq!(refused, "400 invalid_request request_protection_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn par_plain_pkce_rejected() {
    let world = World::new().await;
    // Without a method it would be plain (RFC 7636 section 4.3).
    for method in [json!("plain"), json!(null), json!("s256")] {
        let edits = json!({ "code_challenge_method": method });
        let refused = push_edited(&world, &edits).await;
        assert_eq!(refused, "400 invalid_request request_protection_missing");
    }
    assert_eq!(push_edited(&world, &json!({})).await, "201");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_pkce_code_verifier_required() {
    let world = World::new().await;
    let (_grant, code) = code_for(&world, &claims(&world, &json!({}))).await;
    let form = &redemption(&code, "")[..3];
    let without = world.as_recipient(&world.recipient, "/token", form).await;
    assert_eq!(without.refusal(), "400 invalid_grant -");
}

#[tokio::test(flavor = "multi_thread")]
async fn incorrect_pkce_code_verifier_rejected() {
    let world = World::new().await;
    let other = "x".repeat(43);
    // Neither another verifier, nor the challenge itself, which would be its own verifier by plain.
    let [first, second] = [fresh_challenge(), fresh_challenge()];
    for (challenge, wrong) in [(&first, &other), (&second, &second)] {
        let edits = json!({ "code_challenge": challenge });
        let (_grant, code) = code_for(&world, &claims(&world, &edits)).await;
        let form = redemption(&code, wrong);
        let answer = world.as_recipient(&world.recipient, "/token", &form).await;
        assert_eq!(answer.refusal(), "400 invalid_grant -");
    }
    let known = pkce::challenge(&other);
    let edits = json!({ "code_challenge": known });
    let (_grant, code) = code_for(&world, &claims(&world, &edits)).await;
    let form = redemption(&code, &other);
    let answer = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn attempt_reuse_authorization_code_after_one_second() {
    let world = World::new().await;
    let (grant, code) = code_for(&world, &claims(&world, &json!({}))).await;
    let token = world.redeem(&code).await.text("access_token");
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    // What was made of it before ends with that (RFC 6749 section 4.1.2).
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(read.refusal(), "401 invalid_token -");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_token_endpoint_fails_with_expired_auth_code() {
    let world = World::new().await;
    for (seconds, expected) in [(59, "200"), (62, "400 invalid_grant -")] {
        let (_grant, code) = code_for(&world, &claims(&world, &json!({}))).await;
        let verifier = world.verifier(&code);
        world.clock.advance(TimeDelta::seconds(seconds));
        let form = redemption(&code, &verifier);
        let answer = world.as_recipient(&world.recipient, "/token", &form).await;
        assert_eq!(outcome(&answer), expected, "{seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_token() {
    let mut world = World::new().await;
    let mut tokens = Vec::new();
    for _client in 0..2 {
        let (grant, code) = code_for(&world, &claims(&world, &json!({}))).await;
        let first = world.redeem(&code).await;
        let refresh = first.text("refresh_token");
        let renewed = world.refresh(&refresh, &[]).await;
        let token = renewed.text("access_token");
        assert_ne!(token, first.text("access_token"));
        assert_eq!(renewed.text("refresh_token"), refresh, "not rotated");
        assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
        // Without a proof, though authenticated.
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
        ];
        assert_eq!(
            send(&world, "/token", &form, None).await.refusal(),
            "400 invalid_dpop_proof dpop_not_exactly_one"
        );
        tokens.push(refresh);
        switch(&mut world);
    }
    // The first client is back, and brings what the second was given.
    let foreign = world.refresh(&tokens[1], &[]).await;
    assert_eq!(foreign.refusal(), "400 invalid_grant -");
    assert_eq!(world.refresh(&tokens[0], &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn access_token_type_header_case_sensitivity() {
    let world = World::new().await;
    let (grant, code) = code_for(&world, &claims(&world, &json!({}))).await;
    let answer = world.redeem(&code).await;
    let (kind, token) = (answer.text("token_type"), answer.text("access_token"));
    let inverted: String = kind.chars().map(invert_case).collect();
    assert_eq!((kind.as_str(), inverted.as_str()), ("DPoP", "dpOp"));
    let path = format!("/mailbox/{}", grant.id);
    for scheme in [kind, inverted] {
        let proof = world.proof(&world.recipient.dpop, "GET", &path, Some(&token));
        let authorization = format!("{scheme} {token}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("dpop", &proof),
            ("read-id", &read_id()),
        ];
        assert_eq!(world.get(&path, &headers).await.status, 200, "{scheme}");
    }
}

fn invert_case(letter: char) -> char {
    if letter.is_ascii_uppercase() {
        letter.to_ascii_lowercase()
    } else {
        letter.to_ascii_uppercase()
    }
}
