use std::{fs, path::Path, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    jose::{EdDsaKey, Es256Key, Signer as _},
    rng::{Rng, SystemRng},
};
use proptest::prelude::*;

use super::{
    KdfCost, KeyPurpose, Keystore, KeystoreError, Passphrase, UnlockedKeys, book::Book,
    files::LEGACY_CREDENTIALS,
};

fn now() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn rng() -> Arc<dyn Rng> {
    Arc::new(SystemRng::default())
}

fn cheap() -> KdfCost {
    KdfCost::danger_cheap_for_tests()
}

fn right() -> Passphrase {
    Passphrase::from("a long sentence")
}

fn made(folder: &Path, passphrase: Option<&Passphrase>) -> UnlockedKeys {
    let protection = passphrase.map(|it| (it, cheap()));
    Keystore::create(folder, protection, now(), &rng()).unwrap()
}

fn unlocked(folder: &Path, passphrase: Option<&Passphrase>) -> Result<UnlockedKeys, KeystoreError> {
    Keystore::open(folder)?.unlock(passphrase, rng())
}

#[test]
fn encrypted_keys_open_with_their_passphrase_alone_and_stand_nowhere_in_plain() {
    let folder = tempfile::tempdir().unwrap();
    let keys = made(folder.path(), Some(&right()));
    let kid = keys.credential_key().unwrap().public_jwk().thumbprint();
    let sealing = *keys.sealing_key().unwrap().as_bytes();
    drop(keys);
    let again = unlocked(folder.path(), Some(&right())).unwrap();
    assert_eq!(
        again.credential_key().unwrap().public_jwk().thumbprint(),
        kid
    );
    assert_eq!(again.sealing_key().unwrap().as_bytes(), &sealing);
    assert!(again.badge_key().unwrap().is_some());
    let wrong = unlocked(folder.path(), Some(&Passphrase::from("another")));
    assert_eq!(wrong.unwrap_err(), KeystoreError::WrongPassphrase);
    let none = unlocked(folder.path(), None);
    assert_eq!(none.unwrap_err(), KeystoreError::PassphraseNeeded);
    assert!(!folder.path().join("sealing-key").exists());
    for file in fs::read_dir(folder.path().join("keys")).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(file.extension().unwrap(), "sealed");
        let octets = fs::read(&file).unwrap();
        assert!(Es256Key::from_pkcs8(&octets).is_err() && EdDsaKey::from_pkcs8(&octets).is_err());
    }
}

#[test]
fn a_sealed_key_in_the_place_of_another_or_altered_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let keys = made(folder.path(), Some(&right()));
    let file = |index: usize| {
        let kid = &keys.store().keys()[index].kid;
        folder.path().join(format!("keys/{kid}.sealed"))
    };
    let own = fs::read(file(0)).unwrap();
    fs::copy(file(1), file(0)).unwrap();
    let swapped = keys.credential_key().unwrap_err();
    assert_eq!(swapped.reason(), "keystore_damaged");
    let mut flipped = own;
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(file(0), flipped).unwrap();
    assert_eq!(
        keys.credential_key().unwrap_err().reason(),
        "keystore_damaged"
    );
}

#[test]
fn a_cost_that_was_lowered_or_raised_in_the_file_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(made(folder.path(), Some(&right())));
    let book = folder.path().join("keys.json");
    let text = fs::read_to_string(&book).unwrap();
    fs::write(
        &book,
        text.replace("\"memory_kib\": 64", "\"memory_kib\": 32"),
    )
    .unwrap();
    let lowered = unlocked(folder.path(), Some(&right())).unwrap_err();
    assert_eq!(lowered, KeystoreError::WrongPassphrase);
    for (from, to) in [
        ("\"memory_kib\": 64", "\"memory_kib\": 4294967295"),
        ("\"lanes\": 1", "\"lanes\": 4294967295"),
        ("\"passes\": 1", "\"passes\": 0"),
    ] {
        fs::write(&book, text.replace(from, to)).unwrap();
        let error = Keystore::open(folder.path()).unwrap_err();
        assert_eq!(error.reason(), "keystore_damaged", "{to}");
    }
}

