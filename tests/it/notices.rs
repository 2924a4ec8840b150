//! What both sides learn without asking the mailbox: the recipient that a share has ended, the person
//! that something happened.

use std::time::{Duration, Instant};

use credential_core::{
    access_log::Kind,
    notices::{EndReason, Event},
    text::Language,
};
use osaamislompakko::stages;
use verifier_sdk::{
    notice,
    recipient::{ReadError, Standing},
};

use crate::support::{SAMPLE, Scene, noon};

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_told_to_the_recipient_until_it_acknowledges_and_the_person_sees_that_it_was() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let trust = scene.world.trust().unwrap();
    let nothing = shared.recipient.poll_notices(&trust, false).await.unwrap();
    assert_eq!((nothing.notices.len(), nothing.has_more), (0, false));
    assert_eq!(shared.grant.standing(), Standing::Active);

    wallet.stop(shared.approved.grant_id).await.unwrap();
    let polled = shared.recipient.poll_notices(&trust, false).await.unwrap();
    let [told] = polled.notices.as_slice() else {
        panic!("{polled:?}")
    };
    assert_eq!(told.grant_id(), shared.approved.grant_id);
    assert!(matches!(
        told.event(),
        Event::Ended {
            reason: EndReason::Withdrawn,
            ..
        }
    ));
    let words = notice::to_text(told, Language::Fi);
    assert!(words.starts_with("Henkilö lopetti jaon "), "{words}");
    let again = shared.recipient.poll_notices(&trust, false).await.unwrap();
    assert_eq!(again, polled, "not acknowledged yet");
    assert!(shared.grant.follow(told));
    let ended = Standing::Ended {
        reason: EndReason::Withdrawn,
        at: noon(),
    };
    assert_eq!(shared.grant.standing(), ended);
    assert!(!shared.grant.follow(told), "a repetition changes nothing");

    shared.recipient.acknowledge(&polled).await.unwrap();
    let gone = shared.recipient.poll_notices(&trust, false).await.unwrap();
    assert!(gone.notices.is_empty());
    let read = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
    assert_eq!(read.unwrap().unwrap_err(), ReadError::Ended);
    let broker = scene.world.broker().issuer.clone();
    let log = wallet.sync_log(&broker).await.unwrap().new;
    let kinds: Vec<Kind> = log.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds[3..5], [Kind::Withdrawn, Kind::Notified]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_watches_sees_a_reading_when_it_happens() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let broker = scene.world.broker().issuer.clone();
    wallet.sync_log(&broker).await.unwrap();
    let reading = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let read = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
        read.unwrap().unwrap();
        Instant::now()
    };
    let (seen, read_at) = tokio::join!(wallet.watch_log(&broker), reading);
    assert!(read_at.elapsed() < Duration::from_secs(5));
    let kinds: Vec<Kind> = seen.unwrap().unwrap().new.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [Kind::Read]);
}
