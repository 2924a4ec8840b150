use std::sync::Arc;

use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    evidence::{self, Evidence, NewEvidence},
    jose::{Es256Key, NamedSigner, Signer as _},
    sd_jwt::StatusReference,
    status_list::Status,
    trust,
};

use super::verify_by_evidence;
use crate::{
    Report,
    checks::{Outcome, Reason},
    test_support::{ISSUER, REGISTRAR, Recipe, STATUS_URI, World, issuer_statement, key, noon},
};

/// A credential of today, checked by evidence about the place `idx` whose status was `status`.
async fn checked(recipe: &Recipe, idx: u32, status: Status, days_later: i64) -> Report {
    let (world, registrar) = (World::new(), key());
    let statement = issuer_statement(ISSUER, &world.issuer, &[CredentialType::Qualification]);
    let until = noon() + TimeDelta::days(20);
    let list = trust::publish(REGISTRAR, 1, noon(), until, &[statement], &registrar).unwrap();
    let kind = CredentialType::Qualification;
    let new = NewEvidence {
        issuer: ISSUER,
        status: &StatusReference {
            uri: STATUS_URI.into(),
            idx,
        },
        vct: kind.vct(),
        type_metadata: std::str::from_utf8(kind.type_metadata()).unwrap(),
        issued_at: noon(),
        keys: &[world.issuer.public_jwk().clone()],
        status_list: &world.status_list(idx, status, &world.issuer, 600),
        trust_list: &list,
    };
    let signed = evidence::sign(&new, noon() + TimeDelta::minutes(1), &world.issuer).unwrap();
    let now = noon() + TimeDelta::days(days_later);
    let evidence = Evidence::verify(&signed, registrar.public_jwk(), now).unwrap();
    verify_by_evidence(&world.issue(recipe), &evidence, now)
        .await
        .unwrap()
}

fn of_today() -> Recipe {
    Recipe {
        issued_at: noon()
            .date_naive()
            .and_time(chrono::NaiveTime::MIN)
            .and_utc(),
        expires_at: None,
        ..Recipe::default()
    }
}

fn has(report: &Report, reason: Reason) -> bool {
    report.all_checks().any(|check| check.reason == reason)
}

#[tokio::test]
async fn years_later_a_credential_was_valid_when_it_was_issued_and_is_never_plainly_valid() {
    let report = checked(&of_today(), 5, Status::Valid, 3650).await;
    assert_eq!(report.verdict, Outcome::Attention, "{report:?}");
    assert!(has(&report, Reason::StatusTodayNotKnown) && has(&report, Reason::NotRevoked));
    assert!(has(&report, Reason::SignatureValid) && !has(&report, Reason::KeyAtIssueNotShown));
    assert_eq!(report.checked_at, noon() + TimeDelta::days(3650));
    assert!(!report.credentials[0].claims.is_empty());
    let text = report.to_text(credential_core::text::Language::En);
    let plain =
        "the certificate was valid when the evidence was made; its status today is not known";
    assert!(text.to_lowercase().contains(plain), "{text}");
}

#[tokio::test]
async fn evidence_of_another_credential_or_of_a_revoked_one_proves_nothing() {
    let other = checked(&of_today(), 6, Status::Valid, 1).await;
    assert_eq!(other.verdict, Outcome::Invalid);
    assert!(has(&other, Reason::EvidenceOfAnother));
    let revoked = checked(&of_today(), 5, Status::Invalid, 1).await;
    assert_eq!(revoked.verdict, Outcome::Invalid);
    for report in [other, revoked] {
        assert!(!has(&report, Reason::StatusTodayNotKnown));
        assert!(report.credentials[0].claims.is_empty());
    }
}

#[tokio::test]
async fn a_credential_that_ended_since_is_not_valid() {
    let recipe = Recipe {
        expires_at: Some(noon() + TimeDelta::days(90)),
        ..of_today()
    };
    assert_eq!(
        checked(&recipe, 5, Status::Valid, 89).await.verdict,
        Outcome::Attention
    );
    let ended = checked(&recipe, 5, Status::Valid, 90).await;
    assert_eq!(ended.verdict, Outcome::Invalid);
    assert!(has(&ended, Reason::Expired));
}

#[tokio::test]
async fn evidence_from_long_after_the_issue_does_not_show_the_key_of_that_day() {
    let recipe = Recipe {
        issued_at: noon() - TimeDelta::days(100),
        ..of_today()
    };
    let report = checked(&recipe, 5, Status::Valid, 1).await;
    assert!(has(&report, Reason::KeyAtIssueNotShown), "{report:?}");
    assert_eq!(report.verdict, Outcome::Attention);
}

#[tokio::test]
async fn evidence_of_an_issuer_under_its_listed_did_is_checked_by_the_keys_of_the_list() {
    let did = "did:web:opisto.example";
    let (mut world, registrar) = (World::new(), key());
    let (issuer, pkcs8) = Es256Key::generate().unwrap();
    world.issuer = issuer;
    let mut statement = issuer_statement(ISSUER, &world.issuer, &[CredentialType::Qualification]);
    let role = statement.metadata.openid_credential_issuer.as_mut();
    role.unwrap().did = Some(did.into());
    let until = noon() + TimeDelta::days(20);
    let list = trust::publish(REGISTRAR, 1, noon(), until, &[statement], &registrar).unwrap();
    let kid = format!("{did}#{}", world.issuer.public_jwk().thumbprint());
    let own = Arc::new(Es256Key::from_pkcs8(&pkcs8).unwrap());
    let signer = NamedSigner::under(own, kid);
    let kind = CredentialType::Qualification;
    let new = NewEvidence {
        issuer: did,
        status: &StatusReference {
            uri: STATUS_URI.into(),
            idx: 5,
        },
        vct: kind.vct(),
        type_metadata: std::str::from_utf8(kind.type_metadata()).unwrap(),
        issued_at: noon(),
        keys: &[world.issuer.public_jwk().clone()],
        status_list: &world.status_list(5, Status::Valid, &signer, 600),
        trust_list: &list,
    };
    let signed = evidence::sign(&new, noon() + TimeDelta::minutes(1), &signer).unwrap();
    let later = noon() + TimeDelta::days(4000);
    let evidence = Evidence::verify(&signed, registrar.public_jwk(), later).unwrap();
    let recipe = Recipe {
        issuer: did,
        ..of_today()
    };
    let text = world.issue_by(&recipe, &signer);
    let report = verify_by_evidence(&text, &evidence, later).await.unwrap();
    assert_eq!(report.verdict, Outcome::Attention, "{report:?}");
    assert!(has(&report, Reason::IssuerTrusted));
    assert!(has(&report, Reason::StatusTodayNotKnown));
}
