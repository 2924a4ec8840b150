//! What must be in the store: how many rows, and a sum over all of them.
//!
//! The engine recovers from damage by leaving out what it cannot read, and says nothing. So every batch
//! also writes the number of the batch, the count of all rows, and the sum of their hashes; at opening
//! they are counted and added up again. A sum is changed by the rows of a batch alone, whatever else is
//! in the store.
//!
//! It guards against damage, not against people: whoever can write the files can write a sum that fits.

use ring::digest::{Context, SHA256};

/// The sum's own key; no other begins so. It is no row: it is neither counted nor copied.
pub(super) const KEY: &[u8] = b"=";
const LENGTH: usize = 48;

/// The rows of a store after one of its batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum {
    /// Of the batch; the first is 1.
    pub(super) number: u64,
    count: u64,
    // SHA-256 of each row as four little-endian numbers, added up modulo 2^64.
    lanes: [u64; 4],
}

impl Sum {
    /// A sum that no rows have, to stand there until all of them do.
    pub(super) fn of_no_store(number: u64) -> Self {
        Self {
            number,
            count: u64::MAX,
            lanes: [0; 4],
        }
    }

    /// A row that was not there is there now.
    pub(super) fn put(&mut self, key: &[u8], value: &[u8]) {
        self.count = self.count.wrapping_add(1);
        for (lane, part) in self.lanes.iter_mut().zip(hash(key, value)) {
            *lane = lane.wrapping_add(part);
        }
    }

    /// A row that was there is not there any more.
    pub(super) fn take(&mut self, key: &[u8], value: &[u8]) {
        self.count = self.count.wrapping_sub(1);
        for (lane, part) in self.lanes.iter_mut().zip(hash(key, value)) {
            *lane = lane.wrapping_sub(part);
        }
    }

    /// The same rows after another batch.
    pub(super) fn numbered(self, number: u64) -> Self {
        Self { number, ..self }
    }

    pub(super) fn has_the_rows_of(&self, other: &Self) -> bool {
        (self.count, self.lanes) == (other.count, other.lanes)
    }

    /// Number, count and sum, little-endian.
    pub(super) fn to_octets(self) -> [u8; LENGTH] {
        let mut octets = [0; LENGTH];
        let numbers = [self.number, self.count].into_iter().chain(self.lanes);
        for (place, number) in octets.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        octets
    }

    /// None for anything that is no sum.
    pub(super) fn from_octets(octets: &[u8]) -> Option<Self> {
        let octets: &[u8; LENGTH] = octets.try_into().ok()?;
        let (numbers, _none_left) = octets.as_chunks::<8>();
        let [number, count, lanes @ ..] = numbers else {
            return None;
        };
        let lanes: &[[u8; 8]; 4] = lanes.try_into().ok()?;
        Some(Self {
            number: u64::from_le_bytes(*number),
            count: u64::from_le_bytes(*count),
            lanes: lanes.map(u64::from_le_bytes),
        })
    }
}

/// The key's length goes in, so that no octet can move between key and value.
fn hash(key: &[u8], value: &[u8]) -> [u64; 4] {
    let mut context = Context::new(&SHA256);
    context.update(&(key.len() as u64).to_le_bytes());
    context.update(key);
    context.update(value);
    let digest = context.finish();
    let mut lanes = [0; 4];
    for (lane, part) in lanes.iter_mut().zip(digest.as_ref().as_chunks::<8>().0) {
        *lane = u64::from_le_bytes(*part);
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_depend_on_the_order_and_forgets_what_was_taken() {
        let (mut one, mut other) = (Sum::default(), Sum::default());
        one.put(b"a", b"1");
        one.put(b"b", b"2");
        other.put(b"b", b"2");
        other.put(b"c", b"3");
        other.put(b"a", b"1");
        assert!(!one.has_the_rows_of(&other));
        other.take(b"c", b"3");
        assert!(one.has_the_rows_of(&other));
    }

    #[test]
    fn a_sum_tells_key_from_value_and_an_empty_row_from_none() {
        let of = |rows: &[(&[u8], &[u8])]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|(key, value)| sum.put(key, value));
            sum
        };
        let sums = [
            of(&[]),
            of(&[(b"a", b"")]),
            of(&[(b"a", b"bc")]),
            of(&[(b"ab", b"c")]),
            of(&[(b"ab", b"c"), (b"ab", b"c")]),
            Sum::of_no_store(0),
        ];
        for (number, sum) in sums.iter().enumerate() {
            for other in &sums[number + 1..] {
                assert!(!sum.has_the_rows_of(other));
            }
        }
    }

    #[test]
    fn a_sum_is_read_as_it_was_written_and_nothing_else_is_one() {
        let mut sum = Sum::of_no_store(7);
        sum.put(b"a", b"1");
        let octets = sum.to_octets();
        assert_eq!(Sum::from_octets(&octets), Some(sum));
        assert_eq!(Sum::from_octets(&octets[1..]), None);
        assert_eq!(Sum::from_octets(&[octets.as_slice(), &[0]].concat()), None);
        assert_eq!(Sum::from_octets(b""), None);
    }
}
