//! Published lists that were verified a moment ago, kept for as long as they allow.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// How long a list is kept that says nothing about it, in seconds.
const DEFAULT_TTL: u64 = 300;
/// Most lists kept. One can take 4 MiB.
const MAX_KEPT: usize = 32;

/// Lists by their place.
#[derive(Debug)]
pub(super) struct Recent<P, L>(Mutex<HashMap<P, Kept<L>>>);

#[derive(Debug)]
struct Kept<L> {
    list: Arc<L>,
    until: DateTime<Utc>,
}

/// Nothing yet.
impl<P, L> Default for Recent<P, L> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<P: Clone + Eq + Hash, L> Recent<P, L> {
    pub(super) fn get(&self, place: &P, now: DateTime<Utc>) -> Option<Arc<L>> {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lists.get(place)?;
        (kept.until > now).then(|| Arc::clone(&kept.list))
    }

    /// Keeps a list for the seconds that it says, and never past its end.
    pub(super) fn keep(
        &self,
        place: P,
        list: L,
        (ttl_seconds, expires_at): (Option<u64>, Option<DateTime<Utc>>),
        now: DateTime<Utc>,
    ) -> Arc<L> {
        let ttl = i64::try_from(ttl_seconds.unwrap_or(DEFAULT_TTL)).unwrap_or(0);
        let by_ttl = now + TimeDelta::seconds(ttl);
        let until = expires_at.map_or(by_ttl, |end| end.min(by_ttl));
        let list = Arc::new(list);
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= MAX_KEPT {
            let oldest = lists.iter().min_by_key(|(_, kept)| kept.until);
            if let Some(oldest) = oldest.map(|(place, _)| place.clone()) {
                lists.remove(&oldest);
            }
        }
        let kept = Kept {
            list: Arc::clone(&list),
            until,
        };
        lists.insert(place, kept);
        list
    }
}
