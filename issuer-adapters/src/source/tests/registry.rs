use std::collections::BTreeSet;

use crate::source::{SOURCES, SourceError, recognise, understand};

const KOSKI: &[u8] = br#"{"opiskeluoikeudet": []}"#;

#[test]
fn a_document_is_recognised_by_what_it_says() {
    assert_eq!(recognise(KOSKI).unwrap().name(), "koski");
    assert_eq!(
        understand(KOSKI).unwrap().into_record().unwrap().source(),
        "koski"
    );
}

#[test]
fn an_unknown_document_is_answered_with_the_known_kinds() {
    for unknown in [&b"{}"[..], b"[]", b"<other/>", b"some words", b""] {
        let error = recognise(unknown).unwrap_err();
        assert_eq!(error, SourceError::NotRecognised);
        for source in SOURCES {
            assert!(error.to_string().contains(source.title()), "{error}");
        }
    }
}

#[test]
fn a_damaged_document_says_so_before_anything_is_recognised() {
    assert_eq!(
        recognise(b"{\"a\": ").unwrap_err().reason(),
        "document-cut-off"
    );
    assert_eq!(
        recognise(b"<a><b></a>").unwrap_err().reason(),
        "document-not-xml"
    );
}

#[test]
fn every_source_has_a_name_of_its_own() {
    let names: BTreeSet<_> = SOURCES.iter().map(|source| source.name()).collect();
    assert_eq!(names.len(), SOURCES.len());
}

#[test]
fn no_table_names_a_field_twice_or_says_nothing_about_it() {
    use crate::source::Fate;
    for source in SOURCES {
        let mut paths = BTreeSet::new();
        for field in source.fields().fields {
            assert!(
                paths.insert(field.path),
                "{}: {}",
                source.name(),
                field.path
            );
            if let Fate::Mapped(words) | Fate::KeptRaw(words) = field.fate {
                assert!(!words.is_empty(), "{}: {}", source.name(), field.path);
            }
        }
    }
}
