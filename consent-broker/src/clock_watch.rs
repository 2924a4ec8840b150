//! A clock that jumps. Tokens, proofs, grants and deposits end by the wall clock: one that is set back
//! makes ended ones live again, one that is set forward ends living ones for good.
//!
//! So the wall clock is held against a steady one, which nobody sets. While they have moved apart by more
//! than the tolerance since the start, or since the operator has said that the new time is right, nothing
//! is given out and nothing is ended by its time; people can still stop what they share.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::clock::Clock;

/// How far the clocks may move apart where nothing else is said.
const TOLERANCE: TimeDelta = TimeDelta::seconds(30);

/// Time that only ever passes.
pub trait SteadyClock: Send + Sync + std::fmt::Debug {
    /// Since some moment that stays the same.
    fn passed(&self) -> Duration;
}

/// The machine's monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct MachineSteadyClock(Instant);

impl Default for MachineSteadyClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl SteadyClock for MachineSteadyClock {
    fn passed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Notices jumps; clones share what was accepted.
#[derive(Debug, Clone)]
pub struct ClockWatch {
    wall: Arc<dyn Clock>,
    steady: Arc<dyn SteadyClock>,
    tolerance: TimeDelta,
    /// When both were right.
    origin: Arc<Mutex<(DateTime<Utc>, Duration)>>,
}

impl ClockWatch {
    /// Begins with what both clocks show now.
    #[must_use]
    pub fn new(wall: Arc<dyn Clock>, steady: Arc<dyn SteadyClock>) -> Self {
        let origin = Arc::new(Mutex::new((wall.now(), steady.passed())));
        Self {
            wall,
            steady,
            tolerance: TOLERANCE,
            origin,
        }
    }

    /// The same with another tolerance.
    #[must_use]
    pub fn within(mut self, tolerance: Duration) -> Self {
        self.tolerance = TimeDelta::from_std(tolerance).unwrap_or(TOLERANCE);
        self
    }

    /// How far the wall clock has moved against the steady one; negative when it was set back.
    #[must_use]
    pub fn difference(&self) -> TimeDelta {
        let origin = self.origin.lock().unwrap_or_else(PoisonError::into_inner);
        let (wall, steady) = *origin;
        drop(origin);
        let passed = self.steady.passed().saturating_sub(steady);
        let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
        (self.wall.now() - wall)
            .checked_sub(&passed)
            .unwrap_or(TimeDelta::MIN)
    }

    /// Whether the time can be relied on.
    #[must_use]
    pub fn is_steady(&self) -> bool {
        let difference = self.difference();
        -self.tolerance <= difference && difference <= self.tolerance
    }

    /// The operator says that the wall clock is right now; gives how far it had moved.
    pub fn accept(&self) -> TimeDelta {
        let difference = self.difference();
        let mut origin = self.origin.lock().unwrap_or_else(PoisonError::into_inner);
        *origin = (self.wall.now(), self.steady.passed());
        difference
    }
}

#[cfg(test)]
mod tests;
