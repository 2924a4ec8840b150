//! Proofs of possession (RFC 9449): what must be right in one, and what does not matter.

use credential_core::{
    encoding::{base64url, sha256_base64url},
    jose::Signer as _,
};
use serde_json::{Value, json};

use super::{NOT_ONE, approved, claims, outcome, proof_with, push, redeem, signed};
use crate::tests::{
    proofs::{read_with, sound},
    support::{
        Grant, World,
        forging::{jws, with},
        read_id,
    },
};

/// A share that can be read as often as a test needs, and a token for it.
async fn readable(world: &World) -> (Grant, String) {
    let mut details = world.recipient.details();
    details.max_reads = None;
    let grant = world.grant(details).await;
    let token = world.token(&grant).await;
    (grant, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn dpop_negative_tests() {
    let world = World::new().await;
    let (grant, token) = readable(&world).await;
    let path = format!("/mailbox/{}", grant.id);
    let (header, claims) = sound(&world, &path, &token, "refused");
    let own = &world.recipient.dpop;
    let head = |name, value| jws(&with(&header, name, value), &claims, own);
    let body = |name, value| jws(&header, &with(&claims, name, value), own);
    let hour = |sign: i64| Some(json!(world.now().timestamp() + sign * 3600));
    let private = with(&header["jwk"], "d", Some(json!(base64url([7; 32]))));
    let unsigned = head("alg", Some(json!("none")));
    let unsigned = unsigned.rsplit_once('.').unwrap().0;
    let (good, other) = (jws(&header, &claims, own), &world.other.dpop);
    let input = good.rsplit_once('.').unwrap().0;
    let others = with(&header, "jwk", Some(json!(other.public_jwk().bare())));
    let malformed = "invalid_dpop_proof jws_malformed";
    let wrong_type = "invalid_dpop_proof jws_wrong_type";
    let content = "invalid_dpop_proof jws_wrong_content";
    let algorithm = "invalid_dpop_proof jws_algorithm_mismatch";
    let request = "invalid_dpop_proof dpop_other_request";
    let moment = "invalid_dpop_proof dpop_not_of_this_moment";
    let for_other = "invalid_dpop_proof dpop_other_token";
    let cases: [(&str, String, &str); 21] = [
        ("no JWT", "proof".into(), malformed),
        ("no typ", head("typ", None), wrong_type),
        ("no alg", head("alg", None), malformed),
        ("no jwk", head("jwk", None), malformed),
        ("no jti", body("jti", None), content),
        ("no htm", body("htm", None), content),
        ("no htu", body("htu", None), content),
        ("no iat", body("iat", None), content),
        ("no ath", body("ath", None), for_other),
        ("typ", head("typ", Some(json!("jwt"))), wrong_type),
        ("RS256", head("alg", Some(json!("RS256"))), algorithm),
        ("none", head("alg", Some(json!("none"))), algorithm),
        ("none, unsigned", format!("{unsigned}."), algorithm),
        (
            "signature",
            format!("{input}.{}", base64url([7; 64])),
            "invalid_dpop_proof jws_bad_signature",
        ),
        ("private key", head("jwk", Some(private)), malformed),
        ("htm", body("htm", Some(json!("PUT"))), request),
        (
            "htu",
            body("htu", Some(json!("https://other.example/"))),
            request,
        ),
        ("iat ahead", body("iat", hour(1)), moment),
        ("iat behind", body("iat", hour(-1)), moment),
        (
            "ath",
            body("ath", Some(json!(sha256_base64url("other")))),
            for_other,
        ),
        (
            "another key",
            jws(&others, &claims, other),
            "invalid_token -",
        ),
    ];
    for (what, proof, expected) in cases {
        let answer = read_with(&world, &path, &token, &proof).await;
        assert_eq!(answer.refusal(), format!("401 {expected}"), "{what}");
    }
    let read = async |headers: &[(&str, &str)]| {
        let id = read_id();
        let headers = [headers, &[("read-id", &id)]].concat();
        outcome(&world.get(&path, &headers).await)
    };
    let (bound, bearer) = (format!("DPoP {token}"), format!("Bearer {token}"));
    let proof = || jws(&header, &claims, own);
    let twice = [
        ("authorization", bound.as_str()),
        ("dpop", &proof()),
        ("dpop", &proof()),
    ];
    assert_eq!(read(&twice).await, format!("401 {NOT_ONE}"));
    assert_eq!(read(&twice[..1]).await, format!("401 {NOT_ONE}"));
    let as_bearer = read(&[("authorization", &bearer)]).await;
    assert_eq!(as_bearer, "401 invalid_token -");
    // After all that, what is right still works, and works once.
    for expected in ["200", "401 invalid_dpop_proof dpop_replayed"] {
        let answer = read_with(&world, &path, &token, &proof()).await;
        assert_eq!(outcome(&answer), expected);
    }
    what_does_not_matter(&world, &path, &token).await;
}

/// RFC 9449 sections 4.2 and 4.3: unknown members are ignored, and addresses are compared without
/// query and fragment after normalisation.
async fn what_does_not_matter(world: &World, path: &str, token: &str) {
    let htu = world.url(path);
    let edits = [
        json!({ "htu": format!("{htu}?a=1#b") }),
        json!({ "htu": htu.replacen("http", "HTTP", 1) }),
        json!({ "htu": htu.replacen("/mailbox", "/./mailbox", 1) }),
        json!({ "unknown": [1], "sub": "me" }),
    ];
    for (number, edit) in edits.iter().enumerate() {
        let (header, claims) = sound(world, path, token, &format!("accepted {number}"));
        let header = with(&header, "unknown", Some(json!(true)));
        let claims = super::edited(&claims, edit);
        let proof = jws(&header, &claims, &world.recipient.dpop);
        let answer = read_with(world, path, token, &proof).await;
        assert_eq!(answer.status, 200, "{edit}: {answer:?}");
    }
}

/// The whole way with these members in every proof of the recipient; each answer is a good one.
async fn with_proofs(world: &World, edits: &Value) {
    let key = &world.recipient.dpop;
    let proof = |place, token| proof_with(world, key, place, token, edits);
    let request = signed(world, &claims(world, &json!({})));
    let pushed = push(world, &request, Some(&proof(("POST", "/par"), None))).await;
    let (grant, back) = approved(world, &request, &pushed).await;
    let code = back["code"].as_str().unwrap();
    let redeemed = redeem(world, code, Some(&proof(("POST", "/token"), None))).await;
    let token = redeemed.text("access_token");
    let path = format!("/mailbox/{}", grant.id);
    let proof = proof(("GET", &path), Some(token.as_str()));
    let read = read_with(world, &path, &token, &proof).await;
    assert_eq!((read.status, read.body), (200, grant.deposit));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_dpop_proof_nbf_exp() {
    let world = World::new().await;
    let now = world.now().timestamp();
    with_proofs(&world, &json!({ "nbf": now, "exp": now + 300 })).await;
    // Neither is needed, but who states one means it.
    for edits in [json!({ "nbf": now + 60 }), json!({ "exp": now - 1 })] {
        let request = signed(&world, &claims(&world, &json!({})));
        let place = ("POST", "/par");
        let proof = proof_with(&world, &world.recipient.dpop, place, None, &edits);
        assert_eq!(
            push(&world, &request, Some(&proof)).await.refusal(),
            "400 invalid_dpop_proof dpop_not_of_this_moment"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_dpopproof_with_iat_10seconds_before_succeeds() {
    let world = World::new().await;
    with_proofs(&world, &json!({ "iat": world.now().timestamp() - 10 })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_dpopproof_with_iat_10seconds_after_succeeds() {
    let world = World::new().await;
    with_proofs(&world, &json!({ "iat": world.now().timestamp() + 10 })).await;
}
