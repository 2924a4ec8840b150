use chrono::TimeDelta;
use credential_core::{
    consent::decision::Verdict, credential::CredentialType, id::GrantId, status_list::Status,
    text::Text,
};
use serde_json::json;

use super::{read, remarks};
use crate::{
    checks::{Outcome, Reason},
    test_support::{Deposit, ISSUER, OTHER_ISSUER, Recipe, World, noon},
};

/// One honest deposit, one thing changed, one answer.
#[tokio::test]
async fn hostile_deposits_each_have_their_answer() {
    type Change = fn(&mut Deposit, &World);
    let table: &[(&str, Change, Reason)] = &[
        (
            "moved to another grant",
            |d, _| d.header_grant = GrantId::from_bytes([7; 16]),
            Reason::DepositMoved,
        ),
        (
            "for another recipient",
            |d, _| d.header_recipient += "x",
            Reason::DepositForAnother,
        ),
        (
            "expired",
            |d, _| d.expires_at = noon(),
            Reason::DepositExpired,
        ),
        (
            "not yet",
            |d, _| d.not_before = noon() + TimeDelta::minutes(1),
            Reason::DepositNotYet,
        ),
        (
            "other terms in the header",
            |d, _| d.header_hash = "x".repeat(43),
            Reason::DepositOtherTerms,
        ),
        (
            "presented to another",
            |d, _| d.audience += "x",
            Reason::MadeForAnotherRecipient,
        ),
        (
            "bare entity id as audience",
            |d, _| d.audience = "https://lumohoiva.example".into(),
            Reason::MadeForAnotherRecipient,
        ),
        (
            "the request's own nonce",
            |d, _| d.nonce = Some(d.details.nonce.clone()),
            Reason::MadeForAnotherRequest,
        ),
        (
            "nonce of another sequence",
            |d, _| {
                d.nonce = Some(credential_core::mailbox::key_binding_nonce(
                    &d.details.nonce,
                    d.details.grant_id,
                    2,
                ));
            },
            Reason::MadeForAnotherRequest,
        ),
        (
            "nonce of another grant",
            |d, _| {
                let elsewhere = GrantId::from_bytes([9; 16]);
                d.nonce = Some(credential_core::mailbox::key_binding_nonce(
                    &d.details.nonce,
                    elsewhere,
                    1,
                ));
            },
            Reason::MadeForAnotherRequest,
        ),
        (
            "presented in the future",
            |d, _| d.presented_at = noon() + TimeDelta::seconds(11),
            Reason::MadeAtAnotherTime,
        ),
        (
            "presented long ago",
            |d, _| d.presented_at = noon() - TimeDelta::days(24),
            Reason::MadeAtAnotherTime,
        ),
        (
            "no key binding",
            |d, _| d.key_bound = false,
            Reason::HolderBindingMissing,
        ),
        (
            "decision of another grant",
            |d, _| d.decision_grant = GrantId::from_bytes([7; 16]),
            Reason::DecisionOfAnotherGrant,
        ),
        (
            "decision for another broker",
            |d, _| d.broker += "x",
            Reason::DecisionOfAnotherGrant,
        ),
        (
            "decision on another request",
            |d, _| d.request += "x",
            Reason::DecisionOfAnotherGrant,
        ),
        (
            "purpose changed after approval",
            |d, _| {
                d.decided.purpose.text = Text::new("Markkinointi", "Marknadsföring", "Marketing");
            },
            Reason::DecisionOtherTerms,
        ),
        (
            "widened after approval",
            |d, _| d.decided.max_reads = Some(1),
            Reason::DecisionOtherTerms,
        ),
        (
            "longer than approved",
            |d, _| d.decided.until = noon() + TimeDelta::days(1),
            Reason::DecisionOtherTerms,
        ),
        (
            "a refusal",
            |d, _| d.verdict = Verdict::Refused,
            Reason::DecisionInvalid,
        ),
        (
            "a withdrawal",
            |d, _| d.verdict = Verdict::Withdrawn,
            Reason::DecisionInvalid,
        ),
        (
            "nothing inside",
            |d, _| d.credentials.clear(),
            Reason::CredentialMissing,
        ),
        (
            "a claim left out",
            |d, _| d.disclose = vec!["family_name", "title"],
            Reason::ClaimMissing,
        ),
        (
            "revoked",
            |_, w| w.publish_status(5, Status::Invalid),
            Reason::Revoked,
        ),
        (
            "issuer not trusted for the type",
            |d, w| {
                let recipe = Recipe {
                    issuer: OTHER_ISSUER,
                    status: None,
                    ..Recipe::default()
                };
                d.credentials = vec![("degree".into(), w.issue(&recipe))];
            },
            Reason::IssuerNotTrustedForType,
        ),
        (
            "another type of credential",
            |d, w| {
                let badge = CredentialType::SkillBadge;
                let recipe = Recipe {
                    kind: badge,
                    integrity: Some(badge.integrity()),
                    ..Recipe::default()
                };
                d.credentials = vec![("degree".into(), w.issue(&recipe))];
            },
            Reason::CredentialOfAnotherType,
        ),
    ];
    for (name, change, reason) in table {
        let world = World::new();
        let mut deposit = world.deposit();
        change(&mut deposit, &world);
        let report = read(&world, &deposit).await;
        assert_eq!(remarks(&report), [*reason], "{name}");
        assert_eq!(report.verdict, Outcome::Invalid, "{name}");
        let silent = report.credentials.iter().all(|c| c.claims.is_empty());
        assert!(silent, "{name}: what is not valid is not shown");
    }
}

