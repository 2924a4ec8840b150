//! From the registrar's book to the broker's next answer: what a newer list adds, re-keys and removes
//! counts with the next request, and no older list ever counts again.

use chrono::TimeDelta;
use credential_core::network::Network;

use super::{
    reading::INVALID_TOKEN,
    support::{Answer, Operator, Recipient, World, people, read_id},
};
use crate::{AppState, TrustHandle, keys::signing_jwk, registrar::RegistryFolder};

async fn push(world: &World, who: &Recipient) -> Answer {
    let request = who.signed(&world.origin, who.details());
    world
        .as_recipient(who, "/par", &[("request", &request)])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_the_registrar_adds_can_push_with_the_next_request() {
    let mut world = World::new().await;
    let operator = Operator::of(&world).await;
    let added = Recipient::new("http://127.0.0.1:9/added");
    let unknown = push(&world, &added).await;
    assert_eq!(unknown.refusal(), "401 invalid_client client_unknown");
    world
        .registry
        .add(added.entry(), Network::Loopback)
        .unwrap();
    let list = world.publish();
    assert_eq!(push(&world, &added).await.status, 401, "not imported yet");
    assert_eq!(operator.import(&list).await.json()["sequence"], 2);
    assert_eq!(push(&world, &added).await.status, 201);
    assert_eq!(world.get("/trust-list", &[]).await.body, list);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_re_keyed_recipient_is_known_by_its_new_key_and_no_more_by_the_old() {
    let mut world = World::new().await;
    let operator = Operator::of(&world).await;
    let renewed = Recipient::new(&world.recipient.entity_id);
    let refused = push(&world, &renewed).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    assert_eq!(push(&world, &world.recipient).await.status, 201);
    world
        .registry
        .add(renewed.entry(), Network::Loopback)
        .unwrap();
    let list = world.publish();
    assert_eq!(operator.import(&list).await.status, 200);
    let old = push(&world, &world.recipient).await;
    assert_eq!(
        (old.status, old.text("error").as_str()),
        (401, "invalid_client")
    );
    assert_eq!(push(&world, &renewed).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_recipient_is_refused_at_every_door_and_comes_back_when_it_is_added_again() {
    let mut world = World::new().await;
    let operator = Operator::of(&world).await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let redeemed = world.redeem(&code).await;
    let (token, renewal) = (
        redeemed.text("access_token"),
        redeemed.text("refresh_token"),
    );
    let form = [("grant_type", "refresh_token"), ("refresh_token", &renewal)];
    let unopened = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let uri = world.push(&unopened).await.text("request_uri");

    assert!(world.registry.remove(&world.recipient.entity_id));
    let list = world.publish();
    assert_eq!(operator.import(&list).await.status, 200);
    let pushed = push(&world, &world.recipient).await;
    assert_eq!(pushed.refusal(), "401 invalid_client client_unknown");
    assert_eq!(
        pushed.text("error_description"),
        "the client is not authenticated (client_unknown)"
    );
    let renewed = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(renewed.refusal(), "401 invalid_client client_unknown");
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!((read.status, read.body.as_str()), (401, INVALID_TOKEN));
    assert_eq!(
        world.log(&grant).await.last().unwrap(),
        "read_refused (not_authorized)"
    );
    assert!(world.authorize(&uri, None).await.is_err());
    // The person can stop what nobody reads any more.
    let entry = world.recipient.entry();
    world.registry.add(entry, Network::Loopback).unwrap();
    let list = world.publish();
    operator.import(&list).await;
    let renewed = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(renewed.status, 200);
    assert_eq!(world.withdraw(&grant).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purpose_that_is_struck_off_is_not_read_for_with_the_next_token() {
    let mut world = World::new().await;
    let operator = Operator::of(&world).await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let renewal = world.redeem(&code).await.text("refresh_token");
    let mut entry = world.recipient.entry();
    let role = entry.recipient.as_mut().unwrap();
    role.intended_uses[0].purpose.code = "https://w3id.org/dpv#Marketing".into();
    world.registry.add(entry, Network::Loopback).unwrap();
    operator.import(&world.publish()).await;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", renewal.as_str()),
    ];
    let refused = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(refused.refusal(), "400 invalid_grant -");
    let pushed = push(&world, &world.recipient).await;
    assert_eq!(pushed.text("error"), "invalid_authorization_details");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_a_forged_and_a_contradicting_list_are_refused_and_the_one_in_force_stays() {
    let mut world = World::new().await;
    let operator = Operator::of(&world).await;
    let first = world.get("/trust-list", &[]).await.body;
    let (second, third) = (world.publish(), world.publish());
    assert_eq!(operator.import(&third).await.json()["sequence"], 3);
    for older in [&first, &second] {
        let refused = operator.import(older).await;
        assert_eq!(refused.refusal(), "400 invalid_request trust_list_older");
    }
    // A registrar that lost its book and begins again at the same number.
    let mut lost = crate::registrar::Registry::new("https://registrar.example");
    let mut contradicting = String::new();
    for _ in 0..3 {
        let life = TimeDelta::days(20);
        contradicting = lost.publish(world.now(), life, &world.registrar).unwrap();
    }
    let refused = operator.import(&contradicting).await;
    assert_eq!(
        refused.refusal(),
        "400 invalid_request trust_list_contradicts"
    );
    let stranger = credential_core::jose::Es256Key::generate().unwrap().0;
    let life = TimeDelta::days(30);
    let forged = world
        .registry
        .publish(world.now(), life, &stranger)
        .unwrap();
    assert_eq!(operator.import(&forged).await.status, 400);
    assert_eq!(operator.import("no list").await.status, 400);
    assert_eq!(world.get("/trust-list", &[]).await.body, third);
    assert_eq!(operator.import(&third).await.status, 200, "the same again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_not_talked_back_to_an_older_list() {
    let mut world = World::new().await;
    let pinned = signing_jwk(&world.registrar);
    let restart = |signed: &str| AppState {
        trust: TrustHandle::new(pinned.clone(), signed, world.state.clock.now()).unwrap(),
        ..world.state.clone()
    };
    let first = world.get("/trust-list", &[]).await.body;
    let confirm = async |state: AppState| state.trust.confirm(&*state.store).await;
    assert_eq!(confirm(restart(&first)).await, Ok(1));
    let state = restart(&first);
    let second = world.publish();
    assert_eq!(state.import_list(&second).await, Ok(2));

    let restart = |signed: &str| AppState {
        trust: TrustHandle::new(pinned.clone(), signed, world.state.clock.now()).unwrap(),
        ..world.state.clone()
    };
    let refused = confirm(restart(&first)).await.unwrap_err();
    assert_eq!(refused.reason(), "trust_list_older");
    let imported = restart(&first).import_list(&first).await.unwrap_err();
    assert_eq!(imported.reason(), "trust_list_older");
    assert_eq!(confirm(restart(&second)).await, Ok(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pins_another_registrar_begins_its_numbers_anew() {
    let mut world = World::new().await;
    for _ in 0..3 {
        let list = world.publish();
        world.state.import_list(&list).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let mut other = RegistryFolder::create(folder.path(), "https://registrar.example").unwrap();
    let broker = people::broker_entry(&world.origin, world.state.keys.public());
    other.registry.add(broker, Network::Loopback).unwrap();
    let signer = other.signer().unwrap();
    let life = TimeDelta::days(30);
    let list = other.registry.publish(world.now(), life, &signer).unwrap();
    let trust = TrustHandle::new(other.public_key().unwrap(), &list, world.now()).unwrap();
    assert_eq!(trust.confirm(&*world.state.store).await, Ok(1));
}
