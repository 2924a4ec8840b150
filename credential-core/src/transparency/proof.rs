//! Roots and proofs from tiles: a few tiles of the tree are read, never all leaves.

use std::collections::BTreeMap;

use super::tile::Tile;
use crate::{
    access_log::{Hash, node, root},
    encoding::sha256,
};

/// A tree of a known size whose tiles are fetched as they are needed, each once.
#[derive(Debug)]
pub struct TiledTree<F> {
    size: u64,
    fetch: F,
    fetched: BTreeMap<(u8, u64), Vec<Hash>>,
}

/// Why a proof could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError<E> {
    /// A tile could not be fetched.
    #[error(transparent)]
    Fetch(E),
    /// A tile has fewer or more hashes than was asked.
    #[error("a tile does not have the width that was asked")]
    Width,
    /// The tree has no such leaf or no such beginning.
    #[error("the tree is not that large")]
    Outside,
}

impl<F, E> TiledTree<F>
where
    F: FnMut(Tile) -> Result<Vec<Hash>, E>,
{
    /// A tree of `size` leaves whose tiles `fetch` gives.
    pub fn new(size: u64, fetch: F) -> Self {
        Self {
            size,
            fetch,
            fetched: BTreeMap::new(),
        }
    }

    /// The root over all leaves (RFC 6962 section 2.1).
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn root(&mut self) -> Result<Hash, ProofError<E>> {
        self.over(0, self.size)
    }

    /// The path that proves leaf `index` is in the tree (RFC 6962 section 2.1.1).
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>, ProofError<E>> {
        if index >= self.size {
            return Err(ProofError::Outside);
        }
        let (mut from, mut to) = (0, self.size);
        let mut siblings = Vec::new();
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                siblings.push((middle, to));
                to = middle;
            } else {
                siblings.push((from, middle));
                from = middle;
            }
        }
        self.roots(siblings)
    }

    /// The proof that the tree over the first `older` leaves is the beginning of this one (RFC 6962
    /// section 2.1.2). Nothing needs proof when it is empty or the whole.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn consistency(&mut self, older: u64) -> Result<Vec<Hash>, ProofError<E>> {
        if older > self.size {
            return Err(ProofError::Outside);
        }
        if older == 0 || older == self.size {
            return Ok(Vec::new());
        }
        let (mut from, mut to) = (0, self.size);
        let mut is_whole = true;
        let mut siblings = Vec::new();
        while older < to {
            let middle = from + split(to - from);
            if older <= middle {
                siblings.push((middle, to));
                to = middle;
            } else {
                siblings.push((from, middle));
                from = middle;
                is_whole = false;
            }
        }
        if !is_whole {
            siblings.push((from, to));
        }
        self.roots(siblings)
    }

    /// From the leaf's end up.
    fn roots(&mut self, ranges: Vec<(u64, u64)>) -> Result<Vec<Hash>, ProofError<E>> {
        let upwards = ranges.into_iter().rev();
        upwards.map(|(from, to)| self.over(from, to)).collect()
    }

    /// The root over the leaves of a range whose beginning is a multiple of the largest power of two in
    /// its length, as all ranges of RFC 6962 are.
    fn over(&mut self, from: u64, to: u64) -> Result<Hash, ProofError<E>> {
        let mut peaks = Vec::new();
        let mut place = from;
        while place < to {
            let height = (to - place).ilog2();
            peaks.push(self.subtree(height, place >> height)?);
            place += 1 << height;
        }
        let mut peaks = peaks.into_iter().rev();
        let Some(last) = peaks.next() else {
            return Ok(sha256([]));
        };
        Ok(peaks.fold(last, |right, left| node(&left, &right)))
    }

    /// The root of the full subtree at this place among those of its height: a few neighbours of one tile.
    fn subtree(&mut self, height: u32, place: u64) -> Result<Hash, ProofError<E>> {
        let (level, within) = (height / 8, height % 8);
        let first = place << within;
        let level = u8::try_from(level).map_err(|_error| ProofError::Outside)?;
        let hashes = self.tile(level, first >> 8)?;
        let from = usize::try_from(first & 0xff).map_err(|_error| ProofError::Outside)?;
        let neighbours = hashes.get(from..from + (1 << within));
        Ok(root(neighbours.ok_or(ProofError::Width)?))
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[Hash], ProofError<E>> {
        use std::collections::btree_map::Entry;
        match self.fetched.entry((level, index)) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let tile = Tile::of(level, index, self.size).ok_or(ProofError::Outside)?;
                let hashes = (self.fetch)(tile).map_err(ProofError::Fetch)?;
                if hashes.len() != usize::from(tile.width) {
                    return Err(ProofError::Width);
                }
                Ok(place.insert(hashes))
            }
        }
    }
}

/// The largest power of two strictly below `n`, for n ≥ 2.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}
