//! The properties for the store of one node, and what only a store on disk can show.

use credential_core::id::RequestId;

use crate::{
    storage::{
        ListMark, LocalStore, StorageError, Store as _,
        conformance::{fixture::Fixture, hands::edit},
    },
    suspension::Suspension,
    tests::support::noon,
};

fn open() -> (Fixture<LocalStore>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = LocalStore::open(folder.path()).unwrap();
    (Fixture::new(store), folder)
}

every_property!(Some(open()));

#[tokio::test(flavor = "multi_thread")]
async fn a_full_outbox_takes_no_more_and_never_keeps_a_share_from_ending() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(LocalStore::open(folder.path()).unwrap());
    let given = fixture.redeemed().await;
    let other = fixture.redeemed().await;
    fixture.withdraw(&other).await;
    let fixture = fixture.reopened(|store| {
        drop(store);
        edit(folder.path(), |raw| {
            let (key, value) = raw.scan_prefix(b"b").next().unwrap().unwrap();
            let row = String::from_utf8(value.to_vec()).unwrap();
            let full = row.replace(r#""waiting":1"#, r#""waiting":10000"#);
            assert_ne!(full, row);
            raw.insert(key, full.as_bytes()).unwrap();
        });
        LocalStore::open(folder.path()).unwrap()
    });
    assert!(!fixture.withdraw(&given).await.is_empty());
    assert!(fixture.read(&given, 1).await.is_none());
    assert_eq!(fixture.waiting(9).await.0.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_can_be_stopped_when_the_disk_takes_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let first = Fixture::new(LocalStore::open(folder.path()).unwrap());
    let (given, other) = (first.give(None).await, first.give(None).await);
    let free = first.store.free_room().unwrap();
    let fixture = first.reopened(|store| {
        drop(store);
        // As if the disk were that small.
        LocalStore::open_with_reserve(folder.path(), free / 4 * 5).unwrap()
    });
    assert_eq!(fixture.try_give().await, Err(StorageError::Full));
    assert_eq!(fixture.store.refuse_if_full(), Ok(()));
    assert!(!fixture.withdraw(&given).await.is_empty());
    let fixture = fixture.reopened(|store| {
        drop(store);
        LocalStore::open(folder.path()).unwrap()
    });
    assert!(fixture.read(&given, 1).await.is_none());
    assert!(fixture.read(&other, 1).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let first = Fixture::new(LocalStore::open(folder.path()).unwrap());
    let given = first.give(Some(2)).await;
    assert!(first.read(&given, 1).await.is_some());
    let before = first.store_state(&given).await;
    let fixture = first.reopened(|store| {
        drop(store);
        LocalStore::open(folder.path()).unwrap()
    });
    assert_eq!(fixture.store_state(&given).await, before);
    assert!(fixture.read(&given, 2).await.is_some());
    assert!(fixture.read(&given, 3).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn suspensions_the_newest_list_and_a_recipients_grants_outlast_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let first = Fixture::new(LocalStore::open(folder.path()).unwrap());
    let given = first.give(None).await;
    let client = first.recipient.client_id();
    let suspension = Suspension {
        participant: client.parse().unwrap(),
        note: "case 17".parse().unwrap(),
        since: noon(),
    };
    first.store.suspend(suspension.clone()).await.unwrap();
    let mark = |sequence| ListMark {
        sequence,
        hash: "hash".into(),
    };
    let accepted = first.store.accept_list("registrar", mark(7)).await;
    assert_eq!(accepted, Ok(Ok(())));
    let fixture = first.reopened(|store| {
        drop(store);
        LocalStore::open(folder.path()).unwrap()
    });
    let store = &fixture.store;
    assert_eq!(
        store.suspension(&suspension.participant).await,
        Ok(Some(suspension))
    );
    assert!(fixture.read(&given, 1).await.is_none());
    assert_eq!(
        store.accept_list("registrar", mark(6)).await,
        Ok(Err(mark(7)))
    );
    let listed = store.grants_of_recipient(&client, None, 10, noon()).await;
    assert_eq!(listed.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_from_before_recipients_had_a_list_gets_one_at_opening() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(LocalStore::open(folder.path()).unwrap());
    let (one, two) = (fixture.give(None).await, fixture.give(None).await);
    let client = fixture.recipient.client_id();
    drop(fixture);
    edit(folder.path(), |raw| {
        for prefix in [b"R".as_slice(), b"V"] {
            for pair in raw.scan_prefix(prefix) {
                raw.remove(pair.unwrap().0).unwrap();
            }
        }
    });
    let store = LocalStore::open(folder.path()).unwrap();
    let listed = store.grants_of_recipient(&client, None, 10, noon()).await;
    let mut ids: Vec<_> = listed.unwrap().iter().map(|grant| grant.grant_id).collect();
    ids.sort();
    let mut expected = [one.grant_id, two.grant_id];
    expected.sort();
    assert_eq!(ids, expected);
}

#[test]
fn a_store_opens_once_at_a_time_and_refuses_a_newer_format() {
    let folder = tempfile::tempdir().unwrap();
    let store = LocalStore::open(folder.path()).unwrap();
    let second = LocalStore::open(folder.path()).unwrap_err();
    assert_eq!(second, StorageError::InUse);
    drop(store);
    edit(folder.path(), |raw| drop(raw.insert(b"0", b"3").unwrap()));
    let newer = LocalStore::open(folder.path()).unwrap_err();
    assert_eq!(newer, StorageError::NewerFormat);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_entry_is_found_by_checking_the_logs() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(LocalStore::open(folder.path()).unwrap());
    let given = fixture.give(None).await;
    drop(fixture);
    edit(folder.path(), |raw| {
        let (key, value) = raw.scan_prefix(b"l").next().unwrap().unwrap();
        let changed = String::from_utf8(value.to_vec()).unwrap();
        let changed = changed.replace("consent_given", "consent_refused");
        raw.insert(key, changed.as_bytes()).unwrap();
    });
    let store = LocalStore::open(folder.path()).unwrap();
    let found = crate::log_check::check_logs(&store).await.unwrap();
    assert_eq!(found.damaged, [given.account.subject_id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_answer_has_seen_is_on_the_disk_by_then() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(LocalStore::open(folder.path()).unwrap());
    let id = RequestId::from_bytes([1; 16]);
    // Applied at once; who asked goes away before it lasts.
    tokio::select! {
        biased;
        pushed = fixture.push_with(id, "a", "x", "signed") => pushed.unwrap(),
        () = std::future::ready(()) => {}
    }
    assert!(
        fixture
            .store
            .known_account("anybody")
            .await
            .unwrap()
            .is_none()
    );
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    let after_power_failure = LocalStore::open(copy.path()).unwrap();
    let shown = after_power_failure.show_request(id, noon()).await;
    assert_eq!(shown.unwrap().unwrap().request, "signed");
}
