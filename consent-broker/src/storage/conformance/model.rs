//! A grant against a model of ten lines: whatever is done in whatever order, the store answers as the
//! model does, and afterwards the log counts what the model counted.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::access_log::Kind;
use credential_core::clock::Clock as _;
use proptest::prelude::*;

use super::fixture::{Fixture, Given};
use crate::{
    log_check::check_logs,
    storage::{LocalStore, Store as _, UseToken},
    tests::support::noon,
};

#[derive(Debug, Clone, Copy)]
enum Step {
    Read(u8),
    Redeem,
    Withdraw,
    Wait(i64),
    Purge,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_u8).prop_map(Step::Read),
        2 => Just(Step::Redeem),
        1 => Just(Step::Withdraw),
        3 => prop_oneof![Just(1_i64), Just(300), Just(600), Just(86_400 * 29)].prop_map(Step::Wait),
        2 => Just(Step::Purge),
    ]
}

#[derive(Debug)]
struct Model {
    most: Option<u32>,
    reads: u32,
    repeats: u32,
    refused: u32,
    made: BTreeMap<u8, DateTime<Utc>>,
    withdrawn: bool,
    code_uses: u32,
}

impl Model {
    fn read(&mut self, id: u8, now: DateTime<Utc>) -> bool {
        let repeatable = |made: &DateTime<Utc>| now < *made + TimeDelta::minutes(10);
        let lives = !self.withdrawn && self.code_uses < 2 && now < noon() + TimeDelta::days(30);
        let repeats = self.made.get(&id).is_some_and(repeatable);
        let is_left = self.most.is_none_or(|most| self.reads < most);
        match (lives, repeats, is_left) {
            (true, true, _) => self.repeats += 1,
            (true, false, true) => {
                self.reads += 1;
                self.made.insert(id, now);
            }
            _ => {
                self.refused += 1;
                return false;
            }
        }
        true
    }

    fn redeem(&mut self, now: DateTime<Utc>) -> bool {
        let exhausted = self.most.is_some_and(|most| self.reads >= most);
        if self.withdrawn || exhausted || now >= noon() + TimeDelta::days(30) {
            return false;
        }
        self.code_uses += 1;
        self.code_uses == 1
    }
}

async fn run(most: Option<u32>, steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(LocalStore::open(folder.path()).unwrap());
    let given = fixture.give(most).await;
    let mut model = Model {
        most,
        reads: 0,
        repeats: 0,
        refused: 0,
        made: BTreeMap::new(),
        withdrawn: false,
        code_uses: 0,
    };
    for step in &steps {
        take(&fixture, &given, &mut model, *step).await;
    }
    let kinds = fixture.kinds(&given.account).await;
    let count = |kind| kinds.iter().filter(|k| **k == kind).count() as u32;
    let logged = [Kind::Read, Kind::ReadRepeated, Kind::ReadRefused].map(count);
    assert_eq!(
        logged,
        [model.reads, model.repeats, model.refused],
        "{steps:?}"
    );
    let held = fixture.store.held(given.grant_id).await.unwrap().unwrap();
    assert_eq!(held.grant.reads, model.reads);
    assert!(!model.withdrawn || held.deposits.is_empty());
    assert_eq!(check_logs(&fixture.store).await.unwrap().damaged, []);
}

async fn take(fixture: &Fixture<LocalStore>, given: &Given, model: &mut Model, step: Step) {
    let now = fixture.clock.now();
    match step {
        Step::Read(id) => {
            let reading = fixture.read(given, id).await;
            assert_eq!(reading.is_some(), model.read(id, now), "{model:?}");
            assert!(reading.is_none_or(|r| r.ciphertext == given.ciphertext));
        }
        Step::Redeem => {
            let order = UseToken {
                subject_id: given.account.subject_id,
                grant_id: given.grant_id,
                epoch: 1,
            };
            let redeemed = fixture.store.redeem_code(order, &fixture.notary, now);
            assert_eq!(
                redeemed.await.unwrap().is_some(),
                model.redeem(now),
                "{model:?}"
            );
        }
        Step::Withdraw => {
            fixture.withdraw(given).await;
            model.withdrawn = true;
        }
        Step::Wait(seconds) => fixture.clock.advance(TimeDelta::seconds(seconds)),
        Step::Purge => {
            fixture.purge().await;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn a_grant_behaves_as_its_model(
        most in prop_oneof![Just(None), (1..4_u32).prop_map(Some)],
        steps in proptest::collection::vec(step(), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(most, steps));
    }
}
