use chrono::TimeDelta;
use credential_core::rng::SystemRng;
use proptest::prelude::*;

use super::Nonces;
use crate::{keys::BrokerKeys, tests::support::noon};

fn keys() -> BrokerKeys {
    BrokerKeys::generate(&SystemRng::default()).unwrap()
}

#[test]
fn a_nonce_lives_for_its_minute_and_the_next() {
    let nonces = Nonces::new(&keys(), noon());
    let first = nonces.current(noon()).unwrap();
    let later = |seconds| noon() + TimeDelta::seconds(seconds);
    assert_eq!(nonces.current(later(59)), Some(first.clone()));
    assert_ne!(nonces.current(later(60)), Some(first.clone()));
    assert!(nonces.accepts(&first, later(119)));
    assert!(!nonces.accepts(&first, later(120)));
    assert!(!nonces.accepts(&first, later(-11)));
}

#[test]
fn nodes_that_share_a_key_take_each_others_nonces_but_none_older_than_themselves() {
    let keys = keys();
    let started = noon() + TimeDelta::milliseconds(30_500);
    let now = noon() + TimeDelta::seconds(45);
    let (old, new) = (Nonces::new(&keys, noon()), Nonces::new(&keys, started));
    assert!(!new.accepts(&old.current(now).unwrap(), now));
    assert!(old.accepts(&new.current(now).unwrap(), now));
    let next = noon() + TimeDelta::minutes(1);
    assert_eq!(old.current(next), new.current(next));
    let stranger = Nonces::new(&self::keys(), noon());
    assert!(!old.accepts(&stranger.current(now).unwrap(), now));
}

#[test]
fn what_was_made_in_the_second_of_the_start_counts_as_since() {
    let nonces = Nonces::new(&keys(), noon() + TimeDelta::milliseconds(700));
    assert!(nonces.is_since_start(noon()));
    assert!(!nonces.is_since_start(noon() - TimeDelta::seconds(1)));
}

proptest! {
    #[test]
    fn nothing_but_what_was_given_is_taken(text in "[A-Za-z0-9_-]{0,60}", place in 0_usize..54, letter in "[A-Za-z0-9_-]") {
        let nonces = Nonces::new(&keys(), noon());
        prop_assert!(!nonces.accepts(&text, noon()));
        let given = nonces.current(noon()).unwrap();
        let mut changed = given.clone();
        changed.replace_range(place..=place, &letter);
        prop_assert_eq!(nonces.accepts(&changed, noon()), changed == given);
    }
}
