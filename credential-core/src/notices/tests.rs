use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    EndReason, Event, KEPT, Notice, NoticeClaims, NoticeError, PollRequest, SubjectIdentifier, TYP,
};
use crate::{
    id::GrantId,
    jose::{
        Es256Key, Signer as _, VerifyingKey,
        jws::{self, JwsError, KeyReference},
    },
    trust::tests::noon,
};

const BROKER: &str = "https://broker.example";
const CLIENT: &str = "openid_federation:https://lumohoiva.example";

fn grant() -> GrantId {
    "7d1f0a52-6f0c-4a57-9a53-0c2a3e1c5b11".parse().unwrap()
}

fn ended() -> NoticeClaims {
    let at = noon().timestamp();
    NoticeClaims {
        iss: BROKER.into(),
        iat: at,
        jti: "0000000000000007-WjO4lTzYQ2yC".into(),
        aud: CLIENT.into(),
        sub_id: SubjectIdentifier::Opaque { id: grant() },
        events: Event::Ended {
            grant_id: grant(),
            reason: EndReason::Withdrawn,
            effective_at: at,
        },
    }
}

fn key() -> (Es256Key, VerifyingKey) {
    let key = Es256Key::generate().unwrap().0;
    let public = VerifyingKey::try_from(key.public_jwk()).unwrap();
    (key, public)
}

fn verify(compact: &str, key: &VerifyingKey) -> Result<Notice, NoticeError> {
    Notice::verify(compact, key, BROKER, CLIENT, noon())
}

/// Signs whatever claims.
fn signed(claims: &Value, key: &Es256Key) -> String {
    jws::sign(TYP, claims, key, KeyReference::Kid).unwrap()
}

#[test]
fn a_notice_has_the_form_of_the_standard() {
    let form = json!({
        "iss": BROKER,
        "iat": 1780056000,
        "jti": "0000000000000007-WjO4lTzYQ2yC",
        "aud": CLIENT,
        "sub_id": {"format": "opaque", "id": "7d1f0a52-6f0c-4a57-9a53-0c2a3e1c5b11"},
        "events": {
            "https://types.osaamislompakko.example/events/grant-ended": {
                "grant_id": "7d1f0a52-6f0c-4a57-9a53-0c2a3e1c5b11",
                "reason": "withdrawn",
                "effective_at": 1780056000
            }
        }
    });
    assert_eq!(serde_json::to_value(ended()).unwrap(), form);
}

#[test]
fn a_signed_notice_verifies_and_says_what_happened() {
    let (signer, public) = key();
    let notice = verify(&ended().sign(&signer).unwrap(), &public).unwrap();
    assert_eq!(
        (notice.grant_id(), notice.event().name()),
        (grant(), "ended")
    );
    assert_eq!(notice.effective_at(), noon());
    assert_eq!(notice.id(), "0000000000000007-WjO4lTzYQ2yC");
}

#[test]
fn a_notice_of_somebody_else_to_somebody_else_or_of_another_time_is_refused() {
    let (signer, public) = key();
    let (_, other) = key();
    let refused = |change: &dyn Fn(&mut NoticeClaims)| {
        let mut claims = ended();
        change(&mut claims);
        verify(&claims.sign(&signer).unwrap(), &public).unwrap_err()
    };
    let compact = ended().sign(&signer).unwrap();
    assert_eq!(verify(&compact, &other), Err(JwsError::BadSignature.into()));
    assert_eq!(refused(&|c| c.iss.push('x')), NoticeError::OtherBroker);
    assert_eq!(refused(&|c| c.aud.push('x')), NoticeError::OtherRecipient);
    let id = GrantId::from_bytes([9; 16]);
    let sub_id = SubjectIdentifier::Opaque { id };
    assert_eq!(
        refused(&|c| c.sub_id = sub_id.clone()),
        NoticeError::Contradiction
    );
    let late = (KEPT + TimeDelta::minutes(6)).num_seconds();
    for wrong in [301, -late, i64::MAX, i64::MIN] {
        let change = |c: &mut NoticeClaims| c.iat = c.iat.saturating_add(wrong);
        assert_eq!(refused(&change), NoticeError::NotOfThisMoment, "{wrong}");
    }
    for wrong in [String::new(), "a b".into(), "x".repeat(129)] {
        assert_eq!(
            refused(&|c| c.jti.clone_from(&wrong)),
            NoticeError::NotOfThisMoment
        );
    }
}

