//! A broker that lies: something in front of it changes what it says, and the wallet notices.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use chrono::TimeDelta;
use credential_core::{
    consent::request::{self, RequestObject},
    dcql::{ClaimPath, ClaimQuery},
    jose::{
        Es256Key, Signer as _,
        jws::{self, KeyReference, Unverified},
    },
    trust,
};
use serde_json::{Value, json};
use wallet_core::Error;

use crate::support::{SAMPLE, Scene, noon};

type Lie = Box<dyn Fn(&str, &mut Value) + Send + Sync>;

/// Forwards everything to the broker and tells a lie about JSON answers.
#[derive(Clone)]
struct Front {
    behind: Arc<Mutex<String>>,
    lie: Arc<Mutex<Lie>>,
    client: reqwest::Client,
}

impl Front {
    async fn listen() -> (Self, String) {
        // Whoever comes first installs it; there is only this one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let front = Self {
            behind: Arc::default(),
            lie: Arc::new(Mutex::new(Box::new(|_path, _answer| {}))),
            client: client.build().unwrap(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(forward).with_state(front.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (front, url)
    }

    fn lies(&self, lie: impl Fn(&str, &mut Value) + Send + Sync + 'static) {
        *self.lie.lock().unwrap() = Box::new(lie);
    }
}

async fn forward(State(front): State<Front>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let url = format!("{}{path}", front.behind.lock().unwrap());
    let mut headers = parts.headers;
    headers.remove("host");
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let answer = front
        .client
        .request(parts.method, url)
        .headers(headers)
        .body(body)
        .send()
        .await;
    let answer = answer.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    let mut bytes = answer.bytes().await.unwrap().to_vec();
    if let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) {
        front.lie.lock().unwrap()(&path, &mut value);
        bytes = value.to_string().into_bytes();
    }
    headers.remove("content-length");
    headers.remove("transfer-encoding");
    (status, headers, Body::from(bytes)).into_response()
}

async fn scene() -> (Scene, Front) {
    let (front, url) = Front::listen().await;
    let scene = Scene::behind(Some(url)).await;
    let broker = scene
        .world
        .servers()
        .iter()
        .find(|s| s.role() == "broker")
        .unwrap();
    *front.behind.lock().unwrap() = broker.url().to_owned();
    (scene, front)
}

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
    let payload = credential_core::encoding::base64url(serde_json::to_vec(&object).unwrap());
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
async fn even_the_recipient_itself_cannot_ask_for_more_than_it_registered() {
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
            object.authorization_details[0].dcql_query.credentials[0]
                .claims
                .push(more);
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
async fn a_receipt_about_something_else_is_refused_and_the_share_stays_unconfirmed() {
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

    // Asked again, the broker gives the same answer, and now it is told rightly.
    front.lies(|_path, _answer| {});
    let approved = wallet
        .approve(&open, &chosen.selection, chosen.until)
        .await
        .unwrap();
    assert_eq!(wallet.shares().unwrap().len(), 1);
    assert_eq!(wallet.kept_receipts(approved.grant_id).unwrap().len(), 1);
}
