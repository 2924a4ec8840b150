//! The life of a grant in any order of steps, and what holds at every end: seven invariants over what
//! the store has kept. That no key of the broker opens a deposit (the fifth) needs real deposits, and is
//! tested where the wallet is.

use chrono::{DateTime, TimeDelta};
use credential_core::{
    access_log::{Entry, Kind, Outcome},
    clock::Clock as _,
    consent::{
        decision::{SignedDecision, Verdict},
        details::GrantedDetails,
        receipt::Receipt,
    },
    jose::{Signer as _, VerifyingKey},
};
use private_postgres::PrivatePostgres;
use proptest::{prelude::*, test_runner::TestRunner};

use super::{
    changing::asked,
    fixture::{Fixture, Given},
    model::{Model, State},
};
use crate::{
    grant::{ChangeError, Grant, Papers},
    log_check::check_logs,
    storage::{LocalStore, PostgresStore, Store, UseToken},
};

#[derive(Debug, Clone, Copy)]
enum Step {
    Read(u8),
    Redeem,
    Refresh,
    Pause,
    Resume,
    LeaveGradeOut,
    EndSooner,
    FewerReads(u32),
    Renew,
    /// The last change that was made, once more.
    Repeat,
    /// Some earlier change, once more.
    PlayAgain(usize),
    Withdraw,
    StopAll,
    Wait(i64),
    Purge,
}

fn step() -> impl Strategy<Value = Step> {
    let wait = prop_oneof![
        Just(1_i64),
        Just(300),
        Just(600),
        Just(86_400),
        Just(86_400 * 6),
        Just(86_400 * 29)
    ];
    prop_oneof![
        10 => (0..4_u8).prop_map(Step::Read),
        2 => Just(Step::Redeem),
        2 => Just(Step::Refresh),
        4 => Just(Step::Pause),
        5 => Just(Step::Resume),
        2 => Just(Step::LeaveGradeOut),
        2 => Just(Step::EndSooner),
        2 => (1..6_u32).prop_map(Step::FewerReads),
        4 => Just(Step::Renew),
        2 => Just(Step::Repeat),
        2 => (0..6_usize).prop_map(Step::PlayAgain),
        1 => Just(Step::Withdraw),
        1 => Just(Step::StopAll),
        4 => wait.prop_map(Step::Wait),
        2 => Just(Step::Purge),
    ]
}

struct Run<S> {
    fixture: Fixture<S>,
    given: Given,
    model: Model,
    made: Vec<crate::storage::Change>,
    readings: u32,
}

/// A life over a store that nothing else is in.
async fn run<S: Store>(store: S, most: Option<u32>, steps: &[Step]) -> Run<S> {
    let fixture = Fixture::new(store);
    let given = fixture.give(most).await;
    let details = given.papers.granted().unwrap();
    let deposit_ends = fixture.clock.now() + TimeDelta::days(30);
    let mut run = Run {
        model: Model::given(details, deposit_ends),
        fixture,
        given,
        made: Vec::new(),
        readings: 0,
    };
    for step in steps {
        run.take(*step).await;
    }
    run
}

impl<S: Store> Run<S> {
    async fn take(&mut self, step: Step) {
        let now = self.fixture.clock.now();
        match step {
            Step::Read(id) => {
                let reading = self.fixture.read(&self.given, id).await;
                let outcome = self.model.read(id, now);
                assert_eq!(
                    reading.is_some(),
                    outcome == Outcome::Done,
                    "{:?}",
                    self.model
                );
                self.readings += u32::from(reading.is_some());
            }
            Step::Redeem | Step::Refresh => self.use_token(step).await,
            Step::Withdraw => {
                self.fixture.withdraw(&self.given).await;
                if self.model.state != State::Over(Kind::Withdrawn) {
                    self.model.end(Kind::Withdrawn);
                }
            }
            Step::StopAll => {
                let stopped = self.fixture.stop_all(&self.given).await;
                if self.model.is_living(now) {
                    self.model.end(Kind::Stopped);
                }
                let is_stopped = self.model.state == State::Over(Kind::Stopped);
                assert_eq!(stopped.len(), usize::from(is_stopped));
            }
            Step::Wait(seconds) => self.fixture.clock.advance(TimeDelta::seconds(seconds)),
            Step::Purge => {
                self.fixture.purge().await;
                self.model.purge(now);
            }
            Step::Repeat => self.repeat().await,
            Step::PlayAgain(which) => self.play_again(which).await,
            _ => self.change(step).await,
        }
    }

