use axum::http::{HeaderMap, HeaderValue};
use credential_core::rng::SystemRng;

use super::{HEADER, TraceContext};

const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn of(value: &str) -> Option<TraceContext> {
    let mut headers = HeaderMap::new();
    headers.insert(HEADER, HeaderValue::from_str(value).unwrap());
    TraceContext::of(&headers)
}

#[test]
fn a_callers_trace_is_taken_up() {
    let trace = of(GOOD).unwrap();
    assert_eq!(trace.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(trace.parent_id(), "00f067aa0ba902b7");
    // A later version may have more to say.
    assert_eq!(of(&format!("cc{}-what", &GOOD[2..])), Some(trace));
}

#[test]
fn what_is_no_trace_is_none() {
    let all_zeros = GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
    for wrong in [
        "",
        "canary",
        &GOOD.to_uppercase(),
        &GOOD[..54],
        &format!("{GOOD}-more"),
        &format!("ff{}", &GOOD[2..]),
        &all_zeros,
        &"00-".repeat(4000),
    ] {
        assert_eq!(of(wrong), None, "{wrong}");
    }
    let mut twice = HeaderMap::new();
    twice.append(HEADER, HeaderValue::from_static(GOOD));
    twice.append(HEADER, HeaderValue::from_static(GOOD));
    assert_eq!(TraceContext::of(&twice), None);
}

#[test]
fn a_trace_of_ours_is_one_that_others_take_up() {
    let trace = TraceContext::begin(&SystemRng::default()).unwrap();
    let taken = of(&trace.header()).unwrap();
    assert_eq!(taken, trace);
    assert_ne!(TraceContext::begin(&SystemRng::default()).unwrap(), trace);
}
