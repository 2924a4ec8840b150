use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use credential_core::id::SubjectId;

use super::{LOOK_AGAIN, MOST_OPEN, Waits, wait_for};
use crate::{
    error::RouteError,
    storage::{LocalStore, Topic},
};

/// As when another process has written it.
#[tokio::test]
async fn what_nobody_tells_is_found_by_looking_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = LocalStore::open(folder.path()).unwrap();
    let topic = Topic::Log(SubjectId::from_bytes([1; 16]));
    let looks = AtomicU32::new(0);
    let look = || -> crate::storage::Answer<'_, u32> {
        let seen = looks.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(seen) })
    };
    let began = Instant::now();
    let patience = Duration::from_secs(20);
    let seen = wait_for(&store, &topic, patience, look, |seen| *seen > 0).await;
    assert_eq!(seen, Ok(1));
    assert!((LOOK_AGAIN..2 * LOOK_AGAIN).contains(&began.elapsed()));
}

#[test]
fn a_caller_keeps_a_few_connections_waiting_and_others_do_not_feel_it() {
    let waits = Waits::default();
    let mut seats: Vec<_> = (0..MOST_OPEN)
        .map(|_| waits.admit("one".into()).unwrap())
        .collect();
    let refused = waits.admit("one".into());
    assert!(matches!(refused, Err(RouteError::TooOften { seconds: 15 })));
    assert!(waits.admit("other".into()).is_ok());
    drop(seats.pop());
    assert!(waits.admit("one".into()).is_ok());
    drop(seats);
    assert!(
        waits.0.lock().unwrap().is_empty(),
        "nobody is remembered for nothing"
    );
}
