mod corpus;
mod privacy;
mod properties;
mod refused;
mod studies;

use credential_core::record::{Attainment, AttainmentKind, LearningRecord, NoticeKind};
use serde_json::{Value, json};

use super::Koski;
use crate::source::RecordSource as _;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/fixtures/koski/",
            $name
        ))
    };
}

use fixture;

const SAMPLE: &[u8] = fixture!("ammatillinen-perustutkinto.json");

fn read(document: &Value) -> LearningRecord {
    Koski.read(document.to_string().as_bytes()).unwrap()
}

fn sample() -> LearningRecord {
    Koski.read(SAMPLE).unwrap()
}

/// The document of one vocational study right with these completions.
fn studies(state: &str, completions: &Value) -> Value {
    json!({"opiskeluoikeudet": [{
        "oppilaitos": {"nimi": {"fi": "Lehtorannan ammattiopisto"}},
        "tila": {"opiskeluoikeusjaksot": [
            {"alku": "2025-08-11", "tila": {"koodiarvo": state}},
            {"alku": "2024-08-11", "tila": {"koodiarvo": "lasna"}},
        ]},
        "suoritukset": completions,
    }]})
}

fn unit(assessments: &Value, parts: &Value) -> Value {
    json!({
        "tyyppi": {"koodiarvo": "ammatillisentutkinnonosa"},
        "koulutusmoduuli": {"tunniste": {"koodiarvo": "990101", "nimi": {"fi": "Hoitotyö"}}},
        "arviointi": assessments,
        "osasuoritukset": parts,
    })
}

fn qualification(confirmed: bool, parts: &Value) -> Value {
    let mut completion = json!({
        "tyyppi": {"koodiarvo": "ammatillinentutkinto"},
        "koulutusmoduuli": {"tunniste": {
            "koodiarvo": "371101", "koodistoUri": "koulutus", "nimi": {"fi": "Perustutkinto"},
        }},
        "osasuoritukset": parts,
    });
    if confirmed {
        completion["vahvistus"] = json!({"päivä": "2026-05-29"});
    }
    completion
}

fn grade(value: &str, date: &str, passed: bool) -> Value {
    let scale = "arviointiasteikkoammatillinen15";
    json!({"arvosana": {"koodiarvo": value, "koodistoUri": scale}, "päivä": date, "hyväksytty": passed})
}

fn kinds(record: &LearningRecord) -> Vec<NoticeKind> {
    record.notices().iter().map(|notice| notice.kind).collect()
}

fn grade_of(assessments: &Value) -> Option<String> {
    let document = studies(
        "valmistunut",
        &json!([qualification(true, &json!([unit(assessments, &json!([]))]))]),
    );
    let record = read(&document);
    let part = record.attainments()[0].parts.first()?;
    part.grade.as_ref().map(|grade| grade.value.clone())
}

#[test]
fn the_sample_is_one_qualification_with_nine_units() {
    let record = sample();
    let [whole] = record.attainments() else {
        panic!("{record:?}")
    };
    let AttainmentKind::Qualification {
        titles,
        specialisations,
    } = &whole.kind
    else {
        panic!("{whole:?}")
    };
    assert_eq!(titles[0].en.as_deref(), Some("Practical Nurse"));
    assert_eq!(specialisations.len(), 1);
    assert_eq!(whole.credits.as_ref().unwrap().amount.as_str(), "180");
    assert_eq!((whole.level.eqf, whole.level.nqf), (Some(4), Some(4)));
    assert_eq!(whole.parts.len(), 9);
    assert_eq!(
        whole.parts[8].parts[2]
            .credits
            .as_ref()
            .unwrap()
            .amount
            .as_str(),
        "1.5"
    );
    let recognised = |part: &Attainment| part.recognised_prior_learning;
    assert_eq!(whole.parts.iter().position(recognised), Some(3));
    assert_eq!(record.raw(), SAMPLE);
}

#[test]
fn of_the_sample_only_kept_raw_is_noticed_and_without_a_members_name() {
    let places: Vec<_> = sample()
        .notices()
        .iter()
        .map(|notice| (notice.pointer.clone(), notice.kind))
        .collect();
    let raw = |place: &str| (place.to_owned(), NoticeKind::KeptRaw);
    assert_eq!(
        places,
        [
            raw("/henkilö"),
            raw("/opiskeluoikeudet/0"),
            raw("/opiskeluoikeudet/0/suoritukset/0"),
        ]
    );
}

#[test]
fn one_study_right_alone_is_read_too() {
    let document: Value = serde_json::from_slice(SAMPLE).unwrap();
    let record = read(&document["opiskeluoikeudet"][0]);
    assert_eq!(record.attainments()[0].pointer, "/suoritukset/0");
    assert_eq!(record.person().family_name, None);
}

#[test]
fn passed_units_of_unfinished_studies_stand_alone_and_name_the_whole() {
    let parts = json!([
        unit(&json!([grade("4", "2026-01-10", true)]), &json!([])),
        unit(&json!([grade("Hylätty", "2026-01-10", false)]), &json!([])),
        unit(&json!([]), &json!([])),
    ]);
    let record = read(&studies("eronnut", &json!([qualification(false, &parts)])));
    let [unit] = record.attainments() else {
        panic!("{:?}", record.attainments())
    };
    assert_eq!(
        unit.part_of.as_ref().unwrap().fi.as_deref(),
        Some("Perustutkinto")
    );
    assert_eq!(
        kinds(&record),
        [
            NoticeKind::NotConfirmed,
            NoticeKind::NotPassed,
            NoticeKind::NotAssessed
        ]
    );
}

