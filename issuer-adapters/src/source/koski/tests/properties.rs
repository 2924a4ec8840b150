//! Whatever the document says, reading and mapping come to an end without a panic.

use proptest::prelude::*;
use serde_json::Value;

use super::SAMPLE;
use crate::{
    mapping,
    source::{RecordSource as _, koski::Koski},
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

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(TEXTS).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        8 => proptest::sample::select(NAMES).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ];
    leaf.prop_recursive(10, 120, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Puts `with` in the place of the `at`th value of the document, counted depth first.
fn replace(value: &mut Value, at: &mut usize, with: &Value) {
    if *at == 0 {
        *value = with.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Object(members) => members
            .values_mut()
            .for_each(|inner| replace(inner, at, with)),
        Value::Array(items) => items.iter_mut().for_each(|inner| replace(inner, at, with)),
        _ => {}
    }
}

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
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_json_is_read_or_refused(document in any_json()) {
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
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_sample_with_any_value_replaced_is_read_or_refused(
        at in 0_usize..1500,
        with in any_json(),
    ) {
        let mut document: Value = serde_json::from_slice(SAMPLE).unwrap();
        replace(&mut document, &mut at.clone(), &with);
        read(document.to_string().as_bytes());
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
