use chrono::TimeDelta;
use credential_core::{
    clock::FixedClock,
    credential::CredentialType,
    encoding::{base64url, from_base64url},
};
use serde_json::{Value, json};

use super::remarks;
use crate::{
    BuildError, Report, VerifiedCredential, Verifier, VerifyError,
    checks::{Outcome, Question, Reason, What},
    test_support::{ISSUER, OTHER_ISSUER, Recipe, World, key, noon},
};

async fn check(world: &World, text: &str) -> (Report, Option<VerifiedCredential>) {
    world.verifier().verify_credential(text).await.unwrap()
}

async fn check_recipe(world: &World, recipe: &Recipe) -> (Report, Option<VerifiedCredential>) {
    check(world, &world.issue(recipe)).await
}

#[tokio::test]
async fn a_credential_in_order_is_valid_and_gives_its_claims() {
    let world = World::new();
    let (report, verified) = check_recipe(&world, &Recipe::default()).await;
    assert_eq!(report.verdict, Outcome::Valid, "{:?}", remarks(&report));
    let verified = verified.unwrap();
    assert_eq!(verified.verdict(), Outcome::Valid);
    assert_eq!(verified.claims().issuer(), ISSUER);
    let shown = &report.credentials[0];
    assert_eq!(
        shown.issuer.as_ref().unwrap().name.fi.as_deref(),
        Some("Esimerkin ammattiopisto fi")
    );
    assert_eq!(shown.claims[0].label.fi.as_deref(), Some("Sukunimi"));
    assert_eq!(shown.claims.len(), 7);
    let asked: Vec<What> = report.all_checks().map(|check| check.what).collect();
    assert_eq!(
        asked,
        [
            What::Issuer,
            What::Signature,
            What::Type,
            What::Times,
            What::Status
        ]
    );
    assert!(
        !report
            .all_checks()
            .any(|c| c.question == Question::MeantForUs)
    );
}

#[tokio::test]
async fn an_unknown_issuer_needs_attention_and_its_signature_cannot_be_checked() {
    let world = World::new();
    let recipe = Recipe {
        issuer: "https://nobody.example",
        ..Recipe::default()
    };
    let (report, verified) = check_recipe(&world, &recipe).await;
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert_eq!(
        remarks(&report),
        [Reason::IssuerUnknown, Reason::IssuerKeyNotAvailable]
    );
    assert!(verified.is_none());
    assert!(report.credentials[0].issuer.is_none());
    assert!(report.credentials[0].claims.is_empty());
    assert_eq!(world.published.asked(), 0, "nothing in it is believed");
}

#[tokio::test]
async fn an_issuer_is_not_trusted_for_types_the_registrar_did_not_name() {
    let world = World::new();
    let recipe = Recipe {
        issuer: OTHER_ISSUER,
        status: None,
        ..Recipe::default()
    };
    let (report, verified) = check_recipe(&world, &recipe).await;
    assert_eq!(report.verdict, Outcome::Invalid);
    assert_eq!(remarks(&report), [Reason::IssuerNotTrustedForType]);
    assert!(verified.is_none());
    assert!(report.credentials[0].claims.is_empty());
}

#[tokio::test]
async fn a_key_that_is_not_the_issuers_signs_nothing_in_its_name() {
    let world = World::new();
    for stranger in [&key(), &world.other_issuer] {
        let (report, verified) = check(&world, &world.issue_by(&Recipe::default(), stranger)).await;
        assert_eq!(remarks(&report), [Reason::IssuerKeyUnknown]);
        assert_eq!(report.verdict, Outcome::Invalid);
        assert!(verified.is_none());
    }
}

