//! Random single bits of the files, flipped one at a time, each in a fresh copy of a closed store.

use std::{collections::BTreeMap, fs, path::Path};

use super::everything::{Names, fill, read};
use crate::storage::{
    StorageError,
    conformance::hands::{copy, files},
};

const SEED: u64 = 0x05aa_2026_1127;

/// SplitMix64: the same bits in every run.
struct Bits(u64);

impl Bits {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

/// Flips a bit: every other time of the data file, else of any file. Says of which.
fn flip(folder: &Path, number: usize, bits: &mut Bits) -> String {
    let mut files = files(folder);
    files.retain(|file| fs::metadata(file).unwrap().len() > 0);
    if number.is_multiple_of(2) {
        files.retain(|file| file.ends_with("db"));
    }
    let file = &files[bits.below(files.len())];
    let mut octets = fs::read(file).unwrap();
    let bit = bits.below(octets.len() * 8);
    octets[bit / 8] ^= 1 << (bit % 8);
    fs::write(file, octets).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let name = name.split('.').next().unwrap();
    format!("{name}:{bit}")
}

/// Everything is right, or the store says why not; the reason.
fn outcome(folder: &Path, names: &Names, written: &str, what: &str) -> &'static str {
    match read(folder, names) {
        Ok(said) => {
            assert!(
                said == written,
                "{what}: something else is read, and no error"
            );
            "right"
        }
        Err(error @ (StorageError::Damaged | StorageError::NewerFormat)) => error.reason(),
        Err(other) => panic!("{what}: {other:?}"),
    }
}

fn flip_bits(count: usize) {
    println!("seed {SEED:#x}");
    let home = tempfile::tempdir().unwrap();
    let (whole, damaged) = (home.path().join("whole"), home.path().join("damaged"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let names = runtime.block_on(fill(&whole, 12));
    let written = read(&whole, &names).unwrap();
    let (mut bits, mut outcomes) = (Bits(SEED), BTreeMap::new());
    for number in 0..count {
        copy(&whole, &damaged);
        let what = flip(&damaged, number, &mut bits);
        let first = outcome(&damaged, &names, &written, &what);
        // The engine's own repair must not make damage look right the second time.
        let again = outcome(&damaged, &names, &written, &what);
        let file = what.split(':').next().unwrap().to_owned();
        *outcomes.entry((file, first, again)).or_insert(0) += 1;
        fs::remove_dir_all(&damaged).unwrap();
    }
    println!("{outcomes:?}");
    let noticed = outcomes
        .iter()
        .filter(|((_, first, _), _)| *first != "right");
    let noticed: usize = noticed.map(|(_, count)| count).sum();
    assert!(noticed > count / 20, "the bits hit nothing: {outcomes:?}");
}

#[test]
fn a_flipped_bit_is_noticed_or_changes_nothing() {
    flip_bits(200);
}

#[test]
#[ignore = "long"]
fn ten_thousand_flipped_bits_are_noticed_or_change_nothing() {
    flip_bits(10_000);
}
