//! Minimal proofs.

use credential_core::{
    credential::{CredentialClaims, CredentialType},
    record::{Attainment, AttainmentKind, Code, Credits, NoticeKind, Person},
    text::Text,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{LearningRecord, Mapped, achievement, credentials, of_type, record_of_all, shown};

fn qualification(title: &str, eqf: Option<u8>) -> Attainment {
    let mut one = achievement(title);
    one.kind = AttainmentKind::Qualification {
        titles: Vec::new(),
        specialisations: Vec::new(),
    };
    one.awarded = "2026-02-03".parse().ok();
    one.level.eqf = eqf;
    one
}

fn enrolment() -> Attainment {
    let mut one = achievement("Metsätalouden tutkinto-ohjelma");
    one.kind = AttainmentKind::Enrolment {
        state: Code {
            value: "1".into(),
            ..Code::default()
        },
        from: None,
        expected_end: None,
    };
    one
}

fn sized(mut one: Attainment, amount: &str, unit: &str) -> Attainment {
    one.credits = Some(Credits {
        amount: amount.parse().unwrap(),
        unit: Code {
            value: unit.into(),
            scheme: Some("opintojenlaajuusyksikko".into()),
            label: Text::default(),
        },
    });
    one
}

fn ects(one: Attainment, amount: &str) -> Attainment {
    sized(one, amount, "2")
}

fn proof(mapped: &Mapped, kind: CredentialType) -> Option<&CredentialClaims> {
    let mut proofs = mapped.credentials.iter();
    let found = proofs.find(|claims| claims.credential_type() == kind);
    assert!(
        proofs.all(|other| other.credential_type() != kind),
        "each once"
    );
    found
}

/// The highest number that a proof's facts reach, which all lower ones reach too.
fn reached(attainments: Vec<Attainment>, kind: CredentialType, fact: &str) -> Option<u32> {
    let mapped = credentials(&record_of_all(attainments));
    let claims = proof(&mapped, kind)?.claims().clone();
    let mut facts: Vec<(u32, bool)> = claims
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(fact)?, value)))
        .map(|(number, value)| (number.parse().unwrap(), value.as_bool().unwrap()))
        .collect();
    facts.sort_unstable();
    assert!(
        facts.windows(2).all(|pair| pair[0].1 || !pair[1].1),
        "{facts:?}"
    );
    facts
        .into_iter()
        .filter(|(_, holds)| *holds)
        .map(|(number, _)| number)
        .max()
}

fn level(attainments: Vec<Attainment>) -> Option<u32> {
    reached(attainments, CredentialType::MinimumLevel, "eqf_at_least_")
}

fn credits(attainments: Vec<Attainment>) -> Option<u32> {
    reached(
        attainments,
        CredentialType::MinimumCredits,
        "credits_at_least_",
    )
}

#[test]
fn each_proof_says_whose_it_is_and_its_facts_and_nothing_else() {
    let person = Person {
        family_name: Some("Esimerkki-Lahti".into()),
        given_name: Some("Eelis".into()),
        birthdate: "1998-04-12".parse().ok(),
        person_oid: Some("1.2.246.562.24.99999999901".into()),
    };
    let all = vec![
        ects(qualification("Metsätalousinsinööri", Some(6)), "240"),
        enrolment(),
    ];
    let record = LearningRecord::new("test", person, all, vec![], b"").unwrap();
    let mapped = credentials(&record);
    let proofs = CredentialType::MINIMAL_PROOFS.map(|kind| {
        let claims = proof(&mapped, kind).unwrap();
        assert_eq!(claims.valid_until(), None, "the type itself has the limit");
        // Everything that it says can be hidden, so each fact can go alone.
        let own = claims.disclosable().iter().map(ToString::to_string);
        let names = claims.claims().keys().map(|name| format!("/{name}"));
        let (mut own, mut names): (Vec<_>, Vec<_>) = (own.collect(), names.collect());
        own.sort_unstable();
        names.sort_unstable();
        assert_eq!(own, names);
        Value::Object(claims.claims().clone())
    });
    insta::assert_snapshot!(shown(&Value::from(proofs.to_vec())));
}

