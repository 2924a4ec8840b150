//! Pages on their own: order, emptiness, and octets that are no page.

use credential_core::rng::SystemRng;
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::*;

const VERSION: Version = Version { epoch: 3, stamp: 4 };

fn keys() -> Keys {
    Keys::derive(&[1; 32], &[2; 16]).unwrap()
}

fn listing(parts: u16) -> Listing {
    Listing {
        tree: 1,
        version: VERSION,
        parts,
    }
}

#[test]
fn the_first_twelve_bits_choose_the_page() {
    assert_eq!(page_of(&Blinded([0xff; 16])), PAGES - 1);
    let mut octets = [0; 16];
    octets[1] = 0b0001_1111;
    assert_eq!(page_of(&Blinded(octets)), 1);
    octets[1] = 0b0000_1111;
    assert_eq!(page_of(&Blinded(octets)), 0);
}

#[test]
fn a_page_without_listings_is_not_kept() {
    let mut page = Page::default();
    assert!(!page.set(Blinded([1; 16]), Some(listing(1)), VERSION));
    assert_eq!(page.version(), VERSION);
    assert!(page.set(Blinded([1; 16]), None, Version { epoch: 4, stamp: 4 }));
    assert_eq!(page, Page::default());
    let sealed = page.seal(0, &keys(), &SystemRng::default());
    assert_eq!(sealed, Ok(None));
}

#[test]
fn a_page_in_the_place_of_another_does_not_open() {
    let mut page = Page::default();
    page.set(Blinded([1; 16]), Some(listing(1)), VERSION);
    let sealed = page.seal(7, &keys(), &SystemRng::default());
    let sealed = sealed.unwrap().unwrap();
    assert_eq!(Page::open(7, &sealed, &keys()), Ok(page));
    assert_eq!(Page::open(8, &sealed, &keys()), Err(Damage::Catalogue));
}

#[test]
fn an_authentic_page_of_odd_length_is_damage() {
    let context: [&[u8]; 2] = [b"page", &[0, 7]];
    let sealed = keys()
        .catalogue
        .seal(&context, VERSION, &[0; LISTING + 1], &SystemRng::default())
        .unwrap();
    assert_eq!(Page::open(7, &sealed, &keys()), Err(Damage::Catalogue));
}

proptest! {
    #[test]
    fn a_page_is_a_sorted_map(edits in prop::collection::vec((0..9_u8, 0..3_u16), 1..30)) {
        let mut page = Page::default();
        let mut model = std::collections::BTreeMap::new();
        for (record, parts) in edits {
            let record = Blinded([record; 16]);
            let listing = (parts > 0).then(|| listing(parts));
            let was_there = match listing {
                Some(listing) => model.insert(record, listing),
                None => model.remove(&record),
            };
            prop_assert_eq!(page.set(record, listing, VERSION), was_there.is_some());
            prop_assert_eq!(page.listing(&record), listing.as_ref());
        }
        prop_assert!(page.listings().copied().eq(model));
        if let Some(sealed) = page.seal(5, &keys(), &SystemRng::default()).unwrap() {
            prop_assert_eq!(Page::open(5, &sealed, &keys()), Ok(page));
        }
    }

    #[test]
    fn arbitrary_octets_are_no_page(octets: Vec<u8>) {
        prop_assert_eq!(Page::open(0, &octets, &keys()), Err(Damage::Catalogue));
    }
}
