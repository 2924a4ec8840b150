use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{encoding::sha256_base64url, id::OfferId};
use proptest::prelude::*;

use super::{AuditEvent, AuditLog, AuditProblem, FILE, NOTHING_BEFORE, check};
use crate::server::{HolderMatch, StatusChange};

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn made(number: u8) -> AuditEvent {
    AuditEvent::OfferMade {
        offer: OfferId::from_bytes([number; 16]),
        matched: HolderMatch::InPerson,
    }
}

/// Five lines, written by two programs in turn.
fn written() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["aino", "server"].map(|who| AuditLog::in_folder(folder.path(), who));
    one.append(noon(), &[made(1), made(2)]).unwrap();
    other
        .append(noon() + TimeDelta::seconds(1), &[made(3)])
        .unwrap();
    one.append(noon() + TimeDelta::seconds(2), &[made(4)])
        .unwrap();
    let change = AuditEvent::StatusChanged {
        index: 7,
        change: StatusChange::Revoke,
        reason: Some("issued by mistake".into()),
    };
    other
        .append(noon() + TimeDelta::seconds(3), &[change])
        .unwrap();
    let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
    (folder, text)
}

#[test]
fn lines_of_several_programs_are_one_chain() {
    assert_eq!(NOTHING_BEFORE, sha256_base64url(b""));
    let (_folder, text) = written();
    let checked = check(text.as_bytes(), None).unwrap();
    assert_eq!(checked.lines, 5);
    assert_eq!(
        check(text.as_bytes(), Some(&checked.last)).unwrap(),
        checked
    );
    assert!(text.contains(r#""who":"server""#) && text.contains("issued by mistake"));
}

#[test]
fn a_line_that_is_altered_or_missing_or_put_in_breaks_the_chain_at_its_place() {
    let (_folder, text) = written();
    let lines: Vec<&str> = text.lines().collect();
    let place = |text: String| check(text.as_bytes(), None).unwrap_err().to_string();
    let altered = text.replacen("in_person", "school_account", 1);
    assert!(place(altered).starts_with("line 2 does not follow"));
    let missing = format!("{}\n{}\n", lines[0], lines[2..].join("\n"));
    assert!(place(missing).starts_with("line 2 does not follow"));
    let twice = format!("{}\n{text}", lines[0]);
    assert!(place(twice).starts_with("line 2 does not follow"));
    assert!(place(format!("{text}{{}}\n")).starts_with("line 6 is no audit line"));
    assert!(place(format!("{text}x")).starts_with("line 6 is no audit line"));
}

#[test]
fn lines_taken_off_the_end_are_seen_by_whoever_wrote_the_last_hash_down() {
    let (_folder, text) = written();
    let last = check(text.as_bytes(), None).unwrap().last;
    let shorter = &text[..text.trim_end().rfind('\n').unwrap() + 1];
    assert_eq!(check(shorter.as_bytes(), None).unwrap().lines, 4);
    let told = check(shorter.as_bytes(), Some(&last));
    assert!(matches!(told, Err(AuditProblem::Forgotten)), "{told:?}");
}

#[test]
fn what_a_crash_left_of_a_line_is_taken_away_by_the_next_one() {
    let (folder, text) = written();
    let path = folder.path().join(FILE);
    for cut in [1, 20, 100] {
        fs::write(&path, format!("{text}{}", &text[..cut])).unwrap();
        AuditLog::in_folder(folder.path(), "aino")
            .append(noon() + TimeDelta::days(1), &[made(9)])
            .unwrap();
        let now = fs::read(&path).unwrap();
        assert_eq!(check(&*now, None).unwrap().lines, 6);
    }
    fs::write(&path, "{\"prev").unwrap();
    AuditLog::in_folder(folder.path(), "aino")
        .append(noon(), &[made(9)])
        .unwrap();
    assert_eq!(check(&*fs::read(&path).unwrap(), None).unwrap().lines, 1);
}

proptest! {
    #[test]
    fn no_file_makes_the_check_panic(octets in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _checked = check(&*octets, None);
    }

    #[test]
    fn no_octet_of_the_chain_can_be_changed(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let (_folder, text) = written();
        let last = check(text.as_bytes(), None).unwrap().last;
        let mut octets = text.into_bytes();
        let at = at.index(octets.len());
        prop_assume!(octets[at] != to);
        octets[at] = to;
        prop_assert!(check(&*octets, Some(&last)).is_err());
    }
}
