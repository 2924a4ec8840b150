use credential_core::{
    credential::{CredentialClaims, CredentialType, MAX_LIST},
    jose::{Es256Key, Signer as _, VerifyingKey},
    record::{Attainment, AttainmentKind, Code, LearningRecord, NoticeKind, Person},
    rng::SystemRng,
    sd_jwt::{Issuance, SdJwt, issue},
    text::Text,
};
use serde_json::{Value, json};

mod evidence;
mod experience;
mod minimal;
mod other_languages;

use super::{Mapped, credentials};
use crate::source::{RecordSource as _, koski::Koski};

fn mapped(document: &[u8]) -> Mapped {
    credentials(&Koski.read(document).unwrap())
}

fn sample() -> Mapped {
    mapped(include_bytes!(
        "../../../tests/fixtures/koski/ammatillinen-perustutkinto.json"
    ))
}

fn of_type(mapped: &Mapped, kind: CredentialType) -> &CredentialClaims {
    let is_it = |claims: &&CredentialClaims| claims.credential_type() == kind;
    mapped.credentials.iter().find(is_it).unwrap()
}

/// Readable, and in the same order whatever map type the JSON library was built with.
fn shown(value: &Value) -> String {
    let canonical = credential_core::canonical::to_string(value).unwrap();
    serde_json::to_string_pretty(&serde_json::from_str::<Value>(&canonical).unwrap()).unwrap()
}

fn record_of(attainment: Attainment) -> LearningRecord {
    record_of_all(vec![attainment])
}

fn record_of_all(attainments: Vec<Attainment>) -> LearningRecord {
    LearningRecord::new("test", Person::default(), attainments, vec![], b"").unwrap()
}

fn achievement(title: &str) -> Attainment {
    let title = Text {
        fi: Some(title.into()),
        ..Text::default()
    };
    Attainment::new(AttainmentKind::StudyAchievement, title, "/0".into())
}

#[test]
fn the_sample_makes_a_qualification_a_transcript_and_a_proof_of_level() {
    let mapped = sample();
    let types: Vec<_> = mapped
        .credentials
        .iter()
        .map(CredentialClaims::credential_type)
        .collect();
    assert_eq!(
        types,
        [
            CredentialType::Qualification,
            CredentialType::Transcript,
            CredentialType::MinimumLevel
        ]
    );
    assert_eq!(mapped.notices, []);
    insta::assert_snapshot!(shown(&Value::Object(
        of_type(&mapped, CredentialType::Qualification)
            .claims()
            .clone()
    )));
}

#[test]
fn a_transcript_lists_units_and_their_parts_each_by_itself() {
    let mapped = sample();
    let transcript = of_type(&mapped, CredentialType::Transcript);
    let achievements = transcript.claims()["achievements"].as_array().unwrap();
    assert_eq!(achievements.len(), 9 + 7);
    let elements = transcript
        .disclosable()
        .iter()
        .filter(|path| path.to_string().starts_with("/achievements/"));
    assert_eq!(elements.count(), 16);
    insta::assert_snapshot!(shown(&Value::Array(vec![
        achievements[3].clone(),
        achievements[15].clone()
    ])));
}

#[test]
fn every_credential_of_the_sample_can_be_issued_with_all_its_disclosures() {
    let (issuer, _) = Es256Key::generate().unwrap();
    let (holder, _) = Es256Key::generate().unwrap();
    for claims in sample().credentials {
        let kind = claims.credential_type();
        let issuance = Issuance {
            issuer: "https://koulu.example",
            vct: kind.vct(),
            vct_integrity: Some(&kind.integrity()),
            issued_at: "2026-05-29T12:00:00Z".parse().unwrap(),
            expires_at: None,
            status: None,
            holder: holder.public_jwk(),
            claims: claims.claims(),
            disclosable: claims.disclosable(),
        };
        let issued = issue(&issuance, &issuer, &SystemRng::default()).unwrap();
        let key = VerifyingKey::try_from(issuer.public_jwk()).unwrap();
        let verified = SdJwt::parse(issued.as_str()).unwrap().verify(&key).unwrap();
        assert_eq!(verified.disclosures().count(), claims.disclosable().len());
        for (name, value) in claims.claims() {
            assert_eq!(&verified.claims()[name], value);
        }
    }
}

#[test]
fn a_language_certificate_lists_the_passed_subtests_with_their_level() {
    let mapped = mapped(include_bytes!(
        "../../../tests/fixtures/koski/language-examination.json"
    ));
    assert_eq!(mapped.credentials.len(), 1);
    let certificate = of_type(&mapped, CredentialType::LanguageCertificate).claims();
    assert_eq!(certificate["language"], "fi");
    let skills = certificate["language_skills"].as_array().unwrap();
    let levels: Vec<_> = skills.iter().map(|skill| &skill["cefr_level"]).collect();
    assert_eq!(levels, ["B2", "B1", "B2"]);
}

