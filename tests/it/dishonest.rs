//! A broker that lies: something in front of it changes what it says, and the wallet notices.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use credential_core::{
    access_log::{Kind, ReadReceiptClaims},
    consent::request::{self, RequestObject},
    dcql::{ClaimPath, ClaimQuery},
    encoding::{base64url, sha256_base64url},
    id::ReadId,
    jose::{
        Es256Key, Signer as _,
        jws::{self, KeyReference, Unverified},
    },
    trust,
};
use serde_json::{Value, json};
use wallet_core::{
    Error,
    consent::share::{Delivery, ShareState},
};

use crate::support::{SAMPLE, Scene, front::scene, noon};

/// The request object inside an answer, changed and put back under `signer`'s signature.
fn resign(answer: &mut Value, signer: &Es256Key, change: impl FnOnce(&mut RequestObject)) {
    let jar = answer["request"].as_str().unwrap().to_owned();
    let mut object: RequestObject = Unverified::parse(&jar, request::TYP)
        .unwrap()
        .untrusted_payload()
        .unwrap();
    change(&mut object);
    answer["request"] = object.sign(signer).unwrap().into();
}

/// The same with the recipient's signature kept: the payload is swapped under it.
fn swap_payload(answer: &mut Value, change: impl FnOnce(&mut RequestObject)) {
    let jar = answer["request"].as_str().unwrap().to_owned();
    let mut object: RequestObject = Unverified::parse(&jar, request::TYP)
        .unwrap()
        .untrusted_payload()
        .unwrap();
    change(&mut object);
    let [header, _, signature]: [&str; 3] = jar.split('.').collect::<Vec<_>>().try_into().unwrap();
    let payload = base64url(serde_json::to_vec(&object).unwrap());
    answer["request"] = format!("{header}.{payload}.{signature}").into();
}

