//! What a person says of a share that stands: paused, resumed, narrowed, renewed.

use chrono::TimeDelta;
use credential_core::{
    consent::{
        decision::{DecisionClaims, SignedDecision, TYP, Verdict},
        details::GrantedDetails,
    },
    jose::jws::General,
};

use crate::{
    keys::Key,
    parties::{grant_id, noon, parties},
    written::{self, line, lines, seed},
};

/// Header and claims of a change; signed with the grant's key, then checked as its first change.
pub fn run(data: &[u8]) -> bool {
    let Some([header, claims]) = lines(data) else {
        return false;
    };
    let signed = |key: &Key| written::general(header, claims, key);
    let parties = parties();
    assert!(
        check(signed(&parties.stranger), 1, noon()).is_none(),
        "only the grant's key changes it"
    );
    let Some(change) = check(signed(&parties.grant), 1, noon()) else {
        return false;
    };
    let claims = change.claims();
    assert_eq!((claims.grant_id, claims.change), (grant_id(), Some(1)));
    assert!(claims.reply_jwk.is_none());
    let again: DecisionClaims = serde_json::from_str(&line(claims)).expect("what was read");
    assert_eq!(&again, claims);
    for number in [0, 2, u32::MAX] {
        let other = check(signed(&parties.grant), number, noon());
        assert!(other.is_none(), "every change has one place");
    }
    for moment in [TimeDelta::hours(1), -TimeDelta::hours(1)] {
        assert!(check(signed(&parties.grant), 1, noon() + moment).is_none());
    }
    agrees(claims.decision, claims.details.as_ref());
    true
}

fn check(
    signed: General,
    number: u32,
    now: chrono::DateTime<chrono::Utc>,
) -> Option<SignedDecision> {
    let asked = parties().request.details();
    SignedDecision::verify_change(signed, &approval(), asked, number, now).ok()
}

/// Nothing that was not granted is shared by any change, and only renewing reaches further.
fn agrees(verdict: Verdict, details: Option<&GrantedDetails>) {
    let before = parties().granted();
    match (verdict, details) {
        (Verdict::Paused | Verdict::Resumed, None) => {}
        (Verdict::Narrowed, Some(less)) => {
            assert!(less.dcql_query.is_within(&before.dcql_query));
            assert!(less.until <= before.until && less.until > noon());
            assert!(less.max_reads <= before.max_reads && less.max_reads.is_some());
            assert_ne!(less, &before);
        }
        (Verdict::Renewed, Some(longer)) => {
            assert!(longer.until > before.until);
            assert!(longer.until <= noon() + TimeDelta::days(31));
            let same = GrantedDetails {
                until: before.until,
                ..longer.clone()
            };
            assert_eq!(same, before, "only the end moves");
        }
        other => panic!("accepted as a change: {other:?}"),
    }
}

fn approval() -> SignedDecision {
    let signed = parties()
        .approval()
        .sign(&parties().grant)
        .expect("a key in memory");
    SignedDecision::verify(signed, &parties().request, noon()).expect("our own approval")
}

/// One of each kind, and what goes too far.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let parties = parties();
    let header = written::embedding_header(TYP, &parties.grant);
    let say = |decision, details| {
        let claims = DecisionClaims {
            decision,
            change: Some(1),
            details,
            ..parties.approval()
        };
        seed(&[&header, &line(&claims)])
    };
    let ending = |days| GrantedDetails {
        until: noon() + TimeDelta::days(days),
        ..parties.granted()
    };
    let fewer = GrantedDetails {
        max_reads: Some(2),
        ..parties.granted()
    };
    vec![
        ("accepted-pause", say(Verdict::Paused, None)),
        ("accepted-resume", say(Verdict::Resumed, None)),
        ("accepted-sooner", say(Verdict::Narrowed, Some(ending(5)))),
        ("accepted-fewer", say(Verdict::Narrowed, Some(fewer))),
        ("accepted-renewal", say(Verdict::Renewed, Some(ending(30)))),
        ("refused-same", say(Verdict::Narrowed, Some(ending(10)))),
        ("refused-too-long", say(Verdict::Renewed, Some(ending(90)))),
    ]
}