    async fn use_token(&mut self, step: Step) {
        let now = self.fixture.clock.now();
        let order = UseToken {
            subject_id: self.given.account.subject_id,
            grant_id: self.given.grant_id,
            epoch: 1,
        };
        let (store, notary) = (&self.fixture.store, &self.fixture.notary);
        let (answer, expected) = if matches!(step, Step::Redeem) {
            (
                store.redeem_code(order, notary, now),
                self.model.redeem(now),
            )
        } else {
            (store.renew(order, notary, now), self.model.refresh(now))
        };
        assert_eq!(
            answer.await.unwrap().is_some(),
            expected,
            "{:?}",
            self.model
        );
    }

    /// What a person would sign; what cannot be signed rightly is not tried.
    async fn change(&mut self, step: Step) {
        let now = self.fixture.clock.now();
        let mut details = self.model.details.clone();
        let verdict = match step {
            Step::Pause => Verdict::Paused,
            Step::Resume => Verdict::Resumed,
            Step::LeaveGradeOut => {
                let claims = &mut details.dcql_query.credentials[0].claims;
                claims.retain(|claim| claim.id != "grade");
                Verdict::Narrowed
            }
            Step::EndSooner => {
                details.until -= TimeDelta::days(1);
                Verdict::Narrowed
            }
            Step::FewerReads(most) => {
                details.max_reads = Some(most);
                Verdict::Narrowed
            }
            _ => {
                details.until = asked(&self.given).ends_at(now, "P90D".parse().unwrap());
                Verdict::Renewed
            }
        };
        let details = verdict.grants().then_some(details);
        let order = self
            .fixture
            .next_change(&self.given, verdict, details.clone());
        let Ok(order) = order.await else { return };
        let changed = self.fixture.change(order.clone()).await;
        let expected = self.model.change(&order, details.as_ref(), now);
        assert_eq!(changed.as_ref().map(drop), expected.as_ref().map(drop));
        if let Ok(changed) = changed {
            assert_eq!(changed.log_size, self.model.log.len() as u64);
            self.made.push(order.clone());
            self.model.last = Some((order, changed));
        }
    }

    async fn repeat(&mut self) {
        if let Some((order, answer)) = &self.model.last {
            let again = self.fixture.change(order.clone()).await;
            assert_eq!(again.as_ref(), Ok(answer));
        }
    }

    async fn play_again(&mut self, which: usize) {
        let old = self.made.iter().rev().nth(which + 1).cloned();
        if let Some(old) = old {
            let refused = self.fixture.change(old).await;
            let living = self.model.is_living(self.fixture.clock.now());
            let expected = if living {
                ChangeError::OutOfOrder
            } else {
                ChangeError::Ended
            };
            assert_eq!(refused, Err(expected));
        }
    }
}

/// What the store has kept in the end.
struct Kept {
    grant: Grant,
    papers: Papers,
    entries: Vec<Entry>,
    receipts: Vec<Receipt>,
}

