use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Check, Outcome, Question, Reason, What, verdict, visible};
use crate::test_support::noon;

use Outcome::{Attention, CouldNotCheck, Invalid, Valid};

#[test]
fn the_verdict_follows_the_table() {
    let table: &[(&[Outcome], Outcome)] = &[
        (&[], CouldNotCheck),
        (&[Valid], Valid),
        (&[Valid, Valid, Valid, Valid], Valid),
        (&[Attention], Attention),
        (&[Valid, Attention, Valid], Attention),
        (&[CouldNotCheck], CouldNotCheck),
        (&[Valid, CouldNotCheck], CouldNotCheck),
        (&[CouldNotCheck, Attention], CouldNotCheck),
        (&[Attention, CouldNotCheck, Valid], CouldNotCheck),
        (&[Invalid], Invalid),
        (&[Valid, Invalid], Invalid),
        (&[Attention, Invalid], Invalid),
        (&[CouldNotCheck, Invalid], Invalid),
        (&[Invalid, CouldNotCheck, Attention, Valid], Invalid),
    ];
    for (outcomes, expected) in table {
        assert_eq!(verdict(outcomes.iter().copied()), *expected, "{outcomes:?}");
    }
}

#[test]
fn codes_are_stable_and_each_is_used_once() {
    let codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    let mut unique = codes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), codes.len());
    let plain = |code: &str| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    assert!(codes.iter().all(|code| plain(code)));
    insta::assert_snapshot!(codes.join(" "));
}

#[test]
fn every_question_has_an_answer_of_each_kind_that_can_happen() {
    for question in Question::ALL {
        let of_question = || Reason::ALL.iter().filter(|r| r.question() == question);
        assert!(of_question().any(|r| r.outcome() == Valid), "{question:?}");
        assert!(
            of_question().any(|r| r.outcome() == Invalid),
            "{question:?}"
        );
    }
    assert_eq!(Reason::StatusUnreachable.outcome(), CouldNotCheck);
    assert_eq!(Reason::IssuerUnknown.outcome(), Attention);
}

#[test]
fn a_wrong_signature_hides_all_other_checks() {
    let check = |reason| Check::new(reason, noon());
    let checks = vec![
        check(Reason::IssuerTrusted),
        check(Reason::SignatureInvalid),
        check(Reason::NotRevoked),
    ];
    assert_eq!(visible(checks), [check(Reason::SignatureInvalid)]);
    let honest = vec![check(Reason::IssuerTrusted), check(Reason::Revoked)];
    assert_eq!(visible(honest.clone()), honest);
}

fn any_reason() -> impl Strategy<Value = Reason> {
    prop::sample::select(Reason::ALL)
}

proptest! {
    #[test]
    fn what_could_not_be_checked_or_is_invalid_never_rolls_up_to_valid(
        reasons in prop::collection::vec(any_reason(), 0..12),
    ) {
        let outcomes: Vec<Outcome> = reasons.iter().map(|reason| reason.outcome()).collect();
        let all_valid = !outcomes.is_empty() && outcomes.iter().all(|o| *o == Valid);
        prop_assert_eq!(verdict(outcomes.iter().copied()) == Valid, all_valid);
        prop_assert_eq!(
            verdict(outcomes.iter().copied()) == Invalid,
            outcomes.contains(&Invalid)
        );
    }

    #[test]
    fn hiding_never_makes_a_verdict_better(reasons in prop::collection::vec(any_reason(), 0..12)) {
        let at = noon() + TimeDelta::seconds(1);
        let checks: Vec<Check> = reasons.iter().map(|reason| Check::new(*reason, at)).collect();
        let before = verdict(checks.iter().map(|check| check.outcome));
        let shown = visible(checks);
        prop_assert_eq!(verdict(shown.iter().map(|check| check.outcome)), before);
        let signature = |check: &Check| check.what == What::Signature && check.outcome == Invalid;
        prop_assert!(!shown.iter().any(signature) || shown.iter().all(signature));
    }
}
