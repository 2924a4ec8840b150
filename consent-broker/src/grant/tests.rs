use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    access_log::Outcome,
    consent::details::LegalBasis,
    id::{GrantId, SubjectId},
};

use super::{Admission, Ending, Grant, Status};

const ENDED: Admission = Admission::Refused(Outcome::GrantEnded);

pub(super) fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

pub(super) fn grant(max_reads: Option<u32>) -> Grant {
    Grant {
        subject_id: SubjectId::from_bytes([1; 16]),
        grant_id: GrantId::from_bytes([2; 16]),
        recipient: "openid_federation:https://lumohoiva.example".into(),
        legal_basis: LegalBasis::Consent,
        details_hash: "hash".into(),
        until: noon() + TimeDelta::days(1),
        max_reads,
        reads: 0,
        epoch: 4,
        changes: 0,
        deposits: 1,
        status: Status::Active,
        created_at: noon(),
        code_used_at: None,
        last_read_at: None,
        last_change: None,
    }
}

pub(super) fn ended(how: Ending) -> Grant {
    let mut grant = grant(Some(3));
    grant.status = Status::Ended { how, at: noon() };
    grant
}

#[test]
fn admission_is_decided_by_end_status_epoch_repetition_and_count_in_that_order() {
    let over = noon() + TimeDelta::days(1);
    let full = Grant {
        reads: 3,
        ..grant(Some(3))
    };
    let table = [
        (
            "first read",
            grant(Some(3)),
            4,
            false,
            noon(),
            Admission::Counted,
        ),
        (
            "no limit",
            grant(None),
            4,
            false,
            noon(),
            Admission::Counted,
        ),
        (
            "the same read again",
            grant(Some(3)),
            4,
            true,
            noon(),
            Admission::Repeated,
        ),
        (
            "a token of an older epoch",
            grant(Some(3)),
            3,
            false,
            noon(),
            Admission::Refused(Outcome::NotAuthorized),
        ),
        (
            "a repeat with an older token",
            grant(Some(3)),
            3,
            true,
            noon(),
            Admission::Refused(Outcome::NotAuthorized),
        ),
        ("at its end", grant(Some(3)), 4, false, over, ENDED),
        ("a repeat at its end", grant(Some(3)), 4, true, over, ENDED),
        ("all reads used", full, 4, false, noon(), ENDED),
        (
            "exhausted",
            ended(Ending::Exhausted),
            4,
            false,
            noon(),
            ENDED,
        ),
        (
            "exhausted, the last read again",
            ended(Ending::Exhausted),
            4,
            true,
            noon(),
            Admission::Repeated,
        ),
        (
            "withdrawn",
            ended(Ending::Withdrawn),
            4,
            false,
            noon(),
            ENDED,
        ),
        (
            "withdrawn, a read again",
            ended(Ending::Withdrawn),
            4,
            true,
            noon(),
            ENDED,
        ),
        (
            "expired and recorded",
            ended(Ending::Expired),
            4,
            true,
            noon(),
            ENDED,
        ),
    ];
    for (what, grant, epoch, repeats, now, expected) in table {
        assert_eq!(grant.admit(epoch, repeats, now), expected, "{what}");
    }
}

#[test]
fn the_last_allowed_read_ends_the_grant() {
    let mut grant = grant(Some(2));
    assert!(!grant.count_read(noon()));
    assert!(grant.count_read(noon()));
    assert_eq!(grant.state_name(noon()), "exhausted");
    assert_eq!(grant.admit(4, false, noon()), ENDED);
}

#[test]
fn ending_a_grant_ends_its_handles_too() {
    let mut grant = grant(None);
    assert!(grant.may_have_token(4, noon()));
    grant.end(Ending::Withdrawn, noon());
    assert!(!grant.may_have_token(4, noon()));
    assert!(!grant.may_have_token(5, noon()));
}
