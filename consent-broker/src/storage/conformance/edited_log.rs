//! The global log's files under an operator's hands: what `broker log verify` notices, and what only
//! others can.

use std::{path::Path, sync::Arc};

use credential_core::transparency::{Checkpoint, LogSigner, Note, WitnessSigner, origin_of};
use serde_json::Value;

use super::{fixture::Fixture, hands::edit};
use crate::{
    log_check::{Against, Fault, LogCheck, check_logs_against},
    storage::{Cosigned, GlobalLog as _, LocalStore},
    tests::support::noon,
};

fn log_key() -> Arc<LogSigner> {
    let pkcs8 = LogSigner::generate().unwrap();
    Arc::new(LogSigner::from_pkcs8(&origin_of("https://broker.example"), &pkcs8).unwrap())
}

/// A closed store of four persons whose log a witness has seen, and what somebody has kept of it.
async fn closed() -> (tempfile::TempDir, Against) {
    let folder = tempfile::tempdir().unwrap();
    let f = Fixture::new(LocalStore::open(folder.path()).unwrap());
    for _person in 0..4 {
        f.give(None).await;
    }
    let signer = log_key();
    f.store.advance_log(100, &f.notary, &signer).await.unwrap();
    let log = signer.verifier().clone();
    let newest = f.store.checkpoints().await.unwrap().unwrap().newest;
    let pkcs8 = WitnessSigner::generate().unwrap();
    let witness = WitnessSigner::from_pkcs8("w.example/1", &pkcs8).unwrap();
    let cosigned = Cosigned {
        lines: witness
            .cosign(&Note::parse(&newest).unwrap(), noon())
            .to_string(),
        checkpoint: newest.clone(),
        witness: witness.verifier().clone(),
        log: log.clone(),
    };
    assert!(f.store.keep_cosignature(cosigned).await.unwrap());
    let against = Against {
        log: Some(log),
        witnesses: vec![witness.verifier().clone()],
        kept: vec![newest],
    };
    (folder, against)
}

async fn check(folder: &Path, against: &Against) -> LogCheck {
    let store = LocalStore::open(folder).unwrap();
    check_logs_against(&store, against).await.unwrap()
}

fn key(index: u64) -> Vec<u8> {
    [b"E".as_slice(), &index.to_be_bytes()].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn edited_dropped_and_reordered_entries_are_noticed_by_log_verify() {
    type Edit = fn(&::sled::Db);
    let edits: [(Edit, Fault); 3] = [
        (
            |raw| drop(raw.insert(key(1), [7; 32].as_slice()).unwrap()),
            Fault::NotAsSigned,
        ),
        (
            |raw| drop(raw.remove(key(1)).unwrap()),
            Fault::EntriesMissing(0),
        ),
        (
            |raw| {
                let [one, two] = [0, 1].map(|index| raw.get(key(index)).unwrap().unwrap());
                raw.insert(key(0), two).unwrap();
                raw.insert(key(1), one).unwrap();
            },
            Fault::NotAsSigned,
        ),
    ];
    for (change, fault) in edits {
        let (folder, against) = closed().await;
        assert!(check(folder.path(), &against).await.is_sound());
        edit(folder.path(), change);
        let found = check(folder.path(), &against).await;
        assert!(found.global.faults.contains(&fault), "{found:?}");
        assert!(
            found.global.faults.contains(&Fault::NotAsCosigned),
            "{found:?}"
        );
        assert!(found.damaged.is_empty());
    }
}

/// Everything is written anew so that it fits together, and signed: only what others have tells.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_forged_as_a_whole_is_noticed_by_what_others_have_kept() {
    let (folder, against) = closed().await;
    let log = {
        let store = LocalStore::open(folder.path()).unwrap();
        store.checkpoints().await.unwrap().unwrap().newest
    };
    let origin = Checkpoint::parse(Note::parse(&log).unwrap().text())
        .unwrap()
        .origin;
    let pkcs8 = LogSigner::generate().unwrap();
    let forger = LogSigner::from_pkcs8(&origin, &pkcs8).unwrap();
    edit(folder.path(), |raw| {
        for kind in [b"E", b"u", b"Z", b"C"] {
            let keys: Vec<_> = raw.scan_prefix(kind).keys().map(Result::unwrap).collect();
            keys.iter().for_each(|key| drop(raw.remove(key).unwrap()));
        }
    });
    let store = LocalStore::open(folder.path()).unwrap();
    let other = tempfile::tempdir().unwrap();
    let notary = Fixture::new(LocalStore::open(other.path()).unwrap()).notary;
    // One person less, and the rest in another order.
    let advanced = store
        .advance_log(3, &notary, &Arc::new(forger))
        .await
        .unwrap();
    assert_eq!(advanced.appended, 3);
    let own_word = Against::default();
    let found = check_logs_against(&store, &own_word).await.unwrap();
    assert!(found.is_sound(), "alone it fits together: {found:?}");
    let found = check_logs_against(&store, &against).await.unwrap();
    assert!(found.global.faults.contains(&Fault::NotSigned), "{found:?}");
    assert!(
        found.global.faults.contains(&Fault::NotAsKept(4)),
        "{found:?}"
    );
    assert!(
        found
            .global
            .faults
            .contains(&Fault::NotCosigned("w.example/1".into()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_head_that_the_log_does_not_have_is_noticed_by_log_verify() {
    let (folder, against) = closed().await;
    edit(folder.path(), |raw| {
        let (at, row) = raw.scan_prefix(b"u").next().unwrap().unwrap();
        let mut row: Value = serde_json::from_slice(&row).unwrap();
        row["size"] = 1.into();
        raw.insert(at, row.to_string().into_bytes()).unwrap();
    });
    let found = check(folder.path(), &against).await;
    assert!(
        matches!(found.global.faults.as_slice(), [Fault::HeadDiffers(_)]),
        "{found:?}"
    );
}