#[test]
fn a_record_that_does_not_say_it_gives_no_proof_rather_than_one_that_denies_it() {
    let unlevelled = sized(qualification("Tutkinto", None), "180", "6");
    let mapped = credentials(&record_of_all(vec![unlevelled, achievement("Kurssi")]));
    for kind in CredentialType::MINIMAL_PROOFS {
        assert_eq!(proof(&mapped, kind), None, "{kind}");
    }
    assert_eq!(mapped.notices, []);
}

#[test]
fn the_level_is_the_highest_of_a_completed_qualification() {
    assert_eq!(
        level(vec![
            qualification("a", Some(4)),
            qualification("b", Some(6))
        ]),
        Some(6)
    );
    assert_eq!(level(vec![qualification("a", Some(8))]), Some(8));
    let mut unit = achievement("a unit of a higher level is no qualification");
    unit.level.eqf = Some(7);
    let mut unfinished = qualification("without a day of awarding", Some(7));
    unfinished.awarded = None;
    let mut place = enrolment();
    place.level.eqf = Some(7);
    assert_eq!(level(vec![unit.clone(), unfinished, place]), None);
    unit.parts = vec![qualification("within a whole", Some(5))];
    assert_eq!(level(vec![unit]), Some(5));
}

#[test]
fn a_whole_counts_with_its_own_amount_and_its_parts_only_where_it_has_none() {
    let courses = |amount: &str| {
        vec![
            ects(achievement("a"), amount),
            ects(achievement("b"), amount),
        ]
    };
    let mut module = ects(achievement("module"), "15");
    module.parts = courses("30");
    assert_eq!(credits(vec![module.clone()]), Some(15));
    module.credits = None;
    assert_eq!(credits(vec![module.clone()]), Some(60));
    // The other unit says nothing about the parts.
    assert_eq!(credits(vec![sized(module, "40", "1")]), Some(60));
}

#[test]
fn amounts_are_added_exactly_and_only_in_ects_credits() {
    let of = |amounts: &[&str]| {
        let one = |amount: &&str| ects(achievement(&format!("kurssi {amount}")), amount);
        credits(amounts.iter().map(one).collect())
    };
    assert_eq!(of(&["4.9", "0.1"]), Some(5));
    assert_eq!(
        of(&["4.9", "0.099999"]),
        None,
        "nothing is reached, and so nothing is proved"
    );
    assert_eq!(of(&["0"]), None);
    assert_eq!(of(&["360"]), Some(360));
    assert_eq!(
        of(&["999999999", "1"]),
        None,
        "a sum that cannot be held proves nothing"
    );
    let osp = sized(achievement("a"), "180", "6");
    assert_eq!(credits(vec![osp, ects(achievement("b"), "5")]), Some(5));
}

#[test]
fn what_may_belong_to_a_qualification_is_not_added_to_it() {
    let degree = ects(qualification("Agrologi", None), "180");
    let studies = |amount| ects(achievement("Opintoja"), amount);
    assert_eq!(credits(vec![degree.clone(), studies("120")]), Some(180));
    assert_eq!(credits(vec![degree.clone(), studies("240")]), Some(240));
    let master = ects(qualification("Metsänhoitaja", None), "120");
    assert_eq!(credits(vec![degree, master]), Some(300));
}

#[test]
fn the_same_studies_count_once() {
    let coded = |title: &str, code: &str| {
        let mut one = ects(achievement(title), "30");
        one.code = Some(Code {
            value: code.into(),
            ..Code::default()
        });
        one
    };
    // Taken again for a better grade, and another course with a code that many have.
    assert_eq!(credits(vec![coded("a", "1"), coded("a", "1")]), Some(30));
    assert_eq!(credits(vec![coded("a", "1"), coded("b", "1")]), Some(60));
    // A part that stands beside its whole.
    let mut part = ects(achievement("osa"), "30");
    part.part_of = Some(Text::new("kokonaisuus", "helhet", "whole"));
    let mut whole = ects(achievement("x"), "60");
    whole.title = Text::new("kokonaisuus", "helhet", "whole");
    assert_eq!(credits(vec![part.clone(), whole.clone()]), Some(60));
    whole.credits = None;
    assert_eq!(credits(vec![part.clone(), whole]), Some(30));
    assert_eq!(credits(vec![part]), Some(30), "its whole is not here");
}

