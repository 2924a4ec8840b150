//! Notices (RFC 8417) as a recipient checks them, and the polling (RFC 8936) by which it gets them.

use chrono::TimeDelta;
use credential_core::{
    notices::{
        EndReason, Event, KEPT, MAX_JTI, NoticeClaims, PollAnswer, PollRequest, SetError,
        SubjectIdentifier, TYP,
    },
    text::Language,
};
use verifier_sdk::notice::{self, NoticeCheckError};

use crate::{
    parties::{BROKER, CLIENT, grant_id, noon, parties},
    written::{self, line, lines, seed},
};

/// A kind and what belongs to it: header and claims of a notice, or one JSON message of polling.
pub fn run(data: &[u8]) -> bool {
    let Some([kind, rest]) = lines(data) else {
        return false;
    };
    match kind {
        b"notice" => lines(rest).is_some_and(|[header, claims]| signed(header, claims)),
        b"raw" => raw(&String::from_utf8_lossy(rest)),
        b"poll" => std::str::from_utf8(rest).is_ok_and(poll),
        b"answer" => answer(rest),
        b"error" => serde_json::from_slice::<SetError>(rest).is_ok(),
        _ => false,
    }
}

fn signed(header: &[u8], claims: &[u8]) -> bool {
    let parties = parties();
    let check = |compact: &str, client: &str, now| {
        notice::verify_notice(compact, &parties.trust, client, now)
    };
    let forged = written::compact(header, claims, &parties.stranger);
    assert!(check(&forged, CLIENT, noon()).is_err());
    let compact = written::compact(header, claims, &parties.broker);
    let notice = match check(&compact, CLIENT, noon()) {
        Ok(notice) => notice,
        Err(error) => return refused(error),
    };
    assert_eq!(notice.broker(), BROKER);
    assert!((1..=MAX_JTI).contains(&notice.id().len()));
    assert_eq!(notice.event().grant_id(), notice.grant_id());
    assert!(notice.effective_at() <= noon() + TimeDelta::minutes(5));
    let later = KEPT + KEPT;
    assert!(check(&compact, "openid_federation:https://other.example", noon()).is_err());
    assert!(check(&compact, CLIENT, noon() + later).is_err());
    assert!(check(&compact, CLIENT, noon() - later).is_err());
    for language in Language::ALL {
        let text = notice::to_text(&notice, language);
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    true
}

/// Every refusal has its code, for us and for the broker (RFC 8935 section 2.4).
fn refused(error: NoticeCheckError) -> bool {
    assert!(!error.reason().is_empty());
    let registered = [
        "invalid_request",
        "invalid_key",
        "invalid_issuer",
        "invalid_audience",
        "authentication_failed",
        "access_denied",
    ];
    assert!(registered.contains(&error.set_error()));
    false
}

/// What nobody of ours signed is not believed.
fn raw(text: &str) -> bool {
    let refused = notice::verify_notice(text, &parties().trust, CLIENT, noon());
    assert!(refused.is_err(), "{text}");
    false
}

fn poll(text: &str) -> bool {
    let Some(request) = PollRequest::read(text) else {
        return false;
    };
    let again = PollRequest::read(&line(&request));
    assert_eq!(again.as_ref(), Some(&request));
    if request.is_within_limits() {
        let names = request.ack.iter().chain(request.set_errs.keys());
        assert!(names.clone().count() <= 500 && names.clone().all(|jti| jti.len() <= MAX_JTI));
    }
    request.is_within_limits()
}

fn answer(octets: &[u8]) -> bool {
    let Ok(answer) = serde_json::from_slice::<PollAnswer>(octets) else {
        return false;
    };
    let again: PollAnswer = serde_json::from_str(&line(&answer)).expect("what was written");
    assert_eq!(again, answer);
    true
}

/// A notice of each kind, and each message of polling.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let header = written::header(TYP, &parties().broker);
    let (grant_id, at) = (grant_id(), noon().timestamp());
    let say = |events: Event| {
        let claims = NoticeClaims {
            iss: BROKER.into(),
            iat: at,
            jti: "0000000000000001-a".into(),
            aud: CLIENT.into(),
            sub_id: SubjectIdentifier::Opaque { id: grant_id },
            events,
        };
        seed(&["notice", &header, &line(&claims)])
    };
    let ended = |reason| {
        say(Event::Ended {
            grant_id,
            reason,
            effective_at: at,
        })
    };
    let paused = Event::Paused {
        grant_id,
        effective_at: at,
    };
    let renewed = Event::Renewed {
        grant_id,
        effective_at: at,
        until: at + 86_400,
    };
    let unknown_key = written::header(TYP, &parties().stranger);
    let foreign = say(paused).split_off("notice\n".len() + header.len());
    let poll = r#"{"maxEvents":10,"returnImmediately":true,"ack":["a"],"setErrs":{"b":{"err":"invalid_key","description":"d"}}}"#;
    vec![
        ("accepted-withdrawn", ended(EndReason::Withdrawn)),
        ("accepted-exhausted", ended(EndReason::Exhausted)),
        ("accepted-paused", say(paused)),
        ("accepted-renewed", say(renewed)),
        ("accepted-poll", seed(&["poll", poll])),
        ("accepted-settle", seed(&["poll", r#"{"maxEvents":0}"#])),
        (
            "accepted-answer",
            seed(&["answer", r#"{"sets":{"a":"x.y.z"},"moreAvailable":true}"#]),
        ),
        (
            "accepted-error",
            seed(&["error", r#"{"err":"invalid_key","description":"d"}"#]),
        ),
        (
            "refused-unknown-key",
            [format!("notice\n{unknown_key}").into_bytes(), foreign].concat(),
        ),
        ("refused-array", seed(&["poll", "[]"])),
    ]
}
