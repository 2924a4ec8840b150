//! What every source's own tests ask of it.

use std::collections::{BTreeMap, BTreeSet};

use credential_core::record::{Attainment, LearningRecord, Notice, NoticeKind, identity_code};
use serde_json::Value;

use super::examples::shown;
use crate::{
    mapping::{self, Mapped},
    source::{Document, Fate, RecordSource, SOURCES, Understood},
};

/// What the mapping makes of a document's only record.
pub(crate) fn mapped(understood: &Understood) -> Mapped {
    mapping::credentials(&understood.records[0])
}

/// All claims that are made of a document's only record, readable.
pub(crate) fn claims(understood: &Understood) -> String {
    let claims: Vec<_> = mapped(understood)
        .credentials
        .iter()
        .map(|credential| Value::Object(credential.claims().clone()))
        .collect();
    shown(&Value::Array(claims))
}

/// What holds of any document that a source reads, whatever it says.
pub(crate) fn check(source: &dyn RecordSource, bytes: &[u8]) {
    let Ok(document) = Document::open(bytes) else {
        return;
    };
    let Ok(understood) = source.understand(&document) else {
        return;
    };
    assert_eq!(
        understood.coverage.others().mapped,
        0,
        "a field that no table names was mapped"
    );
    for (field, counts) in understood.coverage.rows() {
        let is_mapped = matches!(field.fate, Fate::Mapped(_));
        assert!(is_mapped || counts.mapped == 0, "{}", field.path);
    }
    for record in &understood.records {
        if understood.records.len() == 1 {
            assert_eq!(record.raw(), bytes);
        } else {
            check_share(source, record);
        }
        assert_eq!(record.source(), source.name());
        let mut places = BTreeSet::new();
        record
            .attainments()
            .iter()
            .for_each(|one| once(one, &mut places));
        let mapped = mapping::credentials(record);
        let mut shown = format!("{record:?} {:?} {mapped:?}", record.attainments());
        for credential in &mapped.credentials {
            let claims = Value::Object(credential.claims().clone());
            shown.push_str(&credential_core::canonical::to_string(&claims).unwrap());
        }
        assert!(!identity_code::appears_in(&shown), "{shown}");
    }
}

/// What a document of several people gives to one of them says the same about them alone.
fn check_share(source: &dyn RecordSource, record: &LearningRecord) {
    let alone = source.read(record.raw()).unwrap();
    assert_eq!(alone.person(), record.person());
    let same_but_for_places = |one: &LearningRecord| {
        let all = one.attainments().iter().map(|attainment| Attainment {
            pointer: String::new(),
            ..attainment.clone()
        });
        all.collect::<Vec<_>>()
    };
    assert_eq!(same_but_for_places(&alone), same_but_for_places(record));
}

/// A fixture: only this source recognises it, and everything in it is accounted for.
pub(crate) fn check_fixture(source: &dyn RecordSource, bytes: &[u8]) -> Understood {
    let document = Document::open(bytes).unwrap();
    let recognising: Vec<_> = SOURCES
        .iter()
        .filter(|other| other.recognises(&document))
        .map(|other| other.name())
        .collect();
    assert_eq!(recognising, [source.name()]);
    check(source, bytes);
    source.understand(&document).unwrap()
}

fn once(attainment: &Attainment, places: &mut BTreeSet<String>) {
    let place = &attainment.pointer;
    assert!(
        places.insert(place.clone()),
        "{place} is in the record twice"
    );
    attainment.parts.iter().for_each(|part| once(part, places));
}

/// `Qualification 1, Transcript 1; 310 mapped, 42 raw, 7 refused`, or the reason of a refusal.
pub(crate) fn outcome(source: &dyn RecordSource, bytes: &[u8]) -> String {
    let understood = match Document::open(bytes).and_then(|it| source.understand(&it)) {
        Ok(understood) => understood,
        Err(error) => return format!("refused: {}", error.reason()),
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for record in &understood.records {
        let mapped = mapping::credentials(record);
        // What has no credential type yet says so; a claim that is refused is a fault.
        let is_fault = |notice: &Notice| notice.kind != NoticeKind::TypeNotSupported;
        assert!(!mapped.notices.iter().any(is_fault), "{:?}", mapped.notices);
        for credential in &mapped.credentials {
            let kind = format!("{:?}", credential.credential_type());
            *counts.entry(kind).or_default() += 1;
        }
        let is_reason = |kind| {
            matches!(
                kind,
                NoticeKind::NothingAwarded
                    | NoticeKind::TypeNotSupported
                    | NoticeKind::SelfAsserted
                    | NoticeKind::NotData
            )
        };
        let mut notices = record.notices().iter().chain(&mapped.notices);
        let has_reason = notices.any(|notice| is_reason(notice.kind));
        assert!(
            !mapped.credentials.is_empty() || has_reason,
            "no credential and no reason"
        );
    }
    let kinds: Vec<_> = counts
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    let kinds = if kinds.is_empty() {
        "nothing".to_owned()
    } else {
        kinds.join(", ")
    };
    let total = understood.coverage.total();
    format!(
        "{kinds}; {} mapped, {} raw, {} refused",
        total.mapped,
        total.kept_raw,
        total.refused_in_all()
    )
}

/// The corpus gives what the table of the project says, row by row: file name, tab, outcome.
pub(crate) fn check_corpus(
    source: &dyn RecordSource,
    documents: &[(String, Vec<u8>)],
    table: &str,
) {
    let mut found = String::new();
    for (name, bytes) in documents {
        check(source, bytes);
        found.push_str(&format!("{name}\t{}\n", outcome(source, bytes)));
    }
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let expected: String = rows.map(|row| format!("{row}\n")).collect();
    assert_eq!(found, expected, "\n{found}");
}
