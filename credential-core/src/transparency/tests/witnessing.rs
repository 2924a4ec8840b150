use proptest::prelude::*;

use super::{ORIGIN, checkpoint, leaves, log, witness};
use crate::{
    access_log::{Hash, consistency_proof, root},
    encoding::sha256,
    transparency::{AddCheckpoint, LogSigner, MAX_PROOF, Refusal, Seen, judge},
};

/// A witness of one log, as far as deciding goes.
struct Deciding<'l> {
    log: &'l LogSigner,
    seen: Option<Seen>,
}

impl Deciding<'_> {
    fn ask(&mut self, request: &AddCheckpoint) -> Result<u64, Refusal> {
        let request = AddCheckpoint::parse(&request.to_string())?;
        let key = self.log.verifier();
        let known = |origin: &str| (origin == key.name()).then_some(key);
        let seen = self.seen;
        let (signed, seen) = judge(&request, known, |_origin| Ok::<_, Refusal>(seen))?;
        assert_eq!(signed.checkpoint().size, seen.size);
        self.seen = Some(seen);
        Ok(seen.size)
    }
}

fn request(log: &LogSigner, all: &[Hash], old: usize) -> AddCheckpoint {
    let proof = if old == all.len() {
        None
    } else {
        consistency_proof(all, old)
    };
    AddCheckpoint {
        old_size: old as u64,
        proof: proof.unwrap_or_default(),
        checkpoint: log.sign(&checkpoint(all)).unwrap().to_string(),
    }
}

#[test]
fn every_answer_is_the_one_that_the_standard_asks_for() {
    let log = log();
    let all = leaves(9);
    let mut witness = Deciding {
        log: &log,
        seen: None,
    };
    let mut asked = |request: &AddCheckpoint| witness.ask(request).map_err(Refusal::status);

    // Nothing is known yet: only from nothing.
    assert_eq!(asked(&request(&log, &all[..4], 2)), Err(409));
    let with_proof = AddCheckpoint {
        proof: vec![[1; 32]],
        ..request(&log, &all[..4], 0)
    };
    assert_eq!(asked(&with_proof), Err(422));
    assert_eq!(asked(&request(&log, &all[..4], 0)), Ok(4));

    // The same again is cosigned again.
    assert_eq!(asked(&request(&log, &all[..4], 4)), Ok(4));
    let mut forked = all.clone();
    forked[3] = sha256("another");
    assert_eq!(asked(&request(&log, &forked[..4], 4)), Err(409));

    // Not from where it stands; not from a fork; not backwards.
    assert_eq!(asked(&request(&log, &all, 3)), Err(409));
    assert_eq!(asked(&request(&log, &forked, 4)), Err(422));
    assert_eq!(asked(&request(&log, &all[..3], 3)), Err(409));
    assert_eq!(asked(&request(&log, &all[..3], 4)), Err(400));
    let without_proof = AddCheckpoint {
        proof: vec![],
        ..request(&log, &all, 4)
    };
    assert_eq!(asked(&without_proof), Err(422));

    // Others' logs and others' signatures.
    let stranger = super::log();
    assert_eq!(asked(&request(&stranger, &all, 4)), Err(403));
    let other = request(&log, &all, 4);
    let renamed = other.checkpoint.replacen(ORIGIN, "other.example/log", 1);
    assert_eq!(
        asked(&AddCheckpoint {
            checkpoint: renamed,
            ..other
        }),
        Err(404)
    );

    assert_eq!(asked(&request(&log, &all, 4)), Ok(9));
    let conflict = witness.ask(&request(&log, &all, 4));
    assert_eq!(conflict, Err(Refusal::Conflict { size: 9 }));
}

