//! Requests and answers that are encrypted beyond TLS.

use credential_core::{
    credential::CredentialType,
    jose::{
        Jwk,
        jwe::{self, ContentEncryption, OpeningKey},
    },
    oid4vci::metadata::CredentialIssuer,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Answer, World, asking, key};

const DEGREE: &[CredentialType] = &[CredentialType::Qualification];

async fn metadata(world: &World) -> CredentialIssuer {
    let answer = world.get("/.well-known/openid-credential-issuer").await;
    serde_json::from_value(answer.body).unwrap()
}

async fn sent(world: &World, token: &str, path: &str, request: &str) -> Answer {
    let sending = world
        .request(Method::POST, path)
        .header("content-type", "application/jwt")
        .bearer_auth(token);
    Answer::to(sending.body(request.to_owned())).await
}

async fn sealed(world: &World, body: &Value) -> String {
    let requests = metadata(world).await.credential_request_encryption.unwrap();
    requests.seal(body.to_string().as_bytes()).unwrap()
}

fn wanting(mut body: Value, jwk: &Jwk, enc: &str) -> Value {
    body["credential_response_encryption"] = json!({"jwk": jwk, "enc": enc});
    body
}

async fn request(world: &World) -> Value {
    asking("qualification", &[world.proof(&key()).await])
}

#[tokio::test]
async fn c14_an_encrypted_request_gets_the_encrypted_answer_it_asks_for() {
    let world = World::new().await;
    for enc in ContentEncryption::ALL {
        let ours = OpeningKey::generate().unwrap();
        let token = world.token(DEGREE).await;
        let body = wanting(request(&world).await, ours.public_jwk(), enc.name());
        let answer = sent(&world, &token, "/credential", &sealed(&world, &body).await).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/jwt");
        assert_eq!(answer.header("cache-control"), "no-store");
        let header =
            credential_core::encoding::from_base64url(answer.text.split('.').next().unwrap());
        let header: Value = serde_json::from_slice(&header.unwrap()).unwrap();
        assert_eq!(
            header["kid"],
            json!(ours.public_jwk().kid),
            "the wallet's key, by its name"
        );
        assert_eq!(
            (&header["alg"], &header["enc"]),
            (&json!("ECDH-ES"), &json!(enc.name()))
        );
        let opened: Value = serde_json::from_slice(&ours.open(&answer.text).unwrap()).unwrap();
        assert!(opened["credentials"][0]["credential"].is_string());
    }
}

#[tokio::test]
async fn c14_an_encrypted_request_may_be_answered_in_the_open() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let request = sealed(&world, &request(&world).await).await;
    let answer = sent(&world, &token, "/credential", &request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(world.verified(&answer).len(), 1);
}

#[tokio::test]
async fn c14_who_asks_in_the_open_gets_no_encrypted_answer() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let ours = OpeningKey::generate().unwrap();
    let body = wanting(request(&world).await, ours.public_jwk(), "A128GCM");
    let answer = world.credential(&token, &body).await;
    let expected = "400 invalid_encryption_parameters (request_not_encrypted)";
    assert_eq!(answer.shown(), expected);
    assert_eq!(
        answer.header("content-type"),
        "application/json",
        "refusals are in the open"
    );
}

/// `oid4vci-1_0-issuer-fail-unsupported-encryption-algorithm`
#[tokio::test]
async fn oid4vci_1_0_issuer_fail_unsupported_encryption_algorithm() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let good = OpeningKey::generate().unwrap().public_jwk().clone();
    let alg = |alg: Option<&str>| Jwk {
        alg: alg.map(str::to_owned),
        ..good.clone()
    };
    let mut compressed = wanting(request(&world).await, &good, "A128GCM");
    compressed["credential_response_encryption"]["zip"] = json!("DEF");
    let mut without_key = compressed.clone();
    without_key["credential_response_encryption"] = json!({"enc": "A128GCM"});
    for body in [
        wanting(request(&world).await, &good, "A128CBC-HS256"),
        wanting(request(&world).await, &good, "none"),
        wanting(request(&world).await, &alg(Some("RSA-OAEP")), "A128GCM"),
        wanting(request(&world).await, &alg(None), "A128GCM"),
        compressed,
        without_key,
    ] {
        let request = sealed(&world, &body).await;
        let answer = sent(&world, &token, "/credential", &request).await;
        let expected = "400 invalid_encryption_parameters (encryption_unsupported)";
        assert_eq!(answer.shown(), expected, "{body}");
    }
    assert_eq!(world.state.issued().unwrap(), [], "nothing was issued");
}

#[tokio::test]
async fn c14_a_request_that_does_not_open_is_told_to_fetch_the_metadata_again() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let another = OpeningKey::generate().unwrap();
    let elsewhere = jwe::seal(b"{}", another.public_jwk(), ContentEncryption::A128Gcm).unwrap();
    let good = sealed(&world, &request(&world).await).await;
    let other = if good.ends_with('A') { 'Q' } else { 'A' };
    let damaged = format!("{}{other}", &good[..good.len() - 1]);
    for request in [elsewhere.as_str(), &damaged, "", "a.b.c.d.e", "{}"] {
        let answer = sent(&world, &token, "/credential", request).await;
        let expected = "400 invalid_encryption_parameters (request_not_opened)";
        assert_eq!(answer.shown(), expected, "{request}");
    }
}

#[tokio::test]
async fn c14_where_encryption_is_required_nothing_is_answered_in_the_open() {
    let world = World::with_required_encryption().await;
    let said = metadata(&world).await;
    assert!(
        said.credential_request_encryption
            .as_ref()
            .unwrap()
            .encryption_required
    );
    assert!(
        said.credential_response_encryption
            .as_ref()
            .unwrap()
            .encryption_required
    );
    let token = world.token(DEGREE).await;
    let plain = request(&world).await;
    let expected = "400 invalid_encryption_parameters (encryption_required)";
    assert_eq!(world.credential(&token, &plain).await.shown(), expected);
    let half = sent(&world, &token, "/credential", &sealed(&world, &plain).await).await;
    assert_eq!(half.shown(), expected, "the answer would be in the open");
    let ours = OpeningKey::generate().unwrap();
    let body = wanting(plain, ours.public_jwk(), "A256GCM");
    let answer = sent(&world, &token, "/credential", &sealed(&world, &body).await).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn c14_a_deferred_answer_is_encrypted_as_its_own_request_says() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    world.state.hold(&offer.id).unwrap();
    let code = world.code(&offer).await;
    let token = world.redeem(&code, offer.tx_code.as_deref()).await;
    let token = token.body["access_token"].as_str().unwrap();
    let (first, second) = (
        OpeningKey::generate().unwrap(),
        OpeningKey::generate().unwrap(),
    );
    let body = wanting(request(&world).await, first.public_jwk(), "A128GCM");
    let answer = sent(&world, token, "/credential", &sealed(&world, &body).await).await;
    assert_eq!(
        answer.status, 202,
        "deferral is encrypted as well: {}",
        answer.text
    );
    let waiting: Value = serde_json::from_slice(&first.open(&answer.text).unwrap()).unwrap();
    world.state.release(&offer.id).unwrap();
    let again = json!({"transaction_id": waiting["transaction_id"]});
    let again = wanting(again, second.public_jwk(), "A256GCM");
    let answer = sent(&world, token, "/deferred", &sealed(&world, &again).await).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        first.open(&answer.text).is_err(),
        "the key of this request, not of the earlier one"
    );
    let collected: Value = serde_json::from_slice(&second.open(&answer.text).unwrap()).unwrap();
    assert_eq!(collected["credentials"].as_array().unwrap().len(), 1);
}
