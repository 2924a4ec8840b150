//! Which key a code is bound to (RFC 9449 section 10): the one that pushing showed, or named.

use credential_core::jose::{Es256Key, Signer as _};
use serde_json::{Value, json};

use super::{
    NOT_ONE, approved, claims, code_for, outcome, proof_with, push, push_edited, redeem, signed,
};
use crate::tests::{proofs::read_with, support::World};

#[tokio::test(flavor = "multi_thread")]
async fn ensure_holder_of_key_required() {
    let world = World::new().await;
    let (_grant, code) = code_for(&world, &claims(&world, &json!({}))).await;
    let without = redeem(&world, &code, None).await;
    assert_eq!(without.refusal(), format!("400 {NOT_ONE}"));
    assert_eq!(world.redeem(&code).await.status, 200);
    // Nor is a request taken that names no key at all.
    let request = signed(&world, &claims(&world, &json!({ "dpop_jkt": null })));
    let without = push(&world, &request, None).await;
    assert_eq!(without.refusal(), format!("400 {NOT_ONE}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_mismatched_dpop_jkt_fails() {
    let world = World::new().await;
    let others = world.other.dpop.public_jwk().thumbprint();
    for (jkt, expected) in [
        (others.as_str(), "400 invalid_dpop_proof dpop_other_key"),
        (
            "no thumbprint",
            "400 invalid_request request_protection_missing",
        ),
    ] {
        let refused = push_edited(&world, &json!({ "dpop_jkt": jkt })).await;
        assert_eq!(refused, expected);
    }
}

/// Pushes with these edits, with a proof or without; then the code is good for `bound` alone.
async fn binds_the_code(edits: &Value, is_proven: bool, bound: &Es256Key, world: &World) {
    let request = signed(world, &claims(world, edits));
    let proof = |key| proof_with(world, key, ("POST", "/par"), None, &json!({}));
    let proof = is_proven.then(|| proof(&world.recipient.dpop));
    let pushed = push(world, &request, proof.as_deref()).await;
    assert_eq!(pushed.status, 201, "{pushed:?}");
    let (grant, back) = approved(world, &request, &pushed).await;
    let code = back["code"].as_str().unwrap();
    let at_token = |key| proof_with(world, key, ("POST", "/token"), None, &json!({}));
    let (stranger, _) = Es256Key::generate().unwrap();
    let refused = redeem(world, code, Some(&at_token(&stranger))).await;
    assert_eq!(refused.refusal(), "400 invalid_grant -");
    let redeemed = redeem(world, code, Some(&at_token(bound))).await;
    let token = redeemed.text("access_token");
    let path = format!("/mailbox/{}", grant.id);
    for (key, expected) in [(&stranger, "401 invalid_token -"), (bound, "200")] {
        let proof = proof_with(world, key, ("GET", &path), Some(&token), &json!({}));
        let read = read_with(world, &path, &token, &proof).await;
        assert_eq!(outcome(&read), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_dpop_auth_code_binding_success() {
    let world = World::new().await;
    binds_the_code(&json!({}), true, &world.recipient.dpop, &world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_dpopproof_at_par_endpoint_binding_success() {
    let world = World::new().await;
    let edits = json!({ "dpop_jkt": null });
    binds_the_code(&edits, true, &world.recipient.dpop, &world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_jkt() {
    let world = World::new().await;
    // A key that is named alone, and that no proof has shown yet.
    let (named, _) = Es256Key::generate().unwrap();
    let edits = json!({ "dpop_jkt": named.public_jwk().thumbprint() });
    binds_the_code(&edits, false, &named, &world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt() {
    let mut world = World::new().await;
    let (_grant, code) = code_for(&world, &claims(&world, &json!({ "dpop_jkt": null }))).await;
    let (other, _) = Es256Key::generate().unwrap();
    let own = std::mem::replace(&mut world.recipient.dpop, other);
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    world.recipient.dpop = own;
    assert_eq!(world.redeem(&code).await.status, 200);
}
