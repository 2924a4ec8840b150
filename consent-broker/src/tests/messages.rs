//! Sealed messages from a recipient to the holder of a grant.

use chrono::TimeDelta;
use credential_core::{
    encoding::base64url,
    id::MessageId,
    jose::{Es256Key, Signer as _},
    message::MessageHeader,
    rng::{Rng as _, SystemRng, random},
};
use serde_json::json;

use super::support::{Answer, Grant, Recipient, Wallet, World, random_id};

fn header(world: &World, grant: &Grant) -> MessageHeader {
    MessageHeader {
        alg: "ECDH-ES".into(),
        enc: "A256GCM".into(),
        cty: "grant-message+jwt".into(),
        kid: grant.wallet.reply.public_jwk().thumbprint(),
        epk: Es256Key::generate().unwrap().0.public_jwk().bare(),
        grant_id: grant.id,
        message_id: MessageId::random(&SystemRng::default()).unwrap(),
        sender: world.recipient.client_id(),
        exp: (world.now() + TimeDelta::days(30)).timestamp(),
    }
}

/// A compact JWE of this header around random octets: the broker can never tell the difference.
fn sealed(header: &MessageHeader, length: usize) -> String {
    let rng = SystemRng::default();
    let mut content = vec![0; length];
    rng.fill(&mut content).unwrap();
    let header = base64url(serde_json::to_vec(header).unwrap());
    let (iv, tag) = (random::<12>(&rng).unwrap(), random::<16>(&rng).unwrap());
    let [iv, content, tag] = [base64url(iv), base64url(content), base64url(tag)];
    format!("{header}..{iv}.{content}.{tag}")
}

async fn leave(
    world: &World,
    who: &Recipient,
    grant: impl std::fmt::Display,
    text: &str,
) -> Answer {
    let path = format!("/grants/{grant}/messages");
    world.as_recipient(who, &path, &[("message", text)]).await
}

async fn fetch(world: &World, wallet: &Wallet) -> Vec<serde_json::Value> {
    let token = world.wallet_token(wallet).await;
    let answer = world.wallet_get(wallet, &token, "/wallet/messages").await;
    answer.json()["messages"].as_array().unwrap().clone()
}