#[test]
fn a_notice_has_one_known_event_no_unknown_member_and_the_right_type() {
    let (signer, public) = key();
    let good = serde_json::to_value(ended()).unwrap();
    assert!(verify(&signed(&good, &signer), &public).is_ok());
    let name = "https://types.osaamislompakko.example/events/grant-ended";
    let paused = "https://types.osaamislompakko.example/events/grant-paused";
    let event = &good["events"][name];
    let wrong_events = [
        json!({}),
        json!({"https://other.example/events/ended": event}),
        json!({name: event, paused: {"grant_id": grant(), "effective_at": 1}}),
        json!({name: {"grant_id": grant(), "reason": "bored", "effective_at": 1}}),
        json!({name: {"grant_id": grant(), "effective_at": 1}}),
        json!({paused: event}),
    ];
    for events in wrong_events {
        let mut claims = good.clone();
        claims["events"] = events;
        let refused = verify(&signed(&claims, &signer), &public);
        assert_eq!(refused, Err(JwsError::WrongContent.into()), "{claims}");
    }
    for member in ["exp", "sub", "cnf"] {
        let mut claims = good.clone();
        claims[member] = 1.into();
        let refused = verify(&signed(&claims, &signer), &public);
        assert_eq!(refused, Err(JwsError::WrongContent.into()), "{member}");
    }
    let other_type = jws::sign("at+jwt", &good, &signer, KeyReference::Kid).unwrap();
    assert_eq!(
        verify(&other_type, &public),
        Err(JwsError::WrongType.into())
    );
    let huge = format!("{}{}", "a".repeat(20_000), signed(&good, &signer));
    assert_eq!(verify(&huge, &public), Err(JwsError::Malformed.into()));
}

#[test]
fn a_poll_is_read_as_the_standard_writes_it() {
    // In the form of the examples of RFC 8936 section 2.4.
    let text = r#"{"ack": ["3d0c3cf797584bd193bd0fb1bd4e7d30"], "returnImmediately": true,
        "setErrs": {"4d3559ec67504aaba65d40b0363faad8": {"err": "authentication_failed",
        "description": "The SET could not be authenticated"}}, "maxEvents": 0}"#;
    let poll: PollRequest = serde_json::from_str(text).unwrap();
    assert_eq!((poll.max_events, poll.return_immediately), (Some(0), true));
    assert_eq!(poll.ack, ["3d0c3cf797584bd193bd0fb1bd4e7d30"]);
    assert_eq!(
        poll.set_errs["4d3559ec67504aaba65d40b0363faad8"].err,
        "authentication_failed"
    );
    assert!(poll.is_within_limits());
    let all = PollRequest {
        ack: vec!["x".into(); 501],
        ..PollRequest::default()
    };
    assert!(!all.is_within_limits());
    let long = PollRequest {
        ack: vec!["x".repeat(129)],
        ..PollRequest::default()
    };
    assert!(!long.is_within_limits());
}

proptest! {
    #[test]
    fn whatever_text_comes_is_refused_and_nothing_panics(text in "\\PC{0,200}") {
        let (_, public) = key();
        prop_assert!(verify(&text, &public).is_err());
        prop_assert!(Notice::claimed_issuer(&text).is_err());
    }

    /// A rightly signed object whose content was damaged in one place is either the notice or refused.
    #[test]
    fn a_signed_notice_with_one_changed_octet_inside_is_read_whole_or_refused(
        place in 0_usize..400,
        octet in any::<u8>(),
    ) {
        let (signer, public) = key();
        let mut payload = serde_json::to_vec(&ended()).unwrap();
        let place = place % payload.len();
        payload[place] = octet;
        let compact = jws::sign_bytes(TYP, &payload, &signer, KeyReference::Kid).unwrap();
        if let Ok(notice) = verify(&compact, &public) {
            prop_assert_eq!(notice.broker(), BROKER);
            prop_assert_eq!(notice.claims.aud.as_str(), CLIENT);
            let SubjectIdentifier::Opaque { id } = notice.claims.sub_id;
            prop_assert_eq!(id, notice.grant_id());
        }
    }

    #[test]
    fn a_signed_notice_with_one_changed_letter_is_refused(place in 0_usize..600, letter in "[A-Za-z0-9_.-]") {
        let (signer, public) = key();
        let whole = ended().sign(&signer).unwrap();
        let place = place % whole.len();
        let mut changed = whole.clone();
        changed.replace_range(place..=place, &letter);
        prop_assume!(changed != whole);
        prop_assert!(verify(&changed, &public).is_err());
    }
}
