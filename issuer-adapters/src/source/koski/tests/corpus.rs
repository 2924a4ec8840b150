//! Every document of the register's own examples, against a table that is part of the project.

use std::collections::BTreeSet;

use credential_core::record::{Attainment, LearningRecord, Notice, NoticeKind};
use serde_json::Value;

use crate::{
    mapping,
    source::{
        RecordSource as _,
        koski::Koski,
        tests::{corpus::corpus_folder, support::check_corpus},
    },
};

const TABLE: &str = include_str!("../../../../../tests/fixtures/koski/corpus.tsv");

#[test]
fn every_document_of_the_corpus_gives_what_the_table_says() {
    if let Some(documents) = documents() {
        check_corpus(&Koski, &documents, TABLE);
    }
}

#[test]
fn no_completion_or_part_of_the_corpus_is_lost() {
    for (name, bytes) in documents().unwrap_or_default() {
        let account = Account::of(&bytes);
        assert_eq!(account.lost, Vec::<String>::new(), "{name}");
        assert_eq!(account.mapped + account.noticed, account.found, "{name}");
    }
}

#[test]
fn no_personal_identity_code_of_the_corpus_leaves_the_raw_document() {
    for (name, bytes) in documents().unwrap_or_default() {
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        let Some(code) = document.pointer("/henkilö/hetu").and_then(Value::as_str) else {
            continue;
        };
        let record = Koski.read(&bytes).unwrap();
        // One of the examples has a code that is none.
        let is_noticed = |notice: &Notice| notice.pointer == "/henkilö/hetu";
        assert_ne!(
            record.person().birthdate.is_some(),
            record.notices().iter().any(is_noticed),
            "{name}"
        );
        let mapped = mapping::credentials(&record);
        let mut shown = format!("{record:?} {:?} {mapped:?}", record.attainments());
        for credential in &mapped.credentials {
            shown.push_str(&serde_json::to_string(credential.claims()).unwrap());
        }
        assert!(!shown.contains(code), "{name}");
    }
}

fn documents() -> Option<Vec<(String, Vec<u8>)>> {
    let mut documents = corpus_folder("koski/opiskeluoikeus", "json")?;
    // One more, with higher education, as another service receives it.
    let received = corpus_folder("jod/test", "json")?;
    documents.extend(
        received
            .into_iter()
            .filter(|(name, _)| name == "koski-response.json"),
    );
    Some(documents)
}

/// Which elements of a document are in the record, and which are answered by a notice.
struct Account {
    found: usize,
    mapped: usize,
    noticed: usize,
    lost: Vec<String>,
}

impl Account {
    fn of(bytes: &[u8]) -> Self {
        let document: Value = serde_json::from_slice(bytes).unwrap();
        let record = Koski.read(bytes).unwrap();
        let mut mapped = BTreeSet::new();
        for attainment in record.attainments() {
            pointers(attainment, &mut mapped);
        }
        let mut account = Self {
            found: 0,
            mapped: 0,
            noticed: 0,
            lost: Vec::new(),
        };
        account.walk(&document, "", &mapped, &record);
        account
    }

    fn walk(
        &mut self,
        value: &Value,
        pointer: &str,
        mapped: &BTreeSet<String>,
        record: &LearningRecord,
    ) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.walk(member, &format!("{pointer}/{name}"), mapped, record);
                }
            }
            Value::Array(items) => {
                let is_studies = pointer.ends_with("/suoritukset")
                    || (pointer.ends_with("/osasuoritukset")
                        && !pointer.contains("omanÄidinkielenOpinnot")
                        && !pointer.contains("tunnustettu"));
                for (index, item) in items.iter().enumerate() {
                    let place = format!("{pointer}/{index}");
                    if is_studies {
                        self.element(&place, item, mapped, record);
                    }
                    self.walk(item, &place, mapped, record);
                }
            }
            _ => {}
        }
    }

    fn element(
        &mut self,
        place: &str,
        item: &Value,
        mapped: &BTreeSet<String>,
        record: &LearningRecord,
    ) {
        self.found += 1;
        if mapped.contains(place) {
            self.mapped += 1;
        } else if is_answered(place, item, record) {
            self.noticed += 1;
        } else {
            self.lost.push(place.to_owned());
        }
    }
}

fn pointers(attainment: &Attainment, into: &mut BTreeSet<String>) {
    assert!(
        into.insert(attainment.pointer.clone()),
        "{} is in the record twice",
        attainment.pointer
    );
    for part in &attainment.parts {
        pointers(part, into);
    }
}

/// A notice at the place itself, or one above it that stands for everything below.
fn is_answered(place: &str, item: &Value, record: &LearningRecord) -> bool {
    // Elsewhere this notice only speaks of a member, and says nothing about the whole element.
    let may_stay_raw = item["tyyppi"]["koodiarvo"]
        .as_str()
        .is_some_and(|kind| kind.ends_with("toimintaalue"));
    record.notices().iter().any(|notice| match notice.kind {
        NoticeKind::NotConfirmed | NoticeKind::NotPassed | NoticeKind::NotAssessed => {
            notice.pointer == place
        }
        NoticeKind::TypeNotSupported | NoticeKind::Annulled | NoticeKind::TooDeep => {
            place.starts_with(&notice.pointer)
        }
        NoticeKind::KeptRaw => may_stay_raw && notice.pointer == place,
        _ => false,
    })
}
