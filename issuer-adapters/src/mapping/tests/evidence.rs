//! What a badge required and rests on.

use credential_core::{
    credential::{CredentialType, MAX_TEXT},
    record::{Attainment, AttainmentKind, Evidence, NoticeKind},
    text::Text,
};
use serde_json::json;

use super::{super::credentials, of_type, record_of};

fn badge() -> Attainment {
    let mut one = Attainment::new(
        AttainmentKind::SkillBadge,
        Text::new("Moottorisaha", "Motorsåg", "Chainsaw"),
        "/0".into(),
    );
    one.awarded = "2026-05-20".parse().ok();
    one
}

fn evidence(name: &str, url: Option<&str>) -> Evidence {
    Evidence {
        name: Text {
            fi: (!name.is_empty()).then(|| name.to_owned()),
            ..Text::default()
        },
        url: url.map(str::to_owned),
        digest: Some("sha256-AAAA".into()),
    }
}

#[test]
fn a_badge_has_its_criteria_and_each_piece_of_evidence_as_a_claim_of_its_own() {
    let mut one = badge();
    one.criteria = Text::new("Koe", "Prov", "A test");
    one.description = Text::new("Sahaa turvallisesti", "Sågar säkert", "Saws safely");
    one.evidence = vec![
        evidence("Koe", Some("https://opisto.example/koe")),
        // Nothing that a person could look at, and an address that is no web address.
        evidence("", None),
        evidence("Elokuva", Some("javascript:alert(1)")),
    ];
    let mapped = credentials(&record_of(one));
    let claims = of_type(&mapped, CredentialType::SkillBadge);
    assert_eq!(claims.claims()["criteria"]["en"], "A test");
    assert_eq!(claims.claims()["description"]["sv"], "Sågar säkert");
    assert_eq!(
        claims.claims()["evidence"],
        json!([
            {"name": {"fi": "Koe"}, "url": "https://opisto.example/koe", "digest": "sha256-AAAA"},
            {"name": {"fi": "Elokuva"}, "digest": "sha256-AAAA"},
        ])
    );
    let paths: Vec<String> = claims
        .disclosable()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(paths.contains(&"/evidence/0".to_owned()), "{paths:?}");
    assert_eq!(mapped.notices, []);
}

#[test]
fn learning_outcomes_are_a_claim_and_a_text_too_long_is_left_out_with_a_notice() {
    let mut one = badge();
    one.kind = AttainmentKind::StudyAchievement;
    one.description = Text {
        fi: Some("Osaa sahata".into()),
        en: Some("a".repeat(MAX_TEXT + 1)),
        ..Text::default()
    };
    let mapped = credentials(&record_of(one));
    let claims = of_type(&mapped, CredentialType::StudyAchievement);
    assert_eq!(
        claims.claims()["learning_outcomes"],
        json!({"fi": "Osaa sahata"})
    );
    assert_eq!(mapped.notices[0].kind, NoticeKind::TextTooLong);
}
