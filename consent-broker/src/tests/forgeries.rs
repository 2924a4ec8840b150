//! Signed objects whose header says more than it may: algorithms, keys and addresses are never believed.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use credential_core::{
    encoding::base64url,
    jose::{Es256Key, Signer as _},
    oauth::client_assertion,
};
use ring::hmac;
use serde_json::{Value, json};

use super::support::{
    Answer, World,
    forging::{header, jws, with},
};

const REQUEST: &str = "oauth-authz-req+jwt";

/// Pushes a request object, authenticated with this assertion.
async fn push(world: &World, request: &str, assertion: &str) -> Answer {
    let proof = world.proof(&world.recipient.dpop, "POST", "/par", None);
    let form = [
        ("client_assertion_type", client_assertion::TYPE),
        ("client_assertion", assertion),
        ("request", request),
    ];
    world.post_form("/par", &form, &[("dpop", &proof)]).await
}

fn request_claims(world: &World) -> Value {
    let object = world
        .recipient
        .object(&world.origin, world.recipient.details());
    serde_json::to_value(object).unwrap()
}

fn assertion_claims(world: &World, id: &str) -> Value {
    let (client, now) = (world.recipient.client_id(), world.now().timestamp());
    json!({ "iss": client, "sub": client, "aud": world.origin, "jti": id, "iat": now, "exp": now + 60 })
}

