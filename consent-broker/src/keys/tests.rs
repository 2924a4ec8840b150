use std::fs;

use chrono::TimeDelta;
use credential_core::rng::SystemRng;
use tempfile::TempDir;

use super::{BrokerKeys, KeyFileError, KeyFolder, KeyRole, RetireError};
use crate::{
    handles::{CompletionLink, HandleError, Handles},
    tests::support::noon,
};

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    BrokerKeys::create(folder.path(), &SystemRng::default()).unwrap();
    folder
}

fn open(folder: &TempDir) -> KeyFolder {
    KeyFolder::open(folder.path()).unwrap()
}

fn names(folder: &TempDir) -> Vec<String> {
    let files = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn link() -> CompletionLink {
    CompletionLink {
        request_id: credential_core::id::RequestId::from_bytes([7; 16]),
        exp: noon().timestamp() + 3600,
    }
}

#[test]
fn a_new_signing_key_is_published_at_once_and_signs_when_its_moment_has_come_and_it_is_listed() {
    let folder = folder();
    let keys = BrokerKeys::load(folder.path()).unwrap();
    let old = keys.signer().public_jwk().clone();
    let from = noon() + TimeDelta::days(30);
    let row = open(&folder)
        .rotate(KeyRole::Signing, from, &SystemRng::default())
        .unwrap();
    keys.reload(folder.path()).unwrap();
    let kids: Vec<_> = keys.public().keys.into_iter().map(|key| key.kid).collect();
    assert_eq!(kids, [old.kid.clone(), Some(row.id.clone())]);
    let signs = |now, is_listed: bool| {
        let listed = |key: &credential_core::jose::Jwk| is_listed || *key == old;
        keys.signer_at(now, listed).public_jwk().kid.clone()
    };
    assert_eq!(signs(from - TimeDelta::seconds(1), true), old.kid);
    assert_eq!(signs(from, false), old.kid, "nobody could check it");
    assert_eq!(signs(from, true), Some(row.id));
    // Nothing at all is listed, for instance because the list has expired.
    let oldest = keys.signer_at(from, |_key| false);
    assert_eq!(oldest.public_jwk().kid, old.kid);
}

#[test]
fn handles_of_an_old_key_are_opened_until_it_is_retired() {
    let folder = folder();
    let keys = BrokerKeys::load(folder.path()).unwrap();
    let handles = || {
        Handles::of(
            keys.current().handle_keys(noon()),
            std::sync::Arc::new(SystemRng::default()),
        )
    };
    let old = handles().seal(&link()).unwrap();
    let mut files = open(&folder);
    let first = files
        .rows()
        .unwrap()
        .into_iter()
        .find(|row| row.role == KeyRole::Sealing)
        .unwrap();
    files
        .rotate(KeyRole::Sealing, noon(), &SystemRng::default())
        .unwrap();
    keys.reload(folder.path()).unwrap();
    let new = handles().seal(&link()).unwrap();
    for handle in [&old, &new] {
        assert_eq!(handles().open::<CompletionLink>(handle, noon()), Ok(link()));
    }
    assert_eq!(
        open(&folder).retire(&first.id, noon(), false),
        Ok(KeyRole::Sealing)
    );
    keys.reload(folder.path()).unwrap();
    let opened = handles().open::<CompletionLink>(&old, noon());
    assert_eq!(opened, Err(HandleError::Foreign));
    assert_eq!(handles().open::<CompletionLink>(&new, noon()), Ok(link()));
}

#[test]
fn a_retired_signing_key_leaves_its_public_half_and_no_file() {
    let folder = folder();
    let keys = BrokerKeys::load(folder.path()).unwrap();
    let old = keys.signer().public_jwk().kid.clone().unwrap();
    let mut files = open(&folder);
    assert_eq!(files.retire(&old, noon(), false), Err(RetireError::InUse));
    let from = noon() + TimeDelta::hours(1);
    files
        .rotate(KeyRole::Signing, from, &SystemRng::default())
        .unwrap();
    assert_eq!(files.retire(&old, noon(), false), Err(RetireError::InUse));
    assert_eq!(files.retire(&old, from, false), Ok(KeyRole::Signing));
    assert!(!names(&folder).contains(&"signing-key.p8".to_owned()));
    keys.reload(folder.path()).unwrap();
    assert!(keys.verifying(&old).is_some());
    assert_ne!(
        keys.signer().public_jwk().kid.as_deref(),
        Some(old.as_str())
    );
    assert_eq!(
        open(&folder).retire(&old, from, false),
        Err(RetireError::Unknown)
    );
}

#[test]
fn a_distrusted_key_is_not_published_any_more() {
    let folder = folder();
    let keys = BrokerKeys::load(folder.path()).unwrap();
    let old = keys.signer().public_jwk().kid.clone().unwrap();
    let mut files = open(&folder);
    files
        .rotate(KeyRole::Signing, noon(), &SystemRng::default())
        .unwrap();
    files.retire(&old, noon(), true).unwrap();
    keys.reload(folder.path()).unwrap();
    assert!(keys.verifying(&old).is_none());
    assert_eq!(keys.public().keys.len(), 1);
}

#[test]
fn names_stay_the_same_when_keys_are_rotated_and_retired() {
    let folder = folder();
    let keys = BrokerKeys::load(folder.path()).unwrap();
    let name = || keys.names_key().derive(&[b"a name"]).unwrap();
    let (before, mut files) = (name(), open(&folder));
    let first = files
        .rows()
        .unwrap()
        .into_iter()
        .find(|row| row.role == KeyRole::Sealing)
        .unwrap();
    files
        .rotate(KeyRole::Sealing, noon(), &SystemRng::default())
        .unwrap();
    files.retire(&first.id, noon(), false).unwrap();
    keys.reload(folder.path()).unwrap();
    assert_eq!(name(), before);
}

#[test]
fn a_folder_that_is_damaged_newer_or_full_is_refused_and_keys_in_use_stay() {
    let folder = folder();
    let keys = BrokerKeys::load(folder.path()).unwrap();
    let mut files = open(&folder);
    for hour in 1..8 {
        let from = noon() + TimeDelta::hours(hour);
        files
            .rotate(KeyRole::Signing, from, &SystemRng::default())
            .unwrap();
    }
    let later = noon() + TimeDelta::days(1);
    let full = files.rotate(KeyRole::Signing, later, &SystemRng::default());
    assert_eq!(full, Err(KeyFileError::TooMany));
    let manifest = folder.path().join("keys.json");
    let good = fs::read_to_string(&manifest).unwrap();
    for (text, refused) in [
        (
            good.replace("\"format\": 1", "\"format\": 2"),
            KeyFileError::NewerFormat,
        ),
        (
            good.replace("handle-key", "../handle-key"),
            KeyFileError::Damaged,
        ),
        (good.replace("\"names\"", "\"nams\""), KeyFileError::Damaged),
        (String::new(), KeyFileError::Damaged),
    ] {
        fs::write(&manifest, text).unwrap();
        assert_eq!(keys.reload(folder.path()), Err(refused));
        assert_eq!(keys.public().keys.len(), 1);
    }
    fs::write(&manifest, good).unwrap();
    keys.reload(folder.path()).unwrap();
    assert_eq!(keys.public().keys.len(), 8);
}
