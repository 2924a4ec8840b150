//! What happens to the files of one node's store is noticed: a row is as it was written, or the store
//! says that it is damaged. Never is there silently less.

mod everything;
mod flips;

use credential_core::id::GrantId;

use super::{
    fixture::Fixture,
    hands::{change_only, copy, edit},
};
use crate::storage::{LocalStore, StorageError, Store as _};

/// A closed store with one grant.
async fn one_grant() -> (tempfile::TempDir, GrantId) {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(LocalStore::open(&folder.path().join("store")).unwrap());
    let given = fixture.give(None).await;
    (folder, given.grant_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_missing_altered_moved_or_of_nobody_is_noticed_at_opening() {
    type Change = fn(&::sled::Db);
    let changes: [Change; 5] = [
        |rows| {
            let (key, _value) = rows.scan_prefix(b"l").next().unwrap().unwrap();
            rows.remove(key).unwrap();
        },
        |rows| {
            let (key, value) = rows.scan_prefix(b"c").next().unwrap().unwrap();
            let mut value = value.to_vec();
            value[100] ^= 1;
            rows.insert(key, value).unwrap();
        },
        |rows| {
            let mut entries = rows.scan_prefix(b"l").map(Result::unwrap);
            let (one, two) = (entries.next().unwrap(), entries.next().unwrap());
            rows.insert(one.0, two.1).unwrap();
            rows.insert(two.0, one.1).unwrap();
        },
        |rows| drop(rows.insert(b"z", b"").unwrap()),
        |rows| drop(rows.remove(b"=").unwrap()),
    ];
    for change in changes {
        let (folder, _grant) = one_grant().await;
        let store = folder.path().join("store");
        change_only(&store, change);
        for _again in 0..2 {
            let refused = LocalStore::open(&store).unwrap_err();
            assert_eq!(refused, StorageError::Damaged);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_goes_while_the_store_is_open_is_missed_in_a_copy() {
    let (folder, _grant) = one_grant().await;
    let store = LocalStore::open(&folder.path().join("store")).unwrap();
    store.copy(|_key, _value| Ok(())).unwrap();
    store.lose_one(b"l");
    let copied = store.copy(|_key, _value| Ok(()));
    assert_eq!(copied, Err(StorageError::Damaged));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_went_back_behind_its_mark_is_noticed() {
    let (folder, grant) = one_grant().await;
    let (store, older) = (folder.path().join("store"), folder.path().join("older"));
    copy(&store, &older);
    let fixture = Fixture::new(LocalStore::open(&store).unwrap());
    fixture.give(None).await;
    drop(fixture);
    std::fs::copy(store.join("mark"), older.join("mark")).unwrap();
    assert_eq!(LocalStore::open(&older).unwrap_err(), StorageError::Damaged);
    // A mark that is behind accuses nobody: the power may have failed before it was on the disk.
    let (folder, other) = one_grant().await;
    let store = folder.path().join("store");
    let mark = std::fs::read(store.join("mark")).unwrap();
    let fixture = Fixture::new(LocalStore::open(&store).unwrap());
    fixture.give(None).await;
    drop(fixture);
    std::fs::write(store.join("mark"), mark).unwrap();
    let store = LocalStore::open(&store).unwrap();
    assert!(store.held(other).await.unwrap().is_some());
    assert_ne!(other, grant);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file_is_damage_and_is_not_made_anew() {
    for file in ["db", "mark"] {
        let (folder, _grant) = one_grant().await;
        let store = folder.path().join("store");
        std::fs::remove_file(store.join(file)).unwrap();
        for _again in 0..2 {
            let refused = LocalStore::open(&store).unwrap_err();
            assert_eq!(refused, StorageError::Damaged, "{file}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_from_before_there_was_a_sum_gets_one_at_opening() {
    let (folder, grant) = one_grant().await;
    let store = folder.path().join("store");
    edit(&store, |rows| drop(rows.insert(b"0", b"1").unwrap()));
    let opened = LocalStore::open(&store).unwrap();
    assert!(opened.held(grant).await.unwrap().is_some());
    drop(opened);
    change_only(&store, |rows| {
        assert_eq!(rows.get(b"0").unwrap().unwrap(), b"2");
        let (key, _value) = rows.scan_prefix(b"l").next().unwrap().unwrap();
        rows.remove(key).unwrap();
    });
    assert_eq!(LocalStore::open(&store).unwrap_err(), StorageError::Damaged);
}

#[test]
fn a_store_that_was_not_filled_to_the_end_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        Ok((b"a".to_vec(), b"1".to_vec())),
        Err(StorageError::Damaged),
    ];
    let filled = LocalStore::fill(folder.path(), rows.into_iter());
    assert_eq!(filled, Err(StorageError::Damaged));
    assert_eq!(
        LocalStore::open(folder.path()).unwrap_err(),
        StorageError::Damaged
    );
}

/// Says how long counting a million rows of 300 octets takes at opening.
#[test]
#[ignore = "long"]
fn a_million_rows_are_checked_at_opening() {
    let folder = tempfile::tempdir().unwrap();
    let value = [7; 300];
    let rows = (0..1_000_000_u64).map(|number| {
        let key = [b"z".as_slice(), &number.to_be_bytes()].concat();
        Ok((key, value.to_vec()))
    });
    LocalStore::fill(folder.path(), rows).unwrap();
    let begun = std::time::Instant::now();
    let store = LocalStore::open(folder.path()).unwrap();
    println!("opened after {:?}", begun.elapsed());
    let mut count = 0;
    let counted = store.copy(|_key, _value| {
        count += 1;
        Ok(())
    });
    // And the format, and the mark of the recipients' lists.
    assert_eq!((counted, count), (Ok(()), 1_000_002));
}