#[test]
fn after_a_rotation_the_new_key_signs_and_the_old_one_is_published_until_its_overlap_ends() {
    for passphrase in [None, Some(right())] {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = made(folder.path(), passphrase.as_ref());
        let old = keys.store().keys()[0].kid.clone();
        let until = now() + TimeDelta::days(30);
        let new = keys
            .rotate(KeyPurpose::Credentials, Some(until), now())
            .unwrap()
            .kid;
        let keys = unlocked(folder.path(), passphrase.as_ref()).unwrap();
        assert_eq!(
            keys.credential_key().unwrap().public_jwk().thumbprint(),
            new
        );
        let kids = |at| -> Vec<String> {
            let published = keys.store().published(at).into_iter();
            published.map(|jwk| jwk.thumbprint()).collect()
        };
        assert_eq!(kids(now()).len(), 3);
        assert_eq!(kids(now()).last(), Some(&old));
        assert!(!kids(until).contains(&old));
        assert_eq!(keys.store().retired(now())[0].thumbprint(), old);
        let left = ["pk8", "sealed"].map(|end| folder.path().join(format!("keys/{old}.{end}")));
        assert!(
            left.iter().all(|path| !path.exists()),
            "a private half is left"
        );
    }
}

#[test]
fn a_folder_of_before_keeps_working_rotates_and_can_be_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    let (old, pkcs8) = Es256Key::generate().unwrap();
    fs::write(folder.path().join(LEGACY_CREDENTIALS), &*pkcs8).unwrap();
    fs::write(folder.path().join("sealing-key"), [7; 32]).unwrap();
    let mut keys = unlocked(folder.path(), None).unwrap();
    let kid = |keys: &UnlockedKeys| keys.credential_key().unwrap().public_jwk().thumbprint();
    assert_eq!(kid(&keys), old.public_jwk().thumbprint());
    assert!(keys.badge_key().unwrap().is_none());
    keys.complete(now()).unwrap();
    assert!(keys.badge_key().unwrap().is_some());
    assert_eq!(kid(&keys), old.public_jwk().thumbprint());

    keys.protect(&right(), cheap(), &rng()).unwrap();
    let keys = unlocked(folder.path(), Some(&right())).unwrap();
    assert_eq!(kid(&keys), old.public_jwk().thumbprint());
    assert_eq!(keys.sealing_key().unwrap().as_bytes(), &[7; 32]);
    assert!(!folder.path().join(LEGACY_CREDENTIALS).exists());
    let mut keys = keys;
    assert_eq!(
        keys.protect(&right(), cheap(), &rng()),
        Err(KeystoreError::ProtectedAlready)
    );
    keys.rotate(KeyPurpose::Credentials, None, now()).unwrap();
    assert_ne!(kid(&keys), old.public_jwk().thumbprint());
}

#[test]
fn plain_files_left_by_an_interrupted_encryption_go_with_the_next_unlocking() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = made(folder.path(), None);
    let kid = keys.store().keys()[0].kid.clone();
    let plain = folder.path().join(format!("keys/{kid}.pk8"));
    let copy = fs::read(&plain).unwrap();
    keys.protect(&right(), cheap(), &rng()).unwrap();
    fs::write(&plain, copy).unwrap();
    unlocked(folder.path(), Some(&right())).unwrap();
    assert!(!plain.exists());
}

#[test]
fn keys_are_made_once_and_a_missing_folder_has_none() {
    let folder = tempfile::tempdir().unwrap();
    drop(made(folder.path(), None));
    let again = Keystore::create(folder.path(), None, now(), &rng());
    assert_eq!(again.unwrap_err().reason(), "keystore_exists");
    let nowhere = Keystore::open(&folder.path().join("nowhere"));
    assert_eq!(nowhere.unwrap_err().reason(), "keystore_missing");
}

#[test]
fn a_record_of_another_key_two_that_sign_and_a_newer_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(made(folder.path(), None));
    let text = fs::read_to_string(folder.path().join("keys.json")).unwrap();
    let mut book: serde_json::Value = serde_json::from_str(&text).unwrap();
    let reason = |book: &serde_json::Value| {
        Book::parse(book.to_string().as_bytes())
            .unwrap_err()
            .reason()
    };
    let mut foreign = book.clone();
    foreign["keys"][0]["kid"] = "../../etc/passwd".into();
    assert_eq!(reason(&foreign), "keystore_damaged");
    let mut twice = book.clone();
    let first = twice["keys"][0].clone();
    twice["keys"].as_array_mut().unwrap().push(first);
    assert_eq!(reason(&twice), "keystore_damaged");
    book["format"] = 2.into();
    assert_eq!(reason(&book), "keystore_newer");
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _read = Book::parse(&octets);
    }
}
