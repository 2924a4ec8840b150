//! Metadata as a signed object, for who asks for it.

use chrono::TimeDelta;
use credential_core::{
    jose::{Es256Key, JwkSet, Signer as _, jws::Header},
    oid4vci::metadata::{CredentialIssuer, SignedMetadataError},
};
use reqwest::Method;
use serde_json::Value;

use super::world::{Answer, World, key};

const PATH: &str = "/.well-known/openid-credential-issuer";

async fn accepting(world: &World, accept: Option<&str>) -> Answer {
    let request = world.request(Method::GET, PATH);
    Answer::to(match accept {
        Some(accept) => request.header("accept", accept),
        None => request,
    })
    .await
}

fn listed(world: &World) -> JwkSet {
    JwkSet {
        keys: vec![world.state.signer().public_jwk().clone()],
    }
}

#[tokio::test]
async fn oid4vci_1_0_issuer_metadata_test_signed() {
    let world = World::new().await;
    let signed = accepting(&world, Some("application/jwt, application/json;q=0.9")).await;
    assert_eq!(signed.status, 200);
    assert_eq!(signed.header("content-type"), "application/jwt");
    assert_eq!(signed.header("vary"), "accept");
    let verified = CredentialIssuer::verify(
        &signed.text,
        &world.identifier,
        |header| listed(&world).find(header.kid.as_deref()?).cloned(),
        world.state.now(),
    );
    let plain = accepting(&world, None).await;
    let plain: CredentialIssuer = serde_json::from_value(plain.body).unwrap();
    assert_eq!(verified, Ok(plain), "the same content");
}

#[tokio::test]
async fn who_does_not_ask_for_signed_metadata_first_gets_plain_json() {
    let world = World::new().await;
    for accept in [
        None,
        Some("application/json"),
        Some("*/*"),
        Some("application/json, application/jwt"),
        Some("text/html"),
        Some(""),
    ] {
        let answer = accepting(&world, accept).await;
        assert_eq!(
            answer.header("content-type"),
            "application/json",
            "{accept:?}"
        );
        assert_eq!(answer.header("vary"), "accept");
        let nulls = answer.text.contains("null");
        assert!(!nulls, "absent members are omitted: {}", answer.text);
    }
}

#[tokio::test]
async fn c20_signed_metadata_counts_by_a_listed_key_its_issuer_and_its_time_alone() {
    let world = World::new().await;
    let now = world.state.now();
    let here = world.identifier.as_str();
    let signed = accepting(&world, Some("application/jwt")).await.text;
    let verify = |text: &str, issuer: &str, keys: &JwkSet, now| {
        let key_of = |header: &Header| keys.find(header.kid.as_deref()?).cloned();
        CredentialIssuer::verify(text, issuer, key_of, now).map(drop)
    };
    let stranger: Es256Key = key();
    let others = JwkSet {
        keys: vec![stranger.public_jwk().clone()],
    };
    assert_eq!(
        verify(&signed, here, &others, now),
        Err(SignedMetadataError::UnknownKey)
    );
    let elsewhere = "https://other.example";
    let keys = listed(&world);
    assert_eq!(
        verify(&signed, elsewhere, &keys, now),
        Err(SignedMetadataError::OtherIssuer)
    );
    for moment in [now + TimeDelta::hours(25), now - TimeDelta::minutes(2)] {
        assert_eq!(
            verify(&signed, here, &keys, moment),
            Err(SignedMetadataError::NotNow)
        );
    }
    let metadata: Value = accepting(&world, None).await.body;
    let metadata: CredentialIssuer = serde_json::from_value(metadata).unwrap();
    let until = now + TimeDelta::hours(1);
    let forged = metadata.sign((now, until), &stranger).unwrap();
    assert_eq!(
        verify(&forged, here, &keys, now),
        Err(SignedMetadataError::UnknownKey)
    );
    // The stranger's signature under the listed key's name.
    let (_, payload_and_signature) = forged.split_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let swapped = format!("{header}.{payload_and_signature}");
    let refused = verify(&swapped, here, &keys, now).unwrap_err();
    assert_eq!(refused.reason(), "jws_bad_signature");
}
