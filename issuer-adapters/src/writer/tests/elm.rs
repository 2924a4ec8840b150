use credential_core::record::AttainmentKind;
use serde_json::Value;

use super::round_trip::written;
use crate::{
    source::{RecordSource as _, elm::Elm, koski::Koski, tests::examples::shown},
    writer::elm::ElmWriter,
};

const DIPLOMA: &[u8] = include_bytes!("../../../../tests/fixtures/elm/diploma.json");
const VOCATIONAL: &[u8] =
    include_bytes!("../../../../tests/fixtures/koski/ammatillinen-perustutkinto.json");

#[test]
fn a_vocational_qualification_is_written_as_a_european_digital_credential() {
    let record = Koski.read(VOCATIONAL).unwrap();
    let written = written(&ElmWriter, &record).unwrap();
    let [document] = written.documents.as_slice() else {
        panic!("one document")
    };
    let again = Elm.read(document).unwrap();
    assert_eq!(again.person().family_name, record.person().family_name);
    let (before, after) = (&record.attainments()[0], &again.attainments()[0]);
    assert!(matches!(after.kind, AttainmentKind::Qualification { .. }));
    assert_eq!(after.title, before.title);
    assert_eq!(after.awarded, before.awarded);
    assert_eq!(after.awarding_body, before.awarding_body);
    assert_eq!(after.parts.len(), before.parts.len());
    for (after, before) in after.parts.iter().zip(&before.parts) {
        assert_eq!(after.grade, before.grade);
        assert_eq!(after.credits, before.credits);
    }
    let value: Value = serde_json::from_slice(document).unwrap();
    insta::assert_snapshot!(shown(&value));
}

#[test]
fn a_european_digital_credential_comes_back_whole() {
    let record = Elm.read(DIPLOMA).unwrap();
    let written = written(&ElmWriter, &record).unwrap();
    let places: Vec<_> = written.unsaid.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(places, Vec::<&str>::new());
}

#[test]
fn a_european_digital_credential_has_no_issuer_and_says_that_nobody_signed_it() {
    let record = Elm.read(DIPLOMA).unwrap();
    let written = written(&ElmWriter, &record).unwrap();
    let value: Value = serde_json::from_slice(&written.documents[0]).unwrap();
    let said = value["displayParameter"]["description"]["en"].as_str();
    assert!(
        said.unwrap()
            .contains("not signed or sealed by any institution")
    );
    assert!(value.get("issuer").is_none() && value.get("proof").is_none());
}
