use std::collections::HashMap;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::tests::support::noon;

fn proof(owner: &str, id: &str, seconds: i64) -> ProofId {
    ProofId {
        owner: owner.into(),
        id: id.into(),
        until: noon() + TimeDelta::seconds(seconds),
    }
}

#[test]
fn what_finds_no_room_is_refused_until_something_is_forgotten() {
    let used = UsedProofs::with_room_for(2);
    assert_eq!(
        used.remember(&[proof("a", "1", 60), proof("a", "2", 90)]),
        Ok(None)
    );
    let refused = used.remember(&[proof("a", "3", 60)]);
    assert_eq!(refused, Err(StorageError::Unavailable));
    assert_eq!(
        used.remember(&[proof("a", "1", 60)]),
        Ok(Some(0)),
        "known still"
    );
    assert_eq!(used.forget(noon() + TimeDelta::seconds(60)), 1);
    assert_eq!(used.remember(&[proof("a", "3", 60)]), Ok(None));
}

#[test]
fn an_owner_and_an_id_do_not_run_together() {
    let used = UsedProofs::default();
    assert_eq!(used.remember(&[proof("ab", "c", 60)]), Ok(None));
    assert_eq!(used.remember(&[proof("a", "bc", 60)]), Ok(None));
}

#[derive(Debug, Clone)]
enum Step {
    Use(Vec<(u8, i64)>),
    Forget(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::collection::vec((0..6_u8, 1..20_i64), 1..3).prop_map(Step::Use),
        1 => (0..20_i64).prop_map(Step::Forget),
    ]
}

proptest! {
    #[test]
    fn it_remembers_what_a_plain_list_does(steps in prop::collection::vec(step(), 0..40)) {
        let used = UsedProofs::default();
        let mut plain: HashMap<u8, i64> = HashMap::new();
        for step in steps {
            match step {
                Step::Use(proofs) => {
                    let known = proofs.iter().position(|(id, _)| plain.contains_key(id));
                    if known.is_none() {
                        // The first of two alike in one request says how long.
                        for &(id, until) in &proofs {
                            plain.entry(id).or_insert(until);
                        }
                    }
                    let proofs = proofs.iter().map(|(id, until)| proof("a", &id.to_string(), *until));
                    prop_assert_eq!(used.remember(&proofs.collect::<Vec<_>>()), Ok(known));
                }
                Step::Forget(now) => {
                    let before = plain.len();
                    plain.retain(|_id, until| *until > now);
                    let gone = used.forget(noon() + TimeDelta::seconds(now));
                    prop_assert_eq!(gone, before - plain.len());
                }
            }
        }
    }
}
