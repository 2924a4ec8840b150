use credential_core::{
    id::MessageId,
    jose::{Es256Key, Signer as _},
};

use super::*;
use crate::tests::support::{noon, random_id};

fn row(hours_ago: i64, taken: bool) -> MessageRow {
    MessageRow {
        hash: String::new(),
        left_at: noon() - TimeDelta::hours(hours_ago),
        exp: noon() + TimeDelta::days(1),
        taken,
    }
}

#[test]
fn a_header_names_the_authenticated_sender_and_an_end_within_ninety_days() {
    let header = |sender: &str, days| MessageHeader {
        alg: "ECDH-ES".into(),
        enc: "A256GCM".into(),
        cty: "grant-message+jwt".into(),
        kid: "kid".into(),
        epk: Es256Key::generate().unwrap().0.public_jwk().bare(),
        grant_id: random_id(),
        message_id: MessageId::from_bytes([1; 16]),
        sender: sender.into(),
        exp: (noon() + TimeDelta::days(days)).timestamp(),
    };
    let check = |sender, days| check(&header(sender, days), "lumo", noon());
    assert_eq!(check("lumo", 90), Ok(noon() + TimeDelta::days(90)));
    assert_eq!(check("other", 90), Err("message_other_sender"));
    assert_eq!(check("lumo", 91), Err("message_end_unfit"));
    assert_eq!(check("lumo", 0), Err("message_end_unfit"));
}

#[test]
fn ten_a_day_and_twenty_waiting_are_the_most() {
    let days = |count: i64, taken| (0..count).map(move |n| row(25 + n, taken));
    let today = |count: i64, taken| (0..count).map(move |n| row(n, taken));
    let admitted = |rows: Vec<MessageRow>| admit(&rows, noon());
    assert_eq!(admitted(days(19, false).collect()), Ok(()));
    assert_eq!(
        admitted(days(20, false).collect()),
        Err(MessageRefused::TooManyWaiting)
    );
    assert_eq!(admitted(days(40, true).collect()), Ok(()));
    assert_eq!(admitted(today(9, true).collect()), Ok(()));
    assert_eq!(
        admitted(today(10, true).collect()),
        Err(MessageRefused::TooManyToday),
        "fetching does not make room for more in a day"
    );
}
