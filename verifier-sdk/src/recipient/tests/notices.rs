//! Notices, with an honest broker and with others.

use std::collections::BTreeMap;

use axum::{
    Form, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use chrono::TimeDelta;
use credential_core::{
    id::GrantId,
    notices::{EndReason, Event, NoticeClaims, PollAnswer, PollRequest, SubjectIdentifier},
};
use serde_json::Value;

use super::{
    broker::Broker,
    journey::{Granted, granted},
};
use crate::{
    notice::{NoticeCheckError, verify_notice},
    recipient::Standing,
    test_support::{CLIENT, World, key},
};

/// The broker's endpoint: gives what lies on the desk, and remembers what was settled.
pub(super) async fn poll(
    State(broker): State<Broker>,
    headers: HeaderMap,
    Form(form): Form<Value>,
) -> Response {
    if broker
        .authenticate("/notices/poll", &headers, &form)
        .is_none()
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let poll = PollRequest::read(form["poll"].as_str().unwrap()).unwrap();
    let mut desk = broker.desk();
    let sets = match poll.max_events {
        Some(0) => BTreeMap::new(),
        _ => desk.sets.clone(),
    };
    desk.polls.push(poll);
    let more_available = false;
    Json(PollAnswer {
        sets,
        more_available,
    })
    .into_response()
}

/// A notice of this broker, so many seconds after noon.
fn notice(broker: &Broker, event: Event, jti: &str) -> NoticeClaims {
    NoticeClaims {
        iss: broker.issuer.clone(),
        iat: event.effective_at(),
        jti: jti.into(),
        aud: CLIENT.into(),
        sub_id: SubjectIdentifier::Opaque {
            id: event.grant_id(),
        },
        events: event,
    }
}

#[tokio::test]
async fn notices_are_checked_one_by_one_and_settled_by_name() {
    let world = World::new();
    let Granted {
        broker,
        recipient,
        mut held,
        ..
    } = granted(&world).await;
    let effective_at = crate::test_support::noon().timestamp();
    let (ours, grant_id) = (held.id(), GrantId::from_bytes([9; 16]));
    let ended = |grant_id| Event::Ended {
        grant_id,
        reason: EndReason::Withdrawn,
        effective_at,
    };
    let good = notice(&broker, ended(ours), "2-b");
    let before = notice(
        &broker,
        Event::Paused {
            grant_id: ours,
            effective_at,
        },
        "1-a",
    );
    let foreign = notice(&broker, ended(grant_id), "3-c");
    let sign = |claims: &NoticeClaims| claims.sign(&*broker.key).unwrap();
    let sets = [
        ("2-b", sign(&good)),
        ("1-a", sign(&before)),
        ("3-c", sign(&foreign)),
        ("4-d", good.sign(&key()).unwrap()),
        ("5-e", sign(&good)),
        ("6-f", "no notice".into()),
    ];
    broker.desk().sets = sets.map(|(jti, set)| (jti.to_owned(), set)).into();
    let polled = recipient.poll_notices(&broker.trust, true).await.unwrap();
    let names: Vec<_> = polled.notices.iter().map(|one| one.id()).collect();
    assert_eq!(names, ["1-a", "2-b", "3-c"]);
    let refused: Vec<_> = polled
        .refused
        .iter()
        .map(|(jti, error)| (jti.as_str(), error.reason()))
        .collect();
    assert_eq!(
        refused,
        [
            ("4-d", "notice_key_unknown"),
            ("5-e", "notice_contradiction"),
            ("6-f", "jws_malformed")
        ]
    );
    let followed: Vec<_> = polled.notices.iter().map(|one| held.follow(one)).collect();
    assert_eq!(followed, [true, true, false]);
    assert!(matches!(held.standing(), Standing::Ended { .. }));

    recipient.acknowledge(&polled).await.unwrap();
    let polls = broker.desk().polls.clone();
    assert!(!polls[0].return_immediately);
    assert_eq!(polls[1].ack, ["1-a", "2-b", "3-c"]);
    let told: Vec<_> = polls[1].set_errs.values().map(|e| e.err.as_str()).collect();
    assert_eq!(told, ["invalid_key", "invalid_request", "invalid_request"]);
}

#[tokio::test]
async fn a_grant_follows_notices_in_their_order_once_and_never_back_to_life() {
    let world = World::new();
    let Granted {
        broker, mut held, ..
    } = granted(&world).await;
    let grant_id = held.id();
    let start = crate::test_support::noon();
    let at = |second: i64| (start + TimeDelta::seconds(second)).timestamp();
    let mut follow = |event: Event, jti: &str| {
        let set = notice(&broker, event, jti).sign(&*broker.key).unwrap();
        let now = start + TimeDelta::seconds(60);
        let notice = verify_notice(&set, &broker.trust, CLIENT, now).unwrap();
        (held.follow(&notice), held.standing())
    };
    let paused = Event::Paused {
        grant_id,
        effective_at: at(1),
    };
    let resumed = Event::Resumed {
        grant_id,
        effective_at: at(2),
    };
    let again = Event::Paused {
        grant_id,
        effective_at: at(2),
    };
    let renewed = Event::Renewed {
        grant_id,
        effective_at: at(3),
        until: at(9),
    };
    let ended = Event::Ended {
        grant_id,
        reason: EndReason::Expired,
        effective_at: at(4),
    };
    let is_paused = |standing| matches!(standing, Standing::Paused { .. });
    let (is_new, standing) = follow(paused, "1");
    assert!(is_new && is_paused(standing));
    assert_eq!(follow(paused, "1"), (false, standing), "a repetition");
    assert_eq!(follow(resumed, "2"), (true, Standing::Active));
    let (is_new, standing) = follow(again, "3");
    assert!(
        is_new && is_paused(standing),
        "within the same second the name decides"
    );
    assert_eq!(follow(resumed, "2"), (false, standing), "it was overtaken");
    assert_eq!(follow(renewed, "4"), (true, standing));
    let (is_new, standing) = follow(ended, "5");
    assert!(is_new && matches!(standing, Standing::Ended { .. }));
    let back = Event::Resumed {
        grant_id,
        effective_at: at(5),
    };
    assert_eq!(follow(back, "6"), (true, standing));
}

#[tokio::test]
async fn a_notice_in_the_name_of_an_unlisted_broker_is_not_followed() {
    let world = World::new();
    let Granted {
        broker,
        recipient,
        held,
        ..
    } = granted(&world).await;
    let event = Event::Paused {
        grant_id: held.id(),
        effective_at: crate::test_support::noon().timestamp(),
    };
    let mut claims = notice(&broker, event, "1-a");
    claims.iss = "https://unlisted.example".into();
    let set = claims.sign(&*broker.key).unwrap();
    broker.desk().sets = [("1-a".to_owned(), set)].into();
    let polled = recipient.poll_notices(&broker.trust, false).await.unwrap();
    assert_eq!(polled.notices, []);
    assert_eq!(polled.refused["1-a"], NoticeCheckError::UnknownBroker);
}
