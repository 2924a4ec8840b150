//! The steps against a model: whatever is tried in whatever order, a browser goes back at most once,
//! only with its own cookie, and across devices only after the right digits within tries and time.

use proptest::prelude::*;

use super::*;

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn pushed() -> Interaction {
    Interaction {
        request_id: RequestId::from_bytes([1; 16]),
        client_id: "client".into(),
        callback: Callback {
            redirect_uri: "https://lumohoiva.example/back".into(),
            state: "state".into(),
            code_challenge: "challenge".into(),
            dpop_jkt: "jkt".into(),
        },
        pushed_at: noon(),
        shown_at: None,
        opened: None,
        decided: None,
        completed_at: None,
    }
}

fn opened(session: &str, way: Way) -> Opened {
    Opened {
        subject_id: SubjectId::from_bytes([2; 16]),
        session: session.into(),
        way,
    }
}

fn decided(completion: WayBack) -> Decided {
    Decided {
        digest: "digest".into(),
        grant_id: GrantId::from_bytes([3; 16]),
        approved: true,
        completion,
        log_size: 2,
    }
}

/// Decided at noon on another device; the right hash is `right`.
fn awaiting() -> Interaction {
    let mut interaction = pushed();
    interaction.show(noon()).unwrap();
    interaction
        .open(opened("mine", Way::CrossDevice), noon())
        .unwrap();
    let awaited = AwaitedDigits::new("right".into(), noon());
    interaction.decided = Some(decided(WayBack::Digits(awaited)));
    interaction
}

#[test]
fn a_row_of_before_there_were_two_ways_is_read_as_same_device() {
    let mut interaction = awaiting();
    interaction.opened = Some(opened("mine", Way::SameDevice));
    interaction.decided = Some(decided(WayBack::Link("handle".into())));
    let mut row = serde_json::to_value(&interaction).unwrap();
    assert_eq!(row["decided"]["completion"], "handle");
    row["opened"].as_object_mut().unwrap().remove("way");
    assert_eq!(
        serde_json::from_value::<Interaction>(row).unwrap(),
        interaction
    );
}

#[test]
fn a_row_keeps_what_was_counted() {
    let mut interaction = awaiting();
    interaction.type_digits("mine", "wrong", noon()).unwrap();
    let row = serde_json::to_string(&interaction).unwrap();
    assert_eq!(
        serde_json::from_str::<Interaction>(&row).unwrap(),
        interaction
    );
}

#[test]
fn digits_have_no_use_before_they_are_awaited() {
    let mut interaction = pushed();
    let type_in = |interaction: &mut Interaction| interaction.type_digits("mine", "right", noon());
    assert_eq!(type_in(&mut interaction), Err(InteractionError::NotOpened));
    interaction.show(noon()).unwrap();
    interaction
        .open(opened("mine", Way::CrossDevice), noon())
        .unwrap();
    assert_eq!(type_in(&mut interaction), Err(InteractionError::NotDecided));
    let mut here = awaiting();
    here.opened = Some(opened("mine", Way::SameDevice));
    assert_eq!(type_in(&mut here), Err(InteractionError::NoDigits));
    let mut by_link = awaiting();
    by_link.decided = Some(decided(WayBack::Link("handle".into())));
    assert_eq!(type_in(&mut by_link), Err(InteractionError::NoDigits));
}

#[test]
fn the_fifth_wrong_try_is_the_last() {
    let mut interaction = awaiting();
    let outcomes: Vec<_> = (0..6)
        .map(|_| interaction.type_digits("mine", "wrong", noon()))
        .collect();
    let wrong = Ok(Typed::Wrong);
    let over = Err(InteractionError::DigitsOver);
    assert_eq!(
        outcomes,
        [wrong, wrong, wrong, wrong, Ok(Typed::Over), over]
    );
    let right = interaction.type_digits("mine", "right", noon());
    assert_eq!(right, over);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Type { mine: bool, right: bool },
    Complete { mine: bool },
    Show,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (prop::bool::weighted(0.8), prop::bool::weighted(0.2))
            .prop_map(|(mine, right)| Step::Type { mine, right }),
        2 => prop::bool::weighted(0.8).prop_map(|mine| Step::Complete { mine }),
        1 => Just(Step::Show),
        2 => prop_oneof![Just(1_i64), Just(60), Just(299), Just(600)].prop_map(Step::Wait),
    ]
}

fn session(mine: bool) -> &'static str {
    if mine { "mine" } else { "other" }
}

proptest! {
    #[test]
    fn a_browser_goes_back_once_and_only_after_the_right_digits(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut interaction = awaiting();
        let (mut now, mut wrong, mut typed, mut gone) = (noon(), 0, false, false);
        for step in steps {
            match step {
                Step::Type { mine, right } => {
                    let hash = if right { "right" } else { "wrong" };
                    let is_over = !typed && (wrong >= MAX_TRIES || now >= noon() + DIGITS_LIFE);
                    let outcome = interaction.type_digits(session(mine), hash, now);
                    let expected = if !mine {
                        Err(InteractionError::OtherBrowser)
                    } else if gone {
                        Err(InteractionError::Completed)
                    } else if is_over {
                        Err(InteractionError::DigitsOver)
                    } else if right {
                        typed = true;
                        Ok(Typed::Right)
                    } else {
                        wrong += u8::from(!typed);
                        let last = !typed && wrong == MAX_TRIES;
                        Ok(if last { Typed::Over } else { Typed::Wrong })
                    };
                    prop_assert_eq!(outcome, expected);
                }
                Step::Complete { mine } => {
                    let expected = mine && typed && !gone;
                    prop_assert_eq!(interaction.complete(session(mine), now).is_ok(), expected);
                    gone |= expected;
                }
                Step::Show => {
                    prop_assert_eq!(interaction.show(now), Err(InteractionError::Decided));
                }
                Step::Wait(seconds) => now += TimeDelta::seconds(seconds),
            }
        }
        prop_assert!(wrong <= MAX_TRIES);
        prop_assert_eq!(interaction.completed_at.is_some(), gone);
    }

    #[test]
    fn the_first_ticket_that_is_opened_has_the_request(
        tickets in prop::collection::vec((any::<bool>(), any::<bool>()), 1..8),
    ) {
        let mut interaction = pushed();
        interaction.show(noon()).unwrap();
        let ticket = |(mine, here)| {
            let way = if here { Way::SameDevice } else { Way::CrossDevice };
            opened(session(mine), way)
        };
        let first = ticket(tickets[0]);
        for next in tickets {
            let outcome = interaction.open(ticket(next), noon());
            let expected = if ticket(next) == first { Ok(()) } else { Err(InteractionError::TakenByOther) };
            prop_assert_eq!(outcome, expected);
        }
        prop_assert_eq!(interaction.opened, Some(first));
    }
}
