//! The same credential in the forms it comes in.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use credential_core::record::NoticeKind;
use serde_json::{Map, Value, json};

use super::{DIPLOMA, degree, has, read, sample};
use crate::source::{RecordSource as _, elm::Elm, recognise};

fn title(document: &Value) -> Option<String> {
    let text = document.to_string();
    assert_eq!(recognise(text.as_bytes()).unwrap().name(), "elm");
    degree(&read(document)).title.fi.clone()
}

/// Every object in one list, and references by id where they stood.
fn flattened(value: &Value, into: &mut Vec<Value>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| flattened(item, into)).collect(),
        Value::Object(members) => {
            let inner = members.iter();
            let flat: Map<String, Value> = inner
                .map(|(name, member)| (name.clone(), flattened(member, into)))
                .collect();
            match flat.get("id").cloned() {
                Some(id) => {
                    into.push(Value::Object(flat));
                    id
                }
                None => Value::Object(flat),
            }
        }
        _scalar => value.clone(),
    }
}

#[test]
fn a_flattened_document_says_the_same_as_a_framed_one() {
    let mut graph = Vec::new();
    let _id = flattened(&sample(), &mut graph);
    let record = read(&json!({"@context": [], "@graph": graph}));
    let framed = read(&sample());
    let (flat, framed) = (degree(&record), degree(&framed));
    assert_eq!(flat.title, framed.title);
    assert_eq!(flat.skills, framed.skills);
    assert_eq!(flat.awarding_body, framed.awarding_body);
    let grades = |one: &credential_core::record::Attainment| {
        let grades = one.parts.iter().map(|part| part.grade.clone());
        grades.collect::<Vec<_>>()
    };
    assert_eq!(grades(flat), grades(framed));
}

#[test]
fn a_credential_is_found_in_what_is_wrapped_around_it() {
    let expected = degree(&read(&sample())).title.fi.clone();
    let presentation =
        json!({"type": "VerifiablePresentation", "verifiableCredential": [sample()]});
    for document in [
        json!({"credential": sample(), "deliveryDetails": {}}),
        json!({"elm": sample()}),
        presentation,
    ] {
        assert_eq!(title(&document), expected);
    }
    let two =
        json!({"type": "VerifiablePresentation", "verifiableCredential": [sample(), sample()]});
    let error = Elm.read(two.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.reason(), "document-other-kind");
}

#[test]
fn a_sealed_credential_is_read_and_its_signature_is_not_checked() {
    let text = String::from_utf8(DIPLOMA.to_vec()).unwrap();
    let header =
        BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","cty":"octet-stream","x5c":["MII="]}"#);
    let expected = degree(&read(&sample())).title.fi.clone();
    for payload in [text.clone(), BASE64_URL_SAFE_NO_PAD.encode(&text)] {
        let sealed =
            json!({"payload": payload, "signatures": [{"protected": header, "signature": "c2ln"}]});
        assert_eq!(title(&sealed), expected);
        let record = read(&sealed);
        assert_eq!(record.signature().code(), "signature-kind-not-supported");
        assert!(has(&record, "/signatures", NoticeKind::SignatureNotChecked));
        assert_eq!(
            degree(&record).pointer,
            "/payload/credentialSubject/hasClaim/0"
        );
    }
}

#[test]
fn texts_may_be_lists_or_value_objects() {
    let mut document = sample();
    let place = "/credentialSubject/hasClaim/0/title";
    *document.pointer_mut(place).unwrap() =
        json!({"fi": ["Insinööri", "Toinen nimi"], "en": ["Engineer"]});
    let record = read(&document);
    assert_eq!(degree(&record).title.fi.as_deref(), Some("Insinööri"));
    assert_eq!(degree(&record).other_titles[0].text, "Toinen nimi");
    *document.pointer_mut(place).unwrap() = json!([{"@language": "sv", "@value": "Ingenjör"}]);
    assert_eq!(
        degree(&read(&document)).title.sv.as_deref(),
        Some("Ingenjör")
    );
}

#[test]
fn a_transcript_of_the_pilots_has_its_courses_as_parts() {
    let mut document = sample();
    document["type"] = json!([
        "EuropeanDigitalCredential",
        "EuropeanHigherEducationTranscriptOfRecords"
    ]);
    document["credentialSubject"]["hasClaim"] = json!([{
        "type": ["LearningAchievement"],
        "title": {"en": "Transcript"},
        "wasDerivedFrom": [{
            "title": {"en": "Algorithms"},
            "creditPoint": [{"type": "CreditPoint", "framework": {"type": "Concept", "notation": "ECTS"}, "point": "6"}],
            "grade": {"type": "Note", "noteLiteral": {"en": "A"}},
            "temporal": {"startDate": "2022-09-01", "endDate": "2022-12-15"},
        }],
    }]);
    let record = read(&document);
    let [course] = degree(&record).parts.as_slice() else {
        panic!("a course");
    };
    assert_eq!(course.credits.as_ref().unwrap().amount.as_str(), "6");
    assert_eq!(course.grade.as_ref().unwrap().value, "A");
    assert_eq!(course.awarded, "2022-12-15".parse().ok());
}
