//! What a recipient ends by itself.

use credential_core::{access_log::Kind, clock::Clock as _, id::SubjectId};

use super::fixture::{Fixture, Given};
use crate::{
    grant::{Ending, Status},
    log_check::check_logs,
    storage::{Store, UseToken},
    tests::support::noon,
};

fn order(given: &Given, epoch: u32) -> UseToken {
    UseToken {
        subject_id: given.account.subject_id,
        grant_id: given.grant_id,
        epoch,
    }
}

pub(super) async fn revoked_handles_end_once_and_the_grant_stays(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let revoke = async |epoch| {
        let ended = f.store.end_handles(order(&given, epoch), &f.notary, noon());
        ended.await.unwrap()
    };
    assert!(!revoke(2).await);
    assert!(revoke(1).await);
    assert!(!revoke(1).await, "again changes nothing");
    let (grant, _) = f.grant(&given).await;
    assert_eq!((grant.epoch, grant.status), (2, Status::Active));
    let held = f.store.held(given.grant_id).await.unwrap().unwrap();
    assert_eq!(held.deposits.len(), 1);
    let kinds = f.kinds(&given.account).await;
    let revoked = kinds.iter().filter(|kind| **kind == Kind::TokensRevoked);
    assert_eq!(revoked.count(), 1);
    assert_eq!(check_logs(&f.store).await.unwrap().damaged, []);
}

pub(super) async fn a_given_up_grant_is_gone_in_the_same_step(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let give_up = async |order| f.store.give_up(order, &f.notary, noon()).await.unwrap();
    let stranger = UseToken {
        subject_id: SubjectId::from_bytes([9; 16]),
        ..order(&given, 1)
    };
    assert!(!give_up(stranger).await);
    assert!(!give_up(order(&given, 2)).await);
    assert!(give_up(order(&given, 1)).await);
    for epoch in [1, 2] {
        assert!(!give_up(order(&given, epoch)).await);
    }
    let held = f.store.held(given.grant_id).await.unwrap().unwrap();
    assert_eq!(held.deposits, []);
    assert_eq!(held.grant.epoch, 2);
    let how = match held.grant.status {
        Status::Ended { how, .. } => Some(how),
        Status::Active | Status::Paused { .. } => None,
    };
    assert_eq!(how, Some(Ending::GivenUp));
    assert!(f.read(&given, 1).await.is_none());
    let owner = given.account.subject_id;
    let receipts = f.store.receipts(owner, None).await.unwrap();
    assert_eq!(receipts.len(), 2);
    f.clock.advance(chrono::TimeDelta::days(31));
    f.purge().await;
    let (grant, _) = f.grant(&given).await;
    assert_eq!(grant.state_name(f.clock.now()), "given_up");
    assert_eq!(check_logs(&f.store).await.unwrap().damaged, []);
}
