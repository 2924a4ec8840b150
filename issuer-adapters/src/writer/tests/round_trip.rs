//! Records of every source, and generated ones, written in every format and read again.

use chrono::{TimeZone as _, Utc};
use credential_core::{record::LearningRecord, text::Language};
use proptest::prelude::*;

use super::generated::record;
use crate::{
    source::{
        tests::corpus::{corpus, fixtures},
        understand,
    },
    writer::{Occasion, RecordWriter, WRITERS, WriteError, Written, table::OTHERWISE},
};

pub(super) fn occasion() -> Occasion {
    let at = Utc.with_ymd_and_hms(2026, 6, 1, 9, 0, 0).unwrap();
    Occasion::new(at, [7; 16], Language::Fi)
}

/// What a record becomes, after asking that all of it came back but for what the table excuses.
pub(super) fn written(writer: &dyn RecordWriter, record: &LearningRecord) -> Option<Written> {
    let written = match writer.write(record, &occasion()) {
        Ok(written) => written,
        Err(WriteError::NothingToSay) => return None,
        Err(error) => panic!("{}: {error}: {:?}", writer.name(), record.attainments()),
    };
    for unsaid in &written.unsaid {
        let place = &unsaid.place;
        let name = writer.name();
        let shown = || format!("{name}: {place} in {:?}", record.attainments());
        assert!(unsaid.why != OTHERWISE, "{}", shown());
    }
    for document in &written.documents {
        // The second record says no less than the first: nothing gets lost on the way again.
        let again = understand(document).unwrap().into_record().unwrap();
        assert_eq!(again.source(), writer.name());
    }
    Some(written)
}

fn check(documents: &[(String, Vec<u8>)]) -> usize {
    let mut count = 0;
    for (name, bytes) in documents {
        let Ok(understood) = understand(bytes) else {
            continue;
        };
        for record in &understood.records {
            for writer in WRITERS {
                eprintln!("{name} as {}", writer.name());
                count += usize::from(written(*writer, record).is_some());
            }
        }
    }
    count
}

#[test]
fn every_fixture_comes_back_from_every_format_but_for_what_is_listed() {
    assert!(check(&fixtures()) >= 10 * WRITERS.len());
}

#[test]
fn every_record_of_the_corpus_comes_back_from_every_format_but_for_what_is_listed() {
    let places = [
        "koski/opiskeluoikeus",
        "virta",
        "elmo-emrex",
        "elm-edc",
        "openbadges",
        "digivisio",
    ];
    if let Some(documents) = corpus(&places) {
        assert!(check(&documents) > 100);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_record_comes_back_from_every_format_but_for_what_is_listed(record in record()) {
        for writer in WRITERS {
            written(*writer, &record);
        }
    }
}
