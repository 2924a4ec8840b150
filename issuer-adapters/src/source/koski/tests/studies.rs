//! Higher education, and tests of upper secondary school beside the subjects.

use credential_core::record::{AttainmentKind, NoticeKind};

use crate::source::{Understood, koski::Koski, tests::support::check_fixture};

const DEGREES: &[u8] = include_bytes!("../../../../../tests/fixtures/koski/higher-education.json");
const EXTRAS: &[u8] =
    include_bytes!("../../../../../tests/fixtures/koski/upper-secondary-extras.json");

fn places(understood: &Understood, kind: NoticeKind) -> Vec<&str> {
    let notices = understood.records[0].notices().iter();
    let of_kind = notices.filter(|notice| notice.kind == kind);
    of_kind.map(|notice| notice.pointer.as_str()).collect()
}

#[test]
fn a_degree_of_higher_education_has_its_level_and_its_passed_courses() {
    let understood = check_fixture(&Koski, DEGREES);
    let degree = &understood.records[0].attainments()[0];
    assert!(matches!(degree.kind, AttainmentKind::Qualification { .. }));
    assert_eq!((degree.level.eqf, degree.level.isced), (Some(6), Some(6)));
    assert_eq!(degree.parts.len(), 1);
    let grade = degree.parts[0].grade.as_ref().unwrap();
    assert_eq!(
        (grade.value.as_str(), grade.scale.as_deref()),
        ("4", Some("virtaarvosana"))
    );
    let failed = "/opiskeluoikeudet/0/suoritukset/0/osasuoritukset/1";
    assert_eq!(places(&understood, NoticeKind::NotPassed), [failed]);
}

#[test]
fn courses_of_a_degree_under_way_stand_alone_and_its_place_is_an_enrolment() {
    let understood = check_fixture(&Koski, DEGREES);
    let [_, course, other, enrolment] = understood.records[0].attainments() else {
        panic!("{:?}", understood.records[0].attainments())
    };
    assert_eq!(
        course.part_of.as_ref().unwrap().fi.as_deref(),
        Some("Filosofian maisteri")
    );
    assert_eq!(other.title.fi.as_deref(), Some("Avoimen yliopiston runous"));
    let AttainmentKind::Enrolment { expected_end, .. } = &enrolment.kind else {
        panic!("{:?}", enrolment.kind)
    };
    assert_eq!(expected_end.unwrap().to_string(), "2027-07-31");
    assert_eq!(enrolment.title.fi.as_deref(), Some("Filosofian maisteri"));
}

#[test]
fn oral_tests_and_the_puhvi_test_are_parts_and_own_language_studies_stay_raw() {
    let understood = check_fixture(&Koski, EXTRAS);
    let [syllabus] = understood.records[0].attainments() else {
        panic!("{:?}", understood.records[0].attainments())
    };
    let [english, spanish, puhvi] = syllabus.parts.as_slice() else {
        panic!("{:?}", syllabus.parts)
    };
    assert_eq!(english.level.cefr, Some("B2"));
    assert_eq!(english.subject_language.as_ref().unwrap().value, "EN");
    assert_eq!(spanish.level.cefr, None, "above a level is no level");
    assert_eq!(puhvi.title.fi.as_deref(), Some("Puhvi-koe"));
    assert_eq!(puhvi.awarded.unwrap().to_string(), "2026-03-03");
    let french = "/opiskeluoikeudet/0/suoritukset/0/suullisenKielitaidonKokeet/2";
    assert_eq!(places(&understood, NoticeKind::NotPassed), [french]);
    let shown = format!("{:?}", understood.records[0].attainments());
    assert!(
        !shown.contains("saame") && !shown.contains("\"SE\""),
        "{shown}"
    );
}
