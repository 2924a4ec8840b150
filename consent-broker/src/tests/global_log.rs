//! The global log over HTTP, as an auditor fetches it and as a wallet proves its own head.

use credential_core::{
    access_log::root,
    network::Network,
    transparency::{SignedCheckpoint, WitnessSigner, leaf_hash},
};

use super::support::World;
use crate::{LogKeeper, WitnessAt};

async fn round(world: &World, witnesses: Vec<WitnessAt>) {
    let keeper = LogKeeper::new(world.state.clone(), Network::Loopback, witnesses);
    keeper.unwrap().round().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_builds_the_log_again_from_what_everybody_can_fetch() {
    let world = World::new().await;
    assert_eq!(world.get("/log/checkpoint", &[]).await.status, 404);
    world.grant(world.recipient.details()).await;
    world.grant(world.recipient.details()).await;
    round(&world, vec![]).await;

    let answer = world.get("/log/checkpoint", &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "public, max-age=1");
    let metadata = world
        .get("/.well-known/oauth-authorization-server", &[])
        .await;
    let key = metadata.json()["log_verifier_key"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let signed = SignedCheckpoint::verify(&answer.body, &key).unwrap();
    assert_eq!(signed.checkpoint().size, 2);

    let fetch = async |path: &str| {
        let answer = world.http.get(world.url(path)).send().await.unwrap();
        let kind = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        let cached = answer.headers()["cache-control"]
            .to_str()
            .unwrap()
            .to_owned();
        assert_eq!(kind, "application/octet-stream");
        assert_eq!(cached, "public, max-age=31536000, immutable");
        answer.bytes().await.unwrap().to_vec()
    };
    let bundle = fetch("/log/tile/entries/000.p/2").await;
    let entries: Vec<&[u8]> = bundle.chunks(34).map(|entry| &entry[2..]).collect();
    let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(fetch("/log/tile/0/000.p/2").await, leaves.concat());
    assert_eq!(root(&leaves), signed.checkpoint().root);
    // Nothing of it names a person or a share.
    let stored = world.state.store.subjects().await.unwrap();
    for subject in stored {
        assert!(
            !bundle
                .windows(16)
                .any(|octets| octets == subject.as_bytes())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_tile_of_the_log_is_not_there() {
    let world = World::new().await;
    world.grant(world.recipient.details()).await;
    round(&world, vec![]).await;
    for path in [
        "/log/tile/0/000",
        "/log/tile/0/000.p/2",
        "/log/tile/0/000.p/01",
        "/log/tile/1/000.p/1",
        "/log/tile/0/0",
        "/log/tile/-1/000.p/1",
        "/log/tile/entries/001.p/1",
        "/log/tile/entries/x000/000.p/1",
        "/log/tile/99999999999999999999/000",
        "/log/tile/0/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(world.get(path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_gets_the_proof_of_its_own_head_and_nobody_elses() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let path = "/wallet/log/inclusion";
    let early = world
        .wallet_get(&grant.wallet, &grant.wallet_token, path)
        .await;
    assert_eq!(
        (early.status, early.json()["reason"].as_str().unwrap()),
        (404, "log_not_included_yet")
    );
    round(&world, vec![]).await;
    let proof = world
        .wallet_get(&grant.wallet, &grant.wallet_token, path)
        .await;
    assert_eq!(proof.status, 200);
    assert_eq!(proof.json()["size"], 2);
    // This wallet of the tests hands over no key, so that the broker's own is told.
    assert!(proof.json()["log_key"].is_string());
    assert_eq!(world.get(path, &[]).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_is_away_keeps_nobody_waiting() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let pkcs8 = WitnessSigner::generate().unwrap();
    let witness = WitnessSigner::from_pkcs8("w.example/1", &pkcs8).unwrap();
    let at = format!("http://127.0.0.1:9={}", witness.verifier())
        .parse()
        .unwrap();
    round(&world, vec![at]).await;
    let answer = world
        .wallet_get(&grant.wallet, &grant.wallet_token, "/wallet/log/inclusion")
        .await;
    assert_eq!(answer.status, 200);
    let log = world.state.log_signer().unwrap();
    let text = answer.json()["checkpoint"].as_str().unwrap().to_owned();
    assert!(SignedCheckpoint::verify(&text, log.verifier()).is_ok());
}
