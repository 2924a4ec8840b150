//! Checking that what is on disk is what was last written: every record, and nothing else.

use std::collections::BTreeMap;

use super::{
    Damage, RecordDamage, TreeDamage, VaultError,
    catalogue::{Catalogue, ROOT},
    engine::{Engine, MAX_ENTRY},
    page::{self, PAGES},
    part::{self, Part},
    plaintext::Plaintext,
    seal::{Blinded, Keys, Version},
};

/// Compares every entry of the engine with the catalogue.
///
/// # Errors
/// [`Damage::Records`] with how many records of which tree are missing or altered.
pub(super) fn records(
    engine: &Engine,
    keys: &Keys,
    catalogue: &Catalogue,
) -> Result<(), VaultError> {
    let mut survey = Survey::default();
    let mut scratch = Plaintext::with_capacity(MAX_ENTRY);
    engine.scan(|key, sealed| {
        if is_catalogue(key) {
            return;
        }
        let listed = part::parse(key).and_then(|(record, number)| {
            let listing = catalogue.listing(&record)?;
            (number < listing.parts).then_some((record, number, listing))
        });
        let Some((record, number, listing)) = listed else {
            survey.unlisted += 1;
            return;
        };
        let part = Part {
            tree: catalogue.name(listing.tree),
            record: &record,
            part: number,
            parts: listing.parts,
        };
        scratch.resize(0);
        let opened = part.open(keys, listing.version, sealed, &mut scratch);
        survey.count(record, opened.is_ok());
    })?;
    match survey.damage(catalogue) {
        damage if damage == RecordDamage::default() => Ok(()),
        damage => Err(Damage::Records(damage).into()),
    }
}

/// Compares the engine's last write with the one that was acknowledged last.
///
/// # Errors
/// [`Damage::LostWrites`] when the engine went back; [`Damage::Catalogue`] when it tells another
/// history of the same length.
pub(super) fn last_write(found: Version, acknowledged: Version) -> Result<(), Damage> {
    match acknowledged.epoch.checked_sub(found.epoch) {
        Some(0) if found != acknowledged => Err(Damage::Catalogue),
        // A crash between the engine's write and the mark's leaves the engine ahead.
        Some(0) | None => Ok(()),
        Some(writes) => Err(Damage::LostWrites { writes }),
    }
}

/// Root and pages were checked when the catalogue was read.
fn is_catalogue(key: &[u8]) -> bool {
    match key {
        [page::PREFIX, high, low] => u16::from_be_bytes([*high, *low]) < PAGES,
        key => key == ROOT,
    }
}

/// What was found on disk.
#[derive(Debug, Default)]
struct Survey {
    found: BTreeMap<Blinded, Found>,
    unlisted: usize,
}

#[derive(Debug, Default, Clone, Copy)]
struct Found {
    whole: u16,
    altered: bool,
}

impl Survey {
    fn count(&mut self, record: Blinded, whole: bool) {
        let found = self.found.entry(record).or_default();
        found.whole += u16::from(whole);
        found.altered |= !whole;
    }

    fn damage(&self, catalogue: &Catalogue) -> RecordDamage {
        let mut trees: BTreeMap<u8, TreeDamage> = BTreeMap::new();
        for (record, listing) in catalogue.listings() {
            let found = self.found.get(record).copied().unwrap_or_default();
            if found.whole == listing.parts {
                continue;
            }
            let tree = trees.entry(listing.tree).or_insert_with(|| TreeDamage {
                tree: catalogue.name(listing.tree).to_owned(),
                missing: 0,
                altered: 0,
            });
            match found.altered {
                true => tree.altered += 1,
                false => tree.missing += 1,
            }
        }
        RecordDamage {
            trees: trees.into_values().collect(),
            unlisted: self.unlisted,
        }
    }
}
