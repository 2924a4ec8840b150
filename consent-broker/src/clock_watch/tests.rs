use std::sync::Arc;

use chrono::TimeDelta;
use credential_core::clock::FixedClock;

use super::ClockWatch;
use crate::tests::support::{SteadyHand, noon};

fn watch() -> (ClockWatch, FixedClock, SteadyHand) {
    let (wall, steady) = (FixedClock::at(noon()), SteadyHand::default());
    let watch = ClockWatch::new(Arc::new(wall.clone()), Arc::new(steady.clone()));
    (watch, wall, steady)
}

#[test]
fn time_that_passes_on_both_clocks_is_no_jump() {
    let (watch, wall, steady) = watch();
    wall.advance(TimeDelta::days(400));
    steady.advance(TimeDelta::days(400) - TimeDelta::seconds(30));
    assert_eq!(watch.difference(), TimeDelta::seconds(30));
    assert!(watch.is_steady());
}

#[test]
fn a_jump_either_way_is_noticed_and_forgotten_when_the_clock_is_mended() {
    let (watch, wall, _steady) = watch();
    for jump in [31, -31, 86_400 * 365, -86_400 * 365] {
        wall.advance(TimeDelta::seconds(jump));
        assert!(!watch.is_steady(), "{jump}");
        wall.advance(TimeDelta::seconds(-jump));
        assert!(watch.is_steady(), "{jump}");
    }
}

#[test]
fn small_jumps_add_up() {
    let (watch, wall, _steady) = watch();
    wall.advance(TimeDelta::seconds(20));
    assert!(watch.is_steady());
    wall.advance(TimeDelta::seconds(20));
    assert!(!watch.is_steady());
}

#[test]
fn the_operators_word_makes_the_new_time_right() {
    let (watch, wall, _steady) = watch();
    let shared = watch.clone();
    wall.advance(TimeDelta::hours(-1));
    assert_eq!(watch.accept(), TimeDelta::hours(-1));
    assert!(shared.is_steady());
    wall.advance(TimeDelta::hours(1));
    assert!(!shared.is_steady());
}
