//! `POST /grants/{grant_id}/acks`: a reading is confirmed by who made it.

use chrono::TimeDelta;
use credential_core::{
    access_log::{ReadAckClaims, ReadReceipt},
    encoding::sha256_base64url,
    jose::{Es256Key, VerifyingKey},
};
use serde_json::json;

use super::support::{Answer, Grant, Recipient, World, random_id, read_id};

/// The receipt of a reading, as it came.
async fn receipt(world: &World, grant: &Grant) -> String {
    let token = world.token(grant).await;
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(read.status, 200, "{read:?}");
    read.header("log-receipt").to_owned()
}

fn verified(world: &World, receipt: &str) -> ReadReceipt {
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    ReadReceipt::verify(receipt, &broker, &world.origin).unwrap()
}

fn ack(world: &World, receipt: &str) -> ReadAckClaims {
    ReadAckClaims::of(&verified(world, receipt), world.now())
}

async fn send(
    world: &World,
    who: &Recipient,
    grant: impl std::fmt::Display,
    (receipt, ack): (&str, &str),
) -> Answer {
    let path = format!("/grants/{grant}/acks");
    let form = [("receipt", receipt), ("ack", ack)];
    world.as_recipient(who, &path, &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_is_acknowledged_once_and_the_person_sees_it_also_after_the_end() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let receipt = receipt(&world, &grant).await;
    world.withdraw(&grant).await;
    let signed = ack(&world, &receipt)
        .sign(&world.recipient.signing)
        .unwrap();
    for _again in 0..2 {
        let taken = send(&world, &world.recipient, grant.id, (&receipt, &signed)).await;
        assert_eq!((taken.status, taken.json()), (201, json!({ "seq": 3 })));
    }
    let expected = [
        "consent_given",
        "deposit",
        "token_issued",
        "read",
        "withdrawn",
        "read_acknowledged",
    ];
    assert_eq!(world.log(&grant).await, expected);
    let token = world.wallet_token(&grant.wallet).await;
    let log = world.wallet_get(&grant.wallet, &token, "/wallet/log").await;
    let last = log.json()["entries"][5]["deposit_hash"].clone();
    assert_eq!(last, sha256_base64url(&signed));
    let held = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(held["acknowledgements"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_reader_acknowledges_and_only_what_we_have_signed() {
    let world = World::new().await;
    let (grant, other) = (
        world.grant(world.recipient.details()).await,
        world.grant(world.recipient.details()).await,
    );
    let receipt = receipt(&world, &grant).await;
    let claims = ack(&world, &receipt);
    let signing = &world.recipient.signing;
    let good = claims.sign(signing).unwrap();
    let unknown = "404 invalid_request grant_unknown";
    for grant in [other.id, random_id()] {
        let refused = send(&world, &world.recipient, grant, (&receipt, &good)).await;
        assert_eq!(refused.refusal(), unknown);
    }
    let foreign = send(&world, &world.other, grant.id, (&receipt, &good)).await;
    assert_eq!(foreign.refusal(), unknown);

    let stranger = Es256Key::generate().unwrap().0;
    let forged = verified(&world, &receipt).claims().sign(&stranger).unwrap();
    let late = ReadAckClaims {
        iat: (world.now() - TimeDelta::hours(1)).timestamp(),
        ..claims.clone()
    };
    let elsewhere = ReadAckClaims {
        receipt_hash: sha256_base64url("another"),
        ..claims.clone()
    };
    let cases = [
        (forged.as_str(), good.clone(), "jws_bad_signature"),
        (
            &receipt,
            claims.sign(&stranger).unwrap(),
            "read_ack_key_unknown",
        ),
        (
            &receipt,
            late.sign(signing).unwrap(),
            "read_ack_not_of_this_moment",
        ),
        (
            &receipt,
            elsewhere.sign(signing).unwrap(),
            "read_ack_other_reading",
        ),
        (&receipt, receipt.clone(), "jws_wrong_type"),
        (&good, good.clone(), "jws_wrong_type"),
    ];
    for (receipt, ack, reason) in cases {
        let refused = send(&world, &world.recipient, grant.id, (receipt, &ack)).await;
        assert_eq!(refused.refusal(), format!("400 invalid_request {reason}"));
    }
    assert_eq!(world.log(&grant).await.len(), 4, "nothing was written");
}
