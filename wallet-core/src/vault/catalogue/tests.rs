//! Pages, the names of entries, and limits on count.

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
            parts => drop(revision.list(*record, "notes", *parts).unwrap()),
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
fn the_first_ten_bits_choose_the_page() {
    assert_eq!(page_of(&Blinded([0xff; 16])), 1023);
    let mut octets = [0; 16];
    octets[1] = 0b0100_0000;
    assert_eq!(page_of(&Blinded(octets)), 1);
    octets[1] = 0b0011_1111;
    assert_eq!(page_of(&Blinded(octets)), 0);
}

#[test]
fn too_many_records_are_refused() {
    let mut full = Catalogue::empty();
    let blinded = |number: usize| Blinded((number as u128).to_be_bytes());
    let mut revision = full.revise(version(1));
    for number in 0..MAX_RECORDS {
        revision.list(blinded(number), "notes", 1).unwrap();
    }
    full.adopt(revision);
    let seal = |number| {
        let mut revision = full.revise(version(2));
        revision.list(blinded(number), "notes", 1).unwrap();
        revision.check_count(&full)
    };
    assert_eq!(seal(0), Ok(()));
    let limit = MAX_RECORDS;
    assert_eq!(seal(MAX_RECORDS), Err(VaultError::Full { limit }));
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

#[test]
fn entries_of_another_form_are_unknown() {
    let whole = part_entry(&Blinded([5; 16]), 3);
    assert_eq!(Entry::parse(&whole), Entry::Part(Blinded([5; 16]), 3));
    assert_eq!(Entry::parse(&whole[..18]), Entry::Unknown);
    assert_eq!(Entry::parse(&[&*whole, &[0]].concat()), Entry::Unknown);
    assert_eq!(Entry::parse(&page_entry(1023)), Entry::Catalogue);
    assert_eq!(Entry::parse(&page_entry(1024)), Entry::Unknown);
    assert_eq!(Entry::parse(&[ROOT, 0]), Entry::Unknown);
    assert_eq!(Entry::parse(&[]), Entry::Unknown);
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
                .map(|(record, parts)| (Blinded([record % 4 * 64 + record / 4; 16]), parts))
                .collect();
            write(&mut catalogue, &engine, &records);
            prop_assert_eq!(&Catalogue::read(&engine, &keys()).unwrap(), &catalogue);
        }
    }

    #[test]
    fn a_record_is_in_the_range_of_its_page(octets: [u8; 16]) {
        let record = Blinded(octets);
        let page = page_of(&record);
        prop_assert!(page_range(page).contains(&record));
        prop_assert!(page == 0 || !page_range(page - 1).contains(&record));
    }
}
