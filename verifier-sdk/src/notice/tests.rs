use chrono::TimeDelta;
use credential_core::{
    id::GrantId,
    jose::Es256Key,
    notices::{EndReason, Event, NoticeClaims, NoticeError, SubjectIdentifier},
    text::Language,
};

use super::{NoticeCheckError, to_text, verify_notice};
use crate::test_support::{BROKER, CLIENT, broker_statement, key, noon, trust_list};

fn claims(event: Event) -> NoticeClaims {
    NoticeClaims {
        iss: BROKER.into(),
        iat: noon().timestamp(),
        jti: "0000000000000000-a".into(),
        aud: CLIENT.into(),
        sub_id: SubjectIdentifier::Opaque {
            id: event.grant_id(),
        },
        events: event,
    }
}

fn ended(reason: EndReason) -> Event {
    Event::Ended {
        grant_id: GrantId::from_bytes([7; 16]),
        reason,
        effective_at: noon().timestamp(),
    }
}

#[test]
fn a_notice_is_believed_when_a_listed_key_of_the_broker_it_names_signed_it_for_us() {
    let broker = key();
    let trust = trust_list(&[broker_statement(BROKER, &broker)]);
    let verify = |claims: &NoticeClaims, signer: &Es256Key, now| {
        verify_notice(&claims.sign(signer).unwrap(), &trust, CLIENT, now)
    };
    let good = claims(ended(EndReason::Withdrawn));
    assert!(verify(&good, &broker, noon()).is_ok());
    let unlisted = verify(&good, &key(), noon());
    assert_eq!(unlisted, Err(NoticeCheckError::UnknownKey));
    let mut foreign = good.clone();
    foreign.iss = "https://other.example".into();
    let unknown = verify(&foreign, &broker, noon());
    assert_eq!(unknown, Err(NoticeCheckError::UnknownBroker));
    let mut misled = good.clone();
    misled.aud.push('x');
    let refused = verify(&misled, &broker, noon()).unwrap_err();
    assert_eq!(
        (refused.reason(), refused.set_error()),
        ("notice_other_recipient", "invalid_audience")
    );
    let old = verify(&good, &broker, noon() + TimeDelta::days(31));
    assert_eq!(old, Err(NoticeError::NotOfThisMoment.into()));
}

#[test]
fn every_event_has_words_in_three_languages() {
    let broker = key();
    let trust = trust_list(&[broker_statement(BROKER, &broker)]);
    let (grant_id, effective_at) = (GrantId::from_bytes([7; 16]), noon().timestamp());
    let until = effective_at + 86_400;
    let events = [
        ended(EndReason::Withdrawn),
        ended(EndReason::Stopped),
        ended(EndReason::Expired),
        ended(EndReason::Exhausted),
        Event::Paused {
            grant_id,
            effective_at,
        },
        Event::Resumed {
            grant_id,
            effective_at,
        },
        Event::Narrowed {
            grant_id,
            effective_at,
        },
        Event::Renewed {
            grant_id,
            effective_at,
            until,
        },
    ];
    for event in events {
        let set = claims(event).sign(&broker).unwrap();
        let notice = verify_notice(&set, &trust, CLIENT, noon()).unwrap();
        for language in Language::ALL {
            let text = to_text(&notice, language);
            assert!(text.contains(&grant_id.to_string()), "{text}");
            assert!(text.contains("2026"), "{text}");
        }
    }
}