impl<S: Store> Run<S> {
    async fn kept(&self) -> Kept {
        let store = &self.fixture.store;
        let subject = self.given.account.subject_id;
        let (grant, papers) = self.fixture.grant(&self.given).await;
        let log = store.log_since(subject, 0).await.unwrap().unwrap();
        let key = VerifyingKey::try_from(self.fixture.signer.public_jwk()).unwrap();
        let receipts = store.receipts(subject, None).await.unwrap();
        let receipts = receipts.iter().map(|r| Receipt::verify(r, &key).unwrap());
        Kept {
            receipts: receipts.collect(),
            entries: log.entries,
            grant,
            papers,
        }
    }

    async fn check(&self) {
        let kept = self.kept().await;
        let lines = kept.entries.iter().map(|entry| {
            let hash = entry.details_hash.clone().unwrap();
            (entry.kind, entry.outcome, hash)
        });
        assert_eq!(lines.collect::<Vec<_>>(), self.model.log);
        i1_no_read_stands_after_an_end_or_in_a_pause(&kept.entries);
        i2_reads_are_no_more_than_allowed(&kept);
        i3_every_reading_is_one_line(&kept.entries, self.readings);
        self.i4_granted_is_within_asked_is_within_registered(&kept.papers);
        let found = check_logs(&self.fixture.store).await.unwrap();
        assert_eq!(found.damaged, [], "i6: the head comes out of the rows");
        i7_receipt_row_and_line_name_the_same_terms(&kept);
    }

    fn i4_granted_is_within_asked_is_within_registered(&self, papers: &Papers) {
        let entry = self.fixture.recipient.entry();
        let role = entry.recipient.unwrap();
        let asked = asked(&self.given);
        let decisions = papers.earlier.iter().chain([&papers.decision]);
        for decision in decisions {
            let decision = SignedDecision::open(decision.clone()).unwrap();
            let said = DateTime::from_timestamp(decision.claims().iat, 0).unwrap();
            let details = decision.claims().details.as_ref().unwrap();
            assert!(details.narrows(&asked, said + TimeDelta::minutes(5)));
            assert!(role.registers(details));
        }
        let registered = &role.intended_uses[0].dcql_query;
        assert!(asked.dcql_query.is_within(registered));
    }
}

fn i1_no_read_stands_after_an_end_or_in_a_pause(entries: &[Entry]) {
    let (mut ended, mut exhausted, mut paused) = (false, false, false);
    for entry in entries {
        match entry.kind {
            Kind::Withdrawn | Kind::Stopped | Kind::Expired => ended = true,
            Kind::Exhausted => exhausted = true,
            Kind::Paused => paused = true,
            Kind::Resumed => paused = false,
            Kind::Read => assert!(!ended && !paused && !exhausted, "{entries:?}"),
            Kind::ReadRepeated => assert!(!ended && !paused, "{entries:?}"),
            _ => {}
        }
    }
}

fn i2_reads_are_no_more_than_allowed(kept: &Kept) {
    let counted = kept.entries.iter().filter(|e| e.kind == Kind::Read).count();
    assert_eq!(counted as u32, kept.grant.reads);
    assert!(
        kept.grant
            .max_reads
            .is_none_or(|most| kept.grant.reads <= most)
    );
}

fn i3_every_reading_is_one_line(entries: &[Entry], readings: u32) {
    let is_reading = |entry: &&Entry| matches!(entry.kind, Kind::Read | Kind::ReadRepeated);
    let lines: Vec<&Entry> = entries.iter().filter(is_reading).collect();
    assert_eq!(lines.len() as u32, readings);
    assert!(lines.iter().all(|line| line.deposit_hash.is_some()));
}

fn i7_receipt_row_and_line_name_the_same_terms(kept: &Kept) {
    for receipt in &kept.receipts {
        let claims = receipt.claims();
        let hash = claims
            .details
            .as_ref()
            .map(|d: &GrantedDetails| d.hash_base64url().unwrap());
        let line = &kept.entries[claims.log_seq as usize];
        assert_eq!((&claims.details_hash, &line.details_hash), (&hash, &hash));
    }
    let in_force = kept.papers.granted().unwrap().hash_base64url().unwrap();
    assert_eq!(kept.grant.details_hash, in_force);
    let last = kept.entries.last().unwrap();
    assert_eq!(last.details_hash.as_ref(), Some(&in_force));
}

