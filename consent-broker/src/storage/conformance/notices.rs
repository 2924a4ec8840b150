//! Properties of the outbox and of waiting.

use chrono::TimeDelta;
use credential_core::{
    access_log::Kind,
    clock::Clock as _,
    jose::jws::Unverified,
    notices::{Event, NoticeClaims, TYP},
};

use super::fixture::{Fixture, Given};
use crate::storage::{LogEnd, Push, Pushed, Settle, Store, Topic, UseToken};

impl<S: Store> Fixture<S> {
    /// A grant whose tokens its recipient has.
    pub(super) async fn redeemed(&self) -> Given {
        let given = self.give(None).await;
        let order = UseToken {
            subject_id: given.account.subject_id,
            grant_id: given.grant_id,
            epoch: 1,
        };
        let now = self.clock.now();
        let redeemed = self.store.redeem_code(order, &self.notary, now);
        redeemed.await.unwrap().unwrap();
        given
    }

    pub(super) async fn waiting(&self, most: usize) -> (Vec<String>, bool) {
        let waiting = self
            .store
            .waiting_notices(&self.recipient.client_id(), most);
        let waiting = waiting.await.unwrap();
        let names = waiting.notices.into_iter().map(|notice| notice.jti);
        (names.collect(), waiting.has_more)
    }

    async fn settle(&self, client: &str, settled: Settle) -> usize {
        let now = self.clock.now();
        let settled = self
            .store
            .settle_notices(client, settled, &self.notary, now);
        settled.await.unwrap()
    }

    async fn claim(&self) -> Option<Push> {
        let now = self.clock.now();
        let clients = vec!["nobody".to_owned(), self.recipient.client_id()];
        let mut pushes = self.store.claim_pushes(clients, now).await.unwrap();
        assert!(pushes.len() <= 1);
        pushes.pop()
    }

    async fn record(&self, push: &Push, pushed: Pushed) {
        let now = self.clock.now();
        let recorded =
            self.store
                .record_push(&push.client_id, &push.jti, pushed, &self.notary, now);
        recorded.await.unwrap();
    }
}

fn acknowledged(names: &[String]) -> Settle {
    Settle {
        acknowledged: names.to_vec(),
        refused: Vec::new(),
    }
}

pub(super) async fn a_notice_waits_until_its_own_recipient_settles_it(f: &Fixture<impl Store>) {
    let unredeemed = f.give(None).await;
    f.withdraw(&unredeemed).await;
    let given = f.redeemed().await;
    f.withdraw(&given).await;
    f.withdraw(&given).await;
    let (names, has_more) = f.waiting(9).await;
    assert_eq!((names.len(), has_more), (1, false));
    let held = f.store.held(given.grant_id).await.unwrap().unwrap();
    let claims: NoticeClaims = Unverified::parse(&held.notices[0].set, TYP)
        .unwrap()
        .untrusted_payload()
        .unwrap();
    assert_eq!(
        (&claims.jti, claims.events.grant_id()),
        (&names[0], given.grant_id)
    );
    assert!(matches!(claims.events, Event::Ended { .. }));
    assert_eq!(f.settle("nobody", acknowledged(&names)).await, 0);
    let client = f.recipient.client_id();
    assert_eq!(f.settle(&client, acknowledged(&["0".into()])).await, 0);
    assert_eq!(f.settle(&client, acknowledged(&names)).await, 1);
    assert_eq!(f.settle(&client, acknowledged(&names)).await, 0);
    assert_eq!(f.waiting(9).await, (vec![], false));
    let kinds = f.kinds(&given.account).await;
    assert_eq!(kinds[kinds.len() - 2..], [Kind::Withdrawn, Kind::Notified]);
}

