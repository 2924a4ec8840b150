//! The lists of status that badges name.

use std::sync::Arc;

use credential_core::{
    credential::CredentialType,
    jose::{EdDsaKey, Signer as _, VerifyingKey},
    status_list::bitstring::{BitstringEntry, BitstringList, MEDIA_TYPE, Purpose},
    text::{Language, Text},
};

use super::world::{World, claims};
use crate::{
    badge::{self, Badge},
    server::{HolderMatch, StatusChange},
};

const BADGE: &[CredentialType] = &[CredentialType::SkillBadge];

/// What the published list says of a place, read as a stranger reads it.
async fn is_set(world: &World, key: &EdDsaKey, entry: &BitstringEntry) -> bool {
    let path = entry.list.strip_prefix(&world.identifier).unwrap();
    let answer = world.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), MEDIA_TYPE);
    assert_eq!(answer.header("cache-control"), "max-age=300");
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let asked = (entry.list.as_str(), entry.purpose);
    let (text, now) = (answer.text.as_bytes(), world.state.now());
    let list = BitstringList::verify(text, asked, &world.identifier, |_| Some(verifying), now);
    list.unwrap().is_set(entry.index).unwrap()
}

#[tokio::test]
async fn c46_a_badge_that_was_revoked_or_suspended_is_so_in_the_published_lists() {
    let world = World::new().await;
    let key = Arc::new(EdDsaKey::generate().unwrap().0);
    let _the_same = world.state.clone().with_badges(key.clone());
    let place = world
        .state
        .places_for_badges(BADGE, HolderMatch::InPerson)
        .unwrap()
        .remove(0);
    let [revocation, suspension] = &place.entries[..] else {
        panic!("two places");
    };
    assert_eq!(
        (revocation.purpose, suspension.purpose),
        (Purpose::Revocation, Purpose::Suspension)
    );
    let mut seen = Vec::new();
    for change in [
        None,
        Some(StatusChange::Suspend),
        Some(StatusChange::Resume),
        Some(StatusChange::Revoke),
    ] {
        if let Some(change) = change {
            world.state.change_status(place.index, change).unwrap();
        }
        seen.push((
            is_set(&world, &key, revocation).await,
            is_set(&world, &key, suspension).await,
        ));
    }
    assert_eq!(
        seen,
        [(false, false), (false, true), (false, false), (true, false)]
    );
}

#[tokio::test]
async fn a_badge_names_its_places_and_the_registry_knows_it_without_a_name() {
    let world = World::new().await;
    let key = EdDsaKey::generate().unwrap().0;
    let place = world
        .state
        .places_for_badges(BADGE, HolderMatch::SchoolAccount)
        .unwrap()
        .remove(0);
    let name = Text::new("Esimerkkiopisto", "Exempelinstitutet", "Example College");
    let about = Badge {
        issuer: &world.identifier,
        issuer_name: &name,
        holder: None,
        issued_at: world.state.now(),
        expires_at: None,
        status: &place.entries,
        language: Language::Fi,
    };
    let rng = credential_core::rng::SystemRng::default();
    let badge = badge::issue(&claims(CredentialType::SkillBadge), &about, &key, &rng).unwrap();
    let status = badge.document().get("credentialStatus").unwrap();
    assert_eq!(BitstringEntry::read_all(status), Some(place.entries));
    let issued = world.state.issued().unwrap().remove(0);
    assert_eq!(
        (issued.index, issued.matched),
        (place.index, HolderMatch::SchoolAccount)
    );
    assert_eq!(issued.vct, CredentialType::SkillBadge.vct());
}

#[tokio::test]
async fn an_institution_without_badges_publishes_no_bitstring() {
    let world = World::new().await;
    for path in [
        "/status/1/revocation",
        "/status/1/suspension",
        "/status/1/message",
        "/status/2/revocation",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.shown(), "404 invalid_request (not_found)", "{path}");
    }
}
