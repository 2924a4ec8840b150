use super::round_trip::written;
use crate::{
    source::{RecordSource as _, clr::Clr, koski::Koski},
    writer::clr::ClrWriter,
};

const TRANSCRIPT: &[u8] = include_bytes!("../../../../tests/fixtures/clr/transcript.json");
const VOCATIONAL: &[u8] =
    include_bytes!("../../../../tests/fixtures/koski/ammatillinen-perustutkinto.json");

#[test]
fn a_learner_record_comes_back_with_its_parts() {
    let record = Clr.read(TRANSCRIPT).unwrap();
    let written = written(&ClrWriter, &record).unwrap();
    let [document] = written.documents.as_slice() else {
        panic!("one document")
    };
    let again = Clr.read(document).unwrap();
    assert_eq!(again.attainments().len(), record.attainments().len());
    let places: Vec<_> = written.unsaid.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(places, Vec::<&str>::new());
}

#[test]
fn the_units_of_a_qualification_are_its_parts_in_a_learner_record() {
    let record = Koski.read(VOCATIONAL).unwrap();
    let written = written(&ClrWriter, &record).unwrap();
    let again = Clr.read(&written.documents[0]).unwrap();
    let (before, after) = (&record.attainments()[0], &again.attainments()[0]);
    assert!(!before.parts.is_empty());
    assert_eq!(after.parts.len(), before.parts.len());
    for (after, before) in after.parts.iter().zip(&before.parts) {
        assert_eq!(after.title.fi, before.title.fi);
        let value = |one: &credential_core::record::Attainment| {
            one.grade.as_ref().map(|grade| grade.value.clone())
        };
        assert_eq!(value(after), value(before));
    }
}
