use chrono::TimeDelta;
use credential_core::{
    consent::details::LegalBasis,
    id::{GrantId, SubjectId},
    notices::{EndReason, Event},
    rng::SystemRng,
};

use super::{NoticeKind, again_at};
use crate::{
    grant::{Ending, Grant, Status},
    tests::support::noon,
};

fn grant(status: Status, redeemed: bool) -> Grant {
    Grant {
        subject_id: SubjectId::from_bytes([1; 16]),
        grant_id: GrantId::from_bytes([2; 16]),
        recipient: "client".into(),
        legal_basis: LegalBasis::Consent,
        details_hash: String::new(),
        until: noon() + TimeDelta::days(30),
        max_reads: None,
        reads: 0,
        epoch: 1,
        changes: 0,
        deposits: 1,
        status,
        created_at: noon(),
        code_used_at: redeemed.then(noon),
        last_read_at: None,
        last_change: None,
    }
}

#[test]
fn each_end_is_announced_with_its_reason_but_not_the_recipients_own() {
    let ends = [
        (Ending::Withdrawn, Some(EndReason::Withdrawn)),
        (Ending::Stopped, Some(EndReason::Stopped)),
        (Ending::Expired, Some(EndReason::Expired)),
        (Ending::Exhausted, Some(EndReason::Exhausted)),
        (Ending::GivenUp, None),
    ];
    let later = noon() + TimeDelta::hours(1);
    for (how, expected) in ends {
        let grant = grant(Status::Ended { how, at: noon() }, true);
        let event = NoticeKind::Ended
            .event(&grant, later)
            .map(|event| match event {
                Event::Ended {
                    reason,
                    effective_at,
                    ..
                } => (reason, effective_at),
                other => panic!("{other:?}"),
            });
        assert_eq!(event, expected.map(|reason| (reason, noon().timestamp())));
    }
}

#[test]
fn changes_are_announced_and_a_renewal_says_until_when() {
    let active = grant(Status::Active, true);
    for (kind, name) in [
        (NoticeKind::Paused, "paused"),
        (NoticeKind::Resumed, "resumed"),
        (NoticeKind::Narrowed, "narrowed"),
        (NoticeKind::Renewed, "renewed"),
    ] {
        let event = kind.event(&active, noon()).unwrap();
        assert_eq!((event.name(), event.grant_id()), (name, active.grant_id));
    }
    let renewed = NoticeKind::Renewed.event(&active, noon());
    assert!(
        matches!(renewed, Some(Event::Renewed { until, .. }) if until == active.until.timestamp())
    );
    assert_eq!(NoticeKind::Ended.event(&active, noon()), None);
}

#[test]
fn a_recipient_that_never_fetched_its_tokens_is_told_nothing() {
    let unknown = grant(Status::Active, false);
    assert_eq!(NoticeKind::Paused.event(&unknown, noon()), None);
}

#[test]
fn the_pause_between_tries_doubles_with_jitter_up_to_six_hours() {
    let rng = SystemRng::default();
    let whole = [10, 20, 40, 80, 160];
    for (tries, seconds) in (1..)
        .zip(whole)
        .chain([(40, 6 * 3600), (u32::MAX, 6 * 3600)])
    {
        for _ in 0..50 {
            let pause = again_at(tries, &rng, noon()).unwrap() - noon();
            let longest = TimeDelta::seconds(seconds);
            assert!(pause <= longest && pause >= longest / 2, "{tries}: {pause}");
        }
    }
}