async fn opened_with(lie: impl Fn(&str, &mut Value) + Send + Sync + 'static) -> Result<(), Error> {
    let (scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (_recipient, pending) = scene.pushed(&wallet).await;
    front.lies(lie);
    let opened = wallet.open_request(pending.link()).await;
    assert_eq!(
        wallet.requests().unwrap().is_empty(),
        opened.is_err(),
        "nothing wrong is kept"
    );
    assert!(wallet.shares().unwrap().is_empty());
    opened.map(|_open| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_broker_behind_the_same_front_is_believed() {
    assert!(opened_with(|_path, _answer| {}).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_swaps_the_recipients_key_is_caught_by_the_wallet() {
    let own = Es256Key::generate().unwrap().0.public_jwk().thumbprint();
    let error = opened_with(move |path, answer| {
        if path == "/wallet/requests" {
            let own = own.clone();
            swap_payload(answer, |o| {
                o.authorization_details[0].enc_jwk_thumbprint = own;
            });
        }
    });
    assert_eq!(error.await.unwrap_err().reason(), "jws_bad_signature");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_signs_a_changed_request_itself_is_caught_by_the_wallet() {
    let own = Es256Key::generate().unwrap().0;
    let error = opened_with(move |path, answer| {
        if path == "/wallet/requests" {
            resign(answer, &own, |_object| {});
        }
    });
    assert_eq!(error.await.unwrap_err().reason(), "recipient_key_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_changes_the_purpose_is_caught_by_the_wallet() {
    let error = opened_with(|path, answer| {
        if path == "/wallet/requests" {
            swap_payload(answer, |o| {
                o.authorization_details[0].purpose.text.en = Some("A prize draw".into());
            });
        }
    });
    assert_eq!(error.await.unwrap_err().reason(), "jws_bad_signature");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_widens_the_query_is_caught_by_the_wallet() {
    let error = opened_with(|path, answer| {
        if path == "/wallet/requests" {
            swap_payload(answer, |o| {
                let path = ClaimPath::claim("birthdate");
                let more = ClaimQuery {
                    id: "birthdate".into(),
                    path,
                    values: None,
                };
                o.authorization_details[0].dcql_query.credentials[0]
                    .claims
                    .push(more);
            });
        }
    });
    assert_eq!(error.await.unwrap_err().reason(), "jws_bad_signature");
}

#[tokio::test(flavor = "multi_thread")]
async fn c50_not_even_the_recipient_itself_can_ask_for_more_than_it_registered() {
    let (scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (_recipient, pending) = scene.pushed(&wallet).await;
    // A broker that conspires with the recipient and lets an over-asking request through.
    let signer = Arc::clone(&scene.world.identity().signing_key);
    front.lies(move |path, answer| {
        if path == "/wallet/requests" {
            let jar = answer["request"].as_str().unwrap().to_owned();
            let mut object: RequestObject = Unverified::parse(&jar, request::TYP)
                .unwrap()
                .untrusted_payload()
                .unwrap();
            let path = ClaimPath::claim("birthdate");
            let more = ClaimQuery {
                id: "birthdate".into(),
                path,
                values: None,
            };
            let details = &mut object.authorization_details[0];
            details.dcql_query.credentials[0].claims.push(more);
            let mut why = details.reasons[0].clone();
            why.claim_id = "birthdate".into();
            details.reasons.push(why);
            answer["request"] = jws::sign(request::TYP, &object, &*signer, KeyReference::Kid)
                .unwrap()
                .into();
        }
    });
    let refused = wallet.open_request(pending.link()).await.unwrap_err();
    assert_eq!(refused.reason(), "over_asking");
    assert!(
        refused.to_string().contains("certificate/birthdate"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trust_list_that_the_broker_made_up_is_refused() {
    let scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let own = Es256Key::generate().unwrap().0;
    let until = noon() + TimeDelta::days(30);
    let forged = trust::publish(
        "https://registrar.osaamislompakko.example",
        99,
        noon(),
        until,
        &[],
        &own,
    );
    let error = wallet.import_trust_list(&forged.unwrap()).unwrap_err();
    assert_eq!(error.reason(), "jws_bad_signature");
    assert!(wallet.trust().is_ok(), "the list that was known stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_hides_an_opening_is_noticed_at_the_next_sync() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let broker = scene.world.broker().issuer.clone();
    wallet.sync_log(&broker).await.unwrap();
    let read = osaamislompakko::stages::read(&scene.world, &shared.recipient, &mut shared.grant);
    read.await.unwrap().unwrap();

    // The entry about the reading is left out of the page.
    front.lies(|path, answer| {
        if path.starts_with("/wallet/log") {
            answer["entries"].as_array_mut().unwrap().pop();
        }
    });
    assert_eq!(
        wallet.sync_log(&broker).await.unwrap_err().reason(),
        "log_gap"
    );
    // Or it is told as something harmless.
    front.lies(|path, answer| {
        if path.starts_with("/wallet/log") {
            for entry in answer["entries"].as_array_mut().unwrap() {
                entry["kind"] = json!("deposit");
            }
        }
    });
    assert_eq!(
        wallet.sync_log(&broker).await.unwrap_err().reason(),
        "log_changed"
    );
    front.lies(|_path, _answer| {});
    assert_eq!(wallet.sync_log(&broker).await.unwrap().new.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_the_log_does_not_have_is_proven_by_the_readers_receipt() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    let read = osaamislompakko::stages::read(&scene.world, &shared.recipient, &mut shared.grant);
    read.await.unwrap().unwrap();
    let trust = scene.world.trust().unwrap();
    let confirmed = shared
        .recipient
        .acknowledge_reading(&mut shared.grant, &trust);
    let confirmed = confirmed.await.unwrap();
    let again = shared
        .recipient
        .acknowledge_reading(&mut shared.grant, &trust);
    let again = again.await.unwrap_err();
    assert_eq!(again.reason(), "nothing_to_acknowledge");

    // What was logged is found, and so is that it was confirmed.
    let entry = wallet.find_reading(&confirmed.signed).await.unwrap();
    assert_eq!(entry.kind, Kind::Read);
    let last = wallet.log(None).unwrap().pop().unwrap();
    assert_eq!(last.kind, Kind::ReadAcknowledged);

    // A broker that signs for a reading and writes something else, or nothing, into the log.
    let broker = scene.world.broker().keys.signer();
    let honest = confirmed.receipt.claims();
    let other_leaf = ReadReceiptClaims {
        leaf: sha256_base64url("a reading that nobody logged"),
        ..honest.clone()
    };
    let beyond = ReadReceiptClaims {
        seq: 40,
        ..honest.clone()
    };
    // The place and leaf of something else that the log has about this share, or of another reading.
    let token = &wallet.log(None).unwrap()[2];
    let no_reading = ReadReceiptClaims {
        seq: token.seq,
        leaf: base64url(token.leaf().unwrap()),
        ..honest.clone()
    };
    let twice = ReadReceiptClaims {
        read_id: ReadId::from_bytes([9; 16]),
        ..honest.clone()
    };
    for (number, lie) in [other_leaf, beyond, no_reading, twice].iter().enumerate() {
        let signed = lie.sign(&*broker).unwrap();
        let found = wallet.find_reading(&signed).await.unwrap_err();
        assert_eq!(found.reason(), "log_omits_reading");
        // Both signed statements are kept, the first one about each place.
        assert_eq!(wallet.omissions().unwrap().len(), [1, 2, 3, 3][number]);
    }
    // Anybody can write one; only the broker's signature proves something.
    let forged = honest.sign(&*scene.world.identity().signing_key).unwrap();
    let found = wallet.find_reading(&forged).await.unwrap_err();
    assert_eq!(found.reason(), "read_receipt_key_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_stays_unconfirmed_without_a_receipt_or_with_another_one() {
    let (scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (_recipient, pending) = scene.pushed(&wallet).await;
    let open = wallet.open_request(pending.link()).await.unwrap();
    let chosen =
        osaamislompakko::stages::choose(&wallet, &open, credential_core::text::Language::En);
    let chosen = chosen.unwrap();
    front.lies(|path, answer| {
        if path == "/wallet/decisions" {
            let receipt = answer["receipt"].as_str().unwrap();
            let cut = receipt.rsplit_once('.').unwrap().0.to_owned();
            answer["receipt"] = format!("{cut}.{}", "A".repeat(86)).into();
        }
    });
    let refused = wallet
        .approve(&open, &chosen.selection, chosen.until)
        .await
        .unwrap_err();
    assert_eq!(refused.reason(), "receipt_does_not_hold");
    front.lies(|path, answer| {
        if path == "/wallet/decisions" {
            answer.as_object_mut().unwrap().remove("receipt");
        }
    });
    let without = wallet
        .approve(&open, &chosen.selection, chosen.until)
        .await
        .unwrap_err();
    assert_eq!(without.reason(), "broker_answer_not_understood");

    // Asked again, the broker gives the same answer, and now it is told rightly.
    front.lies(|_path, _answer| {});
    let approved = wallet
        .approve(&open, &chosen.selection, chosen.until)
        .await
        .unwrap();
    assert_eq!(wallet.shares().unwrap().len(), 1);
    assert_eq!(wallet.kept_receipts(approved.grant_id).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_leads_to_another_broker_is_refused() {
    let refused = opened_with(|path, answer| {
        if path.starts_with("/authorize") {
            answer["wallet_link"] =
                "osaamislompakko://request?broker=https%3A%2F%2Fother.example&ticket=t".into();
        }
    });
    assert_eq!(refused.await.unwrap_err().reason(), "request_not_a_link");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_nobody_on_the_list_is_not_even_asked_for() {
    let scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let link = format!(
        "http://{}/authorize?client_id=c&request_uri=u",
        listener.local_addr().unwrap()
    );
    let refused = wallet.open_request(&link).await.unwrap_err();
    assert_eq!(refused, Error::UnknownBroker);
    let asked = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(asked.is_err(), "nobody came");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_brokers_cookie_goes_nowhere_else() {
    let (scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (_recipient, pending) = scene.pushed(&wallet).await;
    let open = wallet.open_request(pending.link()).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}/complete/x", listener.local_addr().unwrap());
    front.lies(move |path, answer| {
        if path == "/wallet/decisions" {
            answer["complete_url"] = elsewhere.clone().into();
        }
    });
    let delivery = wallet.refuse(&open).await.unwrap();
    assert!(matches!(delivery, Delivery::Failed(_)), "{delivery:?}");
    let asked = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(asked.is_err(), "nobody came");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_not_called_ended_before_its_end() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let shared = scene.shared(&wallet).await;
    for status in ["expired", "exhausted", "withdrawn", "nonsense"] {
        front.lies(move |path, answer| {
            if path == "/wallet/grants" {
                answer["grants"][0]["status"] = status.into();
            }
        });
        let shares = wallet.refresh_shares().await.unwrap();
        assert_eq!(shares[0].state, ShareState::Active, "{status}");
    }
    assert_eq!(
        wallet.shares().unwrap()[0].grant_id,
        shared.approved.grant_id
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_denies_a_share_it_confirmed_is_not_believed() {
    let (mut scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let grant = scene.shared(&wallet).await.approved.grant_id;
    front.answers_instead(
        "/withdraw",
        404,
        json!({"error": "invalid_request", "reason": "grant_unknown"}),
    );
    let refused = wallet.stop(grant).await.unwrap_err();
    assert_eq!(refused.reason(), "broker_refused");
    assert_eq!(wallet.share(grant).unwrap().state, ShareState::Stopping);
    front.tells_the_truth();
    let stopped = wallet.stop(grant).await.unwrap();
    assert_eq!(stopped.state, ShareState::Stopped);
}
