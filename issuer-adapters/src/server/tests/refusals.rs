//! Requests for a credential that get none, each with the code the standard gives it.

use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    jose::{
        Es256Key, Signer as _,
        jws::{self, KeyReference},
    },
    oid4vci::proof,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Answer, World, asking, key};

const DEGREE: &[CredentialType] = &[CredentialType::Qualification];

#[tokio::test]
async fn c09_nonces_are_posted_for_without_a_token_and_kept_by_nobody() {
    let world = World::new().await;
    let answer = Answer::to(world.request(Method::POST, "/nonce")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let members: Vec<_> = answer.body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["c_nonce"], "and no c_nonce_expires_in");
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        assert!(seen.insert(world.nonce().await));
    }
    let answer = Answer::to(world.request(Method::GET, "/nonce")).await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn c10_a_proof_is_of_its_type_key_issuer_and_moment() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let key = key();
    let now = world.state.now();
    let (here, nonce) = (world.identifier.as_str(), world.nonce().await);
    let claims = json!({"aud": here, "iat": now.timestamp(), "nonce": nonce});
    let with = |member: &str, value: Value| {
        let mut claims = claims.clone();
        claims[member] = value;
        jws::sign(proof::TYP, &claims, &key, KeyReference::Embedded).unwrap()
    };
    let without = |member: &str| {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(member);
        jws::sign(proof::TYP, &claims, &key, KeyReference::Embedded).unwrap()
    };
    let good = with("nonce", json!(nonce));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let bad = [
        (
            "of another type",
            jws::sign("JWT", &claims, &key, KeyReference::Embedded).unwrap(),
        ),
        (
            "key by kid",
            jws::sign(proof::TYP, &claims, &key, KeyReference::Kid).unwrap(),
        ),
        (
            "key by jwk and kid",
            with_header(&claims, &key, &json!({"kid": "1"})),
        ),
        (
            "key by jwk and x5c",
            with_header(&claims, &key, &json!({"x5c": ["MIIB"]})),
        ),
        ("private key in the header", with_private_jwk(&claims, &key)),
        (
            "alg none",
            with_header(&claims, &key, &json!({"alg": "none"})),
        ),
        (
            "alg HS256",
            with_header(&claims, &key, &json!({"alg": "HS256"})),
        ),
        (
            "for another issuer",
            with("aud", json!("https://other.example")),
        ),
        ("for several issuers", with("aud", json!([here]))),
        ("naming a client", with("iss", json!("did:example:holder"))),
        (
            "too old",
            with("iat", json!((now - TimeDelta::minutes(6)).timestamp())),
        ),
        (
            "from the future",
            with("iat", json!((now + TimeDelta::minutes(1)).timestamp())),
        ),
        ("without a nonce", without("nonce")),
        ("without a time", without("iat")),
        ("without an audience", without("aud")),
        ("not signed", format!("{signed}.")),
        ("not a token", "proof".into()),
        ("empty", String::new()),
    ];
    for (why, proof) in bad {
        let answer = world
            .credential(&token, &asking("qualification", &[proof]))
            .await;
        assert_eq!(answer.shown(), "400 invalid_proof (proof_refused)", "{why}");
    }
    let answer = world
        .credential(&token, &asking("qualification", &[good]))
        .await;
    assert_eq!(
        answer.status, 200,
        "no refused proof used up nonce or offer"
    );
}

/// Attestations of keys are not understood here, and one that cannot be checked is not passed over.
#[tokio::test]
async fn oid4vci_1_0_issuer_fail_invalid_key_attestation_signature() {
    let world = World::new().await;
    let (token, key) = (world.token(DEGREE).await, key());
    let now = world.state.now().timestamp();
    let claims = json!({"aud": world.identifier, "iat": now, "nonce": world.nonce().await});
    let attested = with_header(&claims, &key, &json!({"key_attestation": "e30.e30.AAAA"}));
    let answer = world
        .credential(&token, &asking("qualification", &[attested]))
        .await;
    assert_eq!(answer.shown(), "400 invalid_proof (proof_refused)");
    let by_attestation = json!({
        "credential_configuration_id": "qualification", "proofs": {"attestation": ["e30.e30.AAAA"]},
    });
    let answer = world.credential(&token, &by_attestation).await;
    assert_eq!(answer.shown(), "400 invalid_proof (proofs_missing)");
}

