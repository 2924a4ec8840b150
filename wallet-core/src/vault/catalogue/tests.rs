//! What is written reads back, and limits on count.

use credential_core::rng::SystemRng;
use proptest::prelude::*;

use super::*;

fn version(epoch: u64) -> Version {
    Version { epoch, stamp: 1 }
}

fn keys() -> Keys {
    Keys::derive(&[1; 32], &[2; 16]).unwrap()
}

/// Seals one revision into `engine` and adopts it.
fn write(catalogue: &mut Catalogue, engine: &Engine, records: &[(Blinded, u16)]) {
    let mut revision = catalogue.revise(version(catalogue.version().epoch + 1));
    for (record, parts) in records {
        match parts {
            0 => revision.strike(*record),
            parts => revision.list(*record, "notes", *parts).unwrap(),
        }
    }
    let mut changes = Changes::new();
    revision
        .seal(catalogue, &keys(), &SystemRng::default(), &mut changes)
        .unwrap();
    engine.apply(changes).unwrap();
    catalogue.adopt(revision);
}

#[test]
fn too_many_records_are_refused() {
    let blinded = |number: usize| Blinded((number as u128).to_le_bytes());
    let mut full = Catalogue::empty();
    let mut revision = full.revise(version(1));
    for number in 0..MAX_RECORDS {
        revision.list(blinded(number), "notes", 1).unwrap();
    }
    assert_eq!(revision.edit_pages(&full), Ok(()));
    full.adopt(revision);
    assert_eq!(full.listings().count(), MAX_RECORDS);
    let adding = |added: usize, struck: &[usize]| {
        let mut revision = full.revise(version(2));
        revision.list(blinded(added), "notes", 1).unwrap();
        for number in struck {
            revision.strike(blinded(*number));
        }
        revision.edit_pages(&full)
    };
    let limit = MAX_RECORDS;
    assert_eq!(adding(0, &[]), Ok(()));
    assert_eq!(adding(MAX_RECORDS, &[]), Err(VaultError::Full { limit }));
    assert_eq!(adding(MAX_RECORDS, &[7]), Ok(()));
}

#[test]
fn too_many_trees_are_refused() {
    let mut revision = Catalogue::empty().revise(version(1));
    for tree in 0..MAX_TREES {
        assert_eq!(revision.position(&tree.to_string()), Ok(tree as u8));
    }
    let limit = MAX_TREES;
    assert_eq!(revision.position("more"), Err(VaultError::Full { limit }));
    assert_eq!(revision.position("7"), Ok(7));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_was_written_reads_back(
        writes in prop::collection::vec(prop::collection::vec((0..8_u8, 0..3_u16), 0..6), 0..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::create(folder.path()).unwrap();
        let mut catalogue = Catalogue::empty();
        write(&mut catalogue, &engine, &[]);
        for records in writes {
            // Few records in few pages, so that pages fill and empty again.
            let records: Vec<_> = records
                .into_iter()
                .map(|(record, parts)| (Blinded(std::array::from_fn(|at| match at {
                    0 => record % 2 * 255,
                    _ => record,
                })), parts))
                .collect();
            write(&mut catalogue, &engine, &records);
            prop_assert_eq!(&Catalogue::read(&engine, &keys()).unwrap(), &catalogue);
        }
    }
}
