use std::collections::BTreeSet;

use credential_core::record::{AttainmentKind, NoticeKind};
use proptest::prelude::*;
use serde_json::Value;

use super::Ripa;
use crate::source::{
    RecordSource as _, SourceError, Understood,
    tests::{
        corpus::{corpus_folder, corpus_tree},
        support::{check, check_corpus, check_fixture, claims, mapped},
    },
};

const MESSAGE: &str = include_str!("../../../../tests/fixtures/ripa/message.json");
const TABLE: &str = include_str!("../../../../tests/fixtures/ripa/corpus.tsv");

fn places(understood: &Understood, kind: NoticeKind) -> Vec<&str> {
    let notices = understood.records[0].notices().iter();
    let of_kind = notices.filter(|notice| notice.kind == kind);
    of_kind.map(|notice| notice.pointer.as_str()).collect()
}

#[test]
fn a_course_is_read_with_its_credits_grade_and_who_awarded_it() {
    let understood = check_fixture(&Ripa, MESSAGE.as_bytes());
    let record = &understood.records[0];
    assert_eq!(record.person().birthdate.unwrap().to_string(), "2001-12-24");
    assert_eq!(record.person().given_name.as_deref(), Some("Aada Ilona"));
    let course = &record.attainments()[0];
    assert_eq!(course.kind, AttainmentKind::StudyAchievement);
    assert_eq!(course.code.as_ref().unwrap().value, "MET-101");
    let credits = course.credits.as_ref().unwrap();
    assert_eq!(
        (credits.amount.as_str(), credits.unit.value.as_str()),
        ("4.5", "2")
    );
    let grade = course.grade.as_ref().unwrap();
    assert_eq!(
        (grade.value.as_str(), grade.scale.as_deref()),
        ("4", Some("Viisiportainen"))
    );
    assert_eq!(
        course.description.fi.as_deref(),
        Some("Tunnistaa kuoriaiset.\n\nKuoriaisten elämä.")
    );
    assert_eq!(course.language_of_instruction.as_ref().unwrap().value, "fi");
    let body = course.awarding_body.as_ref().unwrap();
    assert_eq!(body.oid.as_deref(), Some("1.2.246.562.10.99999999901"));
    let schemes: Vec<_> = body
        .identifiers
        .iter()
        .filter_map(|it| it.scheme.as_deref())
        .collect();
    assert_eq!(schemes, ["oppilaitosnumero", "erasmus", "schac", "pic"]);
}

#[test]
fn a_degree_without_an_institution_of_its_own_is_the_senders() {
    let understood = check_fixture(&Ripa, MESSAGE.as_bytes());
    let degree = &understood.records[0].attainments()[1];
    assert!(matches!(degree.kind, AttainmentKind::Qualification { .. }));
    assert_eq!(
        degree.awarding_body.as_ref().unwrap().identifiers[0].value,
        "99901"
    );
    assert_eq!(
        degree.language_of_instruction, None,
        "two languages are not one"
    );
}

#[test]
fn what_failed_was_removed_or_is_under_way_awards_nothing() {
    let understood = check_fixture(&Ripa, MESSAGE.as_bytes());
    assert_eq!(understood.records[0].attainments().len(), 2);
    assert_eq!(
        places(&understood, NoticeKind::NotPassed),
        ["/completedCredits/2"]
    );
    assert_eq!(
        places(&understood, NoticeKind::Annulled),
        ["/completedCredits/3"]
    );
    assert_eq!(
        places(&understood, NoticeKind::NotAssessed),
        ["/completedCredits/4"]
    );
}

#[test]
fn a_state_that_is_not_known_awards_nothing() {
    for (from, to) in [
        ("\"ACCEPTED\"", "\"SOMETHING\""),
        ("\"CORRECTION\"", "null"),
    ] {
        let understood = check_fixture(&Ripa, MESSAGE.replace(from, to).as_bytes());
        let refused = places(&understood, NoticeKind::NotUnderstood);
        assert!(refused.contains(&"/completedCredits/1"), "{refused:?}");
    }
}