/// Signs with members added to the header, or put in place of others.
fn with_header(claims: &Value, key: &Es256Key, members: &Value) -> String {
    use credential_core::encoding::base64url;
    let mut header = json!({"alg": "ES256", "typ": proof::TYP, "jwk": key.public_jwk().bare()});
    let added = members.as_object().unwrap().clone();
    header.as_object_mut().unwrap().extend(added);
    let input = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(claims.to_string())
    );
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url(signature))
}

fn with_private_jwk(claims: &Value, key: &Es256Key) -> String {
    let mut jwk = serde_json::to_value(key.public_jwk().bare()).unwrap();
    jwk["d"] = json!("c2VjcmV0");
    with_header(claims, key, &json!({"jwk": jwk}))
}

#[tokio::test]
async fn c11_a_nonce_that_is_not_usable_is_invalid_nonce_and_not_invalid_proof() {
    let world = World::new().await;
    let token = world
        .token(&[CredentialType::Qualification, CredentialType::SkillBadge])
        .await;
    let key = key();
    let refused = "400 invalid_nonce (nonce_refused)";
    let proof =
        |nonce: &str| proof::sign(&world.identifier, nonce, world.state.now(), &key).unwrap();
    let old = world.nonce().await;
    let used = world.nonce().await;
    let collected = world
        .credential(&token, &asking("skill-badge", &[proof(&used)]))
        .await;
    assert_eq!(collected.status, 200);
    for nonce in ["", "made-up", &used, &format!("{used}A"), &"A".repeat(75)] {
        let answer = world
            .credential(&token, &asking("qualification", &[proof(nonce)]))
            .await;
        assert_eq!(answer.shown(), refused, "{nonce}");
    }
    world
        .clock
        .advance(TimeDelta::minutes(5) - TimeDelta::seconds(1));
    let still = world
        .credential(&token, &asking("qualification", &[proof(&old)]))
        .await;
    assert_eq!(still.status, 200, "{}", still.shown());
    let fresh = world.token(DEGREE).await;
    let old = world.nonce().await;
    world
        .clock
        .advance(TimeDelta::minutes(5) - TimeDelta::seconds(1));
    world.clock.advance(TimeDelta::seconds(1));
    let dead = world
        .credential(&fresh, &asking("qualification", &[proof(&old)]))
        .await;
    assert_eq!(dead.shown(), "401 invalid_token (token_refused)");
    let fresh = world.token(DEGREE).await;
    let late = world
        .credential(&fresh, &asking("qualification", &[proof(&old)]))
        .await;
    assert_eq!(late.shown(), refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c11_one_nonce_serves_one_request_also_when_two_come_at_once() {
    let world = World::new().await;
    let (one, other) = (world.token(DEGREE).await, world.token(DEGREE).await);
    let nonce = world.nonce().await;
    let body = || {
        let proof = proof::sign(&world.identifier, &nonce, world.state.now(), &key()).unwrap();
        asking("qualification", &[proof])
    };
    let (first, second) = (body(), body());
    let answers = tokio::join!(
        world.credential(&one, &first),
        world.credential(&other, &second)
    );
    let mut shown = [answers.0.shown(), answers.1.shown()];
    shown.sort();
    assert_eq!(shown, ["200 - (-)", "400 invalid_nonce (nonce_refused)"]);
}

#[tokio::test]
async fn c11_each_fault_of_a_request_has_its_own_code() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let proof = world.proof(&key()).await;
    let jwt = json!({"jwt": [proof]});
    let what = "qualification";
    let malformed = "400 invalid_credential_request (request_malformed)";
    let missing = "400 invalid_proof (proofs_missing)";
    for (body, expected) in [
        (
            asking("nothing", std::slice::from_ref(&proof)),
            "400 unknown_credential_configuration (configuration_unknown)",
        ),
        (
            asking("transcript", std::slice::from_ref(&proof)),
            "400 unknown_credential_configuration (configuration_not_offered)",
        ),
        (json!({"proofs": jwt}), malformed),
        (
            json!({"credential_configuration_id": 1, "proofs": jwt}),
            malformed,
        ),
        (json!([]), malformed),
        (json!({"credential_configuration_id": what}), missing),
        (asking(what, &[]), missing),
        (
            json!({"credential_configuration_id": what, "proofs": {}}),
            missing,
        ),
        (
            json!({"credential_configuration_id": what, "proofs": {"jwt": "x"}}),
            missing,
        ),
        (
            json!({"credential_configuration_id": what, "proofs": {"ldp_vp": [{}]}}),
            missing,
        ),
        (
            json!({"credential_configuration_id": what, "proofs": {"jwt": [], "ldp_vp": []}}),
            missing,
        ),
        (
            json!({"credential_configuration_id": what, "proofs": jwt, "credential_response_encryption": {}}),
            "400 invalid_encryption_parameters (encryption_unsupported)",
        ),
    ] {
        let answer = world.credential(&token, &body).await;
        assert_eq!(answer.shown(), expected, "{body}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn c12_identifiers_were_not_given_so_none_can_be_used() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let proofs = json!({"jwt": [world.proof(&key()).await]});
    let alone = json!({"credential_identifier": "1", "proofs": proofs});
    let answer = world.credential(&token, &alone).await;
    assert_eq!(
        answer.shown(),
        "400 unknown_credential_identifier (identifier_unknown)"
    );
    let both = json!({
        "credential_identifier": "1", "credential_configuration_id": "qualification", "proofs": proofs
    });
    let answer = world.credential(&token, &both).await;
    assert_eq!(
        answer.shown(),
        "400 invalid_credential_request (request_malformed)"
    );
}

#[tokio::test]
async fn c17_a_token_belongs_into_the_header_and_nowhere_else() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let body = asking("qualification", &[world.proof(&key()).await]);
    let post = |path: &str| world.request(Method::POST, path).json(&body);
    let in_query = format!("/credential?access_token={token}");
    let answer = Answer::to(post(&in_query)).await;
    assert_eq!(answer.shown(), "400 invalid_request (query_not_allowed)");
    let answer = Answer::to(post(&in_query).bearer_auth(&token)).await;
    assert_eq!(answer.shown(), "400 invalid_request (query_not_allowed)");
    let refused = "401 invalid_token (token_refused)";
    for request in [
        post("/credential"),
        post("/credential").bearer_auth(""),
        post("/credential").bearer_auth("made-up"),
        post("/credential").bearer_auth(format!("{token}A")),
        post("/credential").basic_auth("a", Some(&token)),
        post("/credential").header("authorization", format!("DPoP {token}")),
        post("/credential")
            .bearer_auth(&token)
            .header("authorization", "Bearer x"),
    ] {
        let answer = Answer::to(request).await;
        assert_eq!(answer.shown(), refused);
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer error=\"invalid_token\""
        );
    }
    assert_eq!(world.credential(&token, &body).await.status, 200);
}

#[tokio::test]
async fn c17_a_token_dies_after_five_minutes() {
    let world = World::new().await;
    let (token, late) = (world.token(DEGREE).await, world.token(DEGREE).await);
    world.clock.advance(TimeDelta::seconds(299));
    assert_eq!(
        world
            .collect(&token, "qualification", &[&key()])
            .await
            .status,
        200
    );
    world.clock.advance(TimeDelta::seconds(1));
    let answer = world.collect(&late, "qualification", &[&key()]).await;
    assert_eq!(answer.shown(), "401 invalid_token (token_refused)");
}

#[tokio::test]
async fn large_and_mistyped_bodies_are_refused_in_json() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let post = || {
        world
            .request(Method::POST, "/credential")
            .bearer_auth(&token)
    };
    let large = post().json(&asking("qualification", &["a".repeat(70_000)]));
    assert_eq!(
        Answer::to(large).await.shown(),
        "413 invalid_request (body_unreadable)"
    );
    for (media_type, body) in [
        ("text/plain", "{}"),
        ("application/json", "{"),
        ("application/json", ""),
    ] {
        let answer = Answer::to(post().header("content-type", media_type).body(body)).await;
        assert_eq!(
            answer.shown(),
            "400 invalid_credential_request (request_malformed)"
        );
    }
    let deep = format!(
        "{{\"proofs\":{}{}}}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let answer = Answer::to(post().header("content-type", "application/json").body(deep)).await;
    assert_eq!(
        answer.shown(),
        "400 invalid_credential_request (request_malformed)"
    );
}

#[tokio::test]
async fn members_the_issuer_does_not_know_are_ignored() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let mut body = asking("qualification", &[world.proof(&key()).await]);
    body["something_new"] = json!({"a": 1});
    assert_eq!(world.credential(&token, &body).await.status, 200);
}
