//! What stands around a broker's endpoints: proxies in front, measurements, the watch on its clock.

use std::path::PathBuf;

use chrono::TimeDelta;

use crate::{
    callers::TrustedProxies, clock_watch::ClockWatch, error::RouteError, metrics::Metrics,
    state::AppState, storage::LocalStore,
};

/// The parts that a server is served with, beside the state that its endpoints use. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Whose word about addresses is taken.
    pub proxies: TrustedProxies,
    /// What is measured.
    pub metrics: Metrics,
    /// The watch on the clock; without one every time is believed.
    pub clock_watch: Option<ClockWatch>,
    /// Where the keys are read again from; keys that are in memory only have no folder.
    pub keys: Option<PathBuf>,
    /// The store, when it is one that is copied by this program.
    pub local: Option<LocalStore>,
}

/// A broker that can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ready {
    /// Sequence number of the trust list in force.
    pub(crate) trust_list: u64,
    /// How long that list is good for.
    pub(crate) list_expires_in: TimeDelta,
}

impl Surroundings {
    /// Whether the clock can be relied on.
    ///
    /// # Errors
    /// [`RouteError::ClockJumped`].
    pub(crate) fn refuse_a_jump(&self) -> Result<(), RouteError> {
        match &self.clock_watch {
            Some(watch) if !watch.is_steady() => Err(RouteError::ClockJumped),
            _ => Ok(()),
        }
    }

    /// Whether this node can serve: the clock has not jumped, the trust list is in force, the store
    /// answers, and its disk has room.
    ///
    /// # Errors
    /// The refusal that clients would get.
    pub(crate) async fn ready(&self, state: &AppState) -> Result<Ready, RouteError> {
        self.note(state);
        self.refuse_a_jump()?;
        let (trust, now) = (state.trust.current(), state.clock.now());
        let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
        // A look that lasts: an engine that has lost its disk refuses it.
        state.store.suspensions().await?;
        if let Some(local) = &self.local {
            local.refuse_if_full()?;
        }
        Ok(Ready {
            trust_list: list.sequence(),
            list_expires_in: list.expires_at() - now,
        })
    }

    /// Notes what changes by itself, for whoever reads the metrics.
    pub(crate) fn note(&self, state: &AppState) {
        let trust = state.trust.current();
        let left = trust.expires_at() - state.clock.now();
        self.metrics
            .set_trust_list(trust.sequence(), left.num_seconds());
        if let Some(free) = self.local.as_ref().map(LocalStore::free_room) {
            self.metrics.set_free_room(free.unwrap_or_default());
        }
        if let Some(watch) = &self.clock_watch {
            let difference = watch.difference().as_seconds_f64();
            self.metrics.set_clock_difference(difference);
        }
    }
}
