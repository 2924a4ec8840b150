//! A grant that the person changes after it was redeemed.

use chrono::TimeDelta;
use credential_core::consent::details::GrantedDetails;

use super::{
    broker::Broker,
    journey::{Granted, granted},
};
use crate::{
    OpenError,
    checks::Outcome,
    recipient::{CallError, ReadError},
    test_support::World,
};

/// What was granted without the given name.
fn narrowed(details: &GrantedDetails) -> GrantedDetails {
    let mut less = details.clone();
    let claims = &mut less.dcql_query.credentials[0].claims;
    claims.retain(|claim| claim.id != "given");
    assert_ne!(less, *details);
    less
}

/// The broker holds a deposit of these terms; its token answers say `told`.
fn put(broker: &Broker, granted: &mut Granted, world: &World, terms: &GrantedDetails) {
    let deposit = &mut granted.deposit;
    deposit.sequence += 1;
    deposit.header_hash = terms.hash_base64url().unwrap();
    (deposit.details, deposit.decided) = (terms.clone(), terms.clone());
    broker.desk().deposit = deposit.seal(world);
    broker.desk().granted = Some(terms.clone());
}

#[tokio::test]
async fn a_narrowed_share_is_read_with_the_token_from_before_and_verified_by_its_new_terms() {
    let world = World::new();
    let mut given = granted(&world).await;
    let less = narrowed(given.held.details());
    put(&given.broker.clone(), &mut given, &world, &less);
    let opened = given.recipient.read(&mut given.held).await.unwrap();
    assert_eq!(given.held.details(), &less);
    assert_eq!(given.broker.desk().tokens_given, 1, "no renewal was needed");
    let expected = given.recipient.expectation(&given.held);
    let verifier = world.verifier();
    let report = verifier
        .verify_presentation(&opened, &expected)
        .await
        .unwrap();
    assert_ne!(report.verdict, Outcome::Invalid, "{report:?}");
}

#[tokio::test]
async fn a_renewal_comes_with_the_token_answer() {
    let world = World::new();
    let mut given = granted(&world).await;
    world.clock.advance(TimeDelta::days(10));
    let longer = GrantedDetails {
        until: given.held.details().until + TimeDelta::days(10),
        ..given.held.details().clone()
    };
    given.broker.desk().granted = Some(longer.clone());
    given.recipient.refresh(&mut given.held).await.unwrap();
    assert_eq!(given.held.details(), &longer);
}

#[tokio::test]
async fn terms_that_are_wider_than_before_or_than_asked_are_not_followed() {
    let world = World::new();
    let mut given = granted(&world).await;
    let first = given.held.details().clone();
    let less = narrowed(&first);
    given.broker.desk().granted = Some(less.clone());
    given.recipient.refresh(&mut given.held).await.unwrap();
    let other_purpose = {
        let mut other = less.clone();
        other.purpose.code = "https://w3id.org/dpv#Marketing".into();
        other
    };
    let far = less.until + TimeDelta::days(30);
    let wider = [
        ("what was left out", first.clone()),
        (
            "more reads",
            GrantedDetails {
                max_reads: None,
                ..less.clone()
            },
        ),
        (
            "a later end than asked",
            GrantedDetails {
                until: far,
                ..less.clone()
            },
        ),
        ("another purpose", other_purpose),
    ];
    for (what, named) in wider {
        given.broker.desk().granted = Some(named.clone());
        let refused = given.recipient.refresh(&mut given.held).await.unwrap_err();
        let malformed = CallError::Malformed("authorization_details");
        assert_eq!(refused, ReadError::Call(malformed), "{what}");
        put(&given.broker.clone(), &mut given, &world, &named);
        let refused = given.recipient.read(&mut given.held).await.unwrap_err();
        let other = ReadError::Deposit(OpenError::OtherDetails);
        let malformed = ReadError::Call(CallError::Malformed("authorization_details"));
        assert!(
            refused == other || refused == malformed,
            "{what}: {refused:?}"
        );
        assert_eq!(given.held.details(), &less, "{what}");
    }
}

#[tokio::test]
async fn a_share_that_is_held_back_is_told_from_one_that_has_ended() {
    let world = World::new();
    let mut given = granted(&world).await;
    given.broker.desk().paused = true;
    let refused = given.recipient.read(&mut given.held).await.unwrap_err();
    assert_eq!(refused, ReadError::Paused);
    assert_eq!(refused.reason(), "share_paused");
    given.broker.desk().paused = false;
    given.recipient.read(&mut given.held).await.unwrap();
}