#[test]
fn only_qualifications_and_studies_count() {
    let mut badge = ects(achievement("merkki"), "60");
    badge.kind = AttainmentKind::SkillBadge;
    badge.awarded = "2026-02-03".parse().ok();
    let mut experience = ects(achievement("työ"), "60");
    experience.kind = AttainmentKind::Experience {
        employer: None,
        occupation: None,
        ended: None,
        self_asserted: false,
    };
    let mut unfinished = ects(qualification("without a day of awarding", None), "60");
    unfinished.awarded = None;
    assert_eq!(
        credits(vec![badge, experience, ects(enrolment(), "240")]),
        None
    );
    assert_eq!(credits(vec![unfinished]), None);
}

#[test]
fn several_places_to_study_make_one_proof() {
    let mapped = credentials(&record_of_all(vec![enrolment(), enrolment()]));
    let claims = of_type(&mapped, CredentialType::EnrolledNow).claims();
    assert_eq!(Value::Object(claims.clone()), json!({"enrolled": true}));
}

#[test]
fn a_proof_that_its_type_refuses_is_a_notice_about_the_whole_record() {
    let person = Person {
        family_name: Some("Aino 010203-9013".into()),
        ..Person::default()
    };
    let record = LearningRecord::new("test", person, vec![enrolment()], vec![], b"").unwrap();
    let mapped = credentials(&record);
    assert_eq!(mapped.credentials, []);
    let refused = mapped
        .notices
        .iter()
        .map(|notice| (&*notice.pointer, notice.kind));
    assert_eq!(
        refused.collect::<Vec<_>>(),
        [
            ("/0", NoticeKind::ClaimsRefused),
            ("", NoticeKind::ClaimsRefused)
        ]
    );
}

fn any_studies(depth: u32) -> impl Strategy<Value = Attainment> {
    let one = (0_u32..400, any::<bool>(), any::<bool>(), 0_u8..4).prop_map(
        |(amount, sized, degree, code)| {
            let mut one = achievement(&format!("{code}"));
            if degree {
                one = qualification(&format!("{code}"), None);
            }
            one.code = (code > 1).then(|| Code {
                value: format!("{code}"),
                ..Code::default()
            });
            if sized {
                ects(one, &amount.to_string())
            } else {
                one
            }
        },
    );
    one.prop_recursive(depth, 12, 3, |inner| {
        (inner.clone(), prop::collection::vec(inner, 0..3)).prop_map(|(mut one, parts)| {
            one.parts = parts;
            one
        })
    })
}

/// Every amount, wherever it stands.
fn everything(all: &[Attainment]) -> u32 {
    let own = |one: &Attainment| {
        let credits = one.credits.as_ref()?;
        credits.amount.as_str().parse::<u32>().ok()
    };
    all.iter()
        .map(|one| own(one).unwrap_or(0) + everything(&one.parts))
        .sum()
}

proptest! {
    #[test]
    fn a_proof_never_says_more_than_all_amounts_together(all in prop::collection::vec(any_studies(3), 0..4)) {
        let most = everything(&all);
        prop_assert!(credits(all).is_none_or(|reached| reached <= most));
    }

    #[test]
    fn parts_never_change_what_a_sized_whole_proves(amount in 0_u32..400, parts in prop::collection::vec(any_studies(2), 0..4)) {
        let whole = ects(achievement("whole"), &amount.to_string());
        let alone = credits(vec![whole.clone()]);
        prop_assert_eq!(credits(vec![Attainment { parts, ..whole }]), alone);
    }
}
