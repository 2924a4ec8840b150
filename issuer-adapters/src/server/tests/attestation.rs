//! Wallet attestation, with the names of the conformance modules `oid4vci-1_0-issuer-fail-client-attestation-…`.

use std::sync::Arc;

use credential_core::{
    encoding::base64url,
    jose::{
        Es256Key, NamedSigner, Signer,
        jws::{self, KeyReference},
    },
    oauth::pkce,
    oid4vci::authorization::{ATTESTATION_POP_TYP, ATTESTATION_TYP},
    rng::{SystemRng, random},
};
use reqwest::Method;
use serde_json::{Value, json};

use self::authority::{Authority, Wanted, self_signed, x5c};
use super::world::{Answer, World, attester, key};

#[path = "../../../../credential-core/src/x509/tests/authority.rs"]
#[expect(dead_code, reason = "more than this file needs")]
mod authority;

const CLIENT: &str = "https://wallet.example";

/// An attestation and its proof, to be spoiled in one place.
struct Attested<'w> {
    world: &'w World,
    instance: Es256Key,
    claims: Value,
    proof: Value,
}

impl<'w> Attested<'w> {
    async fn new(world: &'w World) -> Self {
        let (instance, now) = (key(), world.state.now().timestamp());
        let answer = Answer::to(world.request(Method::POST, "/challenge")).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let challenge = answer.body["attestation_challenge"].as_str().unwrap();
        Self {
            world,
            claims: json!({"iss": "https://maker.example", "sub": CLIENT, "iat": now,
                "exp": now + 3600, "cnf": {"jwk": instance.public_jwk().bare()}}),
            proof: json!({"aud": world.identifier, "iat": now, "challenge": challenge,
                "jti": base64url(random::<16>(&SystemRng::default()).unwrap())}),
            instance,
        }
    }

    fn attestation(&self, signer: &dyn Signer) -> String {
        jws::sign(ATTESTATION_TYP, &self.claims, signer, KeyReference::Kid).unwrap()
    }

    fn proof(&self, signer: &Es256Key) -> String {
        jws::sign(ATTESTATION_POP_TYP, &self.proof, signer, KeyReference::Kid).unwrap()
    }

    async fn push(&self) -> Answer {
        push(
            self.world,
            &self.attestation(&attester()),
            &self.proof(&self.instance),
        )
        .await
    }
}

async fn push(world: &World, attestation: &str, proof: &str) -> Answer {
    let challenge = pkce::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let form = [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", "https://wallet.example/callback"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("scope", "qualification"),
    ];
    let request = world
        .request(Method::POST, "/par")
        .header("oauth-client-attestation", attestation)
        .header("oauth-client-attestation-pop", proof);
    Answer::to(request.form(&form)).await
}

#[tokio::test]
async fn c19_a_wallet_of_a_listed_maker_is_attested() {
    let world = World::new().await;
    let answer = Attested::new(&world).await.push().await;
    assert_eq!(answer.status, 201, "{}", answer.shown());
}

