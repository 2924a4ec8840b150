mod corpus;
mod properties;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use credential_core::record::{AttainmentKind, LearningRecord, Notice, NoticeKind};
use serde_json::{Value, json};

use super::Clr;
use crate::{
    mapping,
    source::{
        RecordSource as _, recognise,
        tests::examples::{checked, leaves, shown},
    },
};

const TRANSCRIPT: &[u8] = include_bytes!("../../../../tests/fixtures/clr/transcript.json");

fn sample() -> Value {
    serde_json::from_slice(TRANSCRIPT).unwrap()
}

fn read(document: &Value) -> LearningRecord {
    Clr.read(document.to_string().as_bytes()).unwrap()
}

fn has(record: &LearningRecord, pointer: &str, kind: NoticeKind) -> bool {
    let is_it = |one: &Notice| one.pointer == pointer && one.kind == kind;
    record.notices().iter().any(is_it)
}

fn token(payload: &Value) -> String {
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let header = encode(r#"{"alg":"ES256"}"#);
    format!(
        "{header}.{}.{}",
        encode(&payload.to_string()),
        encode("a signature")
    )
}

/// The titles, those of parts after a dash.
fn titles(record: &LearningRecord) -> Vec<String> {
    let mut titles = Vec::new();
    for whole in record.attainments() {
        titles.push(whole.title.en.clone().unwrap_or_default());
        for part in &whole.parts {
            titles.push(format!("- {}", part.title.en.clone().unwrap_or_default()));
        }
    }
    titles
}

const ASSEMBLED: [&str; 4] = [
    "Bachelor of Engineering",
    "- Databases",
    "- Thesis",
    "First aid",
];

#[test]
fn associations_make_parts_of_what_the_record_holds() {
    assert_eq!(recognise(TRANSCRIPT).unwrap().name(), "clr");
    let record = read(&sample());
    assert_eq!(titles(&record), ASSEMBLED);
    let [degree, badge] = record.attainments() else {
        panic!("a degree and a badge");
    };
    assert!(matches!(degree.kind, AttainmentKind::Qualification { .. }));
    assert_eq!(degree.parts[0].grade.as_ref().unwrap().value, "5");
    assert_eq!(badge.kind, AttainmentKind::SkillBadge);
}

#[test]
fn a_record_from_document_to_claims() {
    let mapped = mapping::credentials(&read(&sample()));
    let claims = mapped
        .credentials
        .iter()
        .map(|one| json!({one.credential_type().vct(): Value::Object(one.claims().clone())}));
    insta::assert_snapshot!(shown(&Value::Array(claims.collect())));
}

#[test]
fn tokens_are_read_around_the_record_and_within_it() {
    let mut document = sample();
    let list = document
        .pointer_mut("/credentialSubject/verifiableCredential")
        .unwrap();
    let inner = list[1].clone();
    list[1] = json!(token(&inner));
    let inner = list[2].clone();
    list[2] = json!({
        "type": "EnvelopedVerifiableCredential",
        "id": format!("data:application/vc+jwt,{}", token(&json!({"vc": inner}))),
    });
    document.as_object_mut().unwrap().remove("proof");
    assert_eq!(titles(&read(&document)), ASSEMBLED);
    for payload in [document.clone(), json!({"vc": document})] {
        let text = token(&payload);
        assert_eq!(recognise(text.as_bytes()).unwrap().name(), "clr");
        let record = Clr.read(text.as_bytes()).unwrap();
        assert_eq!(titles(&record), ASSEMBLED);
        assert_eq!(record.signature().code(), "signature-key-not-at-hand");
    }
}

#[test]
fn a_token_within_that_contradicts_its_credential_refuses_the_record() {
    let mut document = sample();
    let list = document
        .pointer_mut("/credentialSubject/verifiableCredential")
        .unwrap();
    let inner = list[0].clone();
    list[0] = json!(token(&json!({"vc": inner, "iss": "did:example:other"})));
    let error = Clr.read(document.to_string().as_bytes()).unwrap_err();
    let place = "/credentialSubject/verifiableCredential/0/payload/iss";
    assert_eq!(error.pointer(), Some(place));
}

#[test]
fn what_is_in_the_record_and_cannot_be_read_is_answered() {
    let mut document = sample();
    let place = "/credentialSubject/verifiableCredential";
    let list = document.pointer_mut(place).unwrap();
    list[1] = json!("not a token");
    list[2]["type"] = json!(["VerifiableCredential", "EndorsementCredential"]);
    let record = read(&document);
    assert!(has(
        &record,
        &format!("{place}/1"),
        NoticeKind::NotUnderstood
    ));
    assert!(has(
        &record,
        &format!("{place}/2"),
        NoticeKind::TypeNotSupported
    ));
    assert_eq!(titles(&record), ["Bachelor of Engineering", "First aid"]);
}

#[test]
fn an_achievement_that_is_only_described_is_not_achieved() {
    let shown = format!("{:?}", read(&sample()).attainments());
    assert!(!shown.contains("Master of Engineering"));
    let mut document = sample();
    document["credentialSubject"]["verifiableCredential"] = json!([]);
    let record = read(&document);
    assert!(record.attainments().is_empty());
    assert!(has(&record, "", NoticeKind::NothingAwarded));
}

#[test]
fn a_circle_of_parts_is_opened_and_nothing_is_lost() {
    let mut document = sample();
    let list = document
        .pointer_mut("/credentialSubject/association")
        .unwrap();
    for (whole, part) in [(2, 1), (2, 2), (4, 1), (1, 4), (3, 4)] {
        let id = |number| format!("urn:example:achievement:{number}");
        list.as_array_mut().unwrap().push(json!({
            "associationType": "isParentOf", "sourceId": id(whole), "targetId": id(part),
        }));
    }
    let record = read(&document);
    let mut found = 0;
    let mut stack: Vec<_> = record.attainments().iter().collect();
    while let Some(one) = stack.pop() {
        found += 1;
        stack.extend(&one.parts);
    }
    assert_eq!(found, 4);
}

#[test]
fn parts_deeper_than_a_record_can_hold_stand_beside_it() {
    let mut document = sample();
    let one = document["credentialSubject"]["verifiableCredential"][3].clone();
    let (mut list, mut associations) = (Vec::new(), Vec::new());
    let id = |number: usize| format!("urn:example:level:{number}");
    for number in 0..20 {
        let mut next = one.clone();
        next["credentialSubject"]["achievement"]["id"] = json!(id(number));
        list.push(next);
        associations.push(json!({
            "associationType": "isPartOf", "sourceId": id(number + 1), "targetId": id(number),
        }));
    }
    for reversed in [false, true] {
        if reversed {
            associations.reverse();
        }
        document["credentialSubject"]["verifiableCredential"] = json!(list);
        document["credentialSubject"]["association"] = json!(associations);
        let record = read(&document);
        let mut stack: Vec<_> = record.attainments().iter().collect();
        assert!(stack.len() >= 3);
        let mut found = 0;
        while let Some(one) = stack.pop() {
            found += 1;
            stack.extend(&one.parts);
        }
        assert_eq!(found, 20, "{reversed}");
    }
}

#[test]
fn every_value_of_a_record_is_accounted_for() {
    let understood = checked(TRANSCRIPT).unwrap();
    assert_eq!(understood.coverage.total().total(), leaves(&sample()));
}

#[test]
fn a_record_without_subject_is_refused() {
    let mut document = sample();
    document["credentialSubject"] = json!("did:example:aino");
    let error = Clr.read(document.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.reason(), "document-wrong-type");
    assert!(Clr.read(br#"{"type": "Other"}"#).is_err());
    assert!(Clr.read(b"<clr/>").is_err());
}
