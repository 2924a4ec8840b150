//! Circles, depth, size and number.

use credential_core::record::NoticeKind;
use serde_json::json;

use super::{changed, degree, has, read, sample};
use crate::source::{RecordSource as _, elm::Elm};

#[test]
fn parts_that_refer_to_what_is_above_them_come_to_an_end() {
    let mut document = sample();
    let part = &mut document["credentialSubject"]["hasClaim"][0]["hasPart"][0];
    part["hasPart"] =
        json!([{"id": "urn:epass:learningAchievement:1"}, "urn:epass:learningAchievement:3"]);
    let record = read(&document);
    let [databases, ..] = degree(&record).parts.as_slice() else {
        panic!("parts");
    };
    assert_eq!(
        databases.parts.len(),
        1,
        "the third is a part of the second, and no more of the first"
    );
}

#[test]
fn parts_deeper_than_a_record_can_hold_are_said_to_be() {
    let mut inner = json!({"type": "LearningAchievement", "title": {"en": "Inner"}});
    for _level in 0..12 {
        inner = json!({"type": "LearningAchievement", "title": {"en": "Outer"}, "hasPart": inner});
    }
    let record = changed("/credentialSubject/hasClaim", inner);
    let kinds: Vec<_> = record.notices().iter().map(|notice| notice.kind).collect();
    assert!(kinds.contains(&NoticeKind::TooDeep));
}

/// One text that many places refer to is neither copied nor searched for each of them.
#[test]
fn a_long_text_that_everything_refers_to_costs_no_more_than_a_short_one() {
    let spec = json!({"id": "urn:spec", "title": "t".repeat(4_000_000)});
    let claims: Vec<_> = (0..3_000)
        .map(|number| json!({"id": format!("urn:a:{number}"), "specifiedBy": "urn:spec"}))
        .collect();
    let document = json!({
        "type": "EuropeanDigitalCredential",
        "credentialSubject": {"hasClaim": claims},
        "termsOfUse": spec,
    });
    let record = read(&document);
    assert_eq!(record.attainments().len(), 3_000);
    assert!(has(&record, "/termsOfUse/title", NoticeKind::TextTooLong));
}

#[test]
fn more_claims_than_a_record_can_hold_are_refused() {
    let claims = vec![json!({"title": {"en": "a"}}); 15_001];
    let mut document = sample();
    document["credentialSubject"]["hasClaim"] = json!(claims);
    let error = Elm.read(document.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.pointer(), Some("/credentialSubject/hasClaim/15000"));
}
