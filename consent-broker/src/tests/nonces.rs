//! DPoP nonces (RFC 9449 sections 8 and 9): who is sent back for one, and what a restart ends.

use chrono::TimeDelta;
use credential_core::oauth::client_assertion;

use super::{
    proofs::{node, read_with},
    support::{Answer, World, people, read_id},
};

#[tokio::test(flavor = "multi_thread")]
async fn r21_without_a_nonce_a_good_proof_is_sent_back_with_one() {
    let world = World::new().await;
    let push = async |nonce: Option<&str>| {
        let request = world
            .recipient
            .signed(&world.origin, world.recipient.details());
        let assertion = world.recipient.assertion(&world.origin, world.now());
        let uri = world.url("/par");
        let proof = people::proof(
            &world.recipient.dpop,
            "POST",
            &uri,
            (None, nonce),
            world.now(),
        );
        let form = [
            ("client_assertion_type", client_assertion::TYPE),
            ("client_assertion", &assertion),
            ("request", &request),
        ];
        world.post_form("/par", &form, &[("dpop", &proof)]).await
    };
    let first = push(None).await;
    assert_eq!(first.refusal(), "400 use_dpop_nonce dpop_nonce_needed");
    assert_eq!(first.header("cache-control"), "no-store");
    let nonce = first.header("dpop-nonce").to_owned();
    let second = push(Some(&nonce)).await;
    assert_eq!(second.status, 201, "{second:?}");
    assert_eq!(second.header("dpop-nonce"), nonce);

    // A new minute: the last one's nonce still works, and the answer brings the new one.
    world.clock.advance(TimeDelta::seconds(60));
    let third = push(Some(&nonce)).await;
    assert_eq!(third.status, 201);
    let newer = third.header("dpop-nonce").to_owned();
    assert_ne!(newer, nonce);
    world.clock.advance(TimeDelta::seconds(60));
    for stale in [nonce.as_str(), "", "made up", &newer.to_uppercase()] {
        let refused = push(Some(stale)).await;
        assert_eq!(refused.refusal(), "400 use_dpop_nonce dpop_nonce_needed");
        assert_ne!(refused.header("dpop-nonce"), nonce);
    }
    assert_eq!(
        push(None).await.status,
        400,
        "no way back to proofs without one"
    );
    assert_eq!(push(Some(&newer)).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn r21_resources_and_wallet_endpoints_want_a_nonce_too() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let mailbox = format!("/mailbox/{}", grant.id);
    let management = format!("/grants/{}", grant.id);
    let places = [
        (mailbox.as_str(), &token, &world.recipient.dpop),
        (&management, &token, &world.recipient.dpop),
        (
            "/wallet/grants",
            &grant.wallet_token,
            &grant.wallet.pairwise,
        ),
        ("/wallet/log", &grant.wallet_token, &grant.wallet.pairwise),
    ];
    for (path, token, key) in places {
        let uri = world.url(path);
        let proof = people::proof(key, "GET", &uri, (Some(token), None), world.now());
        let answer = read_with(&world, path, token, &proof).await;
        assert_eq!(
            answer.refusal(),
            "401 use_dpop_nonce dpop_nonce_needed",
            "{path}"
        );
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.starts_with(r#"DPoP error="use_dpop_nonce""#),
            "{challenge}"
        );
        assert_eq!(answer.header("dpop-nonce"), world.nonce());
    }
    let uri = world.url("/wallet/token");
    let proof = people::proof(
        &grant.wallet.pairwise,
        "POST",
        &uri,
        (None, None),
        world.now(),
    );
    let answer = world
        .post_form("/wallet/token", &[], &[("dpop", &proof)])
        .await;
    assert_eq!(answer.refusal(), "400 use_dpop_nonce dpop_nonce_needed");
    // Whoever shows no proof is not told a nonce.
    let without = world.post_form("/wallet/token", &[], &[]).await;
    assert_eq!(without.header("dpop-nonce"), "");
    assert_eq!(world.log(&grant).await.last().unwrap(), "token_issued");
}

#[tokio::test(flavor = "multi_thread")]
async fn r21_after_a_restart_nothing_older_works() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let path = format!("/mailbox/{}", grant.id);
    let before = world.now();
    let old_nonce = world.nonce();
    let old_assertion = world.recipient.assertion(&world.origin, before);
    world.clock.advance(TimeDelta::seconds(2));
    let restarted = node(&world).await;
    let read = async |nonce: &str, at| {
        let bound = (Some(token.as_str()), Some(nonce));
        let proof = people::proof(&world.recipient.dpop, "GET", &world.url(&path), bound, at);
        let request = world.http.get(format!("{restarted}{path}"));
        let request = request.header("authorization", format!("DPoP {token}"));
        Answer::of(request.header("dpop", proof).header("read-id", read_id())).await
    };
    let refused = read(&old_nonce, before).await;
    assert_eq!(refused.refusal(), "401 use_dpop_nonce dpop_nonce_needed");
    let new_nonce = refused.header("dpop-nonce").to_owned();
    assert_eq!(read(&new_nonce, world.now()).await.status, 200);
    // The node that went on takes the new node's nonce, since they share the key.
    let proof = people::proof(
        &world.recipient.dpop,
        "GET",
        &world.url(&path),
        (Some(&token), Some(&new_nonce)),
        world.now(),
    );
    assert_eq!(read_with(&world, &path, &token, &proof).await.status, 200);

    let revoke = async |assertion: &str| {
        let form = [
            ("client_assertion_type", client_assertion::TYPE),
            ("client_assertion", assertion),
            ("token", "unknown"),
        ];
        let request = world.http.post(format!("{restarted}/revoke")).form(&form);
        Answer::of(request).await
    };
    assert_eq!(
        revoke(&old_assertion).await.refusal(),
        "401 invalid_client assertion_not_of_this_moment"
    );
    let fresh = world.recipient.assertion(&world.origin, world.now());
    assert_eq!(revoke(&fresh).await.status, 200);
}
