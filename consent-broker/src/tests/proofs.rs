//! DPoP (RFC 9449) at the mailbox and at the token endpoint: proofs and their memory.

use axum::Router;
use chrono::TimeDelta;
use credential_core::{
    encoding::{base64url, sha256_base64url},
    jose::{Es256Key, Signer as _},
    oauth::client_assertion,
};
use serde_json::{Value, json};

use super::support::{
    Answer, World,
    forging::{jws, with},
    people, read_id,
};
use crate::router;

/// Header and payload of a proof that would be accepted.
pub(super) fn sound(world: &World, path: &str, token: &str, id: &str) -> (Value, Value) {
    let jwk = world.recipient.dpop.public_jwk().bare();
    (
        json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": jwk }),
        json!({ "jti": id, "htm": "GET", "htu": world.url(path), "iat": world.now().timestamp(),
            "ath": sha256_base64url(token), "nonce": world.nonce() }),
    )
}

pub(super) async fn read_with(world: &World, path: &str, token: &str, proof: &str) -> Answer {
    let (authorization, id) = (format!("DPoP {token}"), read_id());
    let headers = [
        ("authorization", authorization.as_str()),
        ("dpop", proof),
        ("read-id", &id),
    ];
    world.get(path, &headers).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_a_proof_with_anything_wrong_in_it_is_refused() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let path = format!("/mailbox/{}", grant.id);
    let now = world.now().timestamp();
    let key = &world.recipient.dpop;
    let stranger = Es256Key::generate().unwrap().0;
    let (header, claims) = sound(&world, &path, &token, "sound");
    let in_header = |name, member| jws(&with(&header, name, member), &claims, key);
    let in_claims = |name, member| jws(&header, &with(&claims, name, member), key);
    let private = with(&header["jwk"], "d", Some(json!(base64url([7; 32]))));
    let good = jws(&header, &claims, key);
    let (input, signature) = good.rsplit_once('.').unwrap();
    let (first, rest) = good.split_once('.').unwrap();
    let symmetric = json!({ "kty": "oct", "k": base64url([7; 32]) });
    let cases: [(&str, String); 38] = [
        ("no JWT at all", "proof".into()),
        ("two parts", input.into()),
        ("four parts", format!("{good}.{signature}")),
        ("no signature", format!("{input}.")),
        (
            "another signature",
            format!("{input}.{}", base64url([7; 64])),
        ),
        ("padding", format!("{first}=.{rest}")),
        ("no typ", in_header("typ", None)),
        ("typ of any JWT", in_header("typ", Some(json!("JWT")))),
        (
            "typ of an assertion",
            in_header("typ", Some(json!("client-authentication+jwt"))),
        ),
        ("no alg", in_header("alg", None)),
        ("alg none", in_header("alg", Some(json!("none")))),
        ("alg HS256", in_header("alg", Some(json!("HS256")))),
        ("alg RS256", in_header("alg", Some(json!("RS256")))),
        (
            "alg of another curve",
            in_header("alg", Some(json!("EdDSA"))),
        ),
        ("no jwk", in_header("jwk", None)),
        ("jwk with the private key", in_header("jwk", Some(private))),
        ("symmetric jwk", in_header("jwk", Some(symmetric))),
        (
            "jwk of another key",
            in_header("jwk", Some(json!(stranger.public_jwk().bare()))),
        ),
        (
            "jwk off the curve",
            in_header(
                "jwk",
                Some(json!({ "kty": "EC", "crv": "P-256",
            "x": base64url([7; 32]), "y": base64url([7; 32]) })),
            ),
        ),
        (
            "the key by its name",
            jws(
                &json!({ "alg": "ES256", "typ": "dpop+jwt",
            "kid": key.public_jwk().kid }),
                &claims,
                key,
            ),
        ),
        (
            "an extension to understand",
            in_header("crit", Some(json!(["exp"]))),
        ),
        ("signed by another key", jws(&header, &claims, &stranger)),
        ("no jti", in_claims("jti", None)),
        ("empty jti", in_claims("jti", Some(json!("")))),
        (
            "endless jti",
            in_claims("jti", Some(json!("x".repeat(129)))),
        ),
        ("no htm", in_claims("htm", None)),
        ("another method", in_claims("htm", Some(json!("POST")))),
        ("method in lower case", in_claims("htm", Some(json!("get")))),
        ("no htu", in_claims("htu", None)),
        (
            "another path",
            in_claims("htu", Some(json!(world.url("/token")))),
        ),
        (
            "another host",
            in_claims("htu", Some(json!(format!("https://broker.example{path}")))),
        ),
        ("no iat", in_claims("iat", None)),
        (
            "iat as text",
            in_claims("iat", Some(json!(now.to_string()))),
        ),
        ("a minute old", in_claims("iat", Some(json!(now - 61)))),
        ("from the future", in_claims("iat", Some(json!(now + 11)))),
        ("no ath", in_claims("ath", None)),
        (
            "ath of another token",
            in_claims("ath", Some(json!(sha256_base64url("other")))),
        ),
        (
            "payload that is no object",
            jws(&header, &json!("proof"), key),
        ),
    ];
    for (what, proof) in cases {
        let answer = read_with(&world, &path, &token, &proof).await;
        let refusal = answer.refusal();
        assert!(
            refusal.starts_with("401 invalid_dpop_proof "),
            "{what}: {refusal}"
        );
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.starts_with(r#"DPoP error="invalid_dpop_proof""#),
            "{what}"
        );
    }
    let accepted = read_with(&world, &path, &token, &good).await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_what_a_proof_says_of_its_own_time_is_meant() {
    let world = World::new().await;
    let mut details = world.recipient.details();
    details.max_reads = None;
    let grant = world.grant(details).await;
    let token = world.token(&grant).await;
    let path = format!("/mailbox/{}", grant.id);
    let now = world.now().timestamp();
    // check-dpop-proof-nbf-exp, ensure-dpopproof-with-iat-10seconds-before and -after-succeeds.
    let cases = [
        ("exp", now, 401),
        ("exp", now + 1, 200),
        ("nbf", now + 11, 401),
        ("nbf", now + 10, 200),
        ("iat", now - 10, 200),
        ("iat", now + 10, 200),
    ];
    for (number, (name, time, status)) in cases.into_iter().enumerate() {
        let (header, claims) = sound(&world, &path, &token, &format!("time {number}"));
        let claims = with(&claims, name, Some(json!(time)));
        let proof = jws(&header, &claims, &world.recipient.dpop);
        let answer = read_with(&world, &path, &token, &proof).await;
        assert_eq!(answer.status, status, "{name} {time}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r20_two_nodes_share_the_memory_and_each_key_has_its_own() {
    let world = World::new().await;
    let second = node(&world).await;
    let send = async |origin: &str, who: &people::Recipient, proof: &str| {
        let assertion = who.assertion(&world.origin, world.now());
        let form = [
            ("grant_type", "none"),
            ("client_assertion_type", client_assertion::TYPE),
            ("client_assertion", &assertion),
        ];
        let request = world.http.post(format!("{origin}/token")).form(&form);
        Answer::of(request.header("dpop", proof)).await.refusal()
    };
    let aged = |who: &people::Recipient, jti: &str, seconds: i64| {
        let jwk = who.dpop.public_jwk().bare();
        let header = json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": jwk });
        let claims = json!({ "jti": jti, "htm": "POST", "htu": world.url("/token"),
            "iat": world.now().timestamp() - seconds, "nonce": world.nonce() });
        jws(&header, &claims, &who.dpop)
    };
    let proof = |who, jti| aged(who, jti, 0);
    let (own, other) = (&world.recipient, &world.other);
    let passed = "400 unsupported_grant_type grant_type_unsupported";
    let replayed = "400 invalid_dpop_proof dpop_replayed";
    let first = proof(own, "one");
    assert_eq!(send(&world.origin, own, &first).await, passed);
    assert_eq!(send(&second, own, &first).await, replayed);
    assert_eq!(send(&second, own, &proof(own, "one")).await, replayed);
    assert_eq!(send(&second, other, &proof(other, "one")).await, passed);
    // Remembered for as long as it could be used: its window and the skew.
    world.clock.advance(TimeDelta::seconds(60));
    world
        .state
        .store
        .purge(&world.state.notary(), world.now())
        .await
        .unwrap();
    assert_eq!(send(&second, own, &aged(own, "one", 60)).await, replayed);
}

/// Another node of the same broker: the same store, keys and clock, and its own start.
pub(super) async fn node(world: &World) -> String {
    serve(router(world.state.clone())).await
}

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    origin
}

#[tokio::test(flavor = "multi_thread")]
async fn r22_request_code_and_token_are_bound_to_one_key() {
    let mut world = World::new().await;
    // ensure-dpop-auth-code-binding-success, ensure-dpopproof-at-par-endpoint-binding-success
    let bound = world.grant(world.recipient.details()).await;
    let code = world.code(&bound).await;
    let tokens = world.redeem(&code).await;
    assert_eq!(tokens.status, 200);
    // ensure-mismatched-dpop-jkt-fails
    let mut object = world
        .recipient
        .object(&world.origin, world.recipient.details());
    object.dpop_jkt = world.other.dpop.public_jwk().thumbprint();
    let signed = object.sign(&world.recipient.signing).unwrap();
    assert_eq!(
        world.push(&signed).await.refusal(),
        "400 invalid_dpop_proof dpop_other_key"
    );
    // ensure-token-endpoint-fails-with-mismatched-dpop-jkt and -dpop-proof-jkt
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let own = std::mem::replace(&mut world.recipient.dpop, Es256Key::generate().unwrap().0);
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    let refresh = tokens.text("refresh_token");
    assert_eq!(
        world.refresh(&refresh, &[]).await.refusal(),
        "400 invalid_grant -"
    );
    world.recipient.dpop = own;
    assert_eq!(world.refresh(&refresh, &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn r23_r24_a_token_is_taken_with_its_proof_from_one_authorization_header_only() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let path = format!("/mailbox/{}", grant.id);
    let proof = || world.proof(&world.recipient.dpop, "GET", &path, Some(&token));
    let ask = async |path: &str, authorizations: &[String]| {
        let (proof, id) = (proof(), read_id());
        let mut headers = vec![("dpop", proof.as_str()), ("read-id", id.as_str())];
        headers.extend(authorizations.iter().map(|a| ("authorization", a.as_str())));
        world.get(path, &headers).await
    };
    let refused = [
        (path.clone(), vec![format!("Bearer {token}")]),
        (path.clone(), vec![format!("DPoP{token}")]),
        (path.clone(), vec![token.clone()]),
        (
            path.clone(),
            vec![format!("DPoP {token}"), format!("DPoP {token}")],
        ),
        (format!("{path}?access_token={token}"), vec![]),
    ];
    for (path, authorizations) in refused {
        let answer = ask(&path, &authorizations).await;
        assert_eq!(
            answer.refusal(),
            "401 invalid_token -",
            "{authorizations:?}"
        );
    }
    // access-token-type-header-case-sensitivity
    for scheme in ["DPoP", "dpop", "DPOP"] {
        assert_eq!(ask(&path, &[format!("{scheme} {token}")]).await.status, 200);
    }
}
