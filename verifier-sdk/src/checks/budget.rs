//! What one verification may cost in requests and time: who is named in a credential, and by what is in it, a stranger
//! chooses, and so whom the verifier asks and for how long.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::clock::Clock;

use crate::fetch::{Fetch, FetchError, Fetching};

/// Most documents that are fetched for one credential and everything in it: a record of sixteen badges with their
/// issuers and lists, and its own issuer in a federation.
const MAX_REQUESTS: usize = 48;
/// After this time nothing more is asked for.
const MAX_TIME: TimeDelta = TimeDelta::seconds(30);
/// The code of what was not asked for beyond these.
pub(super) const SPENT: &str = "too_many_requests_for_one_check";

/// Fetches until it is spent.
#[derive(Debug)]
pub(crate) struct Budget<'v> {
    fetch: &'v dyn Fetch,
    clock: &'v dyn Clock,
    until: DateTime<Utc>,
    asked: AtomicUsize,
}

impl<'v> Budget<'v> {
    pub(crate) fn new(fetch: &'v dyn Fetch, clock: &'v dyn Clock) -> Self {
        Self {
            fetch,
            clock,
            until: clock.now() + MAX_TIME,
            asked: AtomicUsize::new(0),
        }
    }
}

impl Fetch for Budget<'_> {
    fn fetch<'a>(&'a self, url: &'a str, media_type: &'a str) -> Fetching<'a> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        match asked < MAX_REQUESTS && self.clock.now() < self.until {
            true => self.fetch.fetch(url, media_type),
            false => Box::pin(std::future::ready(Err(FetchError::Unreachable(SPENT)))),
        }
    }
}
