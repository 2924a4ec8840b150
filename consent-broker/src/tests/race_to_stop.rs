//! Many readers against one stop: once it is answered, nothing is read any more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use credential_core::{
    consent::{decision::Verdict, details::RequestedDetails},
    id::GrantId,
};

use super::support::{World, read_id};

const READERS: usize = 8;
/// Reads of one reader: all together stay below what one grant may be asked at once.
const READS: usize = 12;

/// How one reader fared: reads that were given, and those of them asked for after the stop was answered.
async fn reader(
    world: Arc<World>,
    (token, grant): (String, GrantId),
    stopped: Arc<AtomicBool>,
) -> (usize, usize) {
    let (mut given, mut late) = (0, 0);
    for _read in 0..READS {
        let was_stopped = stopped.load(Ordering::SeqCst);
        let answer = world.read(&token, grant, &read_id()).await;
        if answer.status == 200 {
            given += 1;
            late += usize::from(was_stopped);
        } else {
            assert!(matches!(answer.status, 401 | 403), "{answer:?}");
        }
        if was_stopped {
            break;
        }
    }
    (given, late)
}

/// One trial; gives how many reads came before the stop.
async fn trial(world: &Arc<World>, number: u32) -> usize {
    world.clock.advance(TimeDelta::seconds(2));
    let endless = RequestedDetails {
        max_reads: None,
        ..world.recipient.details()
    };
    let grant = world.grant(endless).await;
    let token = world.token(&grant).await;
    let stopped = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let access = (token.clone(), grant.id);
            tokio::spawn(reader(Arc::clone(world), access, Arc::clone(&stopped)))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(u64::from(number % 5) * 7)).await;
    let (answer, line) = if number.is_multiple_of(2) {
        (world.hold(&grant, Verdict::Paused, 1).await, "paused")
    } else {
        (world.withdraw(&grant).await, "withdrawn")
    };
    assert_eq!(answer.status, 200, "{answer:?}");
    stopped.store(true, Ordering::SeqCst);
    let mut before = 0;
    for reader in readers {
        let (given, late) = reader.await.unwrap();
        assert_eq!(late, 0, "trial {number}: read after the stop was answered");
        before += given;
    }
    let log = world.log(&grant).await;
    let (until, after) = log.split_at(log.iter().position(|entry| entry == line).unwrap());
    let reads = |lines: &[String]| lines.iter().filter(|line| line.starts_with("read")).count();
    assert!(
        after
            .iter()
            .all(|line| line != "read" && line != "read_repeated")
    );
    assert_eq!(reads(until), before, "trial {number}: every read is a line");
    before
}

async fn trials(world: World, count: u32) {
    let world = Arc::new(world);
    let mut reads = 0;
    for number in 0..count {
        reads += trial(&world, number).await;
    }
    assert!(reads > 0, "nobody raced");
}

#[tokio::test(flavor = "multi_thread")]
async fn r35_nothing_is_read_once_a_pause_or_stop_is_answered() {
    trials(World::new().await, 12).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r35_what_one_node_has_stopped_no_other_node_gives() {
    if let Some(world) = World::of_two_nodes().await {
        trials(world, 12).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long"]
async fn r35_nothing_is_read_after_a_stop_in_ten_thousand_trials() {
    trials(World::new().await, 10_000).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long"]
async fn r35_nothing_is_read_after_a_stop_in_ten_thousand_trials_over_two_nodes() {
    if let Some(world) = World::of_two_nodes().await {
        trials(world, 10_000).await;
    }
}