/// Requirement 19: a chain without its anchor, and a leaf that is not self-signed.
#[tokio::test]
async fn c19_a_wallet_of_a_maker_with_a_certificate_of_a_listed_authority_is_attested() {
    let world = World::new().await;
    let (root, foreign) = (Authority::root("Juuri"), Authority::root("Vieras"));
    let authorities = vec![root.certificate().to_der().unwrap()];
    let _same = world.state.clone().believing(authorities);
    let (maker, pkcs8) = Es256Key::generate().unwrap();
    let maker: Arc<dyn Signer> = Arc::new(maker);
    let wanted = Wanted {
        dns: &["maker.example"],
        ..Wanted::default()
    };
    let expired = Wanted {
        valid: ("20200101", "20260101"),
        ..wanted.clone()
    };
    let leaf = root.certify(&pkcs8, &wanted);
    let refused = |reason: &str| format!("400 invalid_client ({reason})");
    for (chain, expected) in [
        (x5c(&[&leaf]), "201".to_owned()),
        (
            x5c(&[&leaf, root.certificate()]),
            refused("x5c_anchor_in_chain"),
        ),
        (
            x5c(&[&self_signed(&pkcs8, &wanted)]),
            refused("x5c_self_signed"),
        ),
        (
            x5c(&[&foreign.certify(&pkcs8, &wanted)]),
            refused("x5c_not_anchored"),
        ),
        (
            x5c(&[&root.certify(&pkcs8, &expired)]),
            refused("x5c_not_of_this_moment"),
        ),
        (vec![], refused("attestation_attester_unknown")),
    ] {
        let attested = Attested::new(&world).await;
        let signer = NamedSigner::certified(Arc::clone(&maker), chain);
        let proof = attested.proof(&attested.instance);
        let answer = push(&world, &attested.attestation(&signer), &proof).await;
        assert!(answer.shown().starts_with(&expected), "{}", answer.shown());
    }
    // An honest chain over somebody else's signature.
    let attested = Attested::new(&world).await;
    let borrowed = NamedSigner::certified(Arc::new(key()), x5c(&[&leaf]));
    let proof = attested.proof(&attested.instance);
    let answer = push(&world, &attested.attestation(&borrowed), &proof).await;
    assert_eq!(answer.shown(), refused("attestation_malformed"));
}

#[tokio::test]
async fn c19_without_authorities_no_chain_is_followed() {
    let world = World::new().await;
    let root = Authority::root("Juuri");
    let (maker, pkcs8) = Es256Key::generate().unwrap();
    let chain = x5c(&[&root.certify(&pkcs8, &Wanted::default())]);
    let attested = Attested::new(&world).await;
    let signer = NamedSigner::certified(Arc::new(maker), chain);
    let proof = attested.proof(&attested.instance);
    let answer = push(&world, &attested.attestation(&signer), &proof).await;
    let expected = "400 invalid_client (attestation_attester_unknown)";
    assert_eq!(answer.shown(), expected);
}

#[tokio::test]
async fn oid4vci_1_0_issuer_fail_client_attestation_exp_in_past() {
    let world = World::new().await;
    let now = world.state.now().timestamp();
    for (member, at) in [
        ("exp", now),
        ("exp", now - 3600),
        ("nbf", now + 60),
        ("iat", now + 60),
    ] {
        let mut attested = Attested::new(&world).await;
        attested.claims[member] = json!(at);
        let answer = attested.push().await;
        let expected = "400 invalid_client (attestation_out_of_time)";
        assert_eq!(answer.shown(), expected, "{member} {at}");
    }
}

#[tokio::test]
async fn oid4vci_1_0_issuer_fail_client_attestation_no_sub() {
    let world = World::new().await;
    for (sub, expected) in [
        (Value::Null, "400 invalid_client (attestation_malformed)"),
        (json!(""), "400 invalid_client (attestation_other_client)"),
        (
            json!("https://other.example"),
            "400 invalid_client (attestation_other_client)",
        ),
    ] {
        let mut attested = Attested::new(&world).await;
        attested.claims["sub"] = sub.clone();
        assert_eq!(attested.push().await.shown(), expected, "{sub}");
    }
}

#[tokio::test]
async fn oid4vci_1_0_issuer_fail_client_attestation_pop_wrong_aud() {
    let world = World::new().await;
    for aud in [
        json!("https://other.example"),
        json!(format!("{}/token", world.identifier)),
    ] {
        let mut attested = Attested::new(&world).await;
        attested.proof["aud"] = aud;
        let answer = attested.push().await;
        assert_eq!(
            answer.shown(),
            "400 invalid_client (attestation_proof_other_audience)"
        );
    }
}

#[tokio::test]
async fn oid4vci_1_0_issuer_fail_invalid_client_attestation_signature() {
    let world = World::new().await;
    let attested = Attested::new(&world).await;
    let answer = push(
        &world,
        &attested.attestation(&key()),
        &attested.proof(&attested.instance),
    )
    .await;
    assert_eq!(
        answer.shown(),
        "400 invalid_client (attestation_attester_unknown)"
    );
}

