use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{Limit, MAX_CALLERS};
use crate::error::RouteError;

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

#[test]
fn a_burst_passes_then_one_each_interval() {
    let limit = Limit::new(3, TimeDelta::seconds(2));
    let admitted = |at| limit.admit("a", at).is_ok();
    assert_eq!(
        [(); 4].map(|()| admitted(noon())),
        [true, true, true, false]
    );
    assert_eq!(
        limit.admit("a", noon()),
        Err(RouteError::TooOften { seconds: 2 })
    );
    assert!(!admitted(noon() + TimeDelta::milliseconds(1999)));
    assert!(admitted(noon() + TimeDelta::seconds(2)));
    assert!(!admitted(noon() + TimeDelta::seconds(2)));
    let rested = noon() + TimeDelta::seconds(60);
    assert_eq!(
        [(); 4].map(|()| admitted(rested)),
        [true, true, true, false]
    );
}

#[test]
fn one_callers_haste_is_not_anothers() {
    let limit = Limit::new(1, TimeDelta::seconds(1));
    assert!(limit.admit("a", noon()).is_ok());
    assert!(limit.admit("a", noon()).is_err());
    assert!(limit.admit("b", noon()).is_ok());
}

#[test]
fn the_memory_is_bounded_and_forgets_who_has_rested() {
    let limit = Limit::new(1, TimeDelta::seconds(1));
    for caller in 0..MAX_CALLERS {
        limit.admit(&caller.to_string(), noon()).unwrap();
    }
    assert!(limit.admit("one more", noon()).is_err());
    assert_eq!(limit.empty_at.lock().unwrap().len(), MAX_CALLERS);
    let later = noon() + TimeDelta::seconds(1);
    assert!(limit.admit("one more", later).is_ok());
    assert_eq!(limit.empty_at.lock().unwrap().len(), 1);
}

proptest! {
    #[test]
    fn in_no_window_are_there_more_than_the_burst_and_the_intervals(
        burst in 1_i32..6,
        steps in proptest::collection::vec(0_i64..1500, 1..80),
    ) {
        let limit = Limit::new(burst, TimeDelta::seconds(1));
        let mut now = noon();
        let mut passed = Vec::new();
        for step in steps {
            now += TimeDelta::milliseconds(step);
            if limit.admit("a", now).is_ok() {
                passed.push(now);
            }
        }
        for (index, from) in passed.iter().enumerate() {
            for (count, to) in passed[index..].iter().enumerate() {
                let most = i64::from(burst) + (*to - *from).num_milliseconds() / 1000;
                prop_assert!((count as i64) < most);
            }
        }
    }
}
