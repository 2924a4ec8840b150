//! Collecting on the page of a real issuing server: the link, the browser, and the address it comes back to.

use std::sync::Arc;

use credential_core::{
    clock::SystemClock,
    credential::{CredentialClaims, CredentialType},
    jose::{Es256Key, JwkSet, Signer as _},
    network::Network,
    rng::SystemRng,
    text::Text,
};
use issuer_adapters::server::{
    Confirmation, HolderMatch, IssuerState, Lifetimes, Offer, Profile, Registry, SealingKey, Setup,
    router,
};
use serde_json::{Value, json};
use verifier_sdk::http::{Body, HttpClient};

use super::{code, data, desk::Desk, error, said};

/// A school that listens on loopback, and its offer of one certificate.
async fn school(desk: &Desk) -> (IssuerState, Offer) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (signer, rng) = (
        Es256Key::generate().unwrap().0,
        Arc::new(SystemRng::default()),
    );
    let kind = CredentialType::Qualification;
    desk.follow(&url, signer.public_jwk(), kind);
    let sealing = SealingKey::generate(&*rng).unwrap();
    let setup = Setup {
        profile: Profile::new(
            &url,
            Text::new("Koulu", "Skolan", "School"),
            Network::Loopback,
        )
        .unwrap(),
        lifetimes: Lifetimes::default(),
        signer: Arc::new(signer),
        attesters: JwkSet::default(),
        encryption_required: false,
        registry: Registry::create(&desk.path("registry"), &sealing, rng.clone()).unwrap(),
        clock: Arc::new(SystemClock),
        rng,
    };
    let state = IssuerState::new(setup, &sealing).unwrap();
    let app = router(state.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let claims = json!({
        "family_name": "Esimerkki-Lahti", "given_name": "Aino Orvokki", "birthdate": "2001-02-03",
        "title": {"fi": "Lähihoitaja", "sv": "Närvårdare"}, "awarding_date": "2026-05-20"
    });
    let claims = CredentialClaims::new(kind, claims.as_object().unwrap().clone(), None).unwrap();
    let by = Confirmation::TransactionCode;
    let mut offers = state
        .offer(vec![claims], HolderMatch::InPerson, by)
        .unwrap();
    (state, offers.remove(0))
}

/// What the browser does with the link; gives the address it is sent to.
async fn browse(link: &str, typed: &str) -> String {
    let http = HttpClient::new(Network::Loopback).unwrap();
    let page = http.send(link, &[], Body::None).await.unwrap();
    let cookie = page
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let text = String::from_utf8(page.body.clone()).unwrap();
    let (_, rest) = text.split_once(r#"name="form" value=""#).unwrap();
    let sealed = rest.split('"').next().unwrap();
    let form = [("form", sealed), ("decision", "give"), ("code", typed)];
    let (action, _query) = link.split_once('?').unwrap();
    let headers = [("cookie", cookie)];
    let sent = http
        .send(action, &headers, Body::Form(&form))
        .await
        .unwrap();
    assert_eq!(sent.status, 303);
    sent.header("location").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_collected_in_two_steps_with_the_browser_between() {
    let desk = Desk::empty();
    let (state, offer) = school(&desk).await;
    let begun = desk.run(&[
        "--development",
        "--json",
        "credential",
        "add",
        &offer.link,
        "--browser",
    ]);
    assert_eq!(code(&begun), 0, "{}", said(&begun));
    let begun: Value = serde_json::from_str(&data(&begun)).unwrap();
    assert_eq!(begun["schema"], "wallet.authorization/1");
    let link = begun["data"]["link"].as_str().unwrap();
    assert!(
        state
            .profile()
            .identifier()
            .ends_with(begun["data"]["host"].as_str().unwrap())
    );
    let address = browse(link, offer.tx_code.as_deref().unwrap()).await;
    let answer = [
        "--development",
        "credential",
        "add",
        "--browser-answer",
        &address,
    ];
    let added = desk.run(&answer);
    assert_eq!(code(&added), 0, "{}", said(&added));
    assert!(data(&added).starts_with("Added: "), "{}", data(&added));
    assert!(!state.issued().unwrap().is_empty());
    let again = desk.run(&[&["--json"], answer.as_slice()].concat());
    assert_eq!(error(&again)["reason"], "authorization_other_answer");
}

#[test]
fn an_answer_of_the_browser_stands_alone() {
    let desk = Desk::new();
    let both = [
        "credential",
        "add",
        "no://offer",
        "--browser-answer",
        "http://127.0.0.1/",
    ];
    assert_eq!(code(&desk.run(&both)), 2);
    assert_eq!(code(&desk.run(&["credential", "add"])), 2);
}
