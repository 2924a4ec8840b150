//! The status lists in memory: which places are taken, and the status at each. What they hold is derived
//! from the issued rows.
//!
//! An index of the registry is `list × capacity + place`. Places are drawn in the newest list; when three
//! quarters of it are taken another one begins, so that a place stays random and a list stays small enough
//! to be fetched by anyone. A list costs its statuses (two bits a place) and one bit more a place.

use credential_core::{
    rng::{NoRandomness, Rng, random},
    status_list::{Status, StatusList},
};

use super::super::store::StoreError;

/// Places in one status list: many more than credentials, so that an index says nothing about order.
pub const LIST_CAPACITY: u32 = 1 << 20;
/// Beyond three quarters a random place is too often taken.
const MOST_TAKEN: u32 = LIST_CAPACITY / 4 * 3;
/// With more of them an index would not fit.
const MOST_LISTS: usize = (u32::MAX / LIST_CAPACITY) as usize + 1;
/// Draws for one index: at three quarters all fail once in 10^32 times, or with a broken generator.
const DRAWS: usize = 256;

/// All lists, the oldest first. There is always one.
#[derive(Debug)]
pub(super) struct Lists(Vec<List>);

struct List {
    statuses: StatusList,
    /// One bit a place.
    taken: Vec<u64>,
    count: u32,
    /// Rises with every change of a status.
    version: u64,
}

/// Shows how much there is; the statuses themselves would fill pages.
impl std::fmt::Debug for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("List")
            .field("taken", &self.count)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Why no free index was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoFreeIndex {
    /// All lists are full, or the generator always draws the same.
    Full,
    /// The generator does not answer.
    Randomness(NoRandomness),
}

impl Lists {
    pub(super) fn empty() -> Self {
        Self(vec![List::empty()])
    }

    /// How many places are taken.
    pub(super) fn taken(&self) -> u64 {
        self.0.iter().map(|list| u64::from(list.count)).sum()
    }

    /// Takes a place, and gives it its status: when the registry is opened, and after issuing. Lists up to
    /// its own begin when there are none.
    pub(super) fn take(&mut self, index: u32, status: Status) -> Result<(), StoreError> {
        let (list, place) = parts(index);
        while self.0.len() <= list {
            self.0.push(List::empty());
        }
        let list = self.0.get_mut(list).ok_or(StoreError::Damaged)?;
        list.take(place);
        list.set(place, status)
    }

    /// Changes the status at a place that is taken.
    pub(super) fn set(&mut self, index: u32, status: Status) -> Result<(), StoreError> {
        let (list, place) = parts(index);
        let list = self.0.get_mut(list).ok_or(StoreError::Damaged)?;
        list.version += 1;
        list.set(place, status)
    }

    /// The list of this number, from 0, and its version.
    pub(super) fn list(&self, number: usize) -> Option<(u64, &StatusList)> {
        let list = self.0.get(number)?;
        Some((list.version, &list.statuses))
    }

    /// Random indexes that nobody ever had, all different and of one list.
    pub(super) fn draw(&self, count: usize, rng: &dyn Rng) -> Result<Vec<u32>, NoFreeIndex> {
        let mut number = self.0.len().saturating_sub(1);
        let needed = u32::try_from(count).map_err(|_too_many| NoFreeIndex::Full)?;
        let is_full = |list: &List| list.count.saturating_add(needed) > MOST_TAKEN;
        if self.0.last().is_some_and(is_full) {
            number += 1;
        }
        if number >= MOST_LISTS {
            return Err(NoFreeIndex::Full);
        }
        let first = u32::try_from(number).map_err(|_too_many| NoFreeIndex::Full)? * LIST_CAPACITY;
        let list = self.0.get(number);
        let mut free = Vec::with_capacity(count);
        for _draw in 0..count * DRAWS {
            if free.len() == count {
                break;
            }
            let octets = random(rng).map_err(NoFreeIndex::Randomness)?;
            // The capacity is a power of two, so every place is equally likely.
            let place = u32::from_be_bytes(octets) % LIST_CAPACITY;
            let is_taken = list.is_some_and(|list| list.is_taken(place));
            if !is_taken && !free.contains(&(first + place)) {
                free.push(first + place);
            }
        }
        if free.len() < count {
            return Err(NoFreeIndex::Full);
        }
        Ok(free)
    }
}

impl List {
    fn empty() -> Self {
        Self {
            // The capacity is far below what a list may have.
            statuses: StatusList::two_bit(LIST_CAPACITY).unwrap_or_default(),
            taken: vec![0; LIST_CAPACITY as usize / 64],
            count: 0,
            version: 0,
        }
    }

    fn is_taken(&self, place: u32) -> bool {
        let (word, bit) = (place as usize / 64, place % 64);
        self.taken
            .get(word)
            .is_none_or(|word| word & (1 << bit) != 0)
    }

    fn take(&mut self, place: u32) {
        if !self.is_taken(place)
            && let Some(word) = self.taken.get_mut(place as usize / 64)
        {
            *word |= 1 << (place % 64);
            self.count += 1;
        }
    }

    fn set(&mut self, place: u32, status: Status) -> Result<(), StoreError> {
        let set = self.statuses.set(place, status);
        set.map_err(|_outside| StoreError::Damaged)
    }
}

/// The number of an index's list, from 0, and its place there.
pub(in crate::server) fn parts(index: u32) -> (usize, u32) {
    ((index / LIST_CAPACITY) as usize, index % LIST_CAPACITY)
}

#[cfg(test)]
mod tests;
