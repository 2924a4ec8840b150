use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection, prelude::*};

use super::super::snapshot::{Fetched, Snapshot};
use crate::storage::engine::{Changes, Key, Range, Source as _};

const PERSON: &[u8] = &[7; 16];

fn key(rest: u8) -> Key {
    [b"g", PERSON, &[rest]].concat()
}

fn range(from: u8, to: u8, limit: usize) -> Range {
    Range {
        from: key(from),
        to: key(to),
        limit,
    }
}

/// What a database with these rows gives for a range.
fn fetched(rows: &BTreeMap<Key, Vec<u8>>, ranges: &BTreeSet<Range>) -> Fetched {
    let within = ranges
        .iter()
        .filter(|range| range.from < range.to)
        .flat_map(|range| {
            let found = rows.range(range.from.clone()..range.to.clone());
            found
                .take(range.limit)
                .map(|(key, value)| (key.clone(), value.clone()))
        });
    Fetched {
        versions: BTreeMap::from([(PERSON.to_vec(), 3)]),
        rows: within.collect(),
    }
}

fn persons() -> BTreeSet<Key> {
    BTreeSet::from([PERSON.to_vec()])
}

proptest! {
    /// Whatever was fetched before, a question is answered as the database would, or not at all.
    #[test]
    fn an_answer_is_the_databases_or_none(
        stored in collection::btree_set(0_u8..20, 0..12),
        fetches in collection::vec((0_u8..20, 0_u8..22, 1_usize..6), 0..5),
        asked in (0_u8..20, 0_u8..22, 1_usize..6),
    ) {
        let rows: BTreeMap<Key, Vec<u8>> =
            stored.iter().map(|rest| (key(*rest), vec![*rest])).collect();
        let mut snapshot = Snapshot::default();
        for (from, to, limit) in fetches {
            let one = BTreeSet::from([range(from, to, limit)]);
            prop_assert!(snapshot.add(&one, &persons(), fetched(&rows, &one)));
        }
        let (from, to, limit) = asked;
        let asked = range(from, to, limit);
        let expected = fetched(&rows, &BTreeSet::from([asked.clone()])).rows;
        if let Ok(found) = snapshot.range(&asked) {
            prop_assert_eq!(found, expected.clone());
        }
        let missing = snapshot.missing(&Changes::new());
        prop_assert!(snapshot.add(&missing, &persons(), fetched(&rows, &missing)));
        prop_assert_eq!(snapshot.range(&asked), Ok(expected));
        prop_assert!(snapshot.missing(&Changes::new()).is_empty());
    }
}

#[test]
fn a_person_who_changed_between_two_fetches_is_noticed() {
    let rows = BTreeMap::from([(key(1), vec![1])]);
    let first = BTreeSet::from([range(0, 5, 9)]);
    let mut snapshot = Snapshot::default();
    assert!(snapshot.add(&first, &persons(), fetched(&rows, &first)));
    let later = BTreeSet::from([range(5, 9, 9)]);
    let moved = Fetched {
        versions: BTreeMap::from([(PERSON.to_vec(), 4)]),
        rows: Vec::new(),
    };
    assert!(!snapshot.add(&later, &persons(), moved));
}

#[test]
fn a_person_whose_rows_are_only_written_is_fetched_first() {
    let snapshot = Snapshot::default();
    let changes = Changes::from([(key(1), Some(vec![1]))]);
    assert_eq!(
        snapshot.missing(&changes),
        BTreeSet::from([Range::one(&key(1))])
    );
}
