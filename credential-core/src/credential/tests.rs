use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{ClaimsError, CredentialClaims, CredentialType, MAX_LIST};
use crate::{
    dcql::{ClaimPath, Step},
    text::Language,
};

mod foreign;
mod type_documents;

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => panic!("an object is needed"),
    }
}

fn badge(extra: Value) -> Result<CredentialClaims, ClaimsError> {
    let mut claims = members(json!({
        "title": {"fi": "Oma osaaminen", "sv": "Eget kunnande"},
        "awarding_date": "2026-02-03",
    }));
    claims.extend(members(extra));
    CredentialClaims::new(CredentialType::SkillBadge, claims, None)
}

fn path(steps: &[Step]) -> ClaimPath {
    ClaimPath::new(steps.to_vec())
}

fn name(name: &str) -> Step {
    Step::Name(name.into())
}

#[test]
fn every_type_and_claim_is_named_and_described_in_three_languages() {
    for kind in CredentialType::ALL {
        let metadata = kind.metadata();
        assert_eq!(metadata.vct(), kind.vct());
        assert_eq!(CredentialType::from_vct(kind.vct()), Some(kind));
        for language in Language::ALL {
            let name = kind.name(language).unwrap_or_default();
            let what = metadata.description(language).unwrap_or_default();
            assert!(is_label(name) && is_sentence(what), "{kind} in {language}");
            for claim in metadata.claims() {
                let label = claim.label(language).unwrap_or_default();
                let description = claim.description(language).unwrap_or_default();
                assert!(is_label(label), "{kind} {}: {label}", claim.path());
                assert!(
                    is_sentence(description),
                    "{kind} {}: {description}",
                    claim.path()
                );
            }
        }
    }
    assert_eq!(
        CredentialType::from_vct("https://types.osaamislompakko.example/"),
        None
    );
}

/// Fits beside a value on a narrow screen, and is no sentence.
fn is_label(text: &str) -> bool {
    (2..=80).contains(&text.chars().count()) && !text.ends_with('.') && text.trim() == text
}

fn is_sentence(text: &str) -> bool {
    (8..=160).contains(&text.chars().count()) && text.ends_with('.') && text.trim() == text
}

#[test]
fn a_claim_can_be_hidden_by_itself_at_the_top_and_in_lists_there_and_nowhere_below() {
    for kind in CredentialType::ALL {
        for claim in kind.metadata().claims() {
            let alone = matches!(claim.path().steps(), [_] | [_, Step::All(())]);
            assert_eq!(claim.is_disclosable(), alone, "{kind} {}", claim.path());
            if claim.is_mandatory() {
                assert_eq!(claim.path().steps().len(), 1, "only these are looked for");
            }
        }
    }
}

#[test]
fn every_type_says_whose_it_is_and_leaves_the_person_free_to_say_so() {
    for kind in CredentialType::ALL {
        for person in ["family_name", "given_name", "birthdate"] {
            let claim = kind.metadata().claim(&ClaimPath::claim(person)).unwrap();
            assert!(claim.is_disclosable() && !claim.is_mandatory(), "{kind}");
        }
    }
}

