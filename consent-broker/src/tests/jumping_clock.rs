//! The machine's clock is set while the broker runs.

use std::sync::Arc;

use chrono::TimeDelta;
use credential_core::clock::FixedClock;

use super::support::{SteadyHand, World, noon, read_id};
use crate::{ClockWatch, Surroundings};

async fn watched() -> (World, ClockWatch, SteadyHand) {
    let (clock, steady) = (FixedClock::at(noon()), SteadyHand::default());
    let watch = ClockWatch::new(Arc::new(clock.clone()), Arc::new(steady.clone()));
    let surroundings = Surroundings {
        clock_watch: Some(watch.clone()),
        ..Surroundings::default()
    };
    (World::within(clock, surroundings).await, watch, steady)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_read_by_a_clock_that_has_jumped_until_it_is_right_or_accepted() {
    let (world, watch, steady) = watched().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    for jump in [TimeDelta::seconds(40), TimeDelta::seconds(-40)] {
        world.clock.advance(jump);
        let refused = world.read(&token, grant.id, &read_id()).await;
        assert_eq!(refused.status, 503);
        assert_eq!(refused.json()["reason"], "clock_jumped");
        assert_eq!(world.get("/health/ready", &[]).await.status, 503);
        assert_eq!(world.get("/health/live", &[]).await.status, 200);
        let pushed = world.push("a.b.c").await;
        assert_eq!(pushed.json()["reason"], "clock_jumped");
        world.clock.advance(-jump);
        assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    }
    world.clock.advance(TimeDelta::seconds(40));
    assert_eq!(watch.accept(), TimeDelta::seconds(40));
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    // Time that simply passes is none of it.
    world.clock.advance(TimeDelta::seconds(60));
    steady.advance(TimeDelta::seconds(60));
    assert_eq!(world.get("/health/ready", &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_stopped_also_by_a_clock_that_has_jumped() {
    let (world, watch, _steady) = watched().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    world.clock.advance(TimeDelta::seconds(40));
    assert_eq!(world.withdraw(&grant).await.status, 200);
    world.clock.advance(TimeDelta::seconds(-40));
    assert!(watch.is_steady());
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 401);
}
