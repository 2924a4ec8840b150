//! Deposits after the first.

use chrono::TimeDelta;
use credential_core::{access_log::Kind, clock::Clock as _, id::SubjectId};

use super::fixture::{Fixture, Given};
use crate::{
    deposit_check::DepositRefused,
    grant::Deposit,
    storage::{AddDeposits, SealedDeposit, Store},
    tests::support::noon,
};

/// A deposit to be read from `from` to `to` days after noon.
fn sealed(seq: u32, (from, to): (i64, i64)) -> SealedDeposit {
    let ciphertext = format!("deposit {seq}");
    let at = |days| (noon() + TimeDelta::days(days)).timestamp();
    let row = Deposit {
        seq,
        nbf: at(from),
        exp: at(to),
        hash: credential_core::encoding::sha256_base64url(&ciphertext),
        length: 9,
        sealed_to: "key".into(),
        deposited_at: noon(),
    };
    SealedDeposit { row, ciphertext }
}

async fn order<S: Store>(
    f: &Fixture<S>,
    given: &Given,
    deposits: Vec<SealedDeposit>,
) -> AddDeposits {
    let (grant, _) = f.grant(given).await;
    AddDeposits {
        subject_id: given.account.subject_id,
        grant_id: given.grant_id,
        details_hash: grant.details_hash,
        replace: false,
        deposits,
    }
}

async fn add(f: &Fixture<impl Store>, order: AddDeposits) -> Option<Result<(), DepositRefused>> {
    let added = f.store.add_deposits(order, &f.notary, f.clock.now());
    added.await.unwrap()
}

async fn kept(f: &Fixture<impl Store>, given: &Given) -> Vec<u32> {
    let held = f.store.held(given.grant_id).await.unwrap().unwrap();
    held.deposits.iter().map(|one| one.row.seq).collect()
}

pub(super) async fn more_deposits_follow_in_one_step_and_once(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let two = order(f, &given, vec![sealed(2, (0, 7)), sealed(3, (7, 14))]).await;
    assert_eq!(add(f, two.clone()).await, Some(Ok(())));
    assert_eq!(add(f, two.clone()).await, Some(Ok(())), "again the same");
    assert_eq!(kept(f, &given).await, [1, 2, 3]);
    assert_eq!(
        f.kinds(&given.account).await[2..],
        [Kind::Deposit, Kind::Deposit]
    );
    let (grant, _) = f.grant(&given).await;
    assert_eq!(grant.deposits, 3);
    assert_eq!(f.read(&given, 1).await.unwrap().ciphertext, "deposit 2");

    // One that does not follow takes the one beside it along.
    let broken = order(f, &given, vec![sealed(4, (0, 7)), sealed(3, (0, 8))]).await;
    assert_eq!(add(f, broken).await, Some(Err(DepositRefused::OutOfOrder)));
    assert_eq!(kept(f, &given).await, [1, 2, 3]);
    let stranger = AddDeposits {
        subject_id: SubjectId::from_bytes([9; 16]),
        ..two.clone()
    };
    assert_eq!(add(f, stranger).await, None);
    f.withdraw(&given).await;
    let late = order(f, &given, vec![sealed(4, (0, 7))]).await;
    assert_eq!(add(f, late).await, Some(Err(DepositRefused::Ended)));
    assert_eq!(kept(f, &given).await, [0; 0]);
}

pub(super) async fn prepared_deposits_are_given_out_when_their_time_comes_and_forgotten_when_it_is_over(
    f: &Fixture<impl Store>,
) {
    let given = f.give(None).await;
    let prepared = vec![sealed(2, (0, 7)), sealed(3, (7, 14)), sealed(4, (14, 21))];
    add(f, order(f, &given, prepared).await)
        .await
        .unwrap()
        .unwrap();
    let end = async || {
        let grants = f.store.grants(given.account.subject_id).await.unwrap();
        grants[0].deposits_end
    };
    assert_eq!(
        end().await,
        Some((noon() + TimeDelta::days(30)).timestamp())
    );
    for (read, expected) in (1..).zip(["deposit 2", "deposit 3", "deposit 4"]) {
        assert_eq!(f.read(&given, read).await.unwrap().ciphertext, expected);
        f.clock.advance(TimeDelta::days(7));
        f.purge().await;
    }
    assert_eq!(
        kept(f, &given).await,
        [1],
        "the first one lives for thirty days"
    );
    f.clock.advance(TimeDelta::days(9));
    f.purge().await;
    assert_eq!(kept(f, &given).await, [0; 0]);
}

pub(super) async fn replaced_deposits_are_gone_in_the_same_step(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let eight = (2..9).map(|seq| sealed(seq, (0, 7))).collect();
    add(f, order(f, &given, eight).await)
        .await
        .unwrap()
        .unwrap();
    let one = order(f, &given, vec![sealed(9, (0, 7))]).await;
    assert_eq!(
        add(f, one.clone()).await,
        Some(Err(DepositRefused::TooMany))
    );
    let instead = AddDeposits {
        replace: true,
        ..one
    };
    assert_eq!(add(f, instead).await, Some(Ok(())));
    assert_eq!(kept(f, &given).await, [9]);
}

pub(super) async fn a_changed_key_is_noted_once(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let note = async |key: &str| {
        let asked = vec![(given.grant_id, key.to_owned())];
        let subject = given.account.subject_id;
        let noted = f
            .store
            .note_new_keys(subject, asked, &f.notary, f.clock.now());
        noted.await.unwrap();
    };
    note("second").await;
    note("second").await;
    assert_eq!(f.kinds(&given.account).await[2..], [Kind::KeyChanged]);
    note("third").await;
    f.withdraw(&given).await;
    note("fourth").await;
    assert_eq!(
        f.kinds(&given.account).await[2..],
        [Kind::KeyChanged, Kind::KeyChanged, Kind::Withdrawn]
    );
}
