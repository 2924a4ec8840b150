//! Renewing: the same for longer, as far as could be asked for now.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::{
        decision::Verdict,
        details::{GrantedDetails, LegalBasis, RequestedDetails},
        receipt::{self as receipts, Event},
    },
    network::Network,
};
use serde_json::json;

use super::receipt;
use crate::{
    registrar::Entry,
    tests::support::{Answer, Grant, World, noon, read_id},
};

/// The end that the request would give at this moment.
fn furthest(world: &World) -> DateTime<Utc> {
    world.now() + TimeDelta::days(30)
}

fn longer(grant: &Grant, until: DateTime<Utc>) -> GrantedDetails {
    GrantedDetails {
        until,
        ..grant.details.clone()
    }
}

async fn renew(world: &World, grant: &Grant, until: DateTime<Utc>) -> Answer {
    let details = longer(grant, until);
    let deposit = world.sealed(&details, 2);
    world
        .alter(grant, (Verdict::Renewed, 1), &details, &deposit)
        .await
}

fn register(world: &mut World, change: impl FnOnce(&mut Entry)) {
    let mut entry = world.recipient.entry();
    change(&mut entry);
    world.registry.add(entry, Network::Loopback).unwrap();
    publish(world);
}

fn publish(world: &mut World) {
    let now = world.now();
    let list = world
        .registry
        .publish(now, TimeDelta::days(30), &world.registrar);
    world.state.trust.import(&list.unwrap(), now).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_share_lasts_past_its_old_end_and_so_does_its_refresh_token() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let tokens = world.redeem(&code).await;
    world.clock.advance(TimeDelta::days(20));
    register(&mut world, |_entry| {});
    let answer = renew(&world, &grant, furthest(&world)).await;
    assert_eq!(receipt(&world, &answer).claims().event, Event::Renewed);
    let refreshed = world.refresh(&tokens.text("refresh_token"), &[]).await;
    let lasting = refreshed.text("refresh_token");
    assert_ne!(lasting, tokens.text("refresh_token"));

    // Past the first end: purging its appointment does nothing.
    world.clock.advance(TimeDelta::days(11));
    publish(&mut world);
    let purged = world.state.store.purge(&world.state.notary(), world.now());
    purged.await.unwrap();
    assert_eq!(world.view(&grant).await["status"], "active");
    let expired = world.refresh(&tokens.text("refresh_token"), &[]).await;
    assert_eq!(expired.refusal(), "400 invalid_grant -");
    let token = world.refresh(&lasting, &[]).await.text("access_token");
    let read = world.read(&token, grant.id, &read_id()).await;
    // The deposit that came with the renewal lived seven days; the grant lives on.
    assert_eq!(read.refusal(), "401 invalid_token -");
    let log = world.log(&grant).await;
    assert_eq!(log.last().unwrap(), "read_refused (nothing_deposited)");

    world.clock.advance(TimeDelta::days(19));
    let purged = world.state.store.purge(&world.state.notary(), world.now());
    purged.await.unwrap();
    assert_eq!(world.view(&grant).await["status"], "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_not_renewed_past_what_was_asked_for() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    world.clock.advance(TimeDelta::days(20));
    register(&mut world, |_entry| {});
    let past = furthest(&world) + TimeDelta::minutes(6);
    let refused = renew(&world, &grant, past).await;
    assert_eq!(
        refused.refusal(),
        "400 invalid_request decision_not_a_narrowing"
    );
    assert_eq!(renew(&world, &grant, furthest(&world)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_that_was_asked_for_until_a_day_is_not_renewed_past_it() {
    let world = World::new().await;
    let asked = RequestedDetails {
        until: Some(noon() + TimeDelta::days(10)),
        duration: None,
        ..world.recipient.details()
    };
    let grant = world.grant(asked).await;
    let refused = renew(&world, &grant, grant.details.until + TimeDelta::days(1)).await;
    assert_eq!(
        refused.refusal(),
        "400 invalid_request decision_not_a_narrowing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_not_renewed_when_the_registrar_no_longer_lists_what_it_is_for() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    world.clock.advance(TimeDelta::days(20));
    let until = furthest(&world);
    let refusal = "409 invalid_request recipient_not_registered";

    register(&mut world, |entry| {
        uses(entry).purpose.code = "https://w3id.org/dpv#Other".into();
    });
    assert_eq!(renew(&world, &grant, until).await.refusal(), refusal);
    register(&mut world, |entry| {
        uses(entry).max_duration = "P29D".parse().unwrap();
    });
    assert_eq!(renew(&world, &grant, until).await.refusal(), refusal);
    register(&mut world, |entry| uses(entry).max_reads = Some(2));
    assert_eq!(renew(&world, &grant, until).await.refusal(), refusal);
    register(&mut world, |entry| {
        uses(entry).retention = "P1D".parse().unwrap();
    });
    assert_eq!(renew(&world, &grant, until).await.refusal(), refusal);

    let entity_id = world.recipient.entity_id.clone();
    assert!(world.registry.remove(&entity_id));
    publish(&mut world);
    assert_eq!(renew(&world, &grant, until).await.refusal(), refusal);
    // It can be held back all the same.
    assert_eq!(world.hold(&grant, Verdict::Paused, 1).await.status, 200);
    register(&mut world, |_entry| {});
    let details = longer(&grant, until);
    let deposit = world.sealed(&details, 2);
    let renewed = world
        .alter(&grant, (Verdict::Renewed, 2), &details, &deposit)
        .await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
}

fn uses(entry: &mut Entry) -> &mut credential_core::trust::IntendedUse {
    &mut entry.recipient.as_mut().unwrap().intended_uses[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_list_of_today_nothing_is_renewed_and_everything_is_paused() {
    let world = World::new().await;
    let asked = RequestedDetails {
        duration: Some("P60D".parse().unwrap()),
        ..world.recipient.details()
    };
    let grant = world.grant(asked).await;
    world.clock.advance(TimeDelta::days(31));
    let refused = renew(&world, &grant, world.now() + TimeDelta::days(40)).await;
    assert_eq!(
        refused.refusal(),
        "503 temporarily_unavailable trust_list_expired"
    );
    assert_eq!(world.hold(&grant, Verdict::Paused, 1).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_duty_is_recorded_as_one_and_never_as_a_consent() {
    let mut world = World::new().await;
    register(&mut world, |entry| {
        uses(entry).legal_basis = LegalBasis::Statutory;
    });
    let asked = RequestedDetails {
        legal_basis: LegalBasis::Statutory,
        ..world.recipient.details()
    };
    let grant = world.grant(asked).await;
    let paused = world.hold(&grant, Verdict::Paused, 1).await;
    assert_eq!(
        (paused.status, &paused.json()["log"]["size"]),
        (200, &json!(3))
    );
    let record = paused.text("receipt");
    let typ = receipts::parse(&record).unwrap().header().typ.clone();
    assert_eq!(typ.as_deref(), Some("duty-record+jwt"));
    let less = grant.without_grade();
    let deposit = world.sealed(&less, 2);
    let narrowed = world
        .alter(&grant, (Verdict::Narrowed, 2), &less, &deposit)
        .await;
    let record = narrowed.text("receipt");
    let typ = receipts::parse(&record).unwrap().header().typ.clone();
    assert_eq!(typ.as_deref(), Some("duty-record+jwt"));
}
