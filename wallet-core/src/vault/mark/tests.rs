//! Two slots: the later one counts, and one alone is enough.

use std::fs;

use credential_core::rng::SystemRng;

use super::*;

fn key() -> SealingKey {
    SealingKey::new(&[1; 32]).unwrap()
}

fn version(epoch: u64) -> Version {
    Version { epoch, stamp: 9 }
}

/// A folder whose mark says 0, then 1, then 2.
fn marked() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rng = SystemRng::default();
    let mut mark = Mark::create(folder.path(), version(0), &key(), &rng).unwrap();
    for epoch in 1..=2 {
        let next = NextMark::new(version(epoch), &key(), &rng).unwrap();
        mark.write(&next).unwrap();
    }
    folder
}

fn found(folder: &Path, key: &SealingKey) -> Result<u64, VaultError> {
    Mark::open(folder, key).map(|(_mark, version)| version.epoch)
}

#[test]
fn the_later_of_two_slots_counts() {
    assert_eq!(found(marked().path(), &key()), Ok(2));
}

#[test]
fn with_one_slot_torn_the_other_counts() {
    for (torn, left) in [(0, 1), (1, 2)] {
        let folder = marked();
        let file = folder.path().join(FILE);
        let mut octets = fs::read(&file).unwrap();
        octets[torn * SLOT + 3] ^= 1;
        fs::write(&file, octets).unwrap();
        assert_eq!(found(folder.path(), &key()), Ok(left));
    }
}

#[test]
fn with_no_slot_left_the_mark_is_damaged() {
    let folder = marked();
    let damaged = Err(VaultError::Damaged(Damage::Mark));
    let other = SealingKey::new(&[2; 32]).unwrap();
    assert_eq!(found(folder.path(), &other), damaged);
    fs::write(folder.path().join(FILE), [7; 40]).unwrap();
    assert_eq!(found(folder.path(), &key()), damaged);
    fs::remove_file(folder.path().join(FILE)).unwrap();
    assert_eq!(found(folder.path(), &key()), damaged);
}
