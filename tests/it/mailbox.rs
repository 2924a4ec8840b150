//! Deposits after the first: prepared ones are read in their time, and a changed key is followed only
//! when the registrar says so.

use chrono::TimeDelta;
use credential_core::{
    access_log::Kind,
    id::GrantId,
    jose::{Es256Key, Signer as _},
};
use osaamislompakko::stages;
use verifier_sdk::{checks::Outcome as Verdict, recipient::ReadError};
use wallet_core::{Wallet, consent::share::Less};

use crate::support::{
    SAMPLE, Scene, Shared,
    front::{Break, scene},
};

async fn read(scene: &Scene, shared: &mut Shared) -> Verdict {
    let report = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
    report.unwrap().unwrap().verdict
}

async fn deposits_in_log(scene: &Scene, wallet: &Wallet) -> usize {
    wallet.sync_log(&scene.world.broker().issuer).await.unwrap();
    let log = wallet.log(None).unwrap();
    log.iter().filter(|e| e.kind == Kind::Deposit).count()
}

async fn fetch_list(scene: &Scene, wallet: &Wallet) {
    let registrar = scene.world.servers()[0].url();
    let list = format!("{registrar}/trust-list");
    wallet.fetch_trust_list(&list).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_wallet_has_prepared_what_is_read_week_after_week() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let early = wallet.renew_deposits(TimeDelta::days(3)).await.unwrap();
    assert!(early.renewed.is_empty(), "a week is more than three days");

    scene.clock.advance(TimeDelta::days(5));
    let done = wallet.renew_deposits(TimeDelta::days(3)).await.unwrap();
    assert_eq!(done.failed, []);
    assert_eq!(done.renewed.len(), 1);
    assert_eq!(done.renewed[0].new_key, None);
    let again = wallet.renew_deposits(TimeDelta::days(3)).await.unwrap();
    assert!(again.renewed.is_empty(), "nothing ends soon now");

    for sequence in 2..=5 {
        assert_eq!(
            read(&scene, &mut shared).await,
            Verdict::Valid,
            "{sequence}"
        );
        assert_eq!(shared.grant.last_sequence(), sequence);
        if sequence < 5 {
            scene.clock.advance(TimeDelta::days(7));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn renewing_more_often_than_needed_fills_no_mailbox() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    for last_sequence in [2, 6, 10] {
        let done = wallet.renew_deposits(TimeDelta::days(30)).await.unwrap();
        assert_eq!((done.renewed.len(), done.failed.len()), (1, 0), "{done:?}");
        assert_eq!(read(&scene, &mut shared).await, Verdict::Valid);
        assert_eq!(shared.grant.last_sequence(), last_sequence);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_prepared_is_handed_in_again_after_a_broken_connection() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    for place in [
        Break::BeforeRequest("/deposits"),
        Break::BeforeAnswer("/deposits"),
    ] {
        front.breaks(place);
        let broken = wallet.renew_deposits(TimeDelta::days(7)).await.unwrap();
        assert_eq!(broken.failed.len(), 1, "{place:?}");
    }
    front.works();
    let done = wallet.renew_deposits(TimeDelta::days(7)).await.unwrap();
    assert_eq!(done.renewed.len(), 1, "the broker had them already");
    assert_eq!(deposits_in_log(&scene, &wallet).await, 5, "none came twice");
    assert_eq!(read(&scene, &mut shared).await, Verdict::Valid);
    assert_eq!(shared.grant.last_sequence(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_change_of_keys_the_wallet_seals_anew_and_the_recipient_opens_with_the_new_key() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let former = scene.world.rekey_recipient().unwrap();
    let listed = scene.world.identity().encryption_key.thumbprint();

    // The old deposit is opened with the old key for as long as it lies there.
    let alone = scene.world.recipient().await.unwrap();
    let mut both = Shared {
        recipient: alone.clone().with_former_keys(vec![former]),
        ..shared
    };
    assert_eq!(read(&scene, &mut both).await, Verdict::Valid);

    // The wallet follows once its own list says so, and says that the key is another one.
    let before = wallet.renew_deposits(TimeDelta::days(3)).await.unwrap();
    assert_eq!(before.failed[0].error.reason(), "reseal_key_not_listed");
    fetch_list(&scene, &wallet).await;
    let done = wallet.renew_deposits(TimeDelta::days(3)).await.unwrap();
    assert_eq!(done.renewed[0].new_key, Some(listed));
    let again = wallet.renew_deposits(TimeDelta::days(3)).await.unwrap();
    assert!(again.renewed.is_empty(), "once");

    shared = Shared {
        recipient: alone,
        ..both
    };
    assert_eq!(read(&scene, &mut shared).await, Verdict::Valid);
    assert_eq!(shared.grant.last_sequence(), 2);
    wallet.sync_log(&scene.world.broker().issuer).await.unwrap();
    let log = wallet.log(None).unwrap();
    let asked = log.iter().filter(|e| e.kind == Kind::KeyChanged).count();
    assert_eq!(asked, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_with_prepared_deposits_is_narrowed_above_them_and_under_the_new_key() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let id = shared.approved.grant_id;
    let less = |max_reads| Less {
        max_reads: Some(max_reads),
        ..Less::default()
    };
    let prepared = wallet.renew_deposits(TimeDelta::days(30)).await.unwrap();
    assert_eq!(prepared.renewed.len(), 1, "{prepared:?}");

    wallet.narrow(id, &less(20)).await.unwrap();
    assert_eq!(read(&scene, &mut shared).await, Verdict::Valid);
    assert_eq!(shared.grant.last_sequence(), 6);

    let _former = scene.world.rekey_recipient().unwrap();
    fetch_list(&scene, &wallet).await;
    wallet.narrow(id, &less(19)).await.unwrap();
    shared.recipient = scene.world.recipient().await.unwrap();
    assert_eq!(read(&scene, &mut shared).await, Verdict::Valid);
    assert_eq!(shared.grant.last_sequence(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn prepared_deposits_that_never_arrived_are_not_taken_for_put_after_a_narrowing() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = scene.shared(&wallet).await;
    front.breaks(Break::BeforeRequest("/deposits"));
    let broken = wallet.renew_deposits(TimeDelta::days(7)).await.unwrap();
    assert_eq!(broken.failed.len(), 1);
    front.works();
    let less = Less {
        max_reads: Some(20),
        ..Less::default()
    };
    wallet
        .narrow(shared.approved.grant_id, &less)
        .await
        .unwrap();
    let done = wallet.renew_deposits(TimeDelta::days(7)).await.unwrap();
    assert_eq!((done.renewed.len(), done.failed.len()), (1, 0), "{done:?}");
    // Two at the approval and narrowing, four prepared under the new terms.
    assert_eq!(deposits_in_log(&scene, &wallet).await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_names_a_key_of_its_own_gets_nothing() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let own = Es256Key::generate().unwrap().0.public_jwk().thumbprint();
    front.lies(move |path, answer| {
        if path == "/wallet/grants" {
            answer["grants"][0]["reseal_to"] = own.clone().into();
            answer["grants"][0]["deposits_end"] = 0.into();
        }
    });
    let done = wallet.renew_deposits(TimeDelta::days(7)).await.unwrap();
    assert!(done.renewed.is_empty());
    assert_eq!(done.failed[0].error.reason(), "reseal_key_not_listed");
    front.lies(|_path, _answer| {});
    assert_eq!(deposits_in_log(&scene, &wallet).await, 1);
    assert_eq!(read(&scene, &mut shared).await, Verdict::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_hides_the_change_of_keys_does_not_keep_the_wallet_from_following() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let _shared = scene.shared(&wallet).await;
    scene.world.rekey_recipient().unwrap();
    fetch_list(&scene, &wallet).await;
    front.lies(|path, answer| {
        if path == "/wallet/grants" {
            answer["grants"][0]["reseal_to"] = serde_json::Value::Null;
        }
    });
    let done = wallet.renew_deposits(TimeDelta::days(3)).await.unwrap();
    let listed = scene.world.identity().encryption_key.thumbprint();
    assert_eq!(done.renewed[0].new_key, Some(listed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_share_is_not_renewed() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let id: GrantId = shared.approved.grant_id;
    wallet.stop(id).await.unwrap();
    let done = wallet.renew_deposits(TimeDelta::days(30)).await.unwrap();
    assert!(done.renewed.is_empty() && done.failed.is_empty());
    let refused = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
    assert_eq!(refused.unwrap().unwrap_err(), ReadError::Ended);
}
