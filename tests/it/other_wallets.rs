//! Other people's wallets collect from our issuer, and our wallet from other people's issuers: both made
//! with `@openid4vc/openid4vci`.

use std::sync::Arc;

use credential_core::{
    clock::SystemClock,
    credential::{CredentialClaims, CredentialType},
    jose::{Jwk, JwkSet, KeyUse, VerifyingKey},
    network::Network,
    oid4vci::notification::Event,
    rng::SystemRng,
    sd_jwt::SdJwt,
    text::Text,
    trust::{Entry, IssuerRole},
};
use issuer_adapters::server::{Confirmation, HolderMatch, Offer};
use osaamislompakko::world::{Options, World};
use serde_json::{Value, json};
use verifier_sdk::http::{Body, HttpClient};
use wallet_core::{
    Wallet,
    vault::{KdfCost, Passphrase},
};

use crate::support::script::{PATIENCE, Script};

const WALLET: &str = "vci_wallet.js";
const ISSUER: &str = "vci_issuer.js";

/// A world in the time of the scripts, which have no other clock.
async fn world(others: Vec<Entry>) -> World {
    let options = Options {
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng::default()),
        broker_front: None,
        witnesses: Vec::new(),
    };
    World::start_with(options, |_redirect_uri| others)
        .await
        .unwrap()
}

fn badge() -> CredentialClaims {
    let claims = json!({
        "family_name": "Esimerkki-Lahti",
        "given_name": "Aino Orvokki",
        "birthdate": "2001-02-03",
        "title": {"fi": "Tietosuojan perusteet", "en": "Basics of data protection"},
        "awarding_date": "2026-05-20"
    });
    let claims = claims.as_object().unwrap().clone();
    CredentialClaims::new(CredentialType::SkillBadge, claims, None).unwrap()
}

fn offered(world: &World) -> Offer {
    let by = Confirmation::TransactionCode;
    let offers = world
        .issuer()
        .offer(vec![badge()], HolderMatch::DemonstrationOnly, by);
    offers.unwrap().remove(0)
}

fn issuer_key(world: &World) -> Jwk {
    let trust = world.trust().unwrap();
    let (participant, _role) = trust.issuer(world.issuer().profile().identifier()).unwrap();
    participant.keys.keys[0].clone()
}

/// What their wallet needs to know of an offer of ours.
fn task(world: &World, offer: &Offer) -> Value {
    json!({"offer": offer.link, "tx_code": offer.tx_code, "issuer_keys": [issuer_key(world)]})
}