#[test]
fn a_passed_course_of_a_failed_subject_is_not_lost() {
    let course = unit(&json!([grade("5", "2026-01-10", true)]), &json!([]));
    let failed = unit(
        &json!([grade("Hylätty", "2026-02-10", false)]),
        &json!([course]),
    );
    let record = read(&studies(
        "valmistunut",
        &json!([qualification(true, &json!([failed]))]),
    ));
    let [course] = record.attainments()[0].parts.as_slice() else {
        panic!("one course")
    };
    assert!(
        course
            .pointer
            .ends_with("/osasuoritukset/0/osasuoritukset/0")
    );
    assert!(kinds(&record).contains(&NoticeKind::NotPassed));
}

#[test]
fn the_best_number_counts_and_otherwise_the_latest_pass() {
    let assessed = |all: &[Value]| grade_of(&json!(all));
    let (four, three) = (
        grade("4", "2025-01-01", true),
        grade("3", "2026-01-01", true),
    );
    let (fail, pass) = (
        grade("Hylätty", "2026-03-01", false),
        grade("Hyväksytty", "2026-02-01", true),
    );
    assert_eq!(
        assessed(&[four.clone(), three.clone()]).as_deref(),
        Some("4")
    );
    assert_eq!(
        assessed(&[four.clone(), fail.clone()]).as_deref(),
        Some("4")
    );
    assert_eq!(
        assessed(&[four.clone(), pass]).as_deref(),
        Some("Hyväksytty")
    );
    assert_eq!(assessed(&[fail]), None);
}

#[test]
fn a_prediction_or_an_assessment_not_marked_as_passed_awards_nothing() {
    let mut predicted = grade("7", "2026-01-01", true);
    predicted["predicted"] = json!(true);
    let mut unmarked = grade("5", "2026-01-01", true);
    unmarked["hyväksytty"] = json!("true");
    for assessment in [predicted, unmarked, json!({"arvosana": {"koodiarvo": "5"}})] {
        assert_eq!(grade_of(&json!([assessment])), None);
    }
}

#[test]
fn an_annulled_study_right_awards_nothing() {
    for state in ["mitatoity", "peruutettu"] {
        let record = read(&studies(state, &json!([qualification(true, &json!([]))])));
        assert!(record.attainments().is_empty());
        assert_eq!(kinds(&record), [NoticeKind::Annulled]);
        let mut document = studies(state, &json!([qualification(true, &json!([]))]));
        let periods = &mut document["opiskeluoikeudet"][0]["tila"]["opiskeluoikeusjaksot"];
        periods[0]["alku"] = json!("once");
        assert!(read(&document).attainments().is_empty());
    }
}

#[test]
fn a_year_that_must_be_repeated_is_not_an_achievement() {
    let mut year = qualification(true, &json!([]));
    year["tyyppi"] = json!({"koodiarvo": "perusopetuksenvuosiluokka"});
    year["jääLuokalle"] = json!(true);
    let record = read(&studies("eronnut", &json!([year])));
    assert_eq!(
        kinds(&record),
        [NoticeKind::NotPassed, NoticeKind::NothingAwarded]
    );
}

#[test]
fn a_place_to_study_is_an_enrolment_while_its_latest_state_is_present() {
    let completions = json!([qualification(false, &json!([]))]);
    let present = read(&studies("lasna", &completions));
    assert!(matches!(
        &present.attainments()[0].kind,
        AttainmentKind::Enrolment { state, .. } if state.value == "lasna"
    ));
    let left = read(&studies("eronnut", &completions));
    assert_eq!(
        kinds(&left),
        [NoticeKind::NotConfirmed, NoticeKind::NothingAwarded]
    );
}

#[test]
fn ended_without_award_and_unsupported_studies_are_answered_with_a_reason() {
    let reasons = |bytes: &[u8]| {
        let record = Koski.read(bytes).unwrap();
        assert!(record.attainments().is_empty());
        let mut kinds = kinds(&record);
        kinds.retain(|kind| *kind != NoticeKind::KeptRaw);
        kinds
    };
    assert_eq!(
        reasons(fixture!("nothing-awarded.json")),
        [
            NoticeKind::NotConfirmed,
            NoticeKind::NotPassed,
            NoticeKind::NothingAwarded
        ]
    );
    assert_eq!(
        reasons(fixture!("unsupported-type.json")),
        [NoticeKind::TypeNotSupported, NoticeKind::NothingAwarded]
    );
}

#[test]
fn the_code_lists_are_read_whole() {
    use super::kinds::{Kind, cefr};
    let kind = |code| Kind::of(code).unwrap();
    assert_eq!(
        kind("perusopetuksenoppimaara").level(None, None).nqf,
        Some(2)
    );
    let vocational =
        |education_type, code| kind("ammatillinentutkinto").level(education_type, code).eqf;
    assert_eq!(vocational(None, Some("351301")), Some(4));
    assert_eq!(vocational(None, Some("457305")), Some(5));
    assert_eq!(vocational(Some("12"), Some("999999")), Some(5));
    assert_eq!(vocational(None, Some("999999")), None);
    assert_eq!(cefr("ykiarvosana", "4"), Some("B2"));
    assert!(super::kinds::is_kept_raw("perusopetuksentoimintaalue"));
}
