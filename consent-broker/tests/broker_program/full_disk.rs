//! The store's disk is full: on a small file system of the test's own, where it may be mounted.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use serde_json::Value;

use crate::house::{House, get, serve};

/// A file system in memory, of so many octets.
struct Small(PathBuf);

impl Small {
    /// None where it may not be mounted.
    #[expect(clippy::print_stderr, reason = "it speaks to whoever runs the tests")]
    fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let size = format!("size={megabytes}m,mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "broker-test"])
            .arg(at)
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(at.to_owned()));
        }
        eprintln!("SKIPPED: a file system cannot be mounted here");
        None
    }

    /// Leaves no room at all.
    fn fill(&self) {
        let mut file = File::create(self.filler()).unwrap();
        while file.write_all(&[7; 4096]).is_ok() {}
    }

    /// Leaves this room in a full one.
    fn leave(&self, megabytes: u64) {
        let file = File::options().write(true).open(self.filler()).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length - megabytes * 1024 * 1024).unwrap();
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

#[test]
fn a_full_disk_refuses_changes_until_there_is_room_and_needs_no_restart() {
    let Some((house, small)) = house_on_a_small_disk(8) else {
        return;
    };
    let server = house.serve_as(&format!("{} --admin 127.0.0.1:0", serve()), &[]);
    assert!(house.suspend(0));
    small.fill();
    for number in 1..4 {
        assert_eq!(refusal(&house, number), "store_full");
    }
    server.says("the disk is full");
    let answer = server.get("/health/ready");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains(r#""reason":"store_full""#), "{answer}");
    assert!(server.get("/health/live").starts_with("HTTP/1.1 200"));
    house.refuses("health --data broker", 6, "store_full");
    let said = server.said();
    let admin = said
        .lines()
        .find_map(|line| line.strip_prefix("Metrics and health are on http://"));
    let metrics = get(admin.unwrap().parse().unwrap(), "/metrics");
    assert!(
        metrics.contains("\nbroker_store_disk_free_bytes 0\n"),
        "{metrics}"
    );
    // What needs no row is answered, and what was refused was not made.
    assert_eq!(house.newest(), 0);
    // Enough to open it, and less than is left free.
    small.leave(7);
    assert_eq!(refusal(&house, 4), "store_full");
    small.make_room();
    assert!(house.suspend(5));
    assert!(server.get("/health/ready").starts_with("HTTP/1.1 200"));
    server.says("the disk has room again");
    assert_eq!(house.newest(), 5);
    drop(server);
    assert_eq!(house.newest(), 5);
}

#[test]
fn a_disk_that_fills_while_the_store_writes_takes_nothing_from_it() {
    let Some((house, small)) = house_on_a_small_disk(8) else {
        return;
    };
    let server = house.serve();
    let mut kept = None;
    thread::scope(|scope| {
        kept = house.suspend(0).then_some(0);
        scope.spawn(|| small.fill());
        kept = (1..100_000)
            .take_while(|number| house.suspend(*number))
            .last()
            .or(kept);
    });
    let kept = kept.unwrap();
    assert_eq!(refusal(&house, kept + 1), "store_full");
    server.signal("KILL");
    drop(server);
    // The engine is not let in without room.
    house.refuses(
        "participant list --data broker --json",
        6,
        "the disk of the store is full",
    );
    // With some, what is there can be looked at.
    small.leave(6);
    assert_eq!(house.newest(), kept);
    let server = house.serve();
    assert_eq!(house.newest(), kept);
    assert_eq!(refusal(&house, kept + 1), "store_full");
    small.make_room();
    assert!(house.suspend(kept + 2));
    let said = server.said();
    assert!(
        !said.contains("panicked") && !said.contains("a write failed"),
        "{said}"
    );
}

#[test]
fn without_a_reserve_a_full_disk_stops_the_store_and_loses_nothing_acknowledged() {
    let Some((house, small)) = house_on_a_small_disk(0) else {
        return;
    };
    // Killed, then stopped in good order.
    let refused = fill_under_it(&house, &small, 0, "KILL");
    let refused = fill_under_it(&house, &small, refused + 1, "TERM");
    drop(house.serve());
    // What was refused may have been written all the same; what was acknowledged is there.
    assert!(house.newest() + 1 >= refused);
}

#[test]
fn whoever_waits_for_a_write_that_fails_is_answered() {
    let Some((house, small)) = house_on_a_small_disk(0) else {
        return;
    };
    let mut server = house.serve();
    thread::scope(|scope| {
        scope.spawn(|| small.fill());
        for number in 0..8 {
            let house = &house;
            scope.spawn(move || while house.suspend(number) {});
        }
    });
    server.signal("TERM");
    server.end();
    assert!(!server.said().contains("panicked"), "{}", server.said());
    small.make_room();
    drop(house.serve());
}

/// Fills the disk while a broker runs, looks at it, ends it, and makes room. Gives the number of the first
/// order that was refused.
fn fill_under_it(house: &House, small: &Small, first: u32, signal: &str) -> u32 {
    let mut server = house.serve();
    assert!(first == 0 || house.newest() + 2 >= first);
    assert!(house.suspend(first));
    small.fill();
    let refused = (first + 1..100_000).find(|number| !house.suspend(*number));
    assert!(refused.is_some(), "the disk has room for everything");
    let refused = refused.unwrap();
    // From then on everything is refused, and said why.
    assert_eq!(refusal(house, refused), "store_unavailable");
    server.says("the store stops: a write failed");
    for path in ["/health/ready", "/log/checkpoint"] {
        let answer = server.get(path);
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(
            answer.contains(r#""reason":"store_unavailable""#),
            "{answer}"
        );
    }
    assert!(server.get("/health/live").starts_with("HTTP/1.1 200"));
    house.refuses("health --data broker", 6, "store_unavailable");
    server.signal(signal);
    server.end();
    assert!(!server.said().contains("panicked"), "{}", server.said());
    drop(server);
    // The engine begins to recover and cannot end it: it leaves an unfinished snapshot, which counts for
    // nothing.
    let listed = house.run("broker", "participant list --data broker --json");
    let said = String::from_utf8(listed.stderr).unwrap();
    assert!(!said.contains("panicked"), "{said}");
    small.make_room();
    assert!(house.newest() + 1 >= refused);
    refused
}

fn house_on_a_small_disk(reserve: u32) -> Option<(House, Small)> {
    let house = House::new();
    let small = Small::mount(&house.path("broker/small"), 48)?;
    let store = format!("[store]\nfolder = 'small/store'\nreserve_megabytes = {reserve}\n");
    fs::write(house.path("broker/broker.toml"), store).unwrap();
    Some((house, small))
}

/// The reason code of a running broker.
fn refusal(house: &House, number: u32) -> String {
    let answer = house.order_suspension(number).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let (_head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    body["reason"].as_str().unwrap().into()
}