#[test]
fn a_minimal_proof_has_its_facts_always_all_of_them() {
    let facts = |kind: CredentialType| {
        let claims = kind.metadata().claims().iter();
        let facts = claims.filter(|claim| claim.is_mandatory());
        facts
            .map(|claim| claim.path().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(facts(CredentialType::MinimumLevel).len(), 8);
    assert_eq!(facts(CredentialType::MinimumCredits).len(), 9 + 1);
    assert_eq!(facts(CredentialType::EnrolledNow), ["/enrolled"]);
    for kind in CredentialType::ALL {
        let names_organisation = kind.metadata().claims().iter().any(|claim| {
            let path = claim.path().to_string();
            path.contains("body") || path.contains("provider") || path.contains("employer")
        });
        assert_eq!(kind.is_minimal_proof(), !names_organisation, "{kind}");
        let is_short = kind.longest_validity().is_some();
        assert_eq!(is_short, kind == CredentialType::EnrolledNow);
    }
}

#[test]
fn a_text_may_be_in_another_language_and_says_in_which() {
    let german =
        badge(json!({"title": {"de": "Eigenes Können"}, "awarding_body": {"name": {"und": "x"}}}));
    let claims = german.unwrap();
    let metadata = CredentialType::SkillBadge.metadata();
    let (title, body) = (ClaimPath::claim("title"), ClaimPath::claim("awarding_body"));
    assert_eq!(
        metadata.other_language(&title, &claims.claims()["title"]),
        Some(("de", "Eigenes Können"))
    );
    for (path, other) in [
        (&title, json!({"fi": "x", "de": "y"})),
        (&title, json!("x")),
        (&title, json!({"teacher": "x"})),
        (&body, json!({"oid": "1.2.246.562.10.1"})),
        (&body, json!({"de": "x"})),
    ] {
        assert_eq!(metadata.other_language(path, &other), None, "{other}");
    }
    for wrong in [
        json!({"title": {"teacher": "x"}}),
        json!({"title": {"DE": "x"}}),
        json!({"title": {"de_AT": "x"}}),
        json!({"title": {"": "x"}}),
        json!({"awarding_body": {"fi": "a body is no text"}}),
        json!({"credits": {"fi": "neither are credits"}}),
    ] {
        assert_eq!(
            badge(wrong.clone()).unwrap_err().reason(),
            "claim-unknown",
            "{wrong}"
        );
    }
}

#[test]
fn integrity_is_the_sri_hash_of_the_published_document() {
    // openssl dgst -sha256 -binary credential-core/src/credential/types/enrolment.json | base64
    insta::assert_snapshot!(CredentialType::Enrolment.integrity(), @"sha256-D3U8mPL/G5fKhu3b315XY25do4wVLo/Vfvg37fOUMQ4=");
    for kind in CredentialType::ALL {
        assert!(kind.integrity().starts_with("sha256-") && kind.integrity().len() == 51);
    }
}

#[test]
fn labels_are_found_for_concrete_paths_patterns_and_languages_of_a_text() {
    let label = |steps: &[Step]| CredentialType::Transcript.label(&path(steps), Language::Sv);
    assert_eq!(label(&[name("birthdate")]), Some("Födelsedatum"));
    let title = Some("Prestationens benämning");
    for place in [Step::Index(7), Step::All(())] {
        assert_eq!(
            label(&[name("achievements"), place.clone(), name("title")]),
            title
        );
        assert_eq!(
            label(&[name("achievements"), place, name("title"), name("sv")]),
            title
        );
    }
    assert_eq!(label(&[name("achievements"), name("title")]), None);
    assert_eq!(label(&[]), None);
}

#[test]
fn every_claim_and_every_element_of_a_list_is_disclosable_and_the_list_comes_first() {
    let claims =
        badge(json!({"skills": [{"title": {"fi": "a"}}, {"title": {"fi": "b"}}]})).unwrap();
    let paths: Vec<String> = claims
        .disclosable()
        .iter()
        .map(ToString::to_string)
        .collect();
    let place = |wanted: &str| paths.iter().position(|path| path == wanted).unwrap();
    assert_eq!(paths.len(), 5, "{paths:?}");
    assert!(place("/skills") < place("/skills/0"));
    assert!(place("/skills/0") < place("/skills/1"));
    place("/title");
    place("/awarding_date");
}

#[test]
fn a_claim_the_type_does_not_know_is_refused_at_any_depth() {
    let unknown = |extra| badge(extra).unwrap_err();
    assert_eq!(
        unknown(json!({"eqf_level": 4})),
        ClaimsError::Unknown(ClaimPath::claim("eqf_level"))
    );
    for reserved in [
        "iss",
        "iat",
        "exp",
        "vct",
        "vct#integrity",
        "cnf",
        "status",
        "_sd",
    ] {
        assert_eq!(unknown(json!({reserved: "x"})).reason(), "claim-unknown");
    }
    assert_eq!(
        unknown(json!({"grade": {"value": "5", "teacher": "x"}})),
        ClaimsError::Unknown(path(&[name("grade"), name("teacher")]))
    );
}

#[test]
fn a_missing_mandatory_claim_is_refused() {
    let claims = members(json!({"title": {"fi": "x"}}));
    assert_eq!(
        CredentialClaims::new(CredentialType::Qualification, claims, None),
        Err(ClaimsError::Missing(ClaimPath::claim("awarding_date")))
    );
}

#[test]
fn a_personal_identity_code_is_refused_anywhere_and_the_error_does_not_repeat_it() {
    for extra in [
        json!({"title": {"fi": "Aino 010203-9013"}}),
        json!({"010203-9013": "x"}),
        json!({"grade": {"value": "010203a9024"}}),
        json!({"grade": {"010203+901X": "x"}}),
    ] {
        let error = badge(extra).unwrap_err();
        assert_eq!(error.reason(), "claim-identity-code");
        assert!(!format!("{error:?} {error}").contains("010203"));
    }
}

#[test]
fn fractions_nulls_empty_values_and_wrong_dates_are_refused() {
    let reason = |extra| badge(extra).unwrap_err().reason();
    assert_eq!(reason(json!({"credits": {"amount": 1.5}})), "claim-number");
    assert_eq!(
        reason(json!({"credits": {"amount": 1e300}})),
        "claim-number"
    );
    assert_eq!(reason(json!({"credits": null})), "claim-empty");
    assert_eq!(reason(json!({"credits": {}})), "claim-empty");
    assert_eq!(reason(json!({"skills": []})), "claim-empty");
    assert_eq!(reason(json!({"title": {"fi": ""}})), "claim-empty");
    assert_eq!(reason(json!({"birthdate": "3.2.2026"})), "claim-date");
    assert_eq!(reason(json!({"awarding_date": "2026-02-30"})), "claim-date");
    for other_form in ["+2026-5-29", " 2026-5-29", "2026- 5-29", "+20260-05-29"] {
        assert!(other_form.parse::<chrono::NaiveDate>().is_ok());
        assert_eq!(reason(json!({"birthdate": other_form})), "claim-date");
    }
}

#[test]
fn lists_and_texts_have_a_limit() {
    let skill = json!({"value": "x"});
    let reason = |extra| badge(extra).map(drop).map_err(|error| error.reason());
    assert_eq!(
        reason(json!({"skills": vec![skill.clone(); MAX_LIST]})),
        Ok(())
    );
    assert_eq!(
        reason(json!({"skills": vec![skill; MAX_LIST + 1]})),
        Err("claim-too-large")
    );
    let large = json!({"value": "x".repeat(4000)});
    assert_eq!(
        reason(json!({"skills": vec![large; 66]})),
        Err("claims-too-large")
    );
    assert_eq!(
        reason(json!({"title": {"fi": "x".repeat(5000)}})),
        Err("claim-too-large")
    );
}

#[test]
fn claims_in_a_log_line_show_names_and_no_values() {
    let shown = format!(
        "{:?}",
        badge(json!({"family_name": "Esimerkki-Lahti"})).unwrap()
    );
    assert!(shown.contains("family_name") && !shown.contains("Esimerkki"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}|[0-9]{6}[-+A][0-9]{4}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("title".to_owned()),
        Just("skills".to_owned()),
        Just("fi".to_owned()),
        Just("awarding_date".to_owned()),
        "\\PC{0,6}"
    ];
    leaf.prop_recursive(6, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_refused_or_can_be_hashed_and_every_disclosable_path_exists(extra in any_json()) {
        if let Value::Object(extra) = extra
            && let Ok(claims) = badge(Value::Object(extra))
        {
            let root = Value::Object(claims.claims().clone());
            prop_assert!(crate::canonical::to_string(&root).is_ok());
            for path in claims.disclosable() {
                prop_assert_eq!(path.select(&root).len(), 1);
            }
        }
    }
}
