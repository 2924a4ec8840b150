use std::collections::BTreeSet;

use chrono::{TimeZone as _, Utc};
use credential_core::text::Language;

use crate::writer::{Fate, Occasion, WRITERS, table::why, writer};

#[test]
fn every_writer_has_a_name_of_its_own_and_is_found_by_it() {
    let names: BTreeSet<_> = WRITERS.iter().map(|writer| writer.name()).collect();
    assert_eq!(names.len(), WRITERS.len());
    for one in WRITERS {
        assert_eq!(writer(one.name()).unwrap().title(), one.title());
    }
    assert!(writer("pdf").is_none());
}

#[test]
fn every_table_says_what_becomes_of_each_field_of_the_record() {
    const FIELDS: [&str; 27] = [
        "attainment",
        "parts",
        "person/family_name",
        "person/given_name",
        "person/birthdate",
        "person/person_oid",
        "kind",
        "id",
        "title",
        "other_titles",
        "description",
        "criteria",
        "code",
        "started",
        "awarded",
        "awarding_body",
        "credits/amount",
        "credits/unit",
        "grade/value",
        "grade/scale",
        "grade/label",
        "field",
        "skills",
        "evidence",
        "part_of",
        "recognised_prior_learning",
        "subject_language",
    ];
    for writer in WRITERS {
        let rows: BTreeSet<_> = writer.table().iter().map(|row| row.field).collect();
        assert_eq!(rows.len(), writer.table().len(), "{}", writer.name());
        for field in FIELDS {
            let is_named = rows.iter().any(|row| {
                field == *row
                    || field
                        .strip_prefix(row)
                        .is_some_and(|it| it.starts_with('/'))
            });
            assert!(is_named, "{}: {field}", writer.name());
        }
        for row in writer.table() {
            if let Fate::Unsaid { why: reason } = row.fate {
                assert_eq!(why(writer.table(), row.field), reason);
            }
        }
    }
}

#[test]
fn the_id_of_a_document_is_a_version_4_uuid_of_the_octets_passed_in() {
    let at = Utc.with_ymd_and_hms(2026, 6, 1, 9, 0, 0).unwrap();
    let occasion = Occasion::new(at, [0xff; 16], Language::Fi);
    assert_eq!(
        occasion.id(),
        "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff"
    );
    assert_eq!(occasion.at(), "2026-06-01T09:00:00Z");
}
