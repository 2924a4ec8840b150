use chrono::TimeDelta;
use credential_core::{sd_jwt::StatusReference, status_list::Status};

use super::remarks;
use crate::{
    Report, Verifier,
    checks::{Outcome, Reason, What},
    test_support::{ISSUER, Recipe, STATUS_URI, World, key, noon},
};

async fn check(world: &World, recipe: &Recipe) -> Report {
    let verifier = world.verifier();
    let (report, _) = verifier
        .verify_credential(&world.issue(recipe))
        .await
        .unwrap();
    report
}

#[tokio::test]
async fn a_revoked_credential_is_not_valid_and_says_nothing_more() {
    let world = World::new();
    for (status, reason) in [
        (Status::Invalid, Reason::Revoked),
        (Status::Suspended, Reason::Suspended),
        (Status::Other(3), Reason::StatusNotUnderstood),
    ] {
        world.publish_status(5, status);
        let report = check(&world, &Recipe::default()).await;
        assert_eq!(remarks(&report), [reason]);
        assert_eq!(report.verdict, reason.outcome());
        let silent = report.credentials[0].claims.is_empty();
        assert_eq!(silent, report.verdict == Outcome::Invalid);
    }
}

#[tokio::test]
async fn a_status_that_cannot_be_fetched_never_rolls_up_to_valid() {
    let world = World::new();
    world.published.withdraw();
    let report = check(&world, &Recipe::default()).await;
    assert_eq!(remarks(&report), [Reason::StatusUnreachable]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);

    let offline = Verifier::builder()
        .trust(world.trust.clone())
        .clock(world.clock.clone())
        .offline()
        .build()
        .unwrap();
    let credential = world.issue(&Recipe::default());
    let (report, verified) = offline.verify_credential(&credential).await.unwrap();
    assert_eq!(remarks(&report), [Reason::StatusOffline]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert_eq!(verified.unwrap().verdict(), Outcome::CouldNotCheck);
}

#[tokio::test]
async fn a_list_that_is_not_the_issuers_or_not_this_one_is_not_believed() {
    let world = World::new();
    let by_stranger = world.status_list(9, Status::Valid, &key(), 600);
    let by_other_issuer = world.status_list(9, Status::Valid, &world.other_issuer, 600);
    for (document, detail) in [
        (by_stranger, "jws_bad_signature"),
        (by_other_issuer, "jws_bad_signature"),
        ("not a list".to_owned(), "jws_malformed"),
    ] {
        world.published.put(STATUS_URI, document);
        let report = check(&world, &Recipe::default()).await;
        assert_eq!(remarks(&report), [Reason::StatusListInvalid]);
        assert_eq!(report.verdict, Outcome::CouldNotCheck);
        let found = report.all_checks().find(|check| check.what == What::Status);
        assert_eq!(found.unwrap().detail, Some(detail));
    }
    let elsewhere = "https://opisto.example/status/2";
    let honest = world.status_list(9, Status::Valid, &world.issuer, 600);
    world.published.put(elsewhere, honest);
    let recipe = Recipe {
        status: Some(StatusReference {
            uri: elsewhere.into(),
            idx: 1,
        }),
        ..Recipe::default()
    };
    assert_eq!(
        remarks(&check(&world, &recipe).await),
        [Reason::StatusListInvalid]
    );
}

/// Requirement 44: a place outside the list is refused.
#[tokio::test]
async fn c44_a_place_outside_the_list_is_not_valid() {
    let world = World::new();
    let recipe = Recipe {
        status: Some(StatusReference {
            uri: STATUS_URI.into(),
            idx: 64,
        }),
        ..Recipe::default()
    };
    let report = check(&world, &recipe).await;
    assert_eq!(remarks(&report), [Reason::StatusOutOfBounds]);
    assert_eq!(report.verdict, Outcome::Invalid);
}

#[tokio::test]
async fn a_credential_without_status_is_not_asked_about() {
    let world = World::new();
    let recipe = Recipe {
        status: None,
        ..Recipe::default()
    };
    let report = check(&world, &recipe).await;
    assert_eq!(report.verdict, Outcome::Valid);
    assert_eq!(world.published.asked(), 0);
}

#[tokio::test]
async fn a_list_is_kept_for_its_ttl_and_not_longer() {
    let world = World::new();
    let verifier = world.verifier();
    let credential = world.issue(&Recipe::default());
    let verdict = async || {
        verifier
            .verify_credential(&credential)
            .await
            .unwrap()
            .0
            .verdict
    };
    assert_eq!(verdict().await, Outcome::Valid);
    world.publish_status(5, Status::Invalid);
    world.clock.advance(TimeDelta::seconds(599));
    assert_eq!(verdict().await, Outcome::Valid);
    assert_eq!(world.published.asked(), 1);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(verdict().await, Outcome::Invalid);
    assert_eq!(world.published.asked(), 2);
}

#[tokio::test]
async fn a_kept_list_ends_with_its_own_end_whatever_its_ttl() {
    let world = World::new();
    let week = world.status_list(9, Status::Valid, &world.issuer, 7 * 86_400);
    world.published.put(STATUS_URI, week);
    let verifier = world.verifier();
    let credential = world.issue(&Recipe::default());
    let check = async || verifier.verify_credential(&credential).await.unwrap().0;
    assert_eq!(check().await.verdict, Outcome::Valid);
    world.clock.advance(TimeDelta::minutes(59));
    assert_eq!(check().await.verdict, Outcome::Valid);
    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(remarks(&check().await), [Reason::StatusListInvalid]);
}

#[tokio::test]
async fn the_answer_says_when_the_list_was_made() {
    let world = World::new();
    world.clock.advance(TimeDelta::minutes(8));
    let report = check(&world, &Recipe::default()).await;
    let status = report.all_checks().find(|check| check.what == What::Status);
    assert_eq!(status.unwrap().at, noon());
    assert_eq!(report.checked_at, noon() + TimeDelta::minutes(8));
    assert_eq!(report.credentials[0].issuer.as_ref().unwrap().id, ISSUER);
}

#[tokio::test]
async fn a_list_that_could_not_be_had_is_asked_for_again_after_a_moment() {
    let world = World::new();
    let verifier = world.verifier();
    let credential = world.issue(&Recipe::default());
    let verdict = async || {
        let checked = verifier.verify_credential(&credential).await;
        checked.unwrap().0.verdict
    };
    world.published.withdraw();
    for _ in 0..3 {
        assert_eq!(verdict().await, Outcome::CouldNotCheck);
    }
    assert_eq!(world.published.asked(), 1);
    world.publish_status(5, Status::Valid);
    world.clock.advance(TimeDelta::seconds(5));
    assert_eq!(verdict().await, Outcome::Valid);
}
