use serde_json::Value;

use super::round_trip::written;
use crate::{
    source::{
        RecordSource as _,
        koski::Koski,
        openbadges::OpenBadges,
        tests::{corpus::corpus, examples::shown},
        understand,
    },
    writer::{RecordWriter, clr::ClrWriter, openbadges::OpenBadgesWriter},
};

const BADGE: &[u8] = include_bytes!("../../../../tests/fixtures/openbadges/credential.json");
const VOCATIONAL: &[u8] =
    include_bytes!("../../../../tests/fixtures/koski/ammatillinen-perustutkinto.json");

#[test]
fn a_badge_comes_back_whole() {
    let record = OpenBadges.read(BADGE).unwrap();
    let written = written(&OpenBadgesWriter, &record).unwrap();
    let places: Vec<_> = written.unsaid.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(places, Vec::<&str>::new());
    let mut value: Value = serde_json::from_slice(&written.documents[0]).unwrap();
    // Canonical JSON, as snapshots have it, holds no fractions.
    let credits = value["credentialSubject"]["creditsEarned"].take();
    assert_eq!(credits.to_string(), "1.5");
    insta::assert_snapshot!(shown(&value));
}

#[test]
fn each_unit_becomes_a_badge_of_its_own_and_the_whole_is_listed_as_lost() {
    let record = Koski.read(VOCATIONAL).unwrap();
    let written = written(&OpenBadgesWriter, &record).unwrap();
    let units = record.attainments()[0].parts.len();
    assert!(units > 0 && written.documents.len() > units);
    let is_listed = |place| written.unsaid.iter().any(|it| it.place == place);
    assert!(is_listed("/attainments/0/parts"));
    assert!(is_listed("/person/family_name"));
    assert!(!is_listed("/attainments/0/grade") && !is_listed("/attainments/0/credits/amount"));
}

#[test]
fn every_badge_of_the_corpus_fits_the_schema_of_the_standard() {
    if let Some(count) = check_badges(&OpenBadgesWriter, |document| vec![document]) {
        assert!(count > 100, "{count}");
    }
}

#[test]
fn every_badge_in_a_learner_record_of_the_corpus_fits_the_schema_of_the_standard() {
    let count = check_badges(&ClrWriter, |document| {
        let badges = &document["credentialSubject"]["verifiableCredential"];
        badges.as_array().unwrap().clone()
    });
    if let Some(count) = count {
        assert!(count > 100, "{count}");
    }
}

/// Holds the badges in every document that the corpus gives against the schema, and counts them.
fn check_badges(writer: &dyn RecordWriter, badges: impl Fn(Value) -> Vec<Value>) -> Option<usize> {
    const SCHEMA: &str = "openbadges/schemas/ob_v3p0_achievementcredential_schema.json";
    let schema = corpus(&[SCHEMA])?;
    let documents = corpus(&[
        "koski/opiskeluoikeus",
        "virta",
        "elmo-emrex",
        "elm-edc",
        "openbadges",
    ])?;
    let schema: Value = serde_json::from_slice(&schema[0].1).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut count = 0;
    for (name, bytes) in &documents {
        let records = understand(bytes).map(|it| it.records).unwrap_or_default();
        let all = records.iter().filter_map(|it| written(writer, it));
        let all = all.flat_map(|written| written.documents);
        for mut badge in all.flat_map(|it| badges(serde_json::from_slice(&it).unwrap())) {
            if badge.get("awardedDate").is_none() {
                // The one thing that is left out on purpose.
                badge["validFrom"] = "2026-06-01T00:00:00Z".into();
            }
            let errors: Vec<_> = validator
                .iter_errors(&badge)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{name}: {errors:#?}");
            count += 1;
        }
    }
    Some(count)
}
