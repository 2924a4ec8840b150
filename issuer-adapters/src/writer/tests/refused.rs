use credential_core::{
    record::{Attainment, AttainmentKind, LearningRecord, Person},
    text::Text,
};

use super::round_trip::occasion;
use crate::writer::{RecordWriter as _, WRITERS, WriteError, elmo::ElmoWriter};

fn record_of(count: usize) -> LearningRecord {
    let title = Text::new("Kurssi", "Kurs", "Course");
    let one = Attainment::new(AttainmentKind::StudyAchievement, title, String::new());
    let all = vec![one; count];
    LearningRecord::new("koski", Person::default(), all, Vec::new(), b"").unwrap()
}

#[test]
fn a_record_without_attainments_is_refused_by_every_writer() {
    for writer in WRITERS {
        let error = writer.write(&record_of(0), &occasion()).unwrap_err();
        assert_eq!(error, WriteError::NothingToSay, "{}", writer.name());
        assert_eq!(error.reason(), "export-nothing-to-say");
    }
}

#[test]
fn a_record_with_more_parts_than_its_reader_takes_is_refused_whole() {
    let error = ElmoWriter
        .write(&record_of(15_001), &occasion())
        .unwrap_err();
    assert_eq!(error, WriteError::TooLarge);
}

#[test]
fn what_is_written_is_never_shown_in_a_log_line() {
    let written = ElmoWriter.write(&record_of(1), &occasion()).unwrap();
    let shown = format!("{written:?}");
    assert!(shown.contains("document_bytes") && !shown.contains("Kurssi"));
}
