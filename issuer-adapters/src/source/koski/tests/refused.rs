//! Documents and values that cannot be read: what is wrong, and where.

use credential_core::record::{Notice, NoticeKind};
use serde_json::json;

use super::{fixture, grade, kinds, qualification, read, studies, unit};
use crate::source::{
    MAX_BYTES, RecordSource as _, SourceError, SyntaxProblem, koski::Koski, reading::Reading,
};

#[test]
fn an_unreadable_document_says_what_is_wrong_and_where() {
    let refused = |bytes: &[u8]| Koski.read(bytes).unwrap_err();
    assert_eq!(
        refused(fixture!("not-json.json")),
        SourceError::Syntax {
            line: 1,
            column: 1,
            problem: SyntaxProblem::NotJson
        }
    );
    let cut_off = refused(fixture!("cut-off.json"));
    assert_eq!(cut_off.reason(), "document-cut-off");
    assert_eq!(
        refused(fixture!("too-deep.json")),
        SourceError::TooDeep { line: 2 }
    );
    assert_eq!(
        refused(fixture!("wrong-types.json")),
        SourceError::WrongType {
            pointer: "/opiskeluoikeudet/0/suoritukset".into(),
            expected: "an array of completions"
        }
    );
    assert_eq!(refused(b"{}").reason(), "document-other-kind");
    assert_eq!(refused(b"[]").reason(), "document-other-kind");
    assert_eq!(refused(b"").reason(), "document-cut-off");
    assert_eq!(refused(b"\xff\xfe{}").reason(), "document-not-json");
    let large = vec![b' '; MAX_BYTES + 1];
    assert_eq!(refused(&large), SourceError::TooLarge);
}

#[test]
fn brackets_inside_texts_do_not_count_as_nesting() {
    let text = format!(
        r#"{{"opiskeluoikeudet": [], "x": "{}\"\\"}}"#,
        "[".repeat(500)
    );
    assert!(Koski.read(text.as_bytes()).is_ok());
}

#[test]
fn more_parts_than_a_record_can_hold_are_refused_with_the_place() {
    let parts = vec![json!(0); Reading::MAX_PARTS];
    let document = studies("lasna", &json!([qualification(true, &json!(parts))]));
    let SourceError::TooMany { pointer, limit } =
        Koski.read(document.to_string().as_bytes()).unwrap_err()
    else {
        panic!("too many parts")
    };
    assert_eq!(limit, Reading::MAX_PARTS);
    assert!(pointer.starts_with("/opiskeluoikeudet/0/suoritukset/0/osasuoritukset/"));
}

#[test]
fn parts_nested_deeper_than_a_record_are_noticed() {
    let mut part = unit(&json!([grade("5", "2026-01-01", true)]), &json!([]));
    for _ in 0..10 {
        part = unit(&json!([grade("5", "2026-01-01", true)]), &json!([part]));
    }
    let record = read(&studies(
        "valmistunut",
        &json!([qualification(true, &json!([part]))]),
    ));
    assert!(kinds(&record).contains(&NoticeKind::TooDeep));
}

#[test]
fn a_malformed_value_is_noticed_with_its_place_and_treated_as_absent() {
    let mut part = unit(&json!([grade("5", "1.1.2026", true)]), &json!("none"));
    part["koulutusmoduuli"]["laajuus"] = json!({"arvo": -3, "yksikkö": {"koodiarvo": 6}});
    let record = read(&studies(
        "valmistunut",
        &json!([qualification(true, &json!([part]))]),
    ));
    let part = &record.attainments()[0].parts[0];
    assert_eq!((part.awarded, &part.credits), (None, &None));
    let base = "/opiskeluoikeudet/0/suoritukset/0/osasuoritukset/0";
    for place in [
        "/arviointi/0/päivä",
        "/osasuoritukset",
        "/koulutusmoduuli/laajuus/arvo",
        "/koulutusmoduuli/laajuus/yksikkö/koodiarvo",
    ] {
        let place = format!("{base}{place}");
        let is_there =
            |notice: &Notice| notice.pointer == place && notice.kind == NoticeKind::NotUnderstood;
        assert!(record.notices().iter().any(is_there), "{place}");
    }
}

#[test]
fn a_completion_whose_confirmation_has_no_date_is_not_confirmed() {
    let mut completion = qualification(true, &json!([]));
    for confirmation in [json!({}), json!({"päivä": "2026-02-30"}), json!(true)] {
        completion["vahvistus"] = confirmation;
        let record = read(&studies("valmistunut", &json!([completion])));
        assert!(record.attainments().is_empty());
        assert!(kinds(&record).contains(&NoticeKind::NotConfirmed));
    }
}
