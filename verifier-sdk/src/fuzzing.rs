//! A way in to private readers for the fuzz targets (feature `fuzzing`). No part of the interface.

use crate::recipient::{callback, redeem};

/// What the callback server takes from a query: the `state`.
#[must_use]
pub fn callback(query: &str) -> Option<String> {
    callback::read(query).map(|answer| answer.state().to_owned())
}

/// What redeeming takes from a query: `state`, `iss`, `code` and `error`; none when it is refused.
#[must_use]
pub fn answer(query: &str) -> Option<[Option<String>; 4]> {
    redeem::read_answer(query).ok()
}