#[tokio::test]
async fn a_replayed_older_sequence_is_not_valid() {
    let world = World::new();
    let deposit = world.deposit();
    let sealed = deposit.seal(&world);
    let expected = crate::GrantExpectation {
        last_sequence: 2,
        ..deposit.expectation()
    };
    let error = crate::SealedDeposit::parse(&sealed)
        .unwrap()
        .open(&world.recipient, &expected, noon())
        .unwrap_err();
    let report = world.verifier().refuse(error).unwrap();
    assert_eq!(remarks(&report), [Reason::DepositReplayed]);
    assert_eq!(report.verdict, Outcome::Invalid);
}

#[tokio::test]
async fn a_credential_presented_with_another_persons_key_is_not_valid() {
    let world = World::new();
    let mut deposit = world.deposit();
    let thief = World {
        holder: crate::test_support::key(),
        ..World::new()
    };
    let stolen = deposit.vp_token(&world)["degree"][0].clone();
    let bare = stolen.rsplit_once('~').unwrap().0;
    let forged = {
        use credential_core::jose::jws::{KeyReference, sign};
        let hash = credential_core::encoding::sha256_base64url(format!("{bare}~"));
        let nonce = credential_core::mailbox::key_binding_nonce(
            &deposit.details.nonce,
            deposit.details.grant_id,
            1,
        );
        let claims = json!({"iat": noon().timestamp() - 60, "aud": deposit.audience,
            "nonce": nonce, "sd_hash": hash});
        let binding = sign("kb+jwt", &claims, &thief.holder, KeyReference::Embedded).unwrap();
        format!("{bare}~{binding}")
    };
    deposit.credentials.clear();
    let mut content = deposit.content(&world);
    content["vp_token"] = json!({"degree": [forged]});
    let content = serde_json::to_vec(&content).unwrap();
    let header = deposit.header(&world.recipient);
    let sealed = crate::test_support::seal(header, &content, world.recipient.public_jwk());
    let opened = crate::SealedDeposit::parse(&sealed)
        .unwrap()
        .open(&world.recipient, &deposit.expectation(), noon())
        .unwrap();
    let verifier = world.verifier();
    let report = verifier
        .verify_presentation(&opened, &deposit.expectation())
        .await
        .unwrap();
    assert_eq!(remarks(&report), [Reason::HolderBindingInvalid]);
    let detail = report.all_checks().find_map(|check| check.detail);
    assert_eq!(detail, Some("key_binding_bad_signature"));
    assert_eq!(report.credentials[0].issuer.as_ref().unwrap().id, ISSUER);
}
