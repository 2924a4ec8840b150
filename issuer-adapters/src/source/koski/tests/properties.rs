//! Whatever the document says, reading and mapping come to an end without a panic.

use proptest::prelude::*;
use serde_json::Value;

use super::SAMPLE;
use crate::{
    mapping,
    source::{
        RecordSource as _,
        koski::Koski,
        tests::examples::{any_json, cases, with_value},
    },
};

const NAMES: &[&str] = &[
    "henkilö",
    "opiskeluoikeudet",
    "suoritukset",
    "osasuoritukset",
    "tyyppi",
    "koodiarvo",
    "tila",
    "koulutusmoduuli",
    "tunniste",
    "nimi",
    "fi",
    "arviointi",
    "arvosana",
    "hyväksytty",
    "vahvistus",
    "päivä",
    "laajuus",
    "arvo",
    "yksikkö",
    "opiskeluoikeusjaksot",
    "oppilaitos",
    "oid",
    "hetu",
    "tutkintonimike",
    "osaamisala",
    "lisätiedot",
];
const TEXTS: &[&str] = &[
    "ammatillinentutkinto",
    "vstosaamismerkki",
    "ylioppilastutkinto",
    "lasna",
    "2026-05-29",
    "140306A9012",
    "perusopetuksentoimintaalue",
    "yleinenkielitutkinto",
    "",
];

/// Reads and maps; what comes out never names the identity code of the document.
fn read(bytes: &[u8]) {
    let Ok(record) = Koski.read(bytes) else {
        return;
    };
    let mapped = mapping::credentials(&record);
    let mut shown = format!("{record:?} {:?} {mapped:?}", record.attainments());
    for credential in &mapped.credentials {
        let claims = Value::Object(credential.claims().clone());
        shown.push_str(&credential_core::canonical::to_string(&claims).unwrap());
    }
    assert!(!shown.contains("140306A9012"), "{shown}");
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn arbitrary_json_is_read_or_refused(document in any_json(NAMES, TEXTS)) {
        read(document.to_string().as_bytes());
        read(format!(r#"{{"opiskeluoikeudet": [{document}]}}"#).as_bytes());
        read(format!(r#"{{"suoritukset": [{document}]}}"#).as_bytes());
    }

    #[test]
    fn arbitrary_octets_are_read_or_refused(document in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&document);
    }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn the_sample_with_any_value_replaced_is_read_or_refused(
        at in 0_usize..1500,
        with in any_json(NAMES, TEXTS),
    ) {
        read(&with_value(SAMPLE, at, &with));
    }

    #[test]
    fn the_sample_with_any_octet_changed_or_cut_off_is_read_or_refused(
        at in 0_usize..SAMPLE.len(),
        octet in any::<u8>(),
    ) {
        let mut document = SAMPLE.to_vec();
        document[at] = octet;
        read(&document);
        read(&document[..at]);
    }
}
