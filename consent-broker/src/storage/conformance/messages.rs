//! Messages from recipients.

use chrono::TimeDelta;
use credential_core::{
    access_log::Kind,
    clock::Clock as _,
    id::{GrantId, MessageId},
};

use super::fixture::{Fixture, Given};
use crate::{
    message_check::MessageRefused,
    storage::{LeaveMessage, Store},
    tests::support::noon,
};

async fn order<S: Store>(f: &Fixture<S>, given: &Given, id: u8) -> LeaveMessage {
    let (_, papers) = f.grant(given).await;
    LeaveMessage {
        grant_id: given.grant_id,
        sender: f.recipient.client_id(),
        message_id: MessageId::from_bytes([id; 16]),
        kid: papers.reply_key().unwrap().thumbprint(),
        exp: noon() + TimeDelta::days(90),
        message: format!("message {id} {}", "x".repeat(16_000)),
    }
}

async fn leave(f: &Fixture<impl Store>, order: LeaveMessage) -> Option<Result<(), MessageRefused>> {
    let left = f.store.leave_message(order, &f.notary, f.clock.now());
    left.await.unwrap()
}

async fn waiting(f: &Fixture<impl Store>, given: &Given) -> Vec<String> {
    let subject = given.account.subject_id;
    let waiting = f.store.waiting_messages(subject, f.clock.now());
    let waiting = waiting.await.unwrap();
    waiting.into_iter().map(|one| one.message).collect()
}

pub(super) async fn a_message_is_left_once_and_only_by_the_grants_recipient(
    f: &Fixture<impl Store>,
) {
    let (given, other) = (f.give(None).await, f.give(None).await);
    let message = order(f, &given, 1).await;
    assert_eq!(leave(f, message.clone()).await, Some(Ok(())));
    assert_eq!(leave(f, message.clone()).await, Some(Ok(())));
    assert_eq!(waiting(f, &given).await, [message.message.as_str()]);
    assert_eq!(waiting(f, &other).await, [""; 0]);
    assert_eq!(f.kinds(&given.account).await[2..], [Kind::MessageLeft]);
    let changed = |change: &dyn Fn(&mut LeaveMessage)| {
        let mut changed = message.clone();
        change(&mut changed);
        changed
    };
    let cases = [
        (changed(&|m| m.sender = "another".into()), None),
        (
            changed(&|m| m.grant_id = GrantId::from_bytes([9; 16])),
            None,
        ),
        (
            changed(&|m| m.kid = "another".into()),
            Some(Err(MessageRefused::OtherKey)),
        ),
        (
            changed(&|m| m.message = "another".into()),
            Some(Err(MessageRefused::IdTaken)),
        ),
    ];
    for (order, expected) in cases {
        assert_eq!(leave(f, order).await, expected);
    }
    f.withdraw(&given).await;
    let after_the_end = order(f, &given, 2).await;
    assert_eq!(leave(f, after_the_end).await, Some(Ok(())));
}

pub(super) async fn a_taken_message_is_gone_and_cannot_be_left_again(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let message = order(f, &given, 1).await;
    leave(f, message.clone()).await.unwrap().unwrap();
    let subject = given.account.subject_id;
    let take = async |subject| {
        let taken = f
            .store
            .take_message(subject, given.grant_id, message.message_id);
        taken.await.unwrap();
    };
    take(credential_core::id::SubjectId::from_bytes([9; 16])).await;
    assert_eq!(
        waiting(f, &given).await.len(),
        1,
        "a stranger takes nothing"
    );
    take(subject).await;
    take(subject).await;
    assert_eq!(waiting(f, &given).await, [""; 0]);
    assert_eq!(leave(f, message.clone()).await, Some(Ok(())), "it was left");
    assert_eq!(waiting(f, &given).await, [""; 0], "and is not there again");
    for id in 2..=10 {
        leave(f, order(f, &given, id).await).await.unwrap().unwrap();
    }
    let eleventh = order(f, &given, 11).await;
    let refused = Some(Err(MessageRefused::TooManyToday));
    assert_eq!(leave(f, eleventh.clone()).await, refused);
    f.clock.advance(TimeDelta::days(1));
    assert_eq!(leave(f, eleventh).await, Some(Ok(())));
}

pub(super) async fn a_message_that_nobody_fetches_is_forgotten(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let short = LeaveMessage {
        exp: noon() + TimeDelta::hours(1),
        ..order(f, &given, 1).await
    };
    leave(f, short.clone()).await.unwrap().unwrap();
    f.clock.advance(TimeDelta::hours(1));
    assert_eq!(waiting(f, &given).await, [""; 0]);
    f.purge().await;
    let other = LeaveMessage {
        message: "another".into(),
        ..short
    };
    let refused = Some(Err(MessageRefused::IdTaken));
    assert_eq!(
        leave(f, other.clone()).await,
        refused,
        "the name is remembered"
    );
    f.clock.advance(TimeDelta::hours(23));
    f.purge().await;
    let exp = f.clock.now() + TimeDelta::hours(1);
    assert_eq!(leave(f, LeaveMessage { exp, ..other }).await, Some(Ok(())));
}
