//! Suspensions, the newest list, and a recipient's own list of grants.

use chrono::TimeDelta;
use credential_core::{
    access_log::{Kind, Outcome},
    clock::Clock as _,
    id::GrantId,
};

use super::fixture::Fixture;
use crate::{
    storage::{ListMark, RecipientGrant, Store},
    suspension::Suspension,
    tests::support::noon,
};

fn suspension(participant: &str, note: &str) -> Suspension {
    Suspension {
        participant: participant.parse().unwrap(),
        note: note.parse().unwrap(),
        since: noon(),
    }
}

pub(super) async fn a_suspension_stands_since_it_began_until_it_is_ended(f: &Fixture<impl Store>) {
    let first = suspension("https://a.example", "one");
    let id = first.participant.clone();
    assert_eq!(f.store.suspension(&id).await, Ok(None));
    assert_eq!(f.store.suspend(first.clone()).await, Ok(first.clone()));
    let later = Suspension {
        since: noon() + TimeDelta::days(1),
        ..suspension("https://a.example", "two")
    };
    let kept = f.store.suspend(later).await.unwrap();
    assert_eq!((kept.since, kept.note.as_str()), (noon(), "two"));
    let other = suspension("https://0.example", "other");
    f.store.suspend(other.clone()).await.unwrap();
    assert_eq!(
        f.store.suspensions().await,
        Ok(vec![other.clone(), kept.clone()])
    );
    assert_eq!(f.store.resume(&id).await, Ok(Some(kept)));
    assert_eq!(f.store.resume(&id).await, Ok(None));
    assert_eq!(f.store.suspension(&id).await, Ok(None));
    assert_eq!(f.store.suspensions().await, Ok(vec![other]));
}

pub(super) async fn a_read_by_a_suspended_recipient_is_refused_in_the_transaction_and_logged(
    f: &Fixture<impl Store>,
) {
    let given = f.give(Some(2)).await;
    f.read(&given, 1).await.unwrap();
    let stopped = suspension(&f.recipient.client_id(), "stolen key");
    f.store.suspend(stopped.clone()).await.unwrap();
    assert!(f.read(&given, 1).await.is_none(), "a repeat as well");
    assert!(f.read(&given, 2).await.is_none());
    let subject = given.account.subject_id;
    let log = f.store.log_since(subject, 3).await.unwrap().unwrap();
    let refused = (Kind::ReadRefused, Outcome::RecipientSuspended);
    let lines: Vec<_> = log.entries.iter().map(|e| (e.kind, e.outcome)).collect();
    assert_eq!(lines, [refused, refused]);
    f.store.resume(&stopped.participant).await.unwrap();
    assert!(f.read(&given, 1).await.is_some());
    assert!(f.read(&given, 2).await.is_some(), "nothing was counted");
}

pub(super) async fn the_newest_list_of_each_registrar_is_remembered(f: &Fixture<impl Store>) {
    let mark = |sequence, hash: &str| ListMark {
        sequence,
        hash: hash.into(),
    };
    let accept = async |list| f.store.accept_list("registrar", list).await.unwrap();
    assert_eq!(accept(mark(5, "five")).await, Ok(()));
    assert_eq!(accept(mark(5, "five")).await, Ok(()));
    assert_eq!(accept(mark(4, "four")).await, Err(mark(5, "five")));
    assert_eq!(accept(mark(5, "another")).await, Err(mark(5, "five")));
    assert_eq!(accept(mark(9, "nine")).await, Ok(()));
    assert_eq!(accept(mark(6, "six")).await, Err(mark(9, "nine")));
    let of_other = f.store.accept_list("another registrar", mark(1, "one"));
    assert_eq!(of_other.await.unwrap(), Ok(()));
}

async fn grants(
    f: &Fixture<impl Store>,
    after: Option<GrantId>,
    limit: usize,
) -> Vec<RecipientGrant> {
    let client = f.recipient.client_id();
    let found = f
        .store
        .grants_of_recipient(&client, after, limit, f.clock.now());
    found.await.unwrap()
}

pub(super) async fn a_recipients_grants_are_listed_newest_first_page_by_page(
    f: &Fixture<impl Store>,
) {
    assert_eq!(grants(f, None, 10).await, []);
    let mut given = Vec::new();
    for hours in 0..5 {
        given.insert(
            0,
            f.give_at(noon() + TimeDelta::hours(hours)).await.grant_id,
        );
    }
    let ids = |page: &[RecipientGrant]| page.iter().map(|g| g.grant_id).collect::<Vec<_>>();
    assert_eq!(ids(&grants(f, None, 10).await), given);
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = ids(&grants(f, after, 2).await);
        after = page.last().copied();
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, given);
    let unknown = GrantId::from_bytes([9; 16]);
    assert_eq!(grants(f, Some(unknown), 10).await, []);
    let of_other = async |after| {
        let found = f
            .store
            .grants_of_recipient("another", after, 10, f.clock.now());
        found.await.unwrap()
    };
    assert_eq!(of_other(None).await, []);
    assert_eq!(of_other(Some(given[0])).await, []);
}

pub(super) async fn a_recipient_sees_what_became_of_its_grants_and_nobodys_name(
    f: &Fixture<impl Store>,
) {
    let (read, stopped, open) = (
        f.give(Some(1)).await,
        f.give(Some(3)).await,
        f.give(None).await,
    );
    let (refused, _account) = f.order(None).await;
    f.store
        .decide(refused, &f.notary, noon())
        .await
        .unwrap()
        .unwrap();
    f.clock.advance(TimeDelta::hours(2));
    f.read(&read, 1).await.unwrap();
    f.read(&stopped, 1).await.unwrap();
    f.withdraw(&stopped).await;
    let found = grants(f, None, 10).await;
    let of = |id| found.iter().find(|grant| grant.grant_id == id).unwrap();
    assert_eq!(found.len(), 3, "a refusal is no grant");
    let seen = |id| {
        let grant = of(id);
        (grant.state, grant.reads, grant.max_reads, grant.last_read)
    };
    let two = Some(noon() + TimeDelta::hours(2));
    assert_eq!(seen(read.grant_id), ("exhausted", 1, Some(1), two));
    assert_eq!(seen(stopped.grant_id), ("withdrawn", 1, Some(3), two));
    assert_eq!(seen(open.grant_id), ("active", 0, None, None));
    let open = of(open.grant_id);
    assert_eq!(open.deposit_until, Some(noon() + TimeDelta::days(30)));
    assert_eq!(of(stopped.grant_id).deposit_until, None);
    assert_eq!(open.purpose.text.fi.as_deref(), Some("Työhakemus"));
    assert_eq!(
        (open.from, open.until),
        (noon(), noon() + TimeDelta::days(30))
    );
    let count = async |limit, now| {
        let client = f.recipient.client_id();
        let counts = f.store.count_grants_of_recipient(&client, limit, now);
        counts.await.unwrap()
    };
    let counts = count(3, f.clock.now()).await;
    assert!(counts.is_whole);
    let expected = [("active", 1), ("exhausted", 1), ("withdrawn", 1)];
    assert_eq!(counts.by_state.into_iter().collect::<Vec<_>>(), expected);
    let fewer = count(2, f.clock.now()).await;
    assert!(!fewer.is_whole);
    assert_eq!(fewer.by_state.values().sum::<usize>(), 2);
    // An end that is not recorded yet is one already.
    let later = count(3, noon() + TimeDelta::days(30)).await;
    assert_eq!(later.by_state.get("expired"), Some(&1));
}
