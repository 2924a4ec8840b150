//! The reader of KOSKI documents, the mapping of what it read, and claims as an issuer takes them.

use chrono::NaiveDate;
use credential_core::{
    canonical,
    credential::{CredentialClaims, CredentialType},
    record::identity_code,
};
use issuer_adapters::{
    mapping,
    source::{MAX_BYTES, RecordSource as _, koski::Koski},
};
use serde_json::Value;

/// A document; or `claims` and, on the next line, the claims of a credential.
pub fn run(data: &[u8]) -> bool {
    if let Some(claims) = data.strip_prefix(b"claims\n") {
        return serde_json::from_slice(claims).is_ok_and(|claims: Value| issued(&claims));
    }
    let Ok(record) = Koski.read(data) else {
        return false;
    };
    assert!(data.len() <= MAX_BYTES);
    assert_eq!(record.raw(), data);
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let document: Value = serde_json::from_slice(text).expect("an accepted document is JSON");
    let mapped = mapping::credentials(&record);
    for notice in record.notices().iter().chain(&mapped.notices) {
        let place = document.pointer(&notice.pointer);
        assert!(place.is_some(), "{notice:?}");
    }
    for credential in &mapped.credentials {
        let claims = Value::Object(credential.claims().clone());
        assert!(canonical::to_string(&claims).is_ok());
        each_text("", &claims);
    }
    !mapped.credentials.is_empty()
}

/// Claims that pass the check of any type.
fn issued(claims: &Value) -> bool {
    let Some(members) = claims.as_object() else {
        return false;
    };
    let accept = |kind| CredentialClaims::new(kind, members.clone(), None).ok();
    let accepted: Vec<_> = CredentialType::ALL.into_iter().filter_map(accept).collect();
    for credential in &accepted {
        each_text("", claims);
        for path in credential.disclosable() {
            assert_eq!(path.select(claims).len(), 1, "{path}");
        }
    }
    !accepted.is_empty()
}

/// No claim holds an identity code; a date is a date, in the one form of ISO 8601.
fn each_text(name: &str, value: &Value) {
    match value {
        Value::String(text) => {
            assert!(!identity_code::appears_in(text));
            if name == "birthdate" || name.ends_with("_date") {
                let date: NaiveDate = text.parse().expect("a date");
                assert_eq!(&date.to_string(), text);
                assert_eq!(text.len(), 10);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_text(name, item)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, item)| each_text(name, item)),
        _ => {}
    }
}

/// The project's own documents, which are invented, and two small ones.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/fixtures/koski/", $name)).to_vec()
        };
    }
    let badge = r#"{"henkilö":{"sukunimi":"Esimerkki","etunimet":"Aino","hetu":"131052-9085"},"opiskeluoikeudet":[{"tyyppi":{"koodiarvo":"vapaansivistystyonkoulutus"},"suoritukset":[{"tyyppi":{"koodiarvo":"vstosaamismerkki"},"koulutusmoduuli":{"tunniste":{"koodiarvo":"1000","nimi":{"fi":"Oma osaaminen"}},"laajuus":{"arvo":1.5,"yksikkö":{"koodiarvo":"2"}}},"vahvistus":{"päivä":"2026-02-03"}}]}]}"#;
    vec![
        (
            "accepted-qualification",
            fixture!("ammatillinen-perustutkinto.json"),
        ),
        ("accepted-language", fixture!("language-examination.json")),
        ("accepted-degrees", fixture!("higher-education.json")),
        (
            "accepted-extras",
            fixture!("upper-secondary-extras.json"),
        ),
        ("accepted-badge", badge.as_bytes().to_vec()),
        (
            "accepted-claims",
            "claims\n{\"title\":{\"fi\":\"Kokki\"},\"awarding_date\":\"2026-05-29\",\"birthdate\":\"2006-03-14\",\"qualification_titles\":[{\"fi\":\"a\"}],\"credits\":{\"amount\":\"180\"}}"
                .into(),
        ),
        (
            "refused-claims-date",
            "claims\n{\"title\":{\"fi\":\"Kokki\"},\"awarding_date\":\"+2026-5-29\"}".into(),
        ),
        ("nothing-awarded", fixture!("nothing-awarded.json")),
        ("unsupported-type", fixture!("unsupported-type.json")),
        ("wrong-types", fixture!("wrong-types.json")),
        ("cut-off", fixture!("cut-off.json")),
        ("too-deep", fixture!("too-deep.json")),
    ]
}
