//! A steady clock that passes when it is told to.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;

use crate::SteadyClock;

/// Clones share the hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct SteadyHand(Arc<Mutex<Duration>>);

impl SteadyHand {
    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by.to_std().unwrap();
    }
}

impl SteadyClock for SteadyHand {
    fn passed(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}
