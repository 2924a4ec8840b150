mod corpus;
mod forms;
mod limits;
mod properties;

use credential_core::record::{Attainment, AttainmentKind, LearningRecord, Notice, NoticeKind};
use serde_json::{Value, json};

use super::Elm;
use crate::{
    mapping,
    source::{
        RecordSource as _, recognise,
        tests::examples::{checked, leaves, shown},
    },
};

const DIPLOMA: &[u8] = include_bytes!("../../../../tests/fixtures/elm/diploma.json");

fn sample() -> Value {
    serde_json::from_slice(DIPLOMA).unwrap()
}

fn read(document: &Value) -> LearningRecord {
    Elm.read(document.to_string().as_bytes()).unwrap()
}

/// The sample with one value changed.
fn changed(pointer: &str, to: Value) -> LearningRecord {
    let mut document = sample();
    *document.pointer_mut(pointer).unwrap() = to;
    read(&document)
}

fn has(record: &LearningRecord, pointer: &str, kind: NoticeKind) -> bool {
    let is_it = |one: &Notice| one.pointer == pointer && one.kind == kind;
    record.notices().iter().any(is_it)
}

fn degree(record: &LearningRecord) -> &Attainment {
    record.attainments().first().unwrap()
}

#[test]
fn a_diploma_becomes_a_qualification_with_its_parts() {
    assert_eq!(recognise(DIPLOMA).unwrap().name(), "elm");
    let record = read(&sample());
    assert_eq!(record.person().family_name.as_deref(), Some("Esimerkki"));
    assert_eq!(record.person().birthdate, "2001-03-14".parse().ok());
    let degree = degree(&record);
    assert!(matches!(degree.kind, AttainmentKind::Qualification { .. }));
    assert!(degree.title.sv.as_deref().unwrap().starts_with("Ingenjör"));
    assert_eq!(degree.level.eqf, Some(6));
    assert_eq!(degree.awarded, "2026-05-29".parse().ok());
    assert_eq!(degree.started, "2022-08-01".parse().ok());
    assert_eq!(degree.credits.as_ref().unwrap().amount.as_str(), "240");
    assert_eq!(degree.credits.as_ref().unwrap().unit.value, "2");
    assert_eq!(degree.language_of_instruction.as_ref().unwrap().value, "FI");
    assert_eq!(
        degree.field.as_ref().unwrap().value,
        "http://data.europa.eu/snb/isced-f/0613"
    );
    let skills: Vec<_> = degree
        .skills
        .iter()
        .map(|skill| skill.value.as_str())
        .collect();
    assert_eq!(skills[1], "Works in a team");
    assert!(skills[0].starts_with("http://data.europa.eu/esco/skill/"));
}

#[test]
fn an_object_that_is_written_out_once_is_found_by_its_id() {
    let record = read(&sample());
    let body = degree(&record).parts[0].awarding_body.as_ref().unwrap();
    assert_eq!(
        body.name.fi.as_deref(),
        Some("Lehtorannan ammattikorkeakoulu")
    );
    assert_eq!(body.other_names[0].language, "de");
    assert_eq!(body.country.as_deref(), Some("FI"));
    assert_eq!(body.url.as_deref(), Some("https://lehtoranta.example"));
    let schemes: Vec<_> = body
        .identifiers
        .iter()
        .map(|it| it.scheme.as_deref().unwrap())
        .collect();
    assert_eq!(schemes, ["uri", "SCHAC", "eidas"]);
}

#[test]
fn parts_have_their_grades_and_a_failed_one_is_left_out() {
    let record = read(&sample());
    let [databases, mathematics] = degree(&record).parts.as_slice() else {
        panic!("two parts");
    };
    let grade = databases.grade.as_ref().unwrap();
    assert_eq!(
        (grade.value.as_str(), grade.scale.as_deref()),
        ("5", Some("Scale 0 to 5"))
    );
    assert_eq!(databases.code.as_ref().unwrap().value, "LR2");
    assert_eq!(mathematics.grade.as_ref().unwrap().value, "3");
    assert!(has(
        &record,
        "/credentialSubject/hasClaim/0/hasPart/2",
        NoticeKind::NotPassed
    ));
}

