//! The return channel: a recipient writes, only the holder reads, and a broker in between cannot make
//! anything of it.

use std::sync::{Arc, Mutex};

use credential_core::{
    encoding::{base64url, from_base64url},
    id::GrantId,
    message::{Deletion, MessageKind},
    text::Text,
};
use osaamislompakko::stages;
use serde_json::{Value, json};
use verifier_sdk::recipient::{HeldGrant, Message, Recipient, SendError};
use wallet_core::{consent::messages::FetchedMessages, words::Words};

use crate::support::{SAMPLE, Scene, Shared, front::scene, noon};

fn question(text: &str) -> Message {
    Message {
        kind: MessageKind::Question,
        text: Text {
            fi: Some(text.into()),
            ..Text::default()
        },
        deletion: None,
    }
}

async fn send(shared: &Shared, text: &str) -> Result<(), SendError> {
    let message = question(text);
    let sent = shared.recipient.send_message(&shared.grant, &message);
    sent.await.map(drop)
}

/// A share that was read and verified, so that its recipient knows where to write.
async fn read_share(scene: &mut Scene, wallet: &wallet_core::Wallet) -> Shared {
    let mut shared = scene.shared(wallet).await;
    assert_eq!(
        send(&shared, "Liian aikaisin?").await,
        Err(SendError::NoReplyKey)
    );
    let report = stages::read(&scene.world, &shared.recipient, &mut shared.grant).await;
    report.unwrap().unwrap();
    shared
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_and_a_deletion_receipt_reach_the_holder_and_nobody_else() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = read_share(&mut scene, &wallet).await;
    send(&shared, "Milloin voisit aloittaa?").await.unwrap();
    let held = scene.world.broker().store.waiting_messages(
        scene.world.broker().store.subjects().await.unwrap()[0],
        noon(),
    );
    let held = format!("{:?}", held.await.unwrap());
    assert!(!held.contains("Milloin"), "{held}");

    let fetched = wallet.fetch_messages().await.unwrap();
    assert_eq!(fetched.refused, []);
    assert_eq!(
        fetched.new[0].said.text.fi.as_deref(),
        Some("Milloin voisit aloittaa?")
    );
    assert_eq!(wallet.messages().unwrap(), fetched.new);
    assert_eq!(
        wallet.fetch_messages().await.unwrap(),
        FetchedMessages::default()
    );

    // After the end there is no token any more, and still the deletion is confirmed.
    wallet.stop(shared.grant.id()).await.unwrap();
    let receipt = Message {
        kind: MessageKind::DeletionReceipt,
        deletion: Some(Deletion {
            what: Text::new("Todistus", "Intyget", "The certificate"),
            at: noon().timestamp(),
        }),
        ..question("Poistimme tietosi.")
    };
    let sent = shared.recipient.send_message(&shared.grant, &receipt);
    sent.await.unwrap();
    let fetched = wallet.fetch_messages().await.unwrap();
    let words = Words::new(credential_core::text::Language::Fi);
    let shown = words.message(&fetched.new[0]).join("\n");
    assert!(shown.contains("Poistettu 29.5.2026: Todistus"), "{shown}");
    assert!(shown.contains("Lumo Hoiva Oy"), "{shown}");
    assert_eq!(wallet.messages().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_fit_words_is_not_even_sent() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = read_share(&mut scene, &wallet).await;
    for unfit in ["", "kaksi\nriviä", "\u{202e}väärinpäin", &"a".repeat(2_001)] {
        assert_eq!(
            send(&shared, unfit).await,
            Err(SendError::Content),
            "{unfit}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_moves_changes_or_repeats_a_message_is_found_out() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = read_share(&mut scene, &wallet).await;
    let id = shared.grant.id();
    let fetch_with = async |lie: fn(&mut Value)| {
        send(&shared, "Hei!").await.unwrap();
        front.lies(move |path, answer| {
            if path == "/wallet/messages" && answer["messages"][0].is_object() {
                lie(&mut answer["messages"]);
            }
        });
        let fetched = wallet.fetch_messages().await.unwrap();
        front.lies(|_path, _answer| {});
        let reasons: Vec<_> = fetched.refused.iter().map(|one| one.reason).collect();
        (fetched.new.len(), reasons)
    };
    let other_share = fetch_with(|messages| {
        messages[0]["grant_id"] = json!(GrantId::from_bytes([7; 16]));
    });
    assert_eq!(other_share.await.1[0], "message_share_unknown");
    wallet.fetch_messages().await.unwrap();
    let other_name = fetch_with(|messages| {
        messages[0]["message_id"] = json!(GrantId::from_bytes([7; 16]));
    });
    assert_eq!(other_name.await.1[0], "message_other_share");
    wallet.fetch_messages().await.unwrap();
    let later_end = fetch_with(|messages| {
        let text = messages[0]["message"].as_str().unwrap();
        let (header, rest) = text.split_once('.').unwrap();
        let mut header: Value = serde_json::from_slice(&from_base64url(header).unwrap()).unwrap();
        header["exp"] = (header["exp"].as_i64().unwrap() + 1).into();
        let header = base64url(header.to_string());
        messages[0]["message"] = format!("{header}.{rest}").into();
    });
    assert_eq!(later_end.await, (0, vec!["message_not_opened"]));
    let before = wallet.messages().unwrap().len();
    let twice = fetch_with(|messages| {
        let first = messages[0].clone();
        messages.as_array_mut().unwrap().push(first);
    });
    assert_eq!(twice.await, (1, vec![]));
    assert_eq!(wallet.messages().unwrap().len(), before + 1);

    // One that was fetched and deleted before comes again.
    let kept: Arc<Mutex<Option<Value>>> = Arc::default();
    send(&shared, "Vielä kerran").await.unwrap();
    let keep = Arc::clone(&kept);
    front.lies(move |path, answer| {
        if path == "/wallet/messages" && answer["messages"][0].is_object() {
            *keep.lock().unwrap() = Some(answer["messages"].clone());
        }
    });
    assert_eq!(wallet.fetch_messages().await.unwrap().new.len(), 1);
    let again = kept.lock().unwrap().clone().unwrap();
    front.lies(move |path, answer| {
        if path == "/wallet/messages" {
            answer["messages"] = again.clone();
        }
    });
    let replayed = wallet.fetch_messages().await.unwrap();
    assert_eq!(replayed, FetchedMessages::default());
    assert!(
        wallet
            .messages()
            .unwrap()
            .iter()
            .all(|one| one.said.grant_id == id)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_learnt_from_a_deposit_that_does_not_verify() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let opened = shared.recipient.read(&mut shared.grant).await.unwrap();
    let verifier = || {
        verifier_sdk::Verifier::builder()
            .trust(scene.world.trust().unwrap())
            .clock(scene.world.clock())
            .http(scene.world.http().clone())
            .build()
            .unwrap()
    };
    let report = async |recipient: &Recipient, grant: &HeldGrant| {
        let expected = recipient.expectation(grant);
        verifier()
            .verify_presentation(&opened, &expected)
            .await
            .unwrap()
    };
    // The same octets under another request: the key binding is not made for it.
    let mut moved: Value = serde_json::to_value(&shared.grant).unwrap();
    moved["details"]["nonce"] = "A".repeat(22).into();
    let mut moved: HeldGrant = serde_json::from_value(moved).unwrap();
    let doubtful = report(&shared.recipient, &moved).await;
    assert!(!moved.learn_reply_address(&opened, &doubtful));
    let sound = report(&shared.recipient, &shared.grant).await;
    assert!(shared.grant.learn_reply_address(&opened, &sound));
}
