//! What a reading leaves behind beside its count.

use credential_core::{
    access_log::Kind,
    clock::Clock as _,
    id::{GrantId, ReadId},
};

use super::fixture::{Fixture, Given};
use crate::storage::{AcknowledgeRead, Store};

async fn acknowledge(f: &Fixture<impl Store>, grant_id: GrantId, recipient: String) -> Option<()> {
    let order = AcknowledgeRead {
        grant_id,
        recipient,
        read_id: ReadId::from_bytes([1; 16]),
        ack: "signed ".repeat(500),
    };
    let kept = f.store.acknowledge_read(order, &f.notary, f.clock.now());
    kept.await.unwrap()
}

async fn acks(f: &Fixture<impl Store>, given: &Given) -> Vec<String> {
    let held = f.store.held(given.grant_id).await.unwrap();
    held.unwrap().acks
}

pub(super) async fn a_reading_names_its_own_place_and_leaf(f: &Fixture<impl Store>) {
    let given = f.give(Some(1)).await;
    let reading = f.read(&given, 1).await.unwrap();
    let log = f.store.log_since(given.account.subject_id, 0).await;
    let log = log.unwrap().unwrap();
    // The last allowed read is followed by the grant's end.
    assert_eq!((reading.seq, log.entries.len()), (2, 4));
    let entry = &log.entries[2];
    assert_eq!((entry.kind, entry.seq), (Kind::Read, 2));
    assert_eq!(entry.leaf(), Ok(reading.leaf));
}

pub(super) async fn a_reading_is_acknowledged_once_and_only_by_its_reader(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    f.read(&given, 1).await.unwrap();
    let recipient = f.recipient.client_id();
    assert_eq!(acknowledge(f, given.grant_id, "another".into()).await, None);
    let unknown = GrantId::from_bytes([9; 16]);
    assert_eq!(acknowledge(f, unknown, recipient.clone()).await, None);
    assert_eq!(acks(f, &given).await, [""; 0]);
    for _again in 0..2 {
        let kept = acknowledge(f, given.grant_id, recipient.clone()).await;
        assert_eq!(kept, Some(()));
    }
    assert_eq!(acks(f, &given).await, ["signed ".repeat(500)]);
    let kinds = f.kinds(&given.account).await;
    assert_eq!(kinds[2..], [Kind::Read, Kind::ReadAcknowledged]);
}
