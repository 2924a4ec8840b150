//! The whole way, top to bottom: one record becomes a credential, is shared, read, and stopped.

use chrono::TimeDelta;
use credential_core::{
    access_log::{Kind, Outcome},
    consent::receipt::Event,
    text::Language,
};
use osaamislompakko::stages;
use verifier_sdk::{checks::Outcome as Verdict, recipient::ReadError};
use wallet_core::consent::share::ShareState;

use crate::support::{SAMPLE, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_study_record_becomes_a_credential_is_shared_read_and_stopped() {
    let mut scene = Scene::new().await;
    // Record and credential: the wallet holds what the register's document says.
    let wallet = scene.wallet_with(SAMPLE).await;
    let held = wallet.credentials().unwrap();
    let qualification = held
        .iter()
        .find(|c| c.vct().contains("/qualification/"))
        .unwrap();
    assert_eq!(
        qualification.title(Language::Sv).unwrap(),
        "Grundexamen inom social- och hälsovårdsbranschen"
    );

    // Request and grant: the person sees who asks, and lets four optional claims go along.
    let mut shared = scene.shared(&wallet).await;
    let asker = &shared.open.request().recipient().name;
    assert_eq!(asker.fi.as_deref(), Some("Lumo Hoiva Oy"));
    let leaving = |shares: bool| -> Vec<String> {
        let held = shared.chosen.items.iter().filter(|item| item.is_held());
        held.filter(|item| item.shared == shares)
            .map(|item| item.path.to_string())
            .collect()
    };
    assert_eq!(
        leaving(true),
        [
            "/title",
            "/given_name",
            "/family_name",
            "/awarding_date",
            "/awarding_body"
        ]
    );
    assert_eq!(leaving(false), ["/qualification_titles", "/credits"]);

    // Deposit: what the broker holds is the ciphertext, padded.
    let row = scene.world.broker().peek(shared.approved.grant_id);
    let row = serde_json::to_string(&row.await.unwrap().unwrap()).unwrap();
    assert!(!row.contains("Esimerkki-Lahti"), "{row}");

    // Read and verify: the recipient gets exactly what left, and every check holds.
    let report = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
    let report = report.unwrap().unwrap();
    assert_eq!(
        report.verdict,
        Verdict::Valid,
        "{}",
        report.to_text(Language::En)
    );
    let claims: Vec<String> = report.credentials[0]
        .claims
        .iter()
        .map(|claim| claim.path.to_string())
        .collect();
    let mut expected = leaving(true);
    expected.sort();
    let mut shown = claims;
    shown.sort();
    assert_eq!(shown, expected);

    // After: the person sees the opening, stops, and the next read is refused.
    let broker = scene.world.broker().issuer.clone();
    let seen = wallet.sync_log(&broker).await.unwrap();
    let kinds: Vec<Kind> = seen.new.iter().map(|entry| entry.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::ConsentGiven,
            Kind::Deposit,
            Kind::TokenIssued,
            Kind::Read
        ]
    );

    let stopped = wallet.stop(shared.approved.grant_id).await.unwrap();
    assert_eq!(stopped.state, ShareState::Stopped);
    let refused = stages::read(&scene.world, &shared.recipient, &mut shared.grant)
        .await
        .unwrap();
    assert_eq!(refused.unwrap_err(), ReadError::Ended);

    let seen = wallet.sync_log(&broker).await.unwrap();
    let last: Vec<(Kind, Outcome)> = seen.new.iter().map(|e| (e.kind, e.outcome)).collect();
    assert_eq!(last[0], (Kind::Withdrawn, Outcome::Done));
    assert!(
        last[1..]
            .iter()
            .all(|l| *l == (Kind::ReadRefused, Outcome::GrantEnded)),
        "{last:?}"
    );
    assert!(last.len() > 1, "the refused read stands in the log");

    let receipts = stages::receipts(
        &scene.world,
        &wallet,
        &shared.recipient,
        shared.approved.grant_id,
    );
    let receipts = receipts.await.unwrap();
    assert_eq!(receipts.holder, [Event::Given, Event::Withdrawn]);
    assert_eq!(receipts.recipient, [Event::Given, Event::Withdrawn]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standing_share_is_read_again_with_a_renewed_token_until_its_deposit_lapses() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    scene.clock.advance(TimeDelta::hours(2));
    let again = stages::read(&scene.world, &shared.recipient, &mut shared.grant)
        .await
        .unwrap();
    assert_eq!(
        again.unwrap().verdict,
        Verdict::Valid,
        "the access token was renewed"
    );

    // Deposits live seven days; without a fresh one the grant lapses instead of over-serving.
    scene.clock.advance(TimeDelta::days(8));
    let lapsed = stages::read(&scene.world, &shared.recipient, &mut shared.grant)
        .await
        .unwrap();
    assert!(lapsed.is_err(), "{lapsed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_tells_the_recipient_only_that_and_leaves_a_receipt() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (recipient, pending) = scene.pushed(&wallet).await;
    let open = wallet.open_request(pending.link()).await.unwrap();
    assert_eq!(wallet.requests().unwrap(), [open.id()]);
    wallet.refuse(&open).await.unwrap();

    let answer = scene
        .world
        .callback()
        .answer_to(pending.state())
        .await
        .unwrap();
    let redeemed = recipient.redeem(&pending, answer.query()).await;
    assert_eq!(redeemed.unwrap_err().reason(), "access_denied");
    assert!(answer.query().contains("iss="), "{}", answer.query());
    assert_eq!(wallet.requests().unwrap(), []);
    let log = wallet.sync_log(&scene.world.broker().issuer).await.unwrap();
    assert_eq!(
        log.new.iter().map(|e| e.kind).collect::<Vec<_>>(),
        [Kind::ConsentRefused]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_credential_is_not_valid_for_a_recipient_who_reads_it_later() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    for issued in scene.world.issuer().issued().unwrap() {
        let revoke = issuer_adapters::server::StatusChange::Revoke;
        scene
            .world
            .issuer()
            .change_status(issued.index, revoke)
            .unwrap();
    }
    let report = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
    let report = report.unwrap().unwrap();
    assert_eq!(report.verdict, Verdict::Invalid);
    let reasons: Vec<_> = report.credentials[0]
        .checks
        .iter()
        .map(|c| c.reason.code())
        .collect();
    assert!(reasons.contains(&"revoked"), "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_adds_nothing_and_says_so() {
    let scene = Scene::new().await;
    let passphrase = wallet_core::vault::Passphrase::from("koivu lumi silta aamu".to_owned());
    let cost = wallet_core::vault::KdfCost::danger_cheap_for_tests();
    let wallet = scene
        .world
        .wallet("wallet", &passphrase, cost)
        .await
        .unwrap();
    let understood = stages::understand(SAMPLE.as_bytes()).unwrap();
    let offer = stages::offer(&scene.world, &understood).unwrap();
    let open = wallet.open_offer(&offer.link).await.unwrap();
    let right = offer.tx_code.unwrap();
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let refused = wallet.accept_offer(&open, Some(wrong)).await.unwrap_err();
    assert_eq!(refused.reason(), "issuer_refused", "{refused}");
    assert!(wallet.credentials().unwrap().is_empty());
    assert!(
        !wallet
            .accept_offer(&open, Some(&right))
            .await
            .unwrap()
            .is_empty()
    );
}
