//! DPoP nonces (RFC 9449 sections 8 and 9): a proof must carry a recent value of this server, so that none
//! can be made ahead of its time, and none of before a restart works after it.
//!
//! nonce = base64url(time ‖ HMAC-SHA-256(key, time)), where `time` is the begin of the present minute or
//! this server's start, whichever is later, in milliseconds since 1970. Nothing is kept. The key comes
//! from the handle key, so that nodes that share it take each other's nonces, as far as these are younger
//! than the node itself. What was used before a start may be forgotten, as one node keeps it in memory; that is why
//! nothing older than the start is taken.

use std::sync::{Arc, PoisonError, RwLock};

use axum::http::Extensions;
use chrono::{DateTime, DurationRound as _, SubsecRound as _, TimeDelta, Utc};
use credential_core::encoding::{base64url, from_base64url};
use ring::hmac;

use crate::{
    error::RouteError,
    keys::{BrokerKeys, KeySet},
};

/// How often the nonce changes.
const STEP: TimeDelta = TimeDelta::minutes(1);
/// How long one is taken: the present minute's and the last one's.
const LIFE: TimeDelta = TimeDelta::minutes(2);
/// How far another node's clock may be ahead of ours.
const MAX_AHEAD: TimeDelta = TimeDelta::seconds(10);

/// Makes and recognises nonces, for one run of one server.
#[derive(Debug)]
pub(crate) struct Nonces {
    keys: BrokerKeys,
    /// Those derived last, and from what.
    derived: RwLock<Arc<Derived>>,
    started_at: DateTime<Utc>,
}

impl Nonces {
    /// For a server that starts now.
    pub(crate) fn new(keys: &BrokerKeys, now: DateTime<Utc>) -> Self {
        Self {
            keys: keys.clone(),
            derived: RwLock::new(Arc::new(Derived::from(keys.current()))),
            started_at: now,
        }
    }

    /// Those of the server that is answering.
    pub(crate) fn of(extensions: &Extensions) -> Result<Arc<Self>, RouteError> {
        extensions.get().cloned().ok_or(RouteError::NotMade)
    }

    /// The nonce that proofs should carry now.
    pub(crate) fn current(&self, now: DateTime<Utc>) -> Option<String> {
        let step = now.duration_trunc(STEP).ok()?.max(self.started_at);
        let time = step.timestamp_millis().to_be_bytes();
        let tag = hmac::sign(self.derived().at(now)?, &time);
        Some(base64url([time.as_slice(), tag.as_ref()].concat()))
    }

    /// Whether this is a recent nonce, made since this server started.
    pub(crate) fn accepts(&self, nonce: &str, now: DateTime<Utc>) -> bool {
        self.time_of(nonce).is_some_and(|time| {
            time.timestamp_millis() >= self.started_at.timestamp_millis()
                && time <= now + MAX_AHEAD
                && now < time + LIFE
        })
    }

    /// Whether something that says when it was made, to the second, was made since this server started.
    pub(crate) fn is_since_start(&self, made_at: DateTime<Utc>) -> bool {
        made_at >= self.started_at.trunc_subsecs(0)
    }

    /// They follow the broker's keys when these are rotated.
    fn derived(&self) -> Arc<Derived> {
        let current = self.keys.current();
        let known = Arc::clone(&self.derived.read().unwrap_or_else(PoisonError::into_inner));
        if Arc::ptr_eq(&known.of, &current) {
            return known;
        }
        let next = Arc::new(Derived::from(current));
        *self.derived.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&next);
        next
    }

    fn time_of(&self, nonce: &str) -> Option<DateTime<Utc>> {
        const LENGTH: usize = ((8 + 32) * 4_usize).div_ceil(3);
        if nonce.len() > LENGTH {
            return None;
        }
        let octets = from_base64url(nonce).ok()?;
        let (time, tag) = octets.split_first_chunk::<8>()?;
        let derived = self.derived();
        let mut keys = derived.keys.iter();
        keys.find(|(_from, key)| hmac::verify(key, time, tag).is_ok())?;
        DateTime::from_timestamp_millis(i64::from_be_bytes(*time))
    }
}

/// Keys that were derived once, and from what. One that cannot be derived is left out.
#[derive(Debug)]
struct Derived {
    of: Arc<KeySet>,
    keys: Vec<(DateTime<Utc>, hmac::Key)>,
}

impl From<Arc<KeySet>> for Derived {
    fn from(of: Arc<KeySet>) -> Self {
        let keys = of.derive_each(&[b"dpop nonce"]);
        let made = |secret: &[u8; 32]| hmac::Key::new(hmac::HMAC_SHA256, secret);
        let keys = keys.map(|(from, secret)| (from, made(&secret))).collect();
        Self { of, keys }
    }
}

impl Derived {
    /// The newest whose moment has come.
    fn at(&self, now: DateTime<Utc>) -> Option<&hmac::Key> {
        let mut ready = self.keys.iter().rev().filter(|(from, _key)| *from <= now);
        ready.next().map(|(_from, key)| key)
    }
}

#[cfg(test)]
mod tests;
