//! The broker changes its keys; wallets and recipients that were made before go on.

use osaamislompakko::stages;
use wallet_core::Error;

use crate::support::{SAMPLE, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn wallet_and_recipient_from_before_a_change_of_the_brokers_keys_go_on_after_it() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let broker = scene.world.broker().issuer.clone();
    let before = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
    before.unwrap().unwrap();
    wallet.sync_log(&broker).await.unwrap();
    let old_trust = scene.world.trust().unwrap();
    scene.world.rotate_broker_keys().unwrap();

    // The tokens of before still open, and what was signed before is still acknowledged.
    let trust = scene.world.trust().unwrap();
    let acknowledged = shared
        .recipient
        .acknowledge_reading(&mut shared.grant, &trust)
        .await;
    acknowledged.unwrap();
    let after = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
    after.unwrap().unwrap();
    // Whoever has only the older list is told so; nobody is accused.
    let stale = shared
        .recipient
        .acknowledge_reading(&mut shared.grant, &old_trust)
        .await;
    assert_eq!(stale.unwrap_err().reason(), "read_receipt_key_unknown");
    assert_eq!(
        wallet.sync_log(&broker).await.unwrap_err(),
        Error::UnknownBrokerKey
    );
    let address = scene.world.trust_list_address();
    wallet.fetch_trust_list(&address).await.unwrap();
    wallet.sync_log(&broker).await.unwrap();
    shared
        .recipient
        .acknowledge_reading(&mut shared.grant, &trust)
        .await
        .unwrap();
    shared.recipient.refresh(&mut shared.grant).await.unwrap();

    // A new share, and receipts of both keys beside each other.
    wallet.stop(shared.approved.grant_id).await.unwrap();
    let next = scene.shared(&wallet).await;
    let receipts = stages::receipts(
        &scene.world,
        &wallet,
        &shared.recipient,
        shared.approved.grant_id,
    );
    let receipts = receipts.await.unwrap();
    assert_eq!(receipts.holder, receipts.recipient);
    assert_eq!(receipts.holder.len(), 2);
    assert_ne!(next.approved.grant_id, shared.approved.grant_id);
}
