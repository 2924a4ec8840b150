//! From claims to a signed badge, and back.

use credential_core::{
    canonical,
    credential::{CredentialClaims, CredentialType},
    jose::{Signer as _, VerifyingKey},
    linked_data::SecuredDocument,
    text::Language,
};
use serde_json::{Value, json};

use super::{
    super::{Badge, BadgeError, identity, issue},
    Counting, ISSUER, Institution, claims, kid, noon,
};
use crate::{
    mapping,
    source::{self, tests::corpus::fixtures},
};

fn qualification() -> CredentialClaims {
    claims(
        CredentialType::Qualification,
        json!({
            "family_name": "Esimerkki",
            "given_name": "Aino Inkeri",
            "birthdate": "1999-05-17",
            "title": {"fi": "Sosiaali- ja terveysalan perustutkinto", "sv": "Grundexamen inom social- och hälsovårdsbranschen"},
            "code": {"value": "371101", "scheme": "koulutus"},
            "awarding_date": "2026-05-29",
            "awarding_body": {"name": {"fi": "Esimerkin ammattiopisto"}, "oid": "1.2.246.562.10.1"},
            "grade": {"value": "4", "scale": "arviointiasteikkoammatillinen15", "label": {"fi": "Kiitettävä"}},
            "credits": {"amount": "180", "unit": {"fi": "osaamispistettä"}, "unit_code": "6"},
            "eqf_level": 4,
            "skills": [
                {"title": {"fi": "antaa ensiapua", "en": "provide first aid"}, "value": "http://data.europa.eu/esco/skill/1", "scheme": "esco"},
                {"title": {"fi": "oma taito"}, "value": "42", "scheme": "oma"},
            ],
        }),
    )
}

#[test]
fn a_qualification_becomes_a_signed_badge_without_the_name_in_the_open() {
    let institution = Institution::new();
    let (key, badge) = (&institution.key, institution.badge(Language::Fi));
    let issued = issue(&qualification(), &badge, key, &Counting).unwrap();
    let text = serde_json::to_string_pretty(&issued.to_json()).unwrap();
    for hidden in ["Aino", "Esimerkki\"", "1999"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let mut shown = issued.to_json();
    shown["credentialSubject"]["id"] = json!("did:jwk:…");
    shown["proof"]["proofValue"] = json!("…");
    shown["proof"]["verificationMethod"] = json!("…");
    // One order of members, whatever features of `serde_json` the build has.
    let ordered: Value = serde_json::from_str(&canonical::to_string(&shown).unwrap()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&ordered).unwrap());

    let parsed = SecuredDocument::parse(text.as_bytes()).unwrap();
    assert_eq!(parsed.untrusted_issuer(), ISSUER);
    assert_eq!(parsed.key_id(), Some(kid(key)));
    let verified = parsed
        .verify(&VerifyingKey::try_from(key.public_jwk()).unwrap())
        .unwrap();
    let person = &verified.document()["credentialSubject"]["identifier"][0];
    let salt = person["salt"].as_str().unwrap();
    let expected = identity::hash("Aino Inkeri Esimerkki", salt);
    assert_eq!(person["identityHash"], json!(expected));
}

#[test]
fn a_badge_speaks_a_language_that_its_title_has() {
    let institution = Institution::new();
    let spoken = |language| {
        let badge = institution.badge(language);
        let issued = issue(&qualification(), &badge, &institution.key, &Counting).unwrap();
        let achievement = &issued.document()["credentialSubject"]["achievement"];
        let text = |name: &str| achievement[name].as_str().unwrap().to_owned();
        (text("inLanguage"), text("name"))
    };
    assert_eq!(spoken(Language::Sv).0, "sv");
    assert_eq!(
        spoken(Language::Sv).1,
        "Grundexamen inom social- och hälsovårdsbranschen"
    );
    assert_eq!(spoken(Language::En).0, "fi");
}

#[test]
fn a_badge_without_a_title_in_our_languages_has_the_one_that_there_is() {
    let institution = Institution::new();
    let (key, badge) = (&institution.key, institution.badge(Language::En));
    let course = claims(
        CredentialType::StudyAchievement,
        json!({"title": {"de": "Waldkunde"}}),
    );
    let issued = issue(&course, &badge, key, &Counting).unwrap();
    let achievement = &issued.document()["credentialSubject"]["achievement"];
    assert_eq!(achievement["name"], "Waldkunde");
}