/// Holds what they collected against our own reading of it: signed by us, each copy for another key.
fn check_collected(world: &World, result: &Value, copies: usize) {
    let collected = result["collected"].as_array().unwrap();
    assert_eq!(collected.len(), 1, "{result}");
    let key = VerifyingKey::try_from(&issuer_key(world)).unwrap();
    let credentials = collected[0]["credentials"].as_array().unwrap();
    let keys: Vec<Jwk> = serde_json::from_value(collected[0]["keys"].clone()).unwrap();
    assert_eq!((credentials.len(), keys.len()), (copies, copies));
    for (text, holder) in credentials.iter().zip(&keys) {
        let verified = SdJwt::parse(text.as_str().unwrap()).unwrap();
        let verified = verified.verify(&key).unwrap();
        let bound = verified.holder_key().unwrap().thumbprint();
        assert_eq!(bound, holder.thumbprint());
        assert_eq!(verified.claims()["given_name"], "Aino Orvokki");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_wallet_collects_by_a_code_and_tells_what_became_of_it() {
    let Some(mut script) = Script::node(WALLET) else {
        return;
    };
    let world = world(Vec::new()).await;
    let mut asked = task(&world, &offered(&world));
    asked["copies"] = json!(3);
    asked["signed"] = json!(true);
    script.tell(&asked);
    let result = script.hear()["result"].clone();
    assert!(script.succeeds(PATIENCE));
    assert_eq!(result["version"], "V1", "recognised as OpenID4VCI 1.0");
    assert_eq!(result["signed"], true, "and by its signed metadata");
    check_collected(&world, &result, 3);
    let issued = world.issuer().issued().unwrap();
    let told: Vec<_> = issued.iter().map(|entry| entry.wallet_said).collect();
    assert_eq!(told, [Some(Event::CredentialAccepted); 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_wallet_waits_for_what_is_released_later() {
    let Some(mut script) = Script::node(WALLET) else {
        return;
    };
    let world = world(Vec::new()).await;
    let offer = offered(&world);
    world.issuer().hold(&offer.id).unwrap();
    script.tell(&task(&world, &offer));
    assert_eq!(script.hear()["deferred"], 30, "and was told to wait again");
    world.issuer().release(&offer.id).unwrap();
    script.tell(&Value::Null);
    let result = script.hear()["result"].clone();
    assert!(script.succeeds(PATIENCE));
    check_collected(&world, &result, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_wallet_collects_on_our_page_with_a_token_that_is_bound_to_its_key() {
    let Some(mut script) = Script::node(WALLET) else {
        return;
    };
    let world = world(Vec::new()).await;
    let offer = offered(&world);
    let mut asked = task(&world, &offer);
    asked["redirect_uri"] = json!("https://wallet.example/callback");
    asked["scope"] = json!("skill-badge");
    asked["dpop"] = json!(true);
    script.tell(&asked);
    let link = script.hear()["open"].clone();
    let callback = browse(link.as_str().unwrap(), offer.tx_code.as_deref().unwrap()).await;
    script.tell(&json!({ "callback": callback }));
    let result = script.hear()["result"].clone();
    assert!(script.succeeds(PATIENCE));
    assert_eq!(result["token_type"], "DPoP");
    check_collected(&world, &result, 1);
}

/// What the person does on our page; the address that the browser is sent to.
async fn browse(link: &str, code: &str) -> String {
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
    let form = [("form", sealed), ("decision", "give"), ("code", code)];
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
async fn our_wallet_collects_from_another_issuer_through_the_browser() {
    let Some(mut script) = Script::node(ISSUER) else {
        return;
    };
    let (world, offer) = other_issuer(&mut script, "authorization_code").await;
    let wallet = empty_wallet(&world).await;
    let link = offer["offer"].as_str().unwrap();
    let open = wallet.open_offer(link).await.unwrap();
    let callback = "http://127.0.0.1:47211/callback";
    let visit = wallet.begin_authorization(&open, callback).await.unwrap();
    let http = HttpClient::new(Network::Loopback).unwrap();
    let sent = http.send(&visit.link, &[], Body::None).await.unwrap();
    let address = sent.header("location").unwrap();
    let held = wallet.finish_authorization(address).await.unwrap();
    assert_eq!(held[0].claims()["given_name"], "Aino Orvokki");
    script.tell(&Value::Null);
    let seen = script.hear()["result"].clone();
    assert!(script.succeeds(PATIENCE));
    assert_eq!(seen["token_type"], "DPoP");
}

#[tokio::test(flavor = "multi_thread")]
async fn our_wallet_collects_from_another_issuer_by_a_code() {
    let Some(mut script) = Script::node(ISSUER) else {
        return;
    };
    let (world, offer) = other_issuer(&mut script, PRE_AUTHORIZED).await;
    let wallet = empty_wallet(&world).await;
    let open = wallet
        .open_offer(offer["offer"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(
        open.issuer_name()
            .exact(credential_core::text::Language::En),
        Some("Other School")
    );
    let code = offer["tx_code"].as_str();
    let held = wallet.accept_offer(&open, code).await.unwrap();
    assert_eq!(held[0].claims()["given_name"], "Aino Orvokki");
    script.tell(&Value::Null);
    let seen = script.hear()["result"].clone();
    assert!(script.succeeds(PATIENCE));
    assert_eq!(seen["copies"], 2, "as many as it gives at once");
    let told = json!([{"notification_id": "notification-1", "event": "credential_accepted"}]);
    assert_eq!(seen["notifications"], told);
}

const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// A world whose trust list has their issuer, and an offer of it.
async fn other_issuer(script: &mut Script, grant: &str) -> (World, Value) {
    let said = script.hear();
    let key: Jwk = serde_json::from_value(said["key"].clone()).unwrap();
    let entry = Entry {
        entity_id: said["issuer"].as_str().unwrap().into(),
        name: Text::new("Toinen koulu", "Annan skola", "Other School"),
        business_id: None,
        organisation_oid: None,
        jwks: JwkSet {
            keys: vec![key.with_use(KeyUse::Sig)],
        },
        issuer: Some(IssuerRole {
            credential_types: vec![CredentialType::SkillBadge.vct().into()],
            ..IssuerRole::default()
        }),
        recipient: None,
        broker: None,
        resource: None,
    };
    let world = world(vec![entry]).await;
    let task = json!({
        "grant": grant, "vct": CredentialType::SkillBadge.vct(), "claims": badge().claims(),
    });
    script.tell(&task);
    let offer = script.hear();
    (world, offer)
}

async fn empty_wallet(world: &World) -> Wallet {
    let passphrase = Passphrase::from("koivu lumi silta aamu".to_owned());
    let cost = KdfCost::danger_cheap_for_tests();
    world.wallet("wallet", &passphrase, cost).await.unwrap()
}
