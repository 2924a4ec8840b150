use chrono::TimeDelta;

use super::{super::tests::*, *};
use crate::grant::Ending;

fn terms(deposit: u32, max_reads: Option<u32>) -> Terms {
    Terms {
        details_hash: "other".into(),
        until: noon() + TimeDelta::hours(1),
        max_reads,
        deposit,
    }
}

fn paused() -> Grant {
    let mut grant = grant(Some(3));
    grant.change(ChangeKind::Pause, 1, None, noon()).unwrap();
    grant
}

#[test]
fn each_change_fits_some_states_and_is_refused_in_the_others() {
    use ChangeKind::{Narrow, Pause, Renew, Resume};
    let over = || Grant {
        until: noon(),
        ..grant(None)
    };
    let read_twice = || Grant {
        reads: 2,
        ..grant(Some(3))
    };
    let changed_often = || Grant {
        changes: 200,
        ..grant(None)
    };
    type Row = (
        Grant,
        ChangeKind,
        u32,
        Option<Terms>,
        Result<(), ChangeError>,
    );
    let table: [Row; 19] = [
        (grant(None), Pause, 1, None, Ok(())),
        (grant(None), Resume, 1, None, Err(ChangeError::NotPaused)),
        (grant(None), Narrow, 1, Some(terms(2, Some(1))), Ok(())),
        (grant(None), Renew, 1, Some(terms(2, None)), Ok(())),
        (paused(), Pause, 2, None, Err(ChangeError::Paused)),
        (paused(), Resume, 2, None, Ok(())),
        (paused(), Narrow, 2, Some(terms(2, Some(1))), Ok(())),
        (paused(), Renew, 2, Some(terms(2, None)), Ok(())),
        (
            ended(Ending::Withdrawn),
            Pause,
            1,
            None,
            Err(ChangeError::Ended),
        ),
        (
            ended(Ending::Exhausted),
            Resume,
            1,
            None,
            Err(ChangeError::Ended),
        ),
        (
            ended(Ending::Expired),
            Renew,
            1,
            Some(terms(2, None)),
            Err(ChangeError::Ended),
        ),
        (
            over(),
            Renew,
            1,
            Some(terms(2, None)),
            Err(ChangeError::Ended),
        ),
        (grant(None), Pause, 2, None, Err(ChangeError::OutOfOrder)),
        (changed_often(), Pause, 201, None, Err(ChangeError::TooMany)),
        (
            Grant {
                status: Status::Paused { at: noon() },
                ..changed_often()
            },
            Resume,
            201,
            None,
            Ok(()),
        ),
        (paused(), Resume, 1, None, Err(ChangeError::OutOfOrder)),
        (
            read_twice(),
            Narrow,
            1,
            Some(terms(2, Some(2))),
            Err(ChangeError::ReadsUsed),
        ),
        (read_twice(), Narrow, 1, Some(terms(2, Some(3))), Ok(())),
        (
            grant(None),
            Narrow,
            1,
            Some(terms(1, Some(1))),
            Err(ChangeError::DepositOutOfOrder),
        ),
    ];
    for (before, kind, number, terms, expected) in table {
        let mut after = before.clone();
        let what = format!("{kind:?} {number} of {before:?}");
        assert_eq!(
            after.change(kind, number, terms, noon()),
            expected,
            "{what}"
        );
        let counted = before.changes + u32::from(expected.is_ok());
        assert_eq!(after.changes, counted, "{what}");
        assert!(expected.is_ok() || after == before, "{what}");
    }
}

#[test]
fn pausing_keeps_handles_and_terms_and_resuming_brings_everything_back() {
    let mut changed = paused();
    assert_eq!(changed.state_name(noon()), "paused");
    assert!(changed.may_have_token(4, noon()));
    changed.change(ChangeKind::Resume, 2, None, noon()).unwrap();
    let untouched = Grant {
        changes: 2,
        ..grant(Some(3))
    };
    assert_eq!(changed, untouched);
}

#[test]
fn narrowing_a_paused_grant_leaves_it_paused() {
    let mut changed = paused();
    let narrowed = changed.change(ChangeKind::Narrow, 2, Some(terms(5, Some(1))), noon());
    assert_eq!(narrowed, Ok(()));
    assert_eq!(changed.state_name(noon()), "paused");
    let moved = (
        changed.details_hash.as_str(),
        changed.max_reads,
        changed.deposits,
    );
    assert_eq!(moved, ("other", Some(1), 5));
}
