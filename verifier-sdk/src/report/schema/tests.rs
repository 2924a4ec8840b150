use credential_core::text::Language;
use serde_json::{Value, json};

use super::report_schema;
use crate::{
    Report,
    test_support::{Recipe, World},
};

const COMMITTED: &str = include_str!("../../../../docs/report.schema.json");

#[test]
fn the_published_schema_is_current() {
    let committed: Value = serde_json::from_str(COMMITTED).unwrap();
    assert!(
        committed == report_schema(),
        "stale: cargo run -p verifier-sdk --features cli --bin verify -- schema > docs/report.schema.json"
    );
    assert!(jsonschema::meta::is_valid(&committed));
}

#[tokio::test]
async fn reports_and_lines_about_them_are_as_the_schema_says() {
    let (world, schema) = (World::new(), report_schema());
    let of_report = jsonschema::validator_for(&schema).unwrap();
    let mut of_line = schema.clone();
    of_line["$ref"] = "#/$defs/Summary".into();
    for not_of_a_line in ["properties", "required", "type"] {
        of_line.as_object_mut().unwrap().remove(not_of_a_line);
    }
    let of_line = jsonschema::validator_for(&of_line).unwrap();
    let holds = |report: &Report| {
        let report_json = json!(report);
        assert!(of_report.is_valid(&report_json), "{report_json}");
        assert!(of_line.is_valid(&json!(report.summary(Language::En))));
        report_json
    };
    let credential = world.issue(&Recipe::default());
    let verifier = world.verifier();
    let (good, _) = verifier.verify_credential(&credential).await.unwrap();
    let good = holds(&good);
    holds(&verifier.verify_file(&credential).await.unwrap());
    holds(&verifier.verify_file("nothing").await.unwrap());

    let otherwise = |place: &str, value: Value| {
        let mut report = good.clone();
        *report.pointer_mut(place).unwrap() = value;
        assert!(!of_report.is_valid(&report), "{place}");
    };
    otherwise("/schema", "verify.report/2".into());
    otherwise("/verdict", "fine".into());
    otherwise("/credentials/0/checks/0/reason", "because".into());
    otherwise("/credentials/0/checks/0/at", 7.into());
}