#[test]
fn what_is_no_achievement_becomes_no_badge() {
    let institution = Institution::new();
    let (key, badge) = (&institution.key, institution.badge(Language::Fi));
    let place = claims(
        CredentialType::Enrolment,
        json!({"title": {"fi": "Tutkinto"}, "state": {"value": "lasna"}}),
    );
    let refused = issue(&place, &badge, key, &Counting).unwrap_err();
    assert_eq!(refused, BadgeError::NotABadge);
    assert_eq!(refused.reason(), "badge_not_an_achievement");
}

#[test]
fn every_badge_of_every_fixture_can_be_signed_and_verified_and_read_as_a_badge() {
    let institution = Institution::new();
    let key = &institution.key;
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let badge = Badge {
        expires_at: Some(noon() + chrono::TimeDelta::days(365)),
        ..institution.badge(Language::Fi)
    };
    let mut badges = 0;
    for credential in all_credentials() {
        let issued = match issue(&credential, &badge, key, &Counting) {
            Ok(issued) => issued,
            Err(error) => {
                assert_eq!(error, BadgeError::NotABadge);
                continue;
            }
        };
        let text = serde_json::to_vec(&issued.to_json()).unwrap();
        let secured = SecuredDocument::parse(&text).unwrap();
        let verified = secured.verify(&verifying).unwrap();
        let subject = &verified.document()["credentialSubject"];
        let kind = subject["achievement"]["achievementType"].as_str().unwrap();
        assert_eq!(
            CredentialType::of_achievement(kind),
            Some(credential.credential_type())
        );
        let read = source::understand(&text).unwrap().into_record().unwrap();
        let [attainment] = read.attainments() else {
            panic!("one attainment")
        };
        let title = credential.claims()["title"].as_object().unwrap();
        let titles: Vec<&str> = title.values().filter_map(Value::as_str).collect();
        let found = [
            &attainment.title.fi,
            &attainment.title.sv,
            &attainment.title.en,
        ];
        assert!(
            found
                .into_iter()
                .flatten()
                .any(|it| titles.contains(&it.as_str()))
        );
        badges += 1;
    }
    assert!(badges > 20, "{badges}");
}

/// The credentials of every fixture of the project.
fn all_credentials() -> Vec<CredentialClaims> {
    fixtures()
        .iter()
        .filter_map(|(_path, document)| source::understand(document).ok())
        .flat_map(|understood| understood.records)
        .flat_map(|record| mapping::credentials(&record).credentials)
        .collect()
}

#[test]
fn a_badge_without_a_key_is_about_a_name_and_never_about_nobody() {
    let institution = Institution::new();
    let key = &institution.key;
    let badge = Badge {
        holder: None,
        ..institution.badge(Language::Fi)
    };
    let issued = issue(&qualification(), &badge, key, &Counting).unwrap();
    let subject = &issued.document()["credentialSubject"];
    assert!(subject.get("id").is_none());
    assert_eq!(subject["identifier"][0]["identityType"], "name");
    let nameless = claims(
        CredentialType::SkillBadge,
        json!({"title": {"fi": "Oma osaaminen"}, "awarding_date": "2026-05-20"}),
    );
    let refused = issue(&nameless, &badge, key, &Counting).unwrap_err();
    assert_eq!(refused, BadgeError::AboutNobody);
}

#[test]
fn a_badge_says_what_was_required_and_on_what_it_rests() {
    let institution = Institution::new();
    let badge = institution.badge(Language::En);
    let skill = claims(
        CredentialType::SkillBadge,
        json!({
            "family_name": "Esimerkki",
            "title": {"en": "Chainsaw safety"},
            "awarding_date": "2026-05-20",
            "description": {"en": "Works safely with a chainsaw."},
            "criteria": {"en": "A day in the forest and a test."},
            "evidence": [
                {"name": {"en": "The test"}, "url": "https://opisto.example/tests/1", "digest": "sha256-AAAA"},
                {"name": {"en": "A film"}, "digest": "zQmY"},
            ],
        }),
    );
    let issued = issue(&skill, &badge, &institution.key, &Counting).unwrap();
    let achievement = &issued.document()["credentialSubject"]["achievement"];
    assert_eq!(achievement["description"], "Works safely with a chainsaw.");
    assert_eq!(
        achievement["criteria"]["narrative"],
        "A day in the forest and a test."
    );
    assert_eq!(
        issued.document()["evidence"],
        json!([
            {"id": "https://opisto.example/tests/1", "type": ["Evidence"], "name": "The test", "digestSRI": "sha256-AAAA"},
            {"type": ["Evidence"], "name": "A film", "digestMultibase": "zQmY"},
        ])
    );
}