#[test]
fn activities_are_experience_assessments_are_studies_and_entitlements_stay_raw() {
    let record = read(&sample());
    let [_degree, activity, examination] = record.attainments() else {
        panic!("three claims");
    };
    let AttainmentKind::Experience {
        employer,
        ended,
        self_asserted,
        ..
    } = &activity.kind
    else {
        panic!("{:?}", activity.kind);
    };
    assert!(employer.is_some() && !self_asserted);
    assert_eq!(*ended, "2024-12-31".parse().ok());
    assert_eq!(examination.kind, AttainmentKind::StudyAchievement);
    let grade = examination.grade.as_ref().unwrap();
    assert_eq!(grade.label.en.as_deref(), Some("Pass"));
    assert!(has(
        &record,
        "/credentialSubject/hasClaim/3",
        NoticeKind::TypeNotSupported
    ));
}

#[test]
fn a_diploma_from_document_to_claims() {
    let mapped = mapping::credentials(&read(&sample()));
    let claims = mapped
        .credentials
        .iter()
        .map(|one| json!({one.credential_type().vct(): Value::Object(one.claims().clone())}));
    insta::assert_snapshot!(shown(&Value::Array(claims.collect())));
}

#[test]
fn a_day_of_birth_at_another_time_than_midnight_is_not_believed() {
    let place = "/credentialSubject/dateOfBirth";
    let record = changed(place, json!("2001-03-13T22:00:00Z"));
    assert_eq!(record.person().birthdate, None);
    assert!(has(&record, place, NoticeKind::NotUnderstood));
    let record = changed(place, json!("2001-03-14"));
    assert_eq!(record.person().birthdate, "2001-03-14".parse().ok());
}

#[test]
fn a_part_of_a_qualification_is_no_qualification() {
    let place = "/credentialSubject/hasClaim/0/specifiedBy/isPartialQualification";
    let record = changed(place, json!(true));
    assert_eq!(degree(&record).kind, AttainmentKind::StudyAchievement);
}

#[test]
fn a_proof_of_enrolment_is_a_place_to_study() {
    let mut document = sample();
    document["type"] = json!([
        "VerifiableCredential",
        "EuropeanHigherEducationProofOfEnrolment"
    ]);
    document["credentialSubject"]["hasClaim"] = json!([{
        "type": ["LearningAchievement"],
        "title": {"fi": "Insinööri (AMK)"},
        "participatedIn": {"type": "LearningOpportunity", "temporal": {"startDate": "2025-09-01"}},
    }]);
    let record = read(&document);
    let AttainmentKind::Enrolment { from, .. } = &degree(&record).kind else {
        panic!("{:?}", degree(&record).kind);
    };
    assert_eq!(*from, "2025-09-01".parse().ok());
    let mapped = mapping::credentials(&record);
    assert_eq!(
        mapped.credentials[0]
            .credential_type()
            .vct()
            .rsplit('/')
            .nth(1),
        Some("enrolment")
    );
}

#[test]
fn no_personal_identifier_leaves_the_raw_document() {
    let record = read(&sample());
    let mapped = mapping::credentials(&record);
    let shown = format!("{record:?} {:?} {mapped:?}", record.attainments());
    assert!(!shown.contains("140301A9012"));
    assert!(!shown.to_lowercase().contains("female"));
}

#[test]
fn every_value_of_a_diploma_is_accounted_for() {
    let understood = checked(DIPLOMA).unwrap();
    assert_eq!(understood.coverage.total().total(), leaves(&sample()));
}

#[test]
fn several_people_or_nobody_are_refused() {
    let mut document = sample();
    let person = document["credentialSubject"].take();
    document["credentialSubject"] = json!([person, person]);
    let error = Elm.read(document.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.reason(), "document-several-people");
    assert_eq!(error.pointer(), Some("/credentialSubject/1"));
    document["credentialSubject"] = json!("urn:epass:person:9");
    let error = Elm.read(document.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.reason(), "document-wrong-type");
}
