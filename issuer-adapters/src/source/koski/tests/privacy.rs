//! What must never leave the raw document.

use credential_core::record::NoticeKind;
use serde_json::{Value, json};

use super::{SAMPLE, fixture, kinds, read, studies};
use crate::{
    mapping,
    source::{RecordSource as _, koski::Koski},
};

#[test]
fn k19_identity_code_additional_information_and_support_never_leave_the_raw_document() {
    let secrets = [
        "140306A9012",
        "021107A902",
        "erityinen",
        "Erityinen",
        "vammainen",
        "vankila",
        "majoitus",
        "Luki-tuki",
        "Luki-tuen",
        "maksuton",
        "kuljetusetu",
        "yksilöllistetty",
        "rajattu",
        "Motoriset",
        "toimintaalue",
        "toiminta-alue",
        "Sanallinen",
        "Olli Opettava",
        "Raili Keksitty",
        "SOTE23B",
        "lisätiedot",
        "1.2.246.562.24.99000000001",
        "aiempi työkokemus",
        "Aiempi työkokemus",
        "erityinentutkinto",
    ];
    for document in [SAMPLE, fixture!("basic-education-support.json").as_slice()] {
        let record = Koski.read(document).unwrap();
        let mapped = mapping::credentials(&record);
        let mut shown = format!("{record:?} {:?} {mapped:?}", record.attainments());
        for credential in &mapped.credentials {
            shown.push_str(&serde_json::to_string(credential.claims()).unwrap());
        }
        let leaked: Vec<_> = secrets
            .iter()
            .filter(|secret| shown.contains(**secret))
            .collect();
        assert!(leaked.is_empty(), "{leaked:?}");
    }
}

#[test]
fn an_adapted_syllabus_looks_like_any_other_and_activity_areas_stay_raw() {
    let record = Koski
        .read(fixture!("basic-education-support.json"))
        .unwrap();
    let [whole] = record.attainments() else {
        panic!("{record:?}")
    };
    assert_eq!(whole.parts.len(), 1);
    assert_eq!(whole.parts[0].title.en.as_deref(), Some("Mathematics"));
    assert!(
        kinds(&record)
            .iter()
            .all(|kind| *kind == NoticeKind::KeptRaw)
    );
}

#[test]
fn the_birth_date_comes_from_the_identity_code_only_when_none_is_given() {
    let with = |person: Value| {
        let mut document = studies("lasna", &json!([]));
        document["henkilö"] = person;
        let record = read(&document);
        (
            record.person().birthdate.map(|date| date.to_string()),
            kinds(&record),
        )
    };
    let (date, _) = with(json!({"hetu": "140306A9012"}));
    assert_eq!(date.as_deref(), Some("2006-03-14"));
    let (date, _) = with(json!({"hetu": "140306A9012", "syntymäaika": "2006-03-15"}));
    assert_eq!(date.as_deref(), Some("2006-03-15"));
    let (date, kinds) = with(json!({"hetu": "140306A9013"}));
    assert_eq!(date, None);
    assert!(kinds.contains(&NoticeKind::NotUnderstood));
}

#[test]
fn an_identity_code_inside_a_name_is_removed_and_noticed() {
    let mut document = studies("lasna", &json!([]));
    document["henkilö"] = json!({"sukunimi": "Esimerkki 140306A9012", "etunimet": "Aino"});
    let record = read(&document);
    assert_eq!(record.person().family_name, None);
    assert_eq!(record.person().given_name.as_deref(), Some("Aino"));
    assert!(kinds(&record).contains(&NoticeKind::IdentityCodeRemoved));
}
