//! Merkle trees by RFC 6962 section 2.1 and RFC 9162 section 2.1: roots, inclusion and consistency.
//!
//! MTH({}) = SHA-256(); MTH({d}) = leaf; MTH(D\[n\]) = SHA-256(01 ‖ MTH(D\[0:k\]) ‖ MTH(D\[k:n\])) with k the
//! largest power of two below n.

use serde::{Deserialize, Serialize};

use crate::encoding::sha256;

/// A SHA-256 value.
pub type Hash = [u8; 32];

pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
    let mut input = [0_u8; 65];
    let (tag, halves) = input.split_at_mut(1);
    tag.copy_from_slice(&[1]);
    let (left_half, right_half) = halves.split_at_mut(32);
    left_half.copy_from_slice(left);
    right_half.copy_from_slice(right);
    sha256(input)
}

/// The largest power of two strictly below `n`, for n ≥ 2.
fn split(n: usize) -> usize {
    n.next_power_of_two() >> 1
}

/// The root over `leaves`.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256([]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The right edge of a growing tree: one root per set bit of the size. Appending costs O(log n) and
/// needs no leaf.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// How many leaves were appended.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf: two peaks of the same height become one, as carrying does in binary addition.
    pub fn append(&mut self, leaf: Hash) {
        self.append_seeing(leaf, |_height, _node| {});
    }

    /// As [`Self::append`], and shows every node that this leaf completes, by its height above the leaves
    /// (from 1). Its place among the nodes of its height is the leaf's own, shifted right by the height.
    pub fn append_seeing(&mut self, leaf: Hash, mut completed: impl FnMut(u32, &Hash)) {
        let mut carried = leaf;
        for height in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                carried = node(&left, &carried);
                completed(height, &carried);
            }
        }
        self.peaks.push(carried);
        self.size += 1;
    }

    /// The root over everything appended.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return sha256([]);
        };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}

/// The path that proves leaf `index` is in the tree over `leaves` (RFC 6962 section 2.1.1); none
/// when the index is outside.
#[must_use]
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = if index < left.len() {
        (inclusion_proof(left, index)?, root(right))
    } else {
        (inclusion_proof(right, index - left.len())?, root(left))
    };
    path.push(sibling);
    Some(path)
}

/// Checks an inclusion proof (RFC 9162 section 2.1.3.2).
#[must_use]
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    expected: &Hash,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *expected
}

/// The proof that the tree over the first `older` leaves is the beginning of the tree over all
/// (RFC 6962 section 2.1.2); none when `older` is 0 or more than there are.
#[must_use]
pub fn consistency_proof(leaves: &[Hash], older: usize) -> Option<Vec<Hash>> {
    if older == 0 || older > leaves.len() {
        return None;
    }
    Some(subproof(leaves, older, true))
}

fn subproof(leaves: &[Hash], older: usize, is_whole: bool) -> Vec<Hash> {
    if older == leaves.len() {
        return if is_whole {
            Vec::new()
        } else {
            vec![root(leaves)]
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, sibling) = if older <= left.len() {
        (subproof(left, older, is_whole), root(right))
    } else {
        (subproof(right, older - left.len(), false), root(left))
    };
    proof.push(sibling);
    proof
}

/// Checks a consistency proof (RFC 9162 section 2.1.4.2). An empty older tree is consistent with
/// every tree and needs no proof.
#[must_use]
pub fn verify_consistency(older: (u64, &Hash), newer: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (older, newer);
    if old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    if old_size == 0 {
        return proof.is_empty() && *old_root == sha256([]);
    }
    let mut path = proof.iter();
    // When the older tree is a full subtree of the newer one, its root is the proof's first node.
    let first = if old_size.is_power_of_two() {
        Some(old_root)
    } else {
        path.next()
    };
    let Some(first) = first else { return false };
    let shift = (old_size - 1).trailing_ones();
    let (mut place, mut last) = ((old_size - 1) >> shift, (new_size - 1) >> shift);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old_hash = node(sibling, &old_hash);
            new_hash = node(sibling, &new_hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node(&new_hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}