type Life = (Option<u32>, Vec<Step>);

fn life(longest: usize) -> impl Strategy<Value = Life> {
    let most = prop_oneof![Just(None), (1..5_u32).prop_map(Some)];
    (most, proptest::collection::vec(step(), 1..longest))
}

/// Lives over new stores, each of which `open` gives; fewer than `cases` only where it gives none.
fn live<S: Store, K>(cases: u32, longest: usize, open: impl AsyncFn() -> Option<(S, K)>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases,
        source_file: Some(file!()),
        ..ProptestConfig::default()
    };
    let lived = TestRunner::new(config).run(&life(longest), |(most, steps)| {
        runtime.block_on(async {
            if let Some((store, _kept)) = open().await {
                run(store, most, &steps).await.check().await;
            }
        });
        Ok(())
    });
    lived.unwrap();
}

async fn folder() -> Option<(LocalStore, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    Some((LocalStore::open(folder.path()).unwrap(), folder))
}

async fn database() -> Option<(PostgresStore, ())> {
    let url = PrivatePostgres::shared()?.fresh().unwrap();
    PostgresStore::migrate(&url).await.unwrap();
    Some((PostgresStore::open(&url, 2).await.unwrap(), ()))
}

#[test]
fn i1_to_i7_hold_in_every_life_of_a_grant() {
    live(96, 32, folder);
}

#[test]
fn i1_to_i7_hold_in_every_life_of_a_grant_over_a_database() {
    live(8, 32, database);
}

#[test]
#[ignore = "long"]
fn i1_to_i7_hold_in_a_thousand_long_lives() {
    live(1000, 64, folder);
}

#[test]
#[ignore = "long"]
fn i1_to_i7_hold_in_three_hundred_long_lives_over_a_database() {
    live(300, 64, database);
}

/// Has failed once: a memory that was due, made anew, was forgotten.
#[tokio::test]
async fn a_read_that_is_made_anew_after_its_time_is_remembered_anew() {
    let steps = [
        Step::Read(0),
        Step::Wait(600),
        Step::Read(0),
        Step::Purge,
        Step::Read(0),
    ];
    let (store, _folder) = folder().await.unwrap();
    run(store, None, &steps).await.check().await;
}

/// A life with every change in it, so that the property above is not about lives without any.
#[tokio::test]
async fn every_change_is_reached() {
    let steps = [
        Step::Redeem,
        Step::Read(0),
        Step::Pause,
        Step::Read(0),
        Step::Resume,
        Step::Read(0),
        Step::LeaveGradeOut,
        Step::Repeat,
        Step::PlayAgain(0),
        Step::FewerReads(5),
        Step::EndSooner,
        Step::Wait(86_400 * 6),
        Step::Renew,
        Step::Read(0),
        Step::Wait(86_400 * 29),
        Step::Read(1),
        Step::StopAll,
        Step::Read(1),
    ];
    let (store, _folder) = folder().await.unwrap();
    let run = run(store, None, &steps).await;
    run.check().await;
    let kinds: Vec<Kind> = run.model.log.iter().map(|line| line.0).collect();
    for kind in [
        Kind::Paused,
        Kind::Resumed,
        Kind::Narrowed,
        Kind::Renewed,
        Kind::ReadRepeated,
        Kind::Stopped,
    ] {
        assert!(kinds.contains(&kind), "{kind:?}: {kinds:?}");
    }
    let outcomes: Vec<Outcome> = run.model.log.iter().map(|line| line.1).collect();
    for outcome in [
        Outcome::GrantPaused,
        Outcome::NothingDeposited,
        Outcome::GrantEnded,
    ] {
        assert!(outcomes.contains(&outcome), "{outcome:?}");
    }
}
