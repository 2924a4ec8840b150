//! Waiting for something to happen, on behalf of a caller whose connection stays open meanwhile.
//!
//! Correctness is in looking: the store is asked again every few seconds, because what another process
//! writes is not heard. Being told only makes it quicker.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use crate::{
    error::RouteError,
    storage::{Answer, StorageError, Store, Topic},
};

#[cfg(test)]
mod tests;

/// How long one request may wait.
pub(crate) const LONGEST: Duration = Duration::from_secs(30);
/// How often the store is looked at although nothing was heard.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// Most connections that one caller may keep waiting.
const MOST_OPEN: usize = 4;
/// What a caller with too many is told to wait, in seconds.
const COME_BACK: u64 = 15;

/// Looks until `is_enough`, at most for `patience`; gives what was seen last.
///
/// # Errors
/// [`StorageError`] of the look.
pub(crate) async fn wait_for<'s, T>(
    store: &'s dyn Store,
    topic: &Topic,
    patience: Duration,
    look: impl Fn() -> Answer<'s, T>,
    is_enough: impl Fn(&T) -> bool,
) -> Result<T, StorageError> {
    // Before the first look: what happens in between is heard.
    let mut bell = store.listen(topic);
    let end = Instant::now() + patience;
    loop {
        let seen = look().await?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || is_enough(&seen) {
            return Ok(seen);
        }
        hear(&mut bell, left.min(LOOK_AGAIN)).await;
    }
}

/// Returns when something was heard, or after `longest`.
pub(crate) async fn hear(bell: &mut watch::Receiver<()>, longest: Duration) {
    if let Ok(Err(_nobody_rings)) = timeout(longest, bell.changed()).await {
        sleep(longest).await;
    }
}

/// Counts who waits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waits(Arc<Mutex<HashMap<String, usize>>>);

/// One connection that waits; counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    waits: Waits,
    caller: String,
}

impl Waits {
    /// Lets one more connection of this caller wait.
    ///
    /// # Errors
    /// [`RouteError::TooOften`] when it has enough of them.
    pub(crate) fn admit(&self, caller: String) -> Result<Seat, RouteError> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(caller.clone()).or_default();
        if *count >= MOST_OPEN {
            return Err(RouteError::TooOften { seconds: COME_BACK });
        }
        *count += 1;
        drop(open);
        let waits = self.clone();
        Ok(Seat { waits, caller })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.waits.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.caller) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.caller);
            }
        }
    }
}
