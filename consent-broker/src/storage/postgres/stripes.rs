//! Operations on one person wait for each other in this node already, so that they do not overtake each
//! other in the database. Only a comfort: other nodes are kept apart by the versions.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
};

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::storage::engine::Key;

/// Persons that share a stripe wait for each other without need: many stripes make that rare.
const STRIPES: usize = 1024;

#[derive(Debug)]
pub(super) struct Stripes {
    stripes: Vec<Arc<Mutex<()>>>,
    hasher: RandomState,
}

impl Default for Stripes {
    fn default() -> Self {
        Self {
            stripes: (0..STRIPES).map(|_| Arc::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Stripes {
    /// Waits for the turn of these persons; it lasts until what is given is dropped.
    pub(super) async fn turn(&self, subjects: &BTreeSet<Key>) -> Vec<OwnedMutexGuard<()>> {
        // In one order, so that two never wait for each other.
        let places: BTreeSet<usize> = subjects.iter().map(|one| self.place(one)).collect();
        let mut turn = Vec::with_capacity(places.len());
        for stripe in places
            .into_iter()
            .filter_map(|place| self.stripes.get(place))
        {
            turn.push(Arc::clone(stripe).lock_owned().await);
        }
        turn
    }

    fn place(&self, subject: &Key) -> usize {
        let hash = usize::try_from(self.hasher.hash_one(subject)).unwrap_or(0);
        hash % STRIPES
    }
}
