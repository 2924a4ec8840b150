//! The status list: random places, never used again, and changes that the next fetch shows.

use std::collections::HashSet;

use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    jose::jws::Unverified,
    status_list::{self, Status, StatusError, StatusListToken},
};
use serde_json::Value;

use super::world::{World, issuer, key, noon};
use crate::server::{RegistryError, StatusChange};

impl World {
    async fn status_list(&self) -> (String, Result<StatusListToken, StatusError>) {
        let text = self.get("/status/1").await.text;
        let uri = format!("{}/status/1", self.identifier);
        let read = StatusListToken::verify(&text, &uri, &self.key(), self.state.now());
        (text, read)
    }

    async fn status_at(&self, index: u32) -> Status {
        self.status_list()
            .await
            .1
            .unwrap()
            .list()
            .at(index)
            .unwrap()
    }
}

#[tokio::test]
async fn c44_status_list_token_says_which_list_it_is_and_until_when() {
    let world = World::new().await;
    let answer = world.get("/status/1").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/statuslist+jwt");
    assert_eq!(answer.header("cache-control"), "max-age=300");
    let token = Unverified::parse(&answer.text, status_list::TYP).unwrap();
    let mut claims: Value = token.verify(&world.key()).unwrap();
    assert!(claims["status_list"]["lst"].take().as_str().unwrap().len() > 10);
    assert_eq!(
        claims,
        serde_json::json!({
            "iss": world.identifier,
            "sub": format!("{}/status/1", world.identifier),
            "iat": noon().timestamp(),
            "exp": noon().timestamp() + 24 * 3600,
            "ttl": 300,
            "status_list": {"bits": 2, "lst": null}
        })
    );
}

#[tokio::test]
async fn c44_an_index_outside_the_list_is_never_valid() {
    let world = World::new().await;
    let list = world.status_list().await.1.unwrap();
    let end = crate::server::LIST_CAPACITY;
    assert_eq!(list.list().at(end - 1), Ok(Status::Valid));
    assert_eq!(list.list().at(end), Err(StatusError::OutOfBounds));
}

#[tokio::test]
async fn c44_revoking_shows_in_the_next_fetch() {
    let world = World::new().await;
    let index = world.qualification().await.status().unwrap().idx;
    let bystander = world.qualification().await.status().unwrap().idx;
    assert_eq!(world.status_at(index).await, Status::Valid);
    for (change, expected) in [
        (StatusChange::Suspend, Status::Suspended),
        (StatusChange::Resume, Status::Valid),
        (StatusChange::Revoke, Status::Invalid),
        (StatusChange::Revoke, Status::Invalid),
    ] {
        world.state.change_status(index, change).unwrap();
        assert_eq!(world.status_at(index).await, expected);
        assert_eq!(world.status_at(bystander).await, Status::Valid);
    }
    for change in [StatusChange::Resume, StatusChange::Suspend] {
        let refused = world.state.change_status(index, change);
        assert_eq!(refused, Err(RegistryError::Revoked { index }));
    }
    assert_eq!(world.status_at(index).await, Status::Invalid);
}

#[tokio::test]
async fn revoking_one_copy_revokes_all_that_the_wallet_got_with_it() {
    let world = World::new().await;
    let token = world.token(&[CredentialType::Qualification]).await;
    let keys = [key(), key(), key()];
    let keys: Vec<_> = keys.iter().collect();
    let copies = world.verified(&world.collect(&token, "qualification", &keys).await);
    let indexes: Vec<_> = copies
        .iter()
        .map(|copy| copy.status().unwrap().idx)
        .collect();
    let bystander = world.qualification().await.status().unwrap().idx;
    let changed = world
        .state
        .change_status(indexes[1], StatusChange::Revoke)
        .unwrap();
    assert_eq!(changed.copies, [indexes[0], indexes[2]]);
    for index in indexes {
        assert_eq!(world.status_at(index).await, Status::Invalid);
    }
    assert_eq!(world.status_at(bystander).await, Status::Valid);
}

