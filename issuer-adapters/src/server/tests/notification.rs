//! What wallets tell of what they collected.

use credential_core::{credential::CredentialType, oid4vci::notification::Event};
use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Answer, World, key};

const DEGREE: &[CredentialType] = &[CredentialType::Qualification];

async fn told(world: &World, token: &str, body: &Value) -> Answer {
    let request = world.request(Method::POST, "/notification");
    Answer::to(request.bearer_auth(token).json(body)).await
}

/// Collects two copies of a degree; the access token and the notification id.
async fn collected(world: &World) -> (String, String) {
    let token = world.token(DEGREE).await;
    let answer = world
        .collect(&token, "qualification", &[&key(), &key()])
        .await;
    let id = answer.body["notification_id"].as_str().unwrap().to_owned();
    (token, id)
}

fn said(world: &World) -> Vec<Option<Event>> {
    let issued = world.state.issued().unwrap();
    issued.into_iter().map(|entry| entry.wallet_said).collect()
}

#[tokio::test]
async fn c16_what_a_wallet_tells_is_kept_for_each_copy_and_may_be_told_again() {
    let world = World::new().await;
    let (token, id) = collected(&world).await;
    assert_eq!(said(&world), [None, None], "wallets need not tell");
    for _again in 0..2 {
        let body = json!({"notification_id": id, "event": "credential_accepted", "unknown": 1});
        let answer = told(&world, &token, &body).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        assert_eq!(said(&world), [Some(Event::CredentialAccepted); 2]);
    }
    let body = json!({
        "notification_id": id, "event": "credential_failure",
        "event_description": "Could not store the Credential. Out of storage."
    });
    assert_eq!(told(&world, &token, &body).await.status, 204);
    assert_eq!(said(&world), [Some(Event::CredentialFailure); 2]);
    let entries = world.state.issued().unwrap();
    assert!(
        entries
            .iter()
            .all(|entry| entry.status == crate::server::CredentialStatus::Valid),
        "nothing is revoked because of it"
    );
}

#[tokio::test]
async fn c16_another_event_or_another_form_is_refused() {
    let world = World::new().await;
    let (token, id) = collected(&world).await;
    let event = |event: &str| json!({"notification_id": id, "event": event});
    let described = |text: &str| json!({"notification_id": id, "event": "credential_failure", "event_description": text});
    for body in [
        event("Credential_Accepted"),
        event("CREDENTIAL_ACCEPTED"),
        event("accepted"),
        event(""),
        json!({"notification_id": id}),
        json!({"event": "credential_accepted"}),
        json!({"notification_id": 7, "event": "credential_accepted"}),
        described("säilö on täynnä"),
        described("quote \" inside"),
        described(&"x".repeat(301)),
        json!([]),
    ] {
        let answer = told(&world, &token, &body).await;
        let expected = "400 invalid_notification_request (notification_malformed)";
        assert_eq!(answer.shown(), expected, "{body}");
    }
    assert_eq!(said(&world), [None, None]);
}

#[tokio::test]
async fn c16_an_id_works_with_the_access_token_it_came_with_alone() {
    let world = World::new().await;
    let (token, id) = collected(&world).await;
    let (other_token, other_id) = collected(&world).await;
    let accepted = |id: &str| json!({"notification_id": id, "event": "credential_accepted"});
    let flipped = format!(
        "{}{}",
        &id[..id.len() - 2],
        if id.ends_with("AA") { "BA" } else { "AA" }
    );
    for (token, id) in [
        (&token, other_id.as_str()),
        (&other_token, id.as_str()),
        (&token, flipped.as_str()),
        (&token, ""),
        (&token, "AAAA"),
        (&token, &"A".repeat(5_000)),
    ] {
        let answer = told(&world, token, &accepted(id)).await;
        let expected = "400 invalid_notification_id (notification_unknown)";
        assert_eq!(answer.shown(), expected, "{id}");
    }
    let nobody = told(&world, "AAAA", &accepted(&id)).await;
    assert_eq!(nobody.shown(), "401 invalid_token (token_refused)");
    assert_eq!(said(&world), [None; 4]);
}

#[tokio::test]
async fn what_a_wallet_told_outlives_a_restart() {
    let world = World::new().await;
    let (token, id) = collected(&world).await;
    let body = json!({"notification_id": id, "event": "credential_deleted"});
    assert_eq!(told(&world, &token, &body).await.status, 204);
    let (identifier, clock) = (world.identifier.clone(), world.clock.clone());
    let folder = world.stop().await;
    let state = super::world::issuer(&identifier, folder.path(), &clock);
    let issued = state.issued().unwrap();
    let said: Vec<_> = issued.iter().map(|entry| entry.wallet_said).collect();
    assert_eq!(said, [Some(Event::CredentialDeleted); 2]);
}