#[test]
fn what_is_no_request_is_malformed() {
    let log = log();
    let good = request(&log, &leaves(9), 4).to_string();
    assert!(AddCheckpoint::parse(&good).is_ok());
    let line = good.lines().nth(1).unwrap();
    let many = |count: usize| good.replacen(line, &vec![line; count].join("\n"), 1);
    let proof = good.split_once("\n\n").unwrap().0.lines().count() - 1;
    assert!(AddCheckpoint::parse(&many(MAX_PROOF - proof + 1)).is_ok());
    for malformed in [
        String::new(),
        good.replacen("old 4", "old 04", 1),
        good.replacen("old 4", "old  4", 1),
        good.replacen("old 4", "new 4", 1),
        good.replacen("old 4", "old", 1),
        good.replacen(line, "AAAA", 1),
        good.replacen(line, &format!("{line}\r"), 1),
        good.replacen("\n\n", "\n", 1),
        many(MAX_PROOF - proof + 2),
        "old 4\n\n".to_owned() + &"x".repeat(100_000),
    ] {
        let asked = Deciding {
            log: &log,
            seen: None,
        };
        let parsed = AddCheckpoint::parse(&malformed);
        let judged = parsed.and_then(|request| {
            let key = asked.log.verifier();
            judge(&request, |_| Some(key), |_| Ok::<_, Refusal>(None)).map(drop)
        });
        assert_eq!(judged, Err(Refusal::Malformed), "{malformed:?}");
    }
}

#[test]
fn a_cosigned_checkpoint_shows_who_has_seen_it_and_when() {
    let (log, witness) = (log(), witness("w.example/1"));
    let at = "2026-05-29T09:14:00Z".parse().unwrap();
    let note = log.sign(&checkpoint(&leaves(3))).unwrap();
    let line = witness.cosign(&note, at).to_string();
    let signed = crate::transparency::SignedCheckpoint::verify(&note.to_string(), log.verifier());
    let signed = signed
        .unwrap()
        .cosigned_by(witness.verifier(), &line)
        .unwrap();
    let trusted = [witness.verifier().clone()];
    assert_eq!(signed.witnesses(&trusted), [(&trusted[0], at)]);
}

/// One thing that a log, or somebody in its name, asks for.
#[derive(Debug, Clone)]
enum Step {
    Honest { size: usize },
    Forked { size: usize, at: usize },
    WrongOld { size: usize, old: usize },
    WithoutProof { size: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let size = 1_usize..40;
    prop_oneof![
        4 => size.clone().prop_map(|size| Step::Honest { size }),
        1 => (size.clone(), 0_usize..40).prop_map(|(size, at)| Step::Forked { size, at }),
        1 => (size.clone(), 0_usize..40).prop_map(|(size, old)| Step::WrongOld { size, old }),
        1 => size.prop_map(|size| Step::WithoutProof { size }),
    ]
}

proptest! {
    /// Whatever is asked in whatever order: what a witness has cosigned is always one growing tree.
    #[test]
    fn what_a_witness_cosigns_is_one_tree_that_only_grows(steps in prop::collection::vec(step(), 1..30)) {
        let log = log();
        let all = leaves(40);
        let mut witness = Deciding { log: &log, seen: None };
        for step in steps {
            let before = witness.seen;
            let from = usize::try_from(before.map_or(0, |seen| seen.size)).unwrap();
            let (answer, may_be_accepted) = match step {
                Step::Honest { size } => {
                    (witness.ask(&request(&log, &all[..size], from)), size >= from)
                }
                Step::Forked { size, at } => {
                    let mut forked = all[..size].to_vec();
                    let at = at % size;
                    forked[at] = sha256("forked");
                    // A fork that lies wholly beyond what was seen is no fork to this witness; keep it out.
                    if at >= from { continue; }
                    (witness.ask(&request(&log, &forked, from.min(size))), false)
                }
                Step::WrongOld { size, old } => {
                    let asked = request(&log, &all[..size], old.min(size));
                    (witness.ask(&asked), old.min(size) == from)
                }
                Step::WithoutProof { size } => {
                    let asked = AddCheckpoint { proof: vec![], ..request(&log, &all[..size], from.min(size)) };
                    (witness.ask(&asked), from == 0 || size == from)
                }
            };
            prop_assert_eq!(answer.is_ok(), may_be_accepted);
            match answer {
                Ok(size) => {
                    let size = usize::try_from(size).unwrap();
                    prop_assert!(size >= from);
                    let expected = Seen { size: size as u64, root: root(&all[..size]) };
                    prop_assert_eq!(witness.seen, Some(expected));
                }
                Err(_refusal) => prop_assert_eq!(witness.seen, before),
            }
        }
    }
}