#[tokio::test]
async fn each_list_has_one_address_and_others_there_are_not() {
    let world = World::new().await;
    assert_eq!(world.get("/status/1").await.status, 200);
    for path in [
        "/status/0",
        "/status/2",
        "/status/01",
        "/status/+1",
        "/status/x",
        "/status/-1",
        "/status/99999999999999999999",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.shown(), "404 invalid_request (not_found)", "{path}");
    }
}

#[tokio::test]
async fn a_place_without_credential_cannot_be_revoked() {
    let world = World::new().await;
    for index in [0, crate::server::LIST_CAPACITY, u32::MAX] {
        let refused = world.state.change_status(index, StatusChange::Revoke);
        assert_eq!(refused, Err(RegistryError::NoSuchCredential { index }));
    }
}

#[tokio::test]
async fn an_unchanged_list_is_signed_once_an_hour() {
    let world = World::new().await;
    let (first, _) = world.status_list().await;
    world.clock.advance(TimeDelta::minutes(59));
    assert_eq!(world.status_list().await.0, first);
    world.clock.advance(TimeDelta::minutes(1));
    let (second, read) = world.status_list().await;
    assert_ne!(second, first);
    assert_eq!(read.unwrap().issued_at(), noon() + TimeDelta::hours(1));
    world.clock.advance(TimeDelta::hours(-2));
    let (third, read) = world.status_list().await;
    assert_ne!(
        third, second,
        "a clock set back must not leave a list from the future"
    );
    assert!(read.is_ok());
}

#[tokio::test]
async fn c47_indexes_are_random_and_none_is_given_twice_also_after_a_restart() {
    let world = World::new().await;
    let mut indexes = Vec::new();
    for _ in 0..3 {
        let token = world.token(&[CredentialType::SkillBadge]).await;
        let keys: Vec<_> = (0..8).map(|_| key()).collect();
        let answer = world
            .collect(&token, "skill-badge", &keys.iter().collect::<Vec<_>>())
            .await;
        let issued = world.verified(&answer);
        indexes.extend(
            issued
                .iter()
                .map(|credential| credential.status().unwrap().idx),
        );
    }
    let distinct: HashSet<_> = indexes.iter().collect();
    assert_eq!(distinct.len(), 24);
    let neighbours = indexes
        .windows(2)
        .filter(|pair| pair[1] == pair[0].wrapping_add(1));
    assert!(
        neighbours.count() < 2,
        "an order would tell who collected together: {indexes:?}"
    );
    let widest = indexes.iter().max().unwrap() - indexes.iter().min().unwrap();
    assert!(widest > crate::server::LIST_CAPACITY / 4, "{indexes:?}");

    let (clock, identifier) = (world.clock.clone(), world.identifier.clone());
    world
        .state
        .change_status(indexes[0], StatusChange::Revoke)
        .unwrap();
    let folder = world.stop().await;
    let state = issuer(&identifier, folder.path(), &clock);
    let kept: HashSet<_> = state
        .issued()
        .unwrap()
        .iter()
        .map(|entry| entry.index)
        .collect();
    assert_eq!(kept, indexes.iter().copied().collect());
    let (_, list) = state.registry().status_list(0).unwrap();
    assert_eq!(
        list.at(indexes[0]),
        Ok(Status::Invalid),
        "a revocation outlives a restart"
    );
}

#[tokio::test]
async fn c47_the_list_is_fetched_without_credentials_or_index() {
    let world = World::new().await;
    let index = world.qualification().await.status().unwrap().idx;
    let plain = world.get("/status/1").await;
    let curious = world.get(&format!("/status/1?idx={index}")).await;
    assert_eq!((plain.status, curious.status), (200, 200));
    assert_eq!(
        plain.text, curious.text,
        "the answer does not depend on who asks for what"
    );
}