/// The same object with the algorithm's name changed; for HS256, signed with the public key as secret.
fn with_algorithm(typ: &str, alg: &str, claims: &Value, key: &Es256Key) -> String {
    let header = with(&header(typ, key), "alg", Some(json!(alg)));
    let signed = jws(&header, claims, key);
    let (input, _) = signed.rsplit_once('.').unwrap();
    match alg {
        "none" => format!("{input}."),
        "HS256" => {
            let public = serde_json::to_vec(key.public_jwk()).unwrap();
            let secret = hmac::Key::new(hmac::HMAC_SHA256, &public);
            let tag = hmac::sign(&secret, input.as_bytes());
            format!("{input}.{}", base64url(tag.as_ref()))
        }
        _ => signed,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_the_algorithm_is_the_keys_and_never_the_headers() {
    let world = World::new().await;
    let key = &world.recipient.signing;
    let algorithms = [
        "none", "None", "HS256", "HS512", "RS256", "PS256", "ES384", "EdDSA", "es256", "",
    ];
    for (number, alg) in algorithms.into_iter().enumerate() {
        let sound = world
            .recipient
            .signed(&world.origin, world.recipient.details());
        let claims = assertion_claims(&world, &number.to_string());
        let assertion = with_algorithm(client_assertion::CLIENT_TYP, alg, &claims, key);
        assert_eq!(
            push(&world, &sound, &assertion).await.refusal(),
            "401 invalid_client jws_algorithm_mismatch",
            "{alg}"
        );
        let request = with_algorithm(REQUEST, alg, &request_claims(&world), key);
        let assertion = world.recipient.assertion(&world.origin, world.now());
        assert_eq!(
            push(&world, &request, &assertion).await.refusal(),
            "400 invalid_request_object jws_algorithm_mismatch",
            "{alg}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_only_a_listed_key_by_its_one_name_signs() {
    let world = World::new().await;
    let stranger = Es256Key::generate().unwrap().0;
    let registered = world.recipient.signing.public_jwk().kid.clone().unwrap();
    let typ = client_assertion::CLIENT_TYP;
    let own = header(typ, &stranger);
    let decoy = with(&own, "kid", Some(json!(world.recipient.encryption.kid)));
    let borrowed = with(&own, "kid", Some(json!(registered)));
    let embedded = with(&borrowed, "jwk", Some(json!(stranger.public_jwk().bare())));
    let set = json!({ "keys": [stranger.public_jwk()] });
    let cases = [
        (own.clone(), "assertion_key_unknown"),
        (with(&own, "kid", None), "assertion_key_unknown"),
        (with(&own, "kid", Some(json!(""))), "assertion_key_unknown"),
        (decoy, "assertion_key_unknown"),
        (borrowed.clone(), "jws_bad_signature"),
        (embedded.clone(), "jws_bad_signature"),
        (with(&embedded, "kid", None), "assertion_key_unknown"),
        (with(&borrowed, "jwks", Some(set)), "jws_bad_signature"),
        (
            with(&borrowed, "x5c", Some(json!(["MII"]))),
            "jws_bad_signature",
        ),
        (with(&own, "typ", Some(json!("dpop+jwt"))), "jws_wrong_type"),
    ];
    let sound = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    for (number, (header, reason)) in cases.into_iter().enumerate() {
        let claims = assertion_claims(&world, &number.to_string());
        let refused = push(&world, &sound, &jws(&header, &claims, &stranger)).await;
        assert_eq!(
            refused.refusal(),
            format!("401 invalid_client {reason}"),
            "{header}"
        );
    }
    // What a sound header says beside the key's name changes nothing.
    let more = with(
        &header(typ, &world.recipient.signing),
        "jwk",
        Some(json!(stranger.public_jwk().bare())),
    );
    let assertion = jws(
        &more,
        &assertion_claims(&world, "more"),
        &world.recipient.signing,
    );
    assert_eq!(push(&world, &sound, &assertion).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn r45_no_address_that_somebody_sends_is_ever_asked() {
    let world = World::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let visits = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&visits);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let addresses = [
        format!("http://127.0.0.1:{port}/keys"),
        format!("http://localhost:{port}/keys"),
        format!("http://2130706433:{port}/keys"),
        format!("http://0x7f.1:{port}/keys"),
        format!("http://[::ffff:127.0.0.1]:{port}/keys"),
        format!("http://[64:ff9b::7f00:1]:{port}/keys"),
        format!("http://user@127.0.0.1:{port}/keys"),
        format!("https://127.0.0.1:{port}/keys"),
    ];
    let key = &world.recipient.signing;
    for address in &addresses {
        for name in ["jku", "x5u", "jwks_uri"] {
            let typ = client_assertion::CLIENT_TYP;
            let pointing = with(&header(typ, key), name, Some(json!(address)));
            let unnamed = with(&pointing, "kid", None);
            for head in [&pointing, &unnamed] {
                let claims = assertion_claims(
                    &world,
                    &format!("{name} {address} {head}").len().to_string(),
                );
                let assertion = jws(head, &claims, key);
                let request = jws(
                    &with(&header(REQUEST, key), name, Some(json!(address))),
                    &request_claims(&world),
                    key,
                );
                push(&world, &request, &assertion).await;
            }
        }
        for name in [
            "jwks_uri",
            "logo_uri",
            "request_uri",
            "client_uri",
            "sector_identifier_uri",
        ] {
            let claims = with(&request_claims(&world), name, Some(json!(address)));
            let request = jws(&header(REQUEST, key), &claims, key);
            world.push(&request).await;
            let form = [("request", request.as_str()), (name, address)];
            world.as_recipient(&world.recipient, "/par", &form).await;
        }
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", address)
            .append_pair("request_uri", address)
            .finish();
        world.get(&format!("/authorize?{query}"), &[]).await;
        let form = [
            ("resource", address.as_str()),
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
        ];
        world.as_recipient(&world.recipient, "/token", &form).await;
    }
    // The listener does notice: one real visit is counted, after whatever came before it.
    let address = format!("http://127.0.0.1:{port}/");
    let visit = world
        .http
        .get(address)
        .timeout(std::time::Duration::from_millis(200));
    assert!(visit.send().await.is_err());
    let counted = async {
        while visits.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(30);
    tokio::time::timeout(patience, counted).await.unwrap();
    assert_eq!(visits.load(Ordering::SeqCst), 1);
}
