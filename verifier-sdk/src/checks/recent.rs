//! Published lists that were verified a moment ago, kept for as long as they allow; and, for a moment only,
//! that one could not be had, so that a thousand credentials do not ask for it a thousand times.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Reason, budget::SPENT};

/// How long a list is kept that says nothing about it, in seconds.
const DEFAULT_TTL: u64 = 300;
/// How long a list that could not be had is not asked for again.
const RETRY: TimeDelta = TimeDelta::seconds(5);
/// Most lists kept. One can take 4 MiB.
const MAX_KEPT: usize = 32;

/// Lists by their place, or why there was none.
#[derive(Debug)]
pub(super) struct Recent<P, L, E = Refused>(Mutex<HashMap<P, Kept<L, E>>>);

/// Why a list could not be had, with the finer code.
pub(super) type Refused = (Reason, &'static str);

#[derive(Debug)]
struct Kept<L, E> {
    list: Result<Arc<L>, E>,
    until: DateTime<Utc>,
}

/// Nothing yet.
impl<P, L, E> Default for Recent<P, L, E> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<P: Clone + Eq + Hash, L, E: Copy + Into<Refused>> Recent<P, L, E> {
    pub(super) fn get(&self, place: &P, now: DateTime<Utc>) -> Option<Result<Arc<L>, E>> {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lists.get(place)?;
        (kept.until > now).then(|| kept.list.clone())
    }

    /// Keeps a list for the seconds that it says, and never past its end; or that there was none.
    pub(super) fn keep(
        &self,
        place: P,
        list: Result<(L, HowLong), E>,
        now: DateTime<Utc>,
    ) -> Result<Arc<L>, E> {
        let (list, until) = match list {
            Ok((list, how_long)) => (Ok(Arc::new(list)), how_long.until(now)),
            Err(refused) if nobody_was_asked(refused.into()) => return Err(refused),
            Err(refused) => (Err(refused), now + RETRY),
        };
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= MAX_KEPT {
            let oldest = lists.iter().min_by_key(|(_, kept)| kept.until);
            if let Some(oldest) = oldest.map(|(place, _)| place.clone()) {
                lists.remove(&oldest);
            }
        }
        let kept = Kept {
            list: list.clone(),
            until,
        };
        lists.insert(place, kept);
        list
    }
}

/// Then asking again costs nothing, and another may ask: also where one check had asked too much already.
fn nobody_was_asked(refused: Refused) -> bool {
    matches!(
        refused,
        (
            Reason::StatusOffline | Reason::IssuerDocumentOffline | Reason::FederationOffline,
            _
        ) | (Reason::TypeUnknown, "offline")
            | (_, SPENT)
    )
}

/// For how long a list may be kept, by its own word; by default it says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HowLong {
    pub(super) ttl_seconds: Option<u64>,
    pub(super) expires_at: Option<DateTime<Utc>>,
}

impl HowLong {
    fn until(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let ttl = i64::try_from(self.ttl_seconds.unwrap_or(DEFAULT_TTL)).unwrap_or(0);
        let by_ttl = now + TimeDelta::seconds(ttl);
        self.expires_at.map_or(by_ttl, |end| end.min(by_ttl))
    }
}
