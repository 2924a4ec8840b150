use std::{fs, path::Path, sync::Arc};

use chrono::TimeDelta;
use credential_core::{id::GrantId, rng::SystemRng};
use tempfile::TempDir;

use super::{Backup, BackupError, Target, back_up, restore};
use crate::{
    BrokerKeys,
    handles::{AccessToken, HandleError, Handles},
    keys::KeyFolder,
    keys::KeyRole,
    storage::{LocalStore, Store as _},
    suspension::Suspension,
    tests::support::noon,
};

struct Copied {
    folder: TempDir,
    backup: Backup,
    token: String,
}

impl Copied {
    fn target(&self, keeps_tokens: bool) -> Target {
        Target {
            store: self.folder.path().join("new/store"),
            keys: self.folder.path().join("new/keys"),
            keeps_tokens,
        }
    }

    fn restore(&self, keeps_tokens: bool) -> Result<Backup, BackupError> {
        let from = self.folder.path().join("copy");
        restore(
            &from,
            &self.target(keeps_tokens),
            noon(),
            &SystemRng::default(),
        )
    }

    fn opened(&self, keeps_tokens: bool) -> Result<AccessToken, HandleError> {
        let keys = BrokerKeys::load(&self.target(keeps_tokens).keys).unwrap();
        handles(&keys).open(&self.token, noon())
    }
}

fn handles(keys: &BrokerKeys) -> Handles {
    let keys = keys.current().handle_keys(noon());
    Handles::of(keys, Arc::new(SystemRng::default()))
}

fn suspension(number: usize) -> Suspension {
    Suspension {
        participant: format!("https://{number}.example").parse().unwrap(),
        note: "case 17".parse().unwrap(),
        since: noon(),
    }
}

fn token() -> AccessToken {
    AccessToken {
        subject_id: credential_core::id::SubjectId::from_bytes([1; 16]),
        grant_id: GrantId::from_bytes([2; 16]),
        epoch: 1,
        client_id: "https://lumo.example".into(),
        jkt: String::new(),
        aud: String::new(),
        iat: 0,
        narrowing: None,
        exp: noon().timestamp() + 60,
    }
}

/// A store of many rows, copied while it is open; the keys were rotated before.
async fn copied() -> Copied {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    fs::create_dir(&keys).unwrap();
    let ring = BrokerKeys::create(&keys, &SystemRng::default()).unwrap();
    let tomorrow = noon() + TimeDelta::days(1);
    KeyFolder::open(&keys)
        .unwrap()
        .rotate(KeyRole::Sealing, tomorrow, &SystemRng::default())
        .unwrap();
    let store = LocalStore::open(&folder.path().join("store")).unwrap();
    for number in 0..500 {
        store.suspend(suspension(number)).await.unwrap();
    }
    let backup = back_up(&store, &keys, &folder.path().join("copy"), noon()).unwrap();
    // What comes later is not in it.
    store.suspend(suspension(500)).await.unwrap();
    let token = handles(&ring).seal(&token()).unwrap();
    Copied {
        folder,
        backup,
        token,
    }
}

#[tokio::test]
async fn a_copy_of_an_open_store_is_put_in_place_and_no_token_from_before_works() {
    let copied = copied().await;
    assert_eq!(copied.restore(false).unwrap(), copied.backup);
    let store = LocalStore::open(&copied.target(false).store).unwrap();
    assert_eq!(store.suspensions().await.unwrap().len(), 500);
    assert_eq!(copied.opened(false), Err(HandleError::Foreign));
    let before = BrokerKeys::load(&copied.folder.path().join("keys")).unwrap();
    let after = BrokerKeys::load(&copied.target(false).keys).unwrap();
    assert_eq!(
        before.public(),
        after.public(),
        "receipts are still its own"
    );
    let name = |keys: &BrokerKeys| keys.names_key().derive(&[b"name"]).unwrap();
    assert_eq!(name(&before), name(&after));
    // What is there is never written over.
    let again = copied.restore(false).unwrap_err();
    assert_eq!(again.reason(), "backup_not_empty");
}

#[tokio::test]
async fn tokens_go_on_when_the_operator_says_that_nothing_was_decided_since() {
    let copied = copied().await;
    copied.restore(true).unwrap();
    assert_eq!(copied.opened(true), Ok(token()));
}

#[tokio::test]
async fn a_copy_that_was_changed_or_is_newer_is_refused_and_nothing_is_written() {
    let copied = copied().await;
    let copy = copied.folder.path().join("copy");
    let refused = |file: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let path = copy.join(file);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        change(&mut bad);
        fs::write(&path, &bad).unwrap();
        let refused = copied.restore(false).unwrap_err();
        assert!(!Path::new(&copied.target(false).store).exists());
        assert!(!Path::new(&copied.target(false).keys).exists());
        fs::write(&path, good).unwrap();
        refused.reason()
    };
    let flip = |octets: &mut Vec<u8>| octets[77] ^= 1;
    let shorten = |octets: &mut Vec<u8>| octets.truncate(octets.len() - 1);
    assert_eq!(refused("rows", &flip), "backup_damaged");
    assert_eq!(refused("rows", &shorten), "backup_damaged");
    assert_eq!(refused("keys/signing-key.p8", &flip), "backup_damaged");
    let newer = |octets: &mut Vec<u8>| {
        let text = String::from_utf8(octets.clone()).unwrap();
        *octets = text.replace("\"format\": 1", "\"format\": 2").into_bytes();
    };
    assert_eq!(refused("backup.json", &newer), "backup_newer_format");
    fs::remove_file(copy.join("backup.json")).unwrap();
    assert_eq!(
        copied.restore(false).unwrap_err().reason(),
        "backup_damaged"
    );
}
