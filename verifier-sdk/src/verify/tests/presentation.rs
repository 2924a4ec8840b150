use chrono::TimeDelta;
use credential_core::credential::CredentialType;
use serde_json::{Value, json};

use super::{read, remarks};
use crate::{
    checks::{Outcome, Question, Reason},
    test_support::{Recipe, World, noon},
};

#[tokio::test]
async fn a_share_in_order_answers_all_four_questions() {
    let world = World::new();
    let report = read(&world, &world.deposit()).await;
    assert_eq!(report.verdict, Outcome::Valid, "{:?}", remarks(&report));
    for question in Question::ALL {
        assert!(report.all_checks().any(|check| check.question == question));
    }
    let names: Vec<String> = report.credentials[0]
        .claims
        .iter()
        .map(|claim| claim.path.to_string())
        .collect();
    assert_eq!(names, ["/family_name", "/given_name", "/title"]);
    let share = report.share.unwrap();
    assert_eq!(share.sequence, 1);
    assert_eq!(share.purpose.text.en.as_deref(), Some("Recruitment"));
}

#[tokio::test]
async fn an_unreachable_status_list_makes_the_share_uncheckable_and_never_valid() {
    let world = World::new();
    world.published.withdraw();
    let report = read(&world, &world.deposit()).await;
    assert_eq!(remarks(&report), [Reason::StatusUnreachable]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

#[tokio::test]
async fn an_unknown_issuer_in_a_share_is_never_valid() {
    let world = World::new();
    let mut deposit = world.deposit();
    let recipe = Recipe {
        issuer: "https://nobody.example",
        ..Recipe::default()
    };
    deposit.credentials = vec![("degree".into(), world.issue(&recipe))];
    let report = read(&world, &deposit).await;
    assert_eq!(
        remarks(&report),
        [Reason::IssuerUnknown, Reason::IssuerKeyNotAvailable]
    );
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert!(report.credentials[0].claims.is_empty());
}

#[tokio::test]
async fn more_than_was_asked_needs_attention() {
    let world = World::new();
    let mut deposit = world.deposit();
    deposit.disclose.push("birthdate");
    let report = read(&world, &deposit).await;
    assert_eq!(remarks(&report), [Reason::MoreThanAsked]);
    assert_eq!(report.verdict, Outcome::Attention);

    let mut deposit = world.deposit();
    let extra = deposit.credentials[0].1.clone();
    deposit.credentials.push(("unasked".into(), extra));
    let report = read(&world, &deposit).await;
    assert_eq!(remarks(&report), [Reason::MoreThanAsked]);
    assert_eq!(
        report.credentials.len(),
        1,
        "what was not asked is not shown"
    );
}

/// Requirement 32: a query without claims asks for no selectively disclosable claim.
#[tokio::test]
async fn c32_a_query_without_claims_wants_none() {
    let world = World::new();
    let query = json!({"credentials": [{"id": "degree", "format": "dc+sd-jwt",
        "meta": {"vct_values": [CredentialType::Qualification.vct()]}}]});
    let mut deposit = world.deposit().with_query(query);
    deposit.disclose.clear();
    assert_eq!(read(&world, &deposit).await.verdict, Outcome::Valid);
    deposit.disclose = vec!["title"];
    assert_eq!(
        remarks(&read(&world, &deposit).await),
        [Reason::MoreThanAsked]
    );
}

fn asking(claims: &Value) -> Value {
    json!({"credentials": [{"id": "degree", "format": "dc+sd-jwt",
        "meta": {"vct_values": [CredentialType::Qualification.vct()]}, "claims": claims}]})
}

/// Requirement 33: the verifier runs the query itself.
#[tokio::test]
async fn c33_values_nested_paths_and_elements_are_matched_again() {
    let world = World::new();
    let level = |values: Value| {
        asking(&json!([{"id": "a", "path": ["credits", "amount"], "values": values}]))
    };
    for (query, disclose, expected) in [
        (level(json!([180, 210])), "credits", vec![]),
        (
            level(json!([210])),
            "credits",
            vec![Reason::ClaimValueOther],
        ),
        (
            level(json!(["180"])),
            "credits",
            vec![Reason::ClaimValueOther],
        ),
        (level(json!([180])), "title", vec![Reason::ClaimMissing]),
        (
            asking(&json!([{"id": "a", "path": ["skills", null, "title"]}])),
            "skills",
            vec![],
        ),
        (
            asking(&json!([{"id": "a", "path": ["skills", 1]}])),
            "skills",
            vec![],
        ),
        (
            asking(&json!([{"id": "a", "path": ["title", "sv"]}])),
            "title",
            vec![],
        ),
        (
            asking(&json!([{"id": "a", "path": ["title", "de"]}])),
            "title",
            vec![Reason::ClaimMissing],
        ),
    ] {
        let mut deposit = world.deposit().with_query(query.clone());
        deposit.disclose = vec![disclose];
        assert_eq!(remarks(&read(&world, &deposit).await), expected, "{query}");
    }
}

#[tokio::test]
async fn a_share_that_has_ended_is_not_valid_any_more() {
    let world = World::new();
    let mut deposit = world.deposit();
    deposit.details.until = noon();
    deposit.decided = deposit.details.clone();
    deposit.header_hash = deposit.details.hash_base64url().unwrap();
    assert_eq!(remarks(&read(&world, &deposit).await), [Reason::GrantEnded]);
}

#[tokio::test]
async fn what_was_opened_under_one_grant_is_not_verified_under_another() {
    let world = World::new();
    let (deposit, other) = (world.deposit(), world.deposit());
    let sealed = deposit.seal(&world);
    let opened = crate::SealedDeposit::parse(&sealed)
        .unwrap()
        .open(&world.recipient, &deposit.expectation(), noon())
        .unwrap();
    let report = world
        .verifier()
        .verify_presentation(&opened, &other.expectation())
        .await
        .unwrap();
    assert!(remarks(&report).contains(&Reason::DepositMoved));
    assert!(remarks(&report).contains(&Reason::DecisionOfAnotherGrant));
    assert_eq!(report.verdict, Outcome::Invalid);
}

#[tokio::test]
async fn what_was_opened_in_time_is_not_verified_after_its_end() {
    let world = World::new();
    let mut deposit = world.deposit();
    deposit.expires_at = noon() + TimeDelta::minutes(9);
    let sealed = deposit.seal(&world);
    let expected = deposit.expectation();
    let opened = crate::SealedDeposit::parse(&sealed)
        .unwrap()
        .open(&world.recipient, &expected, noon())
        .unwrap();
    let verifier = world.verifier();
    let check = async || {
        verifier
            .verify_presentation(&opened, &expected)
            .await
            .unwrap()
    };
    world.clock.advance(TimeDelta::minutes(8));
    assert_eq!(check().await.verdict, Outcome::Valid);
    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(remarks(&check().await), [Reason::DepositExpired]);
}

#[tokio::test]
async fn credentials_of_different_persons_need_attention() {
    let world = World::new();
    let part = |id: &str| {
        json!({"id": id, "format": "dc+sd-jwt",
            "meta": {"vct_values": [CredentialType::Qualification.vct()]},
            "claims": [{"id": "born", "path": ["birthdate"]}]})
    };
    let query = json!({"credentials": [part("one"), part("two")]});
    let mut deposit = world.deposit().with_query(query);
    deposit.disclose = vec!["birthdate"];
    let own = world.issue(&Recipe::default());
    let mut claims = Recipe::default().claims;
    claims["birthdate"] = json!("1999-12-31");
    let other = world.issue(&Recipe {
        claims,
        ..Recipe::default()
    });
    deposit.credentials = vec![("one".into(), own.clone()), ("two".into(), own.clone())];
    assert_eq!(read(&world, &deposit).await.verdict, Outcome::Valid);
    deposit.credentials = vec![("one".into(), own), ("two".into(), other)];
    assert_eq!(
        remarks(&read(&world, &deposit).await),
        [Reason::PersonsDiffer]
    );
}