#[tokio::test]
async fn oid4vci_1_0_issuer_fail_invalid_client_attestation_pop_signature() {
    let world = World::new().await;
    let attested = Attested::new(&world).await;
    let proof = attested.proof(&attested.instance);
    let (signed, _signature) = proof.rsplit_once('.').unwrap();
    let (_other, signature) = {
        let other = attested.attestation(&attested.instance);
        let (input, signature) = other.rsplit_once('.').unwrap();
        (input.to_owned(), signature.to_owned())
    };
    let attestation = attested.attestation(&attester());
    for proof in [
        format!("{signed}.{signature}"),
        format!("{signed}."),
        "x".into(),
    ] {
        let answer = push(&world, &attestation, &proof).await;
        let expected = "400 invalid_client (attestation_proof_refused)";
        assert_eq!(answer.shown(), expected, "{proof}");
    }
}

#[tokio::test]
async fn oid4vci_1_0_issuer_fail_mismatched_client_attestation_pop_key() {
    let world = World::new().await;
    let attested = Attested::new(&world).await;
    let answer = push(
        &world,
        &attested.attestation(&attester()),
        &attested.proof(&key()),
    )
    .await;
    assert_eq!(
        answer.shown(),
        "400 invalid_client (attestation_proof_refused)"
    );
}

#[tokio::test]
async fn c19_a_proof_carries_a_challenge_of_this_server_and_is_used_once() {
    let world = World::new().await;
    for challenge in [Value::Null, json!("bm9uY2U"), json!(world.nonce().await)] {
        let mut attested = Attested::new(&world).await;
        attested.proof["challenge"] = challenge;
        let answer = attested.push().await;
        assert_eq!(
            answer.shown(),
            "400 use_attestation_challenge (attestation_challenge)"
        );
        let told = answer.header("oauth-client-attestation-challenge");
        attested.proof["challenge"] = json!(told);
        assert_eq!(attested.push().await.status, 201);
        let again = attested.push().await;
        assert_eq!(
            again.shown(),
            "400 invalid_client (attestation_proof_used_before)"
        );
    }
}

#[tokio::test]
async fn c19_a_proof_is_of_this_moment_and_has_an_id() {
    let world = World::new().await;
    let now = world.state.now().timestamp();
    for (member, value, reason) in [
        (
            "iat",
            json!(now - 61),
            "attestation_proof_not_of_this_moment",
        ),
        (
            "iat",
            json!(now + 11),
            "attestation_proof_not_of_this_moment",
        ),
        (
            "iat",
            json!(i64::MAX),
            "attestation_proof_not_of_this_moment",
        ),
        ("jti", json!(""), "attestation_proof_id_malformed"),
        (
            "jti",
            json!("a".repeat(129)),
            "attestation_proof_id_malformed",
        ),
        (
            "iss",
            json!("https://other.example"),
            "attestation_other_client",
        ),
    ] {
        let mut attested = Attested::new(&world).await;
        attested.proof[member] = value;
        let answer = attested.push().await;
        assert_eq!(answer.shown(), format!("400 invalid_client ({reason})"));
    }
}

#[tokio::test]
async fn c19_neither_half_of_the_pair_nor_another_kind_of_object_is_taken() {
    let world = World::new().await;
    let attested = Attested::new(&world).await;
    let (attestation, proof) = (
        attested.attestation(&attester()),
        attested.proof(&attested.instance),
    );
    let answer = push(&world, &proof, &attestation).await;
    assert_eq!(answer.shown(), "400 invalid_client (attestation_malformed)");
    for name in ["oauth-client-attestation", "oauth-client-attestation-pop"] {
        let form = [
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:pre-authorized_code",
            ),
            (
                "pre-authorized_code",
                &world
                    .code(
                        &world.offer(&[credential_core::credential::CredentialType::Qualification]),
                    )
                    .await,
            ),
        ];
        let request = world
            .request(Method::POST, "/token")
            .header(name, &attestation);
        let answer = Answer::to(request.form(&form)).await;
        assert_eq!(
            answer.shown(),
            "400 invalid_client (attestation_not_one_pair)"
        );
    }
}