pub(super) async fn notices_wait_in_order_and_are_forgotten_after_thirty_days(
    f: &Fixture<impl Store>,
) {
    for _ in 0..3 {
        let given = f.redeemed().await;
        f.withdraw(&given).await;
        f.clock.advance(TimeDelta::seconds(1));
    }
    let (all, _) = f.waiting(3).await;
    assert!(all.is_sorted() && all.len() == 3);
    assert_eq!(f.waiting(2).await, (all[..2].to_vec(), true));
    f.clock.advance(TimeDelta::days(30) - TimeDelta::seconds(2));
    while f.purge().await > 0 {}
    assert_eq!(f.waiting(3).await, (all[2..].to_vec(), false));
    let refused = Settle {
        acknowledged: Vec::new(),
        refused: all.clone(),
    };
    assert_eq!(f.settle(&f.recipient.client_id(), refused).await, 1);
    f.clock.advance(TimeDelta::days(1));
    while f.purge().await > 0 {}
    assert_eq!(f.waiting(3).await, (vec![], false));
}

pub(super) async fn one_push_at_a_time_is_handed_out_and_again_when_nobody_says_how_it_went(
    f: &Fixture<impl Store>,
) {
    assert_eq!(f.claim().await, None);
    let (first, second) = (f.redeemed().await, f.redeemed().await);
    f.withdraw(&first).await;
    f.withdraw(&second).await;
    let (names, _) = f.waiting(2).await;
    let push = f.claim().await.unwrap();
    assert_eq!((&push.jti, push.tries), (&names[0], 0));
    assert_eq!(f.claim().await, None);
    f.clock.advance(TimeDelta::minutes(1));
    assert_eq!(f.claim().await, Some(push.clone()));
    let again_at = f.clock.now() + TimeDelta::minutes(5);
    f.record(&push, Pushed::Failed { again_at }).await;
    f.clock.advance(TimeDelta::minutes(4));
    assert_eq!(f.claim().await, None);
    f.clock.advance(TimeDelta::minutes(1));
    let push = f.claim().await.unwrap();
    assert_eq!((&push.jti, push.tries), (&names[0], 1));
    // It was acknowledged meanwhile in another way: that the push arrived too is not said twice.
    f.settle(&push.client_id, acknowledged(&names[..1])).await;
    f.record(&push, Pushed::Delivered).await;
    let kinds = f.kinds(&first.account).await;
    assert_eq!(
        kinds.iter().filter(|kind| **kind == Kind::Notified).count(),
        1
    );
    let push = f.claim().await.unwrap();
    assert_eq!((&push.jti, push.tries), (&names[1], 0));
    f.record(&push, Pushed::Refused).await;
    assert_eq!(f.claim().await, None);
    assert_eq!(f.waiting(2).await, (names[1..].to_vec(), false));
}

pub(super) async fn what_is_too_old_to_push_is_passed_over(f: &Fixture<impl Store>) {
    // More than one page of rows.
    for _ in 0..70 {
        let given = f.redeemed().await;
        f.withdraw(&given).await;
    }
    f.clock
        .advance(TimeDelta::hours(72) - TimeDelta::seconds(1));
    assert!(f.claim().await.is_some());
    f.clock.advance(TimeDelta::seconds(60));
    assert_eq!(f.claim().await, None);
    let given = f.redeemed().await;
    f.withdraw(&given).await;
    let (names, _) = f.waiting(100).await;
    assert_eq!(names.len(), 71);
    assert_eq!(f.claim().await.map(|push| push.jti), names.last().cloned());
}

pub(super) async fn the_end_of_a_log_is_known_and_its_growth_is_heard(f: &Fixture<impl Store>) {
    let fresh = f.fresh_account();
    let nobody = f.store.log_end(fresh.subject_id).await;
    assert_eq!(nobody, Ok(LogEnd::default()));
    let (given, other) = (f.redeemed().await, f.redeemed().await);
    let log = f.store.listen(&Topic::Log(given.account.subject_id));
    let outbox = f.store.listen(&Topic::Notices(f.recipient.client_id()));
    let heard = || (log.has_changed().unwrap(), outbox.has_changed().unwrap());
    f.read(&other, 1).await.unwrap();
    assert_eq!(heard(), (false, false));
    f.withdraw(&given).await;
    assert_eq!(heard(), (true, true));
    let end = f.store.log_end(given.account.subject_id).await.unwrap();
    assert_eq!((end.size, end.kind), (4, Some(Kind::Withdrawn)));
}
