mod baked;
mod corpus;
mod properties;
mod signed;

use credential_core::record::{
    Amount, Attainment, AttainmentKind, LearningRecord, NoticeKind, SourceSignature,
};
use serde_json::{Value, json};

use super::OpenBadges;
use crate::{
    mapping,
    source::{
        RecordSource as _,
        tests::examples::{checked, shown},
    },
};

const CREDENTIAL: &[u8] = include_bytes!("../../../../tests/fixtures/openbadges/credential.json");
const ASSERTION: &[u8] = include_bytes!("../../../../tests/fixtures/openbadges/assertion.json");

fn read(document: &[u8]) -> LearningRecord {
    OpenBadges.read(document).unwrap()
}

fn only(record: &LearningRecord) -> &Attainment {
    let [attainment] = record.attainments() else {
        panic!("{:?}", record.notices());
    };
    attainment
}

/// The sample with one value changed, or taken out.
fn changed(document: &[u8], pointer: &str, to: Value) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(document).unwrap();
    *value.pointer_mut(pointer).unwrap() = to;
    value.to_string().into_bytes()
}

fn has(record: &LearningRecord, pointer: &str, kind: NoticeKind) -> bool {
    let is_it = |one: &credential_core::record::Notice| one.pointer == pointer && one.kind == kind;
    record.notices().iter().any(is_it)
}

#[test]
fn a_credential_becomes_a_badge_with_all_it_says() {
    let record = read(CREDENTIAL);
    let badge = only(&record);
    assert_eq!(badge.kind, AttainmentKind::SkillBadge);
    assert_eq!(badge.title.en.as_deref(), Some("Digital safety"));
    assert_eq!(badge.awarded, "2026-02-03".parse().ok());
    assert_eq!(badge.started, "2026-01-12".parse().ok());
    assert_eq!(badge.level.eqf, Some(4));
    assert_eq!(badge.skills.len(), 1, "the catalogue is no skill");
    assert!(super::is_esco_skill(&badge.skills[0].value));
    let grade = badge.grade.as_ref().unwrap();
    assert_eq!(
        (grade.value.as_str(), grade.scale.as_deref()),
        ("A", Some("LetterGrade"))
    );
    assert_eq!(
        badge.credits.as_ref().map(|it| &it.amount),
        "1.5".parse::<Amount>().ok().as_ref()
    );
    assert!(
        badge.evidence[0]
            .digest
            .as_deref()
            .unwrap()
            .starts_with("sha256-")
    );
    let issuer = badge.awarding_body.as_ref().unwrap();
    assert_eq!(issuer.country.as_deref(), Some("FI"));
    assert_eq!(
        issuer.identifiers.len(),
        2,
        "never the identity number of a person"
    );
}

#[test]
fn a_credential_from_document_to_claims() {
    let mapped = mapping::credentials(&read(CREDENTIAL));
    let claims = mapped
        .credentials
        .iter()
        .map(|one| Value::Object(one.claims().clone()));
    insta::assert_snapshot!(shown(&Value::Array(claims.collect())));
}

#[test]
fn an_assertion_of_the_older_version_becomes_a_badge() {
    let record = read(ASSERTION);
    let badge = only(&record);
    assert_eq!(badge.title.fi.as_deref(), Some("Huonekalujen kunnostus"));
    assert_eq!(badge.awarded, "2025-11-30".parse().ok());
    assert!(badge.criteria.fi.is_some() && badge.description.fi.is_some());
    assert_eq!(badge.skills.len(), 1);
    assert_eq!(
        badge.evidence[0].url.as_deref(),
        Some("https://lehtoranta.example/works/9")
    );
    assert_eq!(record.signature(), &SourceSignature::Absent);
}

#[test]
fn a_badge_that_is_only_an_address_has_a_code_and_no_name() {
    let record = read(&changed(
        ASSERTION,
        "/badge",
        json!("https://merkit.example/2"),
    ));
    let badge = only(&record);
    assert_eq!(
        badge.code.as_ref().unwrap().value,
        "https://merkit.example/2"
    );
    assert!(badge.title.is_empty() && badge.awarding_body.is_none());
    assert!(has(&record, "", NoticeKind::MissingTitle));
}

#[test]
fn a_revoked_assertion_gives_nothing() {
    let mut value: Value = serde_json::from_slice(ASSERTION).unwrap();
    value["revoked"] = json!(true);
    let record = read(value.to_string().as_bytes());
    assert!(record.attainments().is_empty());
    assert!(has(&record, "", NoticeKind::Annulled));
}

