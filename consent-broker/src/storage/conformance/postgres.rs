//! The properties for the store of many nodes.

use credential_core::id::ReadId;
use private_postgres::PrivatePostgres;

use crate::{
    storage::{
        PostgresStore, Read, ReadAnswer, Store as _, UseToken, conformance::fixture::Fixture,
    },
    tests::support::noon,
};

/// A store in a schema of its own.
async fn open() -> Option<(Fixture<PostgresStore>, String)> {
    let url = PrivatePostgres::shared()?.fresh().unwrap();
    PostgresStore::migrate(&url).await.unwrap();
    let store = PostgresStore::open(&url, 4).await.unwrap();
    Some((Fixture::new(store), url))
}

every_property!(open().await);

/// Each operation says beforehand what it will look at: it is one fetch and one commit.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_often_takes_two_statements() {
    let Some((f, _url)) = open().await else {
        return;
    };
    let before = f.store.spoken();
    let spoken = || {
        let now = f.store.spoken();
        (now.fetches - before.fetches, now.commits - before.commits)
    };
    f.push().await;
    assert_eq!(spoken(), (1, 1), "a pushed request");
    let (order, account) = f.order(Some(None)).await;
    let grant_id = order.grant_id;
    let earlier = spoken();
    let decided = f.store.decide(order, &f.notary, noon()).await.unwrap();
    decided.unwrap();
    assert_eq!(spoken(), (earlier.0 + 1, earlier.1 + 1), "a decision");
    let use_token = || UseToken {
        subject_id: account.subject_id,
        grant_id,
        epoch: 1,
    };
    let tokens = f.store.redeem_code(use_token(), &f.notary, noon()).await;
    assert!(tokens.unwrap().is_some());
    assert_eq!(spoken(), (earlier.0 + 2, earlier.1 + 2), "a code");
    let tokens = f.store.renew(use_token(), &f.notary, noon()).await;
    assert!(tokens.unwrap().is_some());
    assert_eq!(spoken(), (earlier.0 + 3, earlier.1 + 3), "a refresh token");
    let read = Read {
        recipient: f.recipient.client_id(),
        subject_id: account.subject_id,
        grant_id,
        epoch: 1,
        jkt: "reader".into(),
        read_id: ReadId::from_bytes([1; 16]),
    };
    let reading = f.store.read(read, &f.notary, noon()).await.unwrap();
    assert!(matches!(reading, ReadAnswer::Given(_)));
    assert_eq!(spoken(), (earlier.0 + 4, earlier.1 + 4), "a read");
    let log = f.store.log_since(account.subject_id, 0).await.unwrap();
    assert_eq!(log.unwrap().entries.len(), 5);
    assert_eq!(
        spoken(),
        (earlier.0 + 5, earlier.1 + 4),
        "a look at the log"
    );
}
