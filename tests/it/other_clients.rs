//! Other people's OAuth clients against the running broker, the person's side by the real wallet.

use std::sync::Arc;

use credential_core::{
    clock::{Clock as _, SystemClock},
    consent::details::GrantedDetails,
    credential::CredentialType,
    jose::{Jwk, JwkSet, KeyUse},
    rng::SystemRng,
    text::{Language, Text},
};
use osaamislompakko::{
    stages,
    world::{Options, World, parties},
};
use serde_json::{Value, json};
use verifier_sdk::{GrantExpectation, RecipientKey, SealedDeposit};
use wallet_core::consent::request::OpenRequest;

use crate::support::{
    self, SAMPLE, details_of,
    resource_server::ResourceServer,
    script::{PATIENCE, Script},
};

const ENTITY: &str = "https://karikkodata.example";
const CLIENT: &str = "openid_federation:https://karikkodata.example";

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_asks_reads_and_renews_and_meets_every_refusal() {
    a_client_goes_the_whole_way("openid-client.js").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oauth4webapi_asks_reads_and_renews_and_meets_every_refusal() {
    a_client_goes_the_whole_way("oauth4webapi.js").await;
}

async fn a_client_goes_the_whole_way(name: &str) {
    let Some(mut script) = Script::node(name) else {
        return;
    };
    // The client's signing key is its own: only the public half is ever told.
    let mut keys: Vec<Jwk> = serde_json::from_value(script.hear()["keys"].take()).unwrap();
    let opening = RecipientKey::generate().unwrap();
    keys.push(opening.public_jwk().clone().with_use(KeyUse::Enc));
    let name = Text::new("Karikkodata Oy", "Karikkodata Ab", "Karikkodata Ltd");
    let options = Options {
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng::default()),
        broker_front: None,
        witnesses: Vec::new(),
    };
    let server = ResourceServer::generate();
    let mut world = World::start_with(options, |redirect_uri| {
        let keys = JwkSet { keys };
        vec![
            parties::hiring_recipient(ENTITY, name, keys, redirect_uri),
            server.entry(),
        ]
    })
    .await
    .unwrap();
    let wallet = support::wallet_with(&world, SAMPLE).await;
    let redirect_uri = world.identity().redirect_uri.clone();
    let issuer = world.broker().issuer.clone();
    script.tell(&json!({
        "issuer": issuer,
        "client_id": CLIENT,
        "redirect_uri": redirect_uri,
        "details": details_of(CredentialType::Qualification, &opening),
        "resource_server": server.task(),
    }));

    // The person opens the client's link, decides, and the browser goes back.
    let asked = script.hear();
    let open = wallet
        .open_request(text(&asked["authorize"]))
        .await
        .unwrap();
    let recipient = &open.request().recipient().name;
    assert_eq!(recipient.en.as_deref(), Some("Karikkodata Ltd"));
    let chosen = stages::choose(&wallet, &open, Language::En).unwrap();
    let approved = wallet.approve(&open, &chosen.selection, chosen.until);
    let grant = approved.await.unwrap().grant_id;
    let answer = world.callback().answer_to(text(&asked["state"])).await;
    let callback = format!("{redirect_uri}?{}", answer.unwrap().query());
    script.tell(&json!({ "callback": callback }));

    let mut found = script.hear();
    assert!(script.succeeds(PATIENCE));
    let result = found["result"].take();
    check_refusals(&result);
    check_introspected(&result, &issuer);
    assert_eq!(result["later"]["revoked"], true);
    assert_eq!(result["tokens"]["type"], "dpop");
    assert_eq!(result["tokens"]["grant"], grant.to_string());
    assert_eq!(result["deposit"]["type"], "application/jose");
    assert_eq!(result["again"], json!({ "status": 200, "same": true }));
    assert_eq!(result["refresh"]["same"], true);
    check_deposit(&result, &opening, &open, &issuer);
}

fn check_refusals(result: &Value) {
    assert_eq!(
        result["refused"],
        json!({
            "staleAtPar": "400 invalid_dpop_proof",
            "staleAtToken": "400 invalid_dpop_proof",
            "staleAtMailbox": "401 invalid_dpop_proof",
            "withoutIss": "OAUTH_INVALID_RESPONSE",
            "otherIss": "OAUTH_INVALID_RESPONSE",
            "reusedCode": "400 invalid_grant",
            "afterwards": "400 invalid_grant",
            "revoked": "400 invalid_grant",
        })
    );
    // Every proof needs a nonce of the server; one that it did not give is refused.
    assert_eq!(result["later"]["nonces"], true);
    assert_eq!(result["later"]["wrongNonce"], "400 use_dpop_nonce");
}

/// What a resource server was told by each library: a token that lives, and one that was revoked.
fn check_introspected(result: &Value, issuer: &str) {
    let told = &result["later"]["introspected"];
    assert_eq!(told["active"], true);
    assert_eq!(told["iss"], issuer);
    assert_eq!(told["aud"], ResourceServer::RESOURCE);
    assert_eq!(told["client_id"], CLIENT);
    assert_eq!(told["token_type"], "DPoP");
    assert_eq!(told["cnf"]["jkt"], result["tokens"]["jkt"]);
    assert_eq!(told["grant_id"], result["tokens"]["grant"]);
    assert_eq!(told["authorization_details"], result["tokens"]["details"]);
    assert_eq!(
        result["later"]["afterRevocation"],
        json!({ "active": false })
    );
}

/// What the client read opens with the registered key, and holds what the token response said.
fn check_deposit(result: &Value, key: &RecipientKey, open: &OpenRequest, issuer: &str) {
    let mut details: Vec<GrantedDetails> =
        serde_json::from_value(result["tokens"]["details"].clone()).unwrap();
    let details = details.pop().unwrap();
    let expectation = GrantExpectation {
        details: &details,
        client_id: CLIENT,
        broker: issuer,
        request: open.request().jar(),
        last_sequence: 0,
    };
    let sealed = SealedDeposit::parse(text(&result["deposit"]["text"])).unwrap();
    let opened = sealed.open(key, &expectation, SystemClock.now()).unwrap();
    assert_eq!(opened.presentations(parties::PART).len(), 1);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
