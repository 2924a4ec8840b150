//! Codes, tokens, nonces and forms that somebody made up.

use std::{collections::HashSet, sync::Arc};

use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    encoding::{base64url, from_base64url},
    id::OfferId,
    rng::SystemRng,
};
use proptest::prelude::{any, prop_assert, proptest};

use super::world::{World, noon, sealing_key};
use crate::server::{
    SealingKey,
    authorization::{Code, Pushed, Shown},
    form::Form,
    handles::{Grant, Handles, Nonces},
};

fn handles() -> Handles {
    Handles::new(&sealing_key(), Arc::new(SystemRng::default())).unwrap()
}

fn grant(offer: OfferId) -> Grant {
    Grant {
        offer,
        configurations: None,
        by_identifier: false,
        jkt: None,
    }
}

proptest! {
    #[test]
    fn made_up_text_is_no_handle(text in ".{0,120}", bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let nonces = Nonces::new(&SystemRng::default()).unwrap();
        for tried in [text, base64url(bytes)] {
            prop_assert!(handles().offer_of_code(&tried).is_none());
            prop_assert!(handles().open::<Grant>(&tried, noon()).is_none());
            prop_assert!(nonces.spend(&[&tried], noon()).is_err());
        }
    }

    #[test]
    fn one_changed_bit_spoils_a_handle(octet in 0_usize..48, bit in 0_u8..8) {
        let handles = handles();
        let nonces = Nonces::new(&SystemRng::default()).unwrap();
        let id = OfferId::from_bytes([5; 16]);
        let later = noon() + TimeDelta::minutes(5);
        let changed = |handle: &str| {
            let mut octets = from_base64url(handle).unwrap();
            octets[octet] ^= 1 << bit;
            base64url(octets)
        };
        let (code, token) = (handles.code(&id), handles.seal(grant(id), later).unwrap());
        let nonce = nonces.issue(later, &SystemRng::default()).unwrap();
        prop_assert!(handles.offer_of_code(&changed(&code)).is_none());
        prop_assert!(handles.open::<Grant>(&changed(&token), noon()).is_none());
        prop_assert!(nonces.spend(&[&changed(&nonce)], noon()).is_err());
        prop_assert!(handles.offer_of_code(&code) == Some(id));
        prop_assert!(handles.open(&token, noon()) == Some(grant(id)));
        prop_assert!(nonces.spend(&[&nonce], noon()).is_ok());
    }

    #[test]
    fn any_body_is_a_form_or_refused(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let names: Vec<_> = url::form_urlencoded::parse(&body).map(|(name, _)| name.into_owned()).collect();
        let distinct: HashSet<_> = names.iter().collect();
        prop_assert!(Form::read(&body).is_ok() == (distinct.len() == names.len() && names.len() <= 32));
    }
}

#[test]
fn handles_of_one_kind_or_institution_are_no_handles_of_another() {
    let handles = handles();
    let other = SealingKey::from_bytes(&[8; 32]).unwrap();
    let other = Handles::new(&other, Arc::new(SystemRng::default())).unwrap();
    let id = OfferId::from_bytes([5; 16]);
    let (code, token) = (
        handles.code(&id),
        handles
            .seal(grant(id), noon() + TimeDelta::minutes(1))
            .unwrap(),
    );
    assert_eq!(handles.offer_of_code(&token), None);
    assert_eq!(handles.offer_of_state(&code), None);
    assert_eq!(handles.offer_of_code(&handles.issuer_state(&id)), None);
    assert_eq!(handles.offer_of_state(&handles.issuer_state(&id)), Some(id));
    assert_eq!(handles.open::<Grant>(&code, noon()), None);
    assert_eq!(other.offer_of_code(&code), None);
    assert!(handles.open::<Pushed>(&token, noon()).is_none());
    assert!(handles.open::<Shown>(&token, noon()).is_none());
    assert!(handles.open::<Code>(&token, noon()).is_none());
    assert_eq!(other.open::<Grant>(&token, noon()), None);
}

#[test]
fn used_nonces_are_forgotten_only_when_they_have_expired() {
    let nonces = Nonces::new(&SystemRng::default()).unwrap();
    let rng = SystemRng::default();
    let short = nonces.issue(noon() + TimeDelta::minutes(1), &rng).unwrap();
    let long = nonces.issue(noon() + TimeDelta::minutes(9), &rng).unwrap();
    assert!(
        nonces.spend(&[&short, &long, &long], noon()).is_ok(),
        "one nonce in two proofs"
    );
    for minute in [0, 1, 5, 8, 9] {
        let at = noon() + TimeDelta::minutes(minute);
        assert!(nonces.spend(&[&long], at).is_err(), "minute {minute}");
        assert!(nonces.spend(&[&short], at).is_err(), "minute {minute}");
    }
    let fresh = nonces.issue(noon() + TimeDelta::minutes(20), &rng).unwrap();
    let late = noon() + TimeDelta::minutes(10);
    assert!(nonces.spend(&[&fresh, &long], late).is_err(), "all or none");
    assert!(nonces.spend(&[&fresh], late).is_ok());
}

#[tokio::test]
async fn debug_output_shows_no_secret() {
    let world = World::new().await;
    let offer = world.offer(&[CredentialType::Qualification]);
    let token = world.token(&[CredentialType::Qualification]).await;
    world
        .collect(&token, "qualification", &[&super::world::key()])
        .await;
    let shown = format!("{:?} {offer:?} {:?}", world.state, sealing_key());
    for secret in [
        offer.tx_code.as_deref().unwrap(),
        &offer.link,
        "7, 7, 7",
        "Esimerkki-Lahti",
        "eyJ",
    ] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