async fn delete(world: &World, wallet: &Wallet, path: &str) -> u16 {
    let token = world.wallet_token(wallet).await;
    let proof = world.proof(&wallet.pairwise, "DELETE", path, Some(&token));
    let request = world
        .http
        .delete(world.url(path))
        .header("authorization", format!("DPoP {token}"))
        .header("dpop", proof);
    Answer::of(request).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_waits_for_the_holder_until_it_is_taken() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let header = header(&world, &grant);
    let message = sealed(&header, 1024);
    let left = leave(&world, &world.recipient, grant.id, &message).await;
    assert_eq!(left.status, 201, "{left:?}");
    assert_eq!(
        left.json(),
        json!({"message_id": header.message_id, "exp": header.exp}),
        "nothing about the person's log"
    );
    let again = leave(&world, &world.recipient, grant.id, &message).await;
    assert_eq!(again.json(), left.json());

    let held = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(held["messages"][0]["row"]["taken"], false);
    let waiting = fetch(&world, &grant.wallet).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["message"], message.as_str());
    assert_eq!(waiting[0]["grant_id"], grant.id.to_string());
    let stranger = Wallet::new();
    assert_eq!(fetch(&world, &stranger).await.len(), 0);
    let path = format!("/wallet/messages/{}/{}", grant.id, header.message_id);
    assert_eq!(delete(&world, &stranger, &path).await, 204);
    assert_eq!(fetch(&world, &grant.wallet).await.len(), 1);
    assert_eq!(delete(&world, &grant.wallet, &path).await, 204);
    assert_eq!(delete(&world, &grant.wallet, &path).await, 204);
    assert_eq!(fetch(&world, &grant.wallet).await.len(), 0);
    leave(&world, &world.recipient, grant.id, &message).await;
    assert_eq!(fetch(&world, &grant.wallet).await.len(), 0, "not twice");
    assert_eq!(
        world.log(&grant).await,
        ["consent_given", "deposit", "message_left"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_receipt_can_be_left_after_the_grant_has_ended() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    world.withdraw(&grant).await;
    let message = sealed(&header(&world, &grant), 1024);
    let left = leave(&world, &world.recipient, grant.id, &message).await;
    assert_eq!(left.status, 201, "{left:?}");
    assert_eq!(fetch(&world, &grant.wallet).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_grants_recipient_leaves_messages_and_a_stranger_learns_nothing() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let of_other = |grant_id| MessageHeader {
        grant_id,
        sender: world.other.client_id(),
        ..header(&world, &grant)
    };
    let unknown = random_id();
    let foreign = leave(
        &world,
        &world.other,
        grant.id,
        &sealed(&of_other(grant.id), 64),
    )
    .await;
    let nowhere = leave(
        &world,
        &world.other,
        unknown,
        &sealed(&of_other(unknown), 64),
    )
    .await;
    assert_eq!(foreign.refusal(), "404 invalid_request grant_unknown");
    assert_eq!(foreign.json(), nowhere.json());
    let misspelt = sealed(&header(&world, &grant), 64);
    let misspelt = leave(&world, &world.recipient, "none", &misspelt).await;
    assert_eq!(misspelt.json(), nowhere.json());

    let unlisted = Recipient::new("http://127.0.0.1:9/unlisted");
    let message = sealed(&header(&world, &grant), 64);
    let refused = leave(&world, &unlisted, grant.id, &message).await;
    assert_eq!(refused.refusal(), "401 invalid_client client_unknown");
    let path = format!("/grants/{}/messages", grant.id);
    let bare = world.post_form(&path, &[("message", &message)], &[]).await;
    assert_eq!(bare.status, 401);
    assert_eq!(world.log(&grant).await, ["consent_given", "deposit"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_does_not_fit_is_refused_with_its_reason() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let good = header(&world, &grant);
    let now = world.now();
    let signing = grant.wallet.grant_key.public_jwk().thumbprint();
    for (wrong, expected) in [
        (
            MessageHeader {
                grant_id: random_id(),
                ..good.clone()
            },
            "400 invalid_request message_other_grant",
        ),
        (
            MessageHeader {
                sender: world.other.client_id(),
                ..good.clone()
            },
            "400 invalid_request message_other_sender",
        ),
        (
            MessageHeader {
                kid: signing,
                ..good.clone()
            },
            "400 invalid_request message_other_key",
        ),
        (
            MessageHeader {
                exp: now.timestamp(),
                ..good.clone()
            },
            "400 invalid_request message_end_unfit",
        ),
        (
            MessageHeader {
                exp: (now + TimeDelta::days(91)).timestamp(),
                ..good.clone()
            },
            "400 invalid_request message_end_unfit",
        ),
        (
            MessageHeader {
                enc: "A128GCM".into(),
                ..good.clone()
            },
            "400 invalid_request message_header_invalid",
        ),
    ] {
        let answer = leave(&world, &world.recipient, grant.id, &sealed(&wrong, 64)).await;
        assert_eq!(answer.refusal(), expected, "{wrong:?}");
    }
    for (text, expected) in [
        (
            sealed(&good, 16_000),
            "400 invalid_request message_too_large",
        ),
        ("A.B.C.D.E".into(), "400 invalid_request message_malformed"),
        (String::new(), "400 invalid_request parameter_missing"),
        ("A".repeat(70_000), "413 invalid_request body_too_large"),
    ] {
        let answer = leave(&world, &world.recipient, grant.id, &text).await;
        assert_eq!(answer.refusal(), expected);
    }
    leave(&world, &world.recipient, grant.id, &sealed(&good, 64)).await;
    let reused = leave(&world, &world.recipient, grant.id, &sealed(&good, 64)).await;
    assert_eq!(reused.refusal(), "409 invalid_request message_id_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_messages_a_day_and_no_more() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let one_more = async || {
        let message = sealed(&header(&world, &grant), 64);
        leave(&world, &world.recipient, grant.id, &message).await
    };
    for _message in 0..10 {
        assert_eq!(one_more().await.status, 201);
    }
    assert_eq!(
        one_more().await.refusal(),
        "429 invalid_request messages_too_many"
    );
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(one_more().await.status, 201);
    assert_eq!(fetch(&world, &grant.wallet).await.len(), 11);
}