#[tokio::test]
async fn a_changed_payload_or_disclosure_shows_nothing_but_the_signature() {
    let world = World::new();
    let honest = world.issue(&Recipe::default());
    let (jwt, disclosures) = honest.split_once('~').unwrap();
    let parts: Vec<&str> = jwt.split('.').collect();
    let mut payload: Value = serde_json::from_slice(&from_base64url(parts[1]).unwrap()).unwrap();
    payload["exp"] = json!(4_102_444_800_i64);
    let payload = base64url(serde_json::to_vec(&payload).unwrap());
    let changed = format!("{}.{payload}.{}~{disclosures}", parts[0], parts[2]);
    let added = format!("{honest}{}~", base64url(r#"["salt","title","Lääkäri"]"#));
    for text in [changed, added] {
        let (report, verified) = check(&world, &text).await;
        assert_eq!(remarks(&report), [Reason::SignatureInvalid]);
        assert_eq!(report.all_checks().count(), 1);
        assert!(verified.is_none() && report.credentials[0].claims.is_empty());
    }
}

/// A MAC with the public key as secret, and no signature at all, under an honest key id.
#[tokio::test]
async fn hs256_and_none_under_the_issuers_key_id_are_refused() {
    let world = World::new();
    let honest = world.issue(&Recipe::default());
    let (jwt, disclosures) = honest.split_once('~').unwrap();
    let parts: Vec<&str> = jwt.split('.').collect();
    let header: Value = serde_json::from_slice(&from_base64url(parts[0]).unwrap()).unwrap();
    for alg in ["HS256", "none", "EdDSA", "es256"] {
        let mut header = header.clone();
        header["alg"] = json!(alg);
        let header = base64url(serde_json::to_vec(&header).unwrap());
        let text = format!("{header}.{}.{}~{disclosures}", parts[1], parts[2]);
        let (report, _) = check(&world, &text).await;
        assert_eq!(remarks(&report), [Reason::SignatureInvalid], "{alg}");
        let detail = report.all_checks().next().unwrap().detail;
        assert_eq!(detail, Some("jws_algorithm_mismatch"));
    }
}

#[tokio::test]
async fn a_proof_that_is_short_lived_by_its_type_is_not_said_to_expire_soon() {
    let world = World::new();
    for (ends, expected) in [(30, vec![]), (1, vec![]), (0, vec![Reason::Expired])] {
        let recipe = Recipe {
            kind: CredentialType::EnrolledNow,
            integrity: Some(CredentialType::EnrolledNow.integrity()),
            issued_at: noon() - TimeDelta::days(1),
            expires_at: Some(noon() + TimeDelta::days(ends)),
            claims: json!({"family_name": "Esimerkki-Lahti", "enrolled": true}),
            ..Recipe::default()
        };
        let (report, _) = check(&world, &world.issue(&recipe)).await;
        assert_eq!(remarks(&report), expected, "{ends}");
    }
}

#[tokio::test]
async fn times_are_judged_with_the_clock_that_was_passed_in() {
    let world = World::new();
    let (day, skew) = (TimeDelta::days(1), TimeDelta::minutes(5));
    let second = TimeDelta::seconds(1);
    for (issued, ends, expected) in [
        (-day, Some(noon() + day * 31), vec![]),
        (-day, None, vec![]),
        (-day, Some(noon() + day * 30), vec![Reason::ExpiresSoon]),
        (-day, Some(noon() + second), vec![Reason::ExpiresSoon]),
        (-day, Some(noon()), vec![Reason::Expired]),
        (skew, None, vec![]),
        (skew + second, None, vec![Reason::NotYetValid]),
    ] {
        let recipe = Recipe {
            issued_at: noon() + issued,
            expires_at: ends,
            ..Recipe::default()
        };
        let (report, _) = check_recipe(&world, &recipe).await;
        assert_eq!(remarks(&report), expected, "{issued} {ends:?}");
    }
}

#[tokio::test]
async fn a_type_is_known_by_its_own_description_only() {
    let world = World::new();
    for (integrity, expected) in [
        (
            Some(CredentialType::SkillBadge.integrity()),
            Reason::TypeIntegrityMismatch,
        ),
        (
            Some("sha256-AAAA".to_owned()),
            Reason::TypeIntegrityMismatch,
        ),
        (None, Reason::TypeIntegrityMissing),
    ] {
        let recipe = Recipe {
            integrity,
            ..Recipe::default()
        };
        let (report, verified) = check_recipe(&world, &recipe).await;
        assert_eq!(remarks(&report), [expected]);
        assert_eq!(verified.is_some(), expected.outcome() == Outcome::Attention);
    }
}

/// Requirement 43: what the type makes selectively disclosable must not stand in the open.
#[tokio::test]
async fn c43_a_credential_that_hides_less_than_its_type_says_is_refused() {
    let world = World::new();
    let recipe = Recipe {
        in_the_open: true,
        ..Recipe::default()
    };
    let (report, _) = check_recipe(&world, &recipe).await;
    assert_eq!(remarks(&report), [Reason::TypeDisclosureMismatch]);
}

#[tokio::test]
async fn text_that_is_no_credential_is_a_result_and_not_an_error() {
    let world = World::new();
    for text in [
        "",
        "~",
        "a.b.c~",
        "no credential at all",
        &"x".repeat(600_000),
    ] {
        let (report, verified) = check(&world, text).await;
        assert_eq!(remarks(&report), [Reason::CredentialMalformed]);
        assert_eq!(report.verdict, Outcome::Invalid);
        assert!(verified.is_none());
    }
}

#[tokio::test]
async fn a_file_does_not_show_who_hands_it_over() {
    let world = World::new();
    let credential = world.issue(&Recipe::default());
    let report = world
        .verifier()
        .verify_file(&format!("{credential}\n"))
        .await
        .unwrap();
    assert_eq!(remarks(&report), [Reason::HolderNotShown]);
    assert_eq!(report.verdict, Outcome::Attention);

    let deposit = world.deposit();
    let presented = &deposit.vp_token(&world)["degree"][0];
    let report = world.verifier().verify_file(presented).await.unwrap();
    assert_eq!(remarks(&report), [Reason::HolderBindingNotChecked]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

#[tokio::test]
async fn without_trust_list_or_clock_no_check_starts() {
    let world = World::new();
    let no_trust = Verifier::builder().clock(world.clock.clone()).build();
    assert_eq!(no_trust.unwrap_err(), BuildError::NoTrustList);
    let no_clock = Verifier::builder().trust(world.trust.clone()).build();
    assert_eq!(no_clock.unwrap_err(), BuildError::NoClock);

    let expired_at = world.trust.expires_at();
    let late = Verifier::builder()
        .trust(world.trust.clone())
        .clock(FixedClock::at(expired_at))
        .build()
        .unwrap();
    let credential = world.issue(&Recipe::default());
    assert_eq!(
        late.verify_file(&credential).await.unwrap_err(),
        VerifyError::TrustListExpired { expired_at }
    );
}