#[test]
fn a_part_without_a_name_of_its_own_is_called_after_the_type_of_credential() {
    let mut unit = achievement("x");
    unit.title = Text::default();
    let mapped = credentials(&record_of(unit));
    assert_eq!(
        mapped.credentials[0].claims()["title"]["sv"],
        "Studieprestation"
    );
}

#[test]
fn a_transcript_too_long_for_one_credential_is_divided_and_nothing_is_lost() {
    let mut whole = achievement("kokonaisuus");
    whole.parts = vec![achievement("osa"); MAX_LIST + 1];
    let mapped = credentials(&record_of(whole));
    let lengths: Vec<_> = mapped
        .credentials
        .iter()
        .filter_map(|claims| claims.claims().get("achievements"))
        .map(|list| list.as_array().unwrap().len())
        .collect();
    assert_eq!(lengths, [MAX_LIST, 1]);
}

#[test]
fn skills_become_a_list_whose_elements_are_disclosable() {
    let mut badge = achievement("Oma osaaminen");
    badge.kind = AttainmentKind::SkillBadge;
    badge.awarded = "2026-02-03".parse().ok();
    badge.skills = vec![Code {
        value: "http://data.europa.eu/esco/skill/example".into(),
        ..Code::default()
    }];
    let mapped = credentials(&record_of(badge));
    let paths: Vec<_> = mapped.credentials[0]
        .disclosable()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(paths.contains(&"/skills/0".to_owned()), "{paths:?}");
}

#[test]
fn a_skill_has_its_words_and_its_concept_and_one_in_words_alone_has_no_code() {
    let mut course = achievement("Sahan huolto");
    let label = Text::new(
        "terien teroitus",
        "slipning av klingor",
        "sharpening blades",
    );
    course.skills = vec![
        Code {
            value: "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000003".into(),
            scheme: Some("esco".into()),
            label: label.clone(),
        },
        Code {
            value: "terien teroitus".into(),
            scheme: None,
            label,
        },
        Code {
            value: "T-17".into(),
            ..Code::default()
        },
    ];
    let mapped = credentials(&record_of(course));
    let title = json!({
        "fi": "terien teroitus", "sv": "slipning av klingor", "en": "sharpening blades"
    });
    assert_eq!(
        mapped.credentials[0].claims()["skills"],
        json!([
            {
                "title": title,
                "value": "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000003",
                "scheme": "esco"
            },
            {"title": title},
            {"value": "T-17"},
        ])
    );
}

#[test]
fn claims_that_their_type_refuses_become_a_notice_and_no_credential() {
    let mut badge = achievement("merkki ilman päivää");
    badge.kind = AttainmentKind::SkillBadge;
    let without_date = credentials(&record_of(badge));
    let with_code = credentials(&record_of(achievement("Aino 140306A9012")));
    for mapped in [without_date, with_code] {
        assert!(mapped.credentials.is_empty());
        assert_eq!(mapped.notices[0].kind, NoticeKind::ClaimsRefused);
        assert_eq!(mapped.notices[0].pointer, "/0");
    }
}

#[test]
fn the_estimated_end_of_an_enrolment_is_a_claim_and_no_end_of_validity() {
    let document = br#"{"opiskeluoikeudet": [{
        "tila": {"opiskeluoikeusjaksot": [{"alku": "2025-08-11", "tila": {"koodiarvo": "lasna"}}]},
        "suoritukset": [{"tyyppi": {"koodiarvo": "lukionoppimaara"}}],
        "arvioituP\u00e4\u00e4ttymisp\u00e4iv\u00e4": "2028-05-31"
    }]}"#;
    let mapped = mapped(document);
    let enrolment = of_type(&mapped, CredentialType::Enrolment);
    assert_eq!(enrolment.claims()["expected_end_date"], "2028-05-31");
    assert_eq!(enrolment.valid_until(), None);
    assert_eq!(enrolment.claims()["title"]["sv"], "Gymnasiets lärokurs");
}

#[test]
fn a_language_is_its_tag_or_left_out_when_it_has_none() {
    use super::language_tag::tag_of_code;
    for (code, tag) in [("FI", "fi"), ("SE", "se"), ("VK", "sgn"), ("RI", "rom")] {
        assert_eq!(tag_of_code(code).as_deref(), Some(tag));
    }
    for code in ["99", "98", "XX", "", "F1", "suomi"] {
        assert_eq!(tag_of_code(code), None, "{code}");
    }
}
