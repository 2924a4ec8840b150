use crate::{
    source::{RecordSource as _, elmo::Elmo},
    writer::{RecordWriter as _, elmo::ElmoWriter},
};

use super::round_trip::{occasion, written};

const TRANSCRIPT: &[u8] = include_bytes!("../../../../tests/fixtures/elmo/transcript.xml");

#[test]
fn an_elmo_transcript_comes_back_whole_but_for_the_name_of_what_is_not_finished() {
    let record = Elmo.read(TRANSCRIPT).unwrap();
    let written = written(&ElmoWriter, &record).unwrap();
    let [document] = written.documents.as_slice() else {
        panic!("one document")
    };
    let places: Vec<_> = written.unsaid.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(places, ["/attainments/0/parts/1/part_of"]);
    let again = Elmo.read(document).unwrap();
    assert_eq!(again.person(), record.person());
    assert_eq!(again.attainments().len(), record.attainments().len());
    insta::assert_snapshot!(String::from_utf8_lossy(document).replace("><", ">\n<"));
}

#[test]
fn an_elmo_document_says_that_nobody_signed_it() {
    let record = Elmo.read(TRANSCRIPT).unwrap();
    let written = ElmoWriter.write(&record, &occasion()).unwrap();
    let text = String::from_utf8(written.documents[0].to_vec()).unwrap();
    assert!(text.contains("not signed by any institution"));
    assert!(!text.contains("Signature"));
}