#[test]
fn what_was_failed_or_goes_on_gives_nothing() {
    for status in ["Failed", "InProgress", "Enrolled", "Withdrew", "OnHold"] {
        let place = "/credentialSubject/result/1/status";
        let record = read(&changed(CREDENTIAL, place, json!(status)));
        assert!(record.attainments().is_empty(), "{status}");
        assert!(has(&record, "", NoticeKind::NotPassed), "{status}");
    }
}

#[test]
fn a_level_of_a_rubric_is_a_grade() {
    let place = "/credentialSubject/achievement/resultDescription/0/rubricCriterionLevel";
    let mut value: Value = serde_json::from_slice(CREDENTIAL).unwrap();
    let description = value.pointer_mut("/credentialSubject/achievement/resultDescription/0");
    description.unwrap()["rubricCriterionLevel"] =
        json!([{"id": "urn:level:2", "level": "Mastered", "name": "Mastery"}]);
    let result = value.pointer_mut("/credentialSubject/result/0").unwrap();
    *result = json!({"resultDescription": "urn:uuid:00000000-0000-4000-8000-000000000001", "achievedLevel": "urn:level:2"});
    let record = read(value.to_string().as_bytes());
    let grade = only(&record).grade.clone().unwrap();
    assert_eq!(grade.value, "Mastered", "{place}");
    assert_eq!(grade.label.en.as_deref(), Some("Mastery"));
}

#[test]
fn kinds_of_achievements_become_kinds_of_attainments() {
    let place = "/credentialSubject/achievement/achievementType";
    let kind = |name: &str| {
        only(&read(&changed(CREDENTIAL, place, json!(name))))
            .kind
            .clone()
    };
    assert_eq!(kind("Course"), AttainmentKind::StudyAchievement);
    assert!(matches!(
        kind("MasterDegree"),
        AttainmentKind::Qualification { .. }
    ));
    assert_eq!(kind("ext:Something"), AttainmentKind::SkillBadge);
}

#[test]
fn a_name_in_another_language_is_kept_and_said() {
    let record = read(&changed(
        CREDENTIAL,
        "/credentialSubject/achievement/inLanguage",
        json!("nl-NL"),
    ));
    let badge = only(&record);
    assert!(badge.title.is_empty());
    assert_eq!(badge.other_titles[0].language, "nl-NL");
    assert!(has(&record, "", NoticeKind::OtherLanguage));
}

#[test]
fn a_text_that_is_not_kept_counts_as_raw() {
    let place = "/credentialSubject/achievement/inLanguage";
    let understood = checked(&changed(CREDENTIAL, place, json!("nl"))).unwrap();
    let counts = |path: &str| {
        let mut rows = understood.coverage.rows();
        let (_, counts) = rows.find(|(field, _)| field.path == path).unwrap();
        (counts.mapped, counts.kept_raw)
    };
    assert_eq!(counts("achievement/name"), (1, 0), "kept beside ours");
    assert_eq!(counts("achievement/description"), (0, 1));
    assert_eq!(counts("criteria/narrative"), (0, 1));
}

#[test]
fn an_endorsement_and_a_credential_without_achievement_are_answered_with_the_reason() {
    let endorsement = json!(["VerifiableCredential", "EndorsementCredential"]);
    let record = read(&changed(CREDENTIAL, "/type", endorsement));
    assert!(has(&record, "", NoticeKind::TypeNotSupported));
    let record = read(&changed(
        CREDENTIAL,
        "/credentialSubject",
        json!({"id": "did:example:1"}),
    ));
    assert!(has(&record, "", NoticeKind::NothingAwarded));
    let record = read(&changed(CREDENTIAL, "/credentialSubject", json!([{}, {}])));
    assert!(has(&record, "", NoticeKind::NotUnderstood));
}

#[test]
fn a_proof_within_the_credential_is_said_not_to_be_checked() {
    let record = read(CREDENTIAL);
    assert_eq!(record.signature().code(), "signature-kind-not-supported");
    assert!(has(&record, "/proof", NoticeKind::SignatureNotChecked));
}

#[test]
fn every_value_of_a_badge_is_accounted_for() {
    for document in [CREDENTIAL, ASSERTION] {
        let understood = checked(document).unwrap();
        let value = serde_json::from_slice(document).unwrap();
        let leaves = crate::source::tests::examples::leaves(&value);
        assert_eq!(understood.coverage.total().total(), leaves);
    }
}

#[test]
fn a_text_that_holds_an_identity_code_is_left_out() {
    let place = "/credentialSubject/achievement/description";
    let record = read(&changed(CREDENTIAL, place, json!("for 131052-9085")));
    assert!(only(&record).description.is_empty());
    assert!(has(&record, place, NoticeKind::IdentityCodeRemoved));
}
