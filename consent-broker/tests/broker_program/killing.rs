//! The program is killed while it takes orders: what it has acknowledged is there afterwards.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use crate::house::House;

/// Kills the broker so many times, each time a little later, and starts it again.
fn kill_it(kills: u32) {
    let house = House::new();
    let (sent, kept) = (AtomicU32::new(0), AtomicU32::new(0));
    for kill in 0..kills {
        let mut server = house.serve();
        if kill > 0 {
            check(
                &house,
                kept.load(Ordering::SeqCst),
                sent.load(Ordering::SeqCst),
            );
        }
        let first = sent.load(Ordering::SeqCst) + 1;
        assert!(house.suspend(first));
        kept.store(first, Ordering::SeqCst);
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in first + 1.. {
                    sent.store(number, Ordering::SeqCst);
                    if !house.suspend(number) {
                        return;
                    }
                    kept.store(number, Ordering::SeqCst);
                }
            });
            thread::sleep(Duration::from_millis(30 + u64::from(kill * 17 % 60)));
            server.signal("KILL");
            server.end();
        });
        assert!(kept.load(Ordering::SeqCst) > first, "there was no load");
    }
    // Also where no broker runs.
    check(
        &house,
        kept.load(Ordering::SeqCst),
        sent.load(Ordering::SeqCst),
    );
    let server = house.serve();
    assert!(server.get("/health/ready").starts_with("HTTP/1.1 200"));
}

/// The recipient stays suspended, by the newest order that was acknowledged or one that was sent after it.
fn check(house: &House, kept: u32, sent: u32) {
    let found = house.newest();
    assert!((kept..=sent).contains(&found), "{kept} was lost: {found}");
}

#[test]
fn nothing_acknowledged_is_lost_when_the_program_is_killed() {
    kill_it(4);
}

#[test]
#[ignore = "long"]
fn nothing_acknowledged_is_lost_in_five_hundred_kills_of_the_program() {
    kill_it(500);
}
