//! How often one caller may come: where coming costs a row in the store or a line in a person's log,
//! and where somebody could try one value after another.
//!
//! Each caller has a bucket that drains evenly (the generic cell rate algorithm, ITU-T I.371). The
//! buckets are in memory: nodes count apart, and a restart forgives. A caller is somebody who has
//! proven who it is; strangers are counted by their address, and what they may do together has one
//! bucket for all of them. The limits of clients, people and visitors are asked by the extractors, so
//! that no endpoint can forget them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};

use crate::error::RouteError;

#[cfg(test)]
mod tests;

/// Most callers that are remembered; beyond that, new ones wait until old ones are forgotten.
const MAX_CALLERS: usize = 100_000;

/// The broker's limits, those of the extractors first.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Everything a client authenticates for, by client.
    pub(crate) clients: Limit,
    /// Everything a wallet's token is used for, by account.
    pub(crate) people: Limit,
    /// Pages and tokens for strangers, by address: a school's wallets may share one.
    pub(crate) visitors: Limit,
    /// Pushed requests, by client.
    pub(crate) requests: Limit,
    /// Tokens and reads, by grant: each is a line in the person's log.
    pub(crate) grants: Limit,
    /// More deposits, by account: lines in the log as well.
    pub(crate) deposits: Limit,
    /// Refused reads by somebody without the token's key, by grant: lines in the log as well.
    pub(crate) strangers_reads: Limit,
    /// Introspections and revocations, by caller.
    pub(crate) calls: Limit,
    /// Tokens for wallets that are not known yet, all together.
    pub(crate) new_wallets: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        let limit = |burst, milliseconds| Limit::new(burst, TimeDelta::milliseconds(milliseconds));
        Self {
            clients: limit(1200, 20),
            people: limit(240, 250),
            visitors: limit(600, 50),
            requests: limit(300, 100),
            grants: limit(240, 1000),
            deposits: limit(64, 60_000),
            strangers_reads: limit(10, 60_000),
            calls: limit(1000, 10),
            new_wallets: limit(1000, 20),
        }
    }
}

impl Limits {
    /// The limits that the router gave to every request.
    pub(crate) fn of(parts: &Parts) -> Result<Arc<Self>, RouteError> {
        let limits = parts.extensions.get::<Arc<Self>>();
        limits.map(Arc::clone).ok_or(RouteError::NotMade)
    }
}

/// So many at once, and one more after each interval.
#[derive(Debug)]
pub(crate) struct Limit {
    interval: TimeDelta,
    patience: TimeDelta,
    /// When each caller's bucket will be empty.
    empty_at: Mutex<HashMap<String, DateTime<Utc>>>,
}

impl Limit {
    fn new(burst: i32, interval: TimeDelta) -> Self {
        Self {
            interval,
            patience: interval * (burst - 1),
            empty_at: Mutex::default(),
        }
    }

    /// Counts one visit of this caller.
    ///
    /// # Errors
    /// [`RouteError::TooOften`] says how long to wait; a refused visit is not counted.
    pub(crate) fn admit(&self, caller: &str, now: DateTime<Utc>) -> Result<(), RouteError> {
        let mut empty_at = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        let known = empty_at.get(caller).copied();
        if known.is_none() && empty_at.len() >= MAX_CALLERS {
            empty_at.retain(|_caller, at| *at > now);
            if empty_at.len() >= MAX_CALLERS {
                return Err(too_often(self.interval));
            }
        }
        let at = known.map_or(now, |at| at.max(now));
        let wait = at - now - self.patience;
        if wait > TimeDelta::zero() {
            return Err(too_often(wait));
        }
        empty_at.insert(caller.to_owned(), at + self.interval);
        Ok(())
    }
}

/// Whole seconds, rounded up (RFC 9110 section 10.2.3).
fn too_often(wait: TimeDelta) -> RouteError {
    let seconds = wait.num_milliseconds().max(1).unsigned_abs().div_ceil(1000);
    RouteError::TooOften { seconds }
}