#[test]
fn people_other_than_the_learner_are_not_in_the_record() {
    let understood = check_fixture(&Ripa, MESSAGE.as_bytes());
    let record = &understood.records[0];
    let shown = format!("{:?} {:?}", record.attainments(), mapped(&understood));
    assert!(
        !shown.contains("Arvostelija") && !shown.contains("Hyvin meni"),
        "{shown}"
    );
}

#[test]
fn other_messages_are_refused() {
    for other in [
        &br#"{"studyRecordRequestId": "1", "status": "RECORDED"}"#[..],
        br#"{"completedCredits": {}, "student": {}, "sendingOrganisation": "1"}"#,
        b"[]",
        b"x",
    ] {
        let error = Ripa.read(other).unwrap_err();
        assert!(
            matches!(error, SourceError::OtherDocument { .. }),
            "{error}"
        );
    }
}

#[test]
fn the_message_becomes_claims() {
    insta::assert_snapshot!(claims(&check_fixture(&Ripa, MESSAGE.as_bytes())));
}

#[test]
fn every_document_of_the_corpus_gives_what_the_table_says() {
    if let Some(documents) = corpus_tree("digivisio") {
        check_corpus(&Ripa, &documents, TABLE);
    }
}

/// The schemas of the message and of what it holds; addresses and telephone numbers stay raw whole.
#[test]
fn every_field_of_the_message_schemas_is_in_the_table() {
    let mut members = BTreeSet::new();
    for (folder, files) in [
        (
            "studyrecord",
            &["studyRecord", "studyRecordCrossStudy", "studyRecordOther"][..],
        ),
        ("common", &["completedCredit", "person", "localisedString"]),
    ] {
        let folder = format!("digivisio/ripa-messageschemas-v9/{folder}");
        for (name, schema) in corpus_folder(&folder, "json").unwrap_or_default() {
            if files.iter().any(|file| name == format!("{file}.json")) {
                properties(&serde_json::from_slice(&schema).unwrap(), &mut members);
            }
        }
    }
    let table = &super::fields::TABLE;
    for member in &members {
        let in_field = |path: &str| path.split('/').any(|part| part == member);
        let is_known = table.fields.iter().any(|field| in_field(field.path));
        assert!(
            is_known || table.containers.contains(&member.as_str()),
            "{member}"
        );
    }
    let is_here = corpus_tree("digivisio").is_some();
    assert_eq!(members.len() > 60, is_here, "{}", members.len());
}

fn properties(schema: &Value, into: &mut BTreeSet<String>) {
    if let Some(members) = schema["properties"].as_object() {
        into.extend(members.keys().cloned());
    }
    match schema {
        Value::Object(members) => members.values().for_each(|member| properties(member, into)),
        Value::Array(items) => items.iter().for_each(|item| properties(item, into)),
        _scalar => {}
    }
}

proptest! {
    #[test]
    fn arbitrary_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&Ripa, &octets);
    }

    #[test]
    fn the_message_with_any_octet_changed_or_any_two_words_exchanged_is_read_or_refused(
        at in 0_usize..MESSAGE.len(),
        octet in any::<u8>(),
        from in proptest::sample::select(WORDS),
        to in proptest::sample::select(WORDS),
    ) {
        let mut document = MESSAGE.as_bytes().to_vec();
        document[at] = octet;
        check(&Ripa, &document);
        check(&Ripa, MESSAGE.replace(from, to).as_bytes());
    }
}

const WORDS: &[&str] = &[
    "\"completedCredits\"",
    "\"student\"",
    "\"values\"",
    "\"assessment\"",
    "\"grade\"",
    "\"organisationResponsibleForCompletion\"",
    "\"ACCEPTED\"",
    "\"NEW_COMPLETED_CREDIT\"",
    "\"REMOVAL\"",
    "\"241201A902H\"",
    "\"2026-01-31\"",
    "4.5",
    "null",
    "{\"fi\"",
    "[",
];
