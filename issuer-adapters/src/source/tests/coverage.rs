use credential_core::record::NoticeKind;

use crate::source::{SOURCES, understand};

const SAMPLE: &[u8] =
    include_bytes!("../../../../tests/fixtures/koski/ammatillinen-perustutkinto.json");
const SUPPORT: &[u8] =
    include_bytes!("../../../../tests/fixtures/koski/basic-education-support.json");

fn leaves(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Null => 0,
        serde_json::Value::Array(items) => items.iter().map(leaves).sum(),
        serde_json::Value::Object(members) => members.values().map(leaves).sum(),
        _scalar => 1,
    }
}

#[test]
fn every_value_of_a_document_is_counted_once() {
    for document in [SAMPLE, SUPPORT] {
        let understood = understand(document).unwrap();
        let value = serde_json::from_slice(document).unwrap();
        assert_eq!(understood.coverage.total().total(), leaves(&value));
    }
}

#[test]
fn what_is_counted_as_mapped_is_named_in_the_table_as_mapped() {
    use crate::source::Fate;
    let understood = understand(SAMPLE).unwrap();
    assert_eq!(understood.coverage.others().mapped, 0);
    for (field, counts) in understood.coverage.rows() {
        let is_mapped = matches!(field.fate, Fate::Mapped(_));
        assert!(is_mapped || counts.mapped == 0, "{}", field.path);
    }
}

#[test]
fn below_what_was_refused_nothing_counts_as_mapped() {
    let annulled = String::from_utf8(SAMPLE.to_vec())
        .unwrap()
        .replace("\"valmistunut\"", "\"mitatoity\"");
    let understood = understand(annulled.as_bytes()).unwrap();
    let total = understood.coverage.total();
    assert!(total.refused[&NoticeKind::Annulled] > 100, "{total:?}");
    let mapped: Vec<_> = understood
        .coverage
        .rows()
        .filter(|(_, counts)| counts.mapped > 0)
        .map(|(field, _)| field.path)
        .collect();
    assert!(
        mapped.iter().all(|path| path.starts_with("henkilö/")),
        "{mapped:?}"
    );
}

#[test]
fn a_discreet_source_names_no_field_that_is_not_in_its_table() {
    let understood = understand(SUPPORT).unwrap();
    let shown = format!("{:?}", understood.coverage);
    for secret in ["lisätiedot", "erityisenTuen", "yksilöllistetty", "toiminta"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(understood.coverage.others().kept_raw > 0);
    assert_eq!(SOURCES[0].name(), "koski");
}
