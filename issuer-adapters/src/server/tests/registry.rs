//! The registry by itself: what is lost is noticed, what is dead is gone, and a model of an offer.

use std::sync::Arc;

use chrono::TimeDelta;
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    id::OfferId,
    rng::{NoRandomness, Rng, SystemRng},
    sd_jwt::IssueError,
};
use proptest::prelude::{Strategy, prop_oneof, proptest};
use serde_json::json;
use tempfile::TempDir;

use super::world::{claims, noon, sealing_key};
use crate::server::{
    HolderMatch, Registry, RegistryError, SealingKey, StatusChange, StoreError,
    registry::{CollectError, NewOffer, Redemption, Wanted},
};
use crate::source::tests::examples::cases;

fn registry() -> (TempDir, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let rng = Arc::new(SystemRng::default());
    let registry = Registry::create(folder.path(), &sealing_key(), rng).unwrap();
    (folder, registry)
}

fn reopened(folder: &TempDir) -> Result<Registry, RegistryError> {
    Registry::open(
        folder.path(),
        &sealing_key(),
        Arc::new(SystemRng::default()),
    )
}

fn offer(registry: &Registry, credentials: &[CredentialClaims]) -> Result<OfferId, RegistryError> {
    let id = OfferId::random(&SystemRng::default()).unwrap();
    registry.add_offer(&NewOffer {
        id,
        expires_at: noon() + TimeDelta::minutes(10),
        tx_code: Some("493817"),
        matched: HolderMatch::InPerson,
        credentials,
    })?;
    Ok(id)
}

fn redeem(registry: &Registry, id: &OfferId, minute: i64, code: &str) -> Redemption {
    let now = noon() + TimeDelta::minutes(minute);
    let until = now + TimeDelta::minutes(5);
    registry.redeem(id, Some(code), now, until).unwrap()
}

fn collect(registry: &Registry, id: &OfferId, minute: i64) -> Result<Vec<u32>, CollectError> {
    let wanted = Wanted {
        offer: *id,
        credential_type: CredentialType::Qualification,
        copies: 2,
        now: noon() + TimeDelta::minutes(minute),
    };
    registry
        .collect(&wanted, |_claims, _indexes| Ok(()))
        .map(|((), indexes)| indexes)
}

/// One collected offer: two issued credentials.
fn issued(registry: &Registry) -> Vec<u32> {
    let id = offer(registry, &[claims(CredentialType::Qualification)]).unwrap();
    assert_eq!(redeem(registry, &id, 0, "493817"), Redemption::Granted);
    collect(registry, &id, 0).unwrap()
}

#[test]
fn claims_of_a_quarter_mebibyte_come_back_whole() {
    let (_folder, registry) = registry();
    let element = json!({"title": {"fi": "x".repeat(1000)}});
    let body = json!({"title": {"fi": "Ote"}, "achievements": vec![element; 250]});
    let body = body.as_object().unwrap().clone();
    let large = CredentialClaims::new(CredentialType::Transcript, body, None).unwrap();
    let id = offer(&registry, std::slice::from_ref(&large)).unwrap();
    assert_eq!(redeem(&registry, &id, 0, "493817"), Redemption::Granted);
    let wanted = Wanted {
        offer: id,
        credential_type: CredentialType::Transcript,
        copies: 1,
        now: noon(),
    };
    let (seen, _indexes) = registry
        .collect(&wanted, |claims, _| Ok(claims.clone()))
        .unwrap();
    assert_eq!(seen, large);
}

#[test]
fn when_signing_fails_nothing_has_happened() {
    let (_folder, registry) = registry();
    let id = offer(&registry, &[claims(CredentialType::Qualification)]).unwrap();
    redeem(&registry, &id, 0, "493817");
    let wanted = Wanted {
        offer: id,
        credential_type: CredentialType::Qualification,
        copies: 1,
        now: noon(),
    };
    let failed = registry.collect(&wanted, |_, _| Err::<(), _>(IssueError::NoKeyId));
    assert_eq!(failed, Err(CollectError::Issue(IssueError::NoKeyId)));
    assert_eq!(registry.issued().unwrap(), []);
    assert!(collect(&registry, &id, 0).is_ok());
}

#[test]
fn a_lost_or_altered_entry_is_noticed_when_the_registry_is_opened() {
    for altered in [None, Some(vec![1_u8; 60])] {
        let (folder, registry) = registry();
        let index = issued(&registry)[0];
        issued(&registry);
        let key = [b"i".as_slice(), &index.to_be_bytes()].concat();
        registry.tamper(key, altered);
        drop(registry);
        let damaged = Err(RegistryError::Store(StoreError::Damaged));
        assert_eq!(reopened(&folder).map(drop), damaged);
    }
}

#[test]
fn an_entry_put_in_anothers_place_is_noticed() {
    let (folder, registry) = registry();
    let indexes = issued(&registry);
    registry
        .change_status(indexes[0], StatusChange::Revoke, noon())
        .unwrap();
    let key = |index: u32| [b"i".as_slice(), &index.to_be_bytes()].concat();
    let good = registry.sealed_at(&key(indexes[1]));
    registry.tamper(key(indexes[0]), Some(good));
    let refused = registry.change_status(indexes[0], StatusChange::Suspend, noon());
    assert_eq!(refused, Err(RegistryError::Store(StoreError::Damaged)));
    drop(registry);
    assert!(reopened(&folder).is_err());
}

#[test]
fn a_flipped_bit_in_the_data_file_is_an_error_or_harmless_and_never_a_panic() {
    let (folder, registry) = registry();
    let mut indexes: Vec<_> = (0..20).flat_map(|_| issued(&registry)).collect();
    indexes.sort_unstable();
    drop(registry);
    let file = folder.path().join("db");
    let whole = std::fs::read(&file).unwrap();
    let mut refused = 0;
    for round in 0..12 {
        let mut damaged = whole.clone();
        let place = 512 + round * (whole.len().min(60_000) / 12);
        let Some(octet) = damaged.get_mut(place) else {
            break;
        };
        *octet ^= 1 << (round % 8);
        std::fs::write(&file, &damaged).unwrap();
        match reopened(&folder) {
            Err(_noticed) => refused += 1,
            Ok(registry) => {
                let found: Vec<_> = registry
                    .issued()
                    .unwrap()
                    .iter()
                    .map(|one| one.index)
                    .collect();
                assert_eq!(
                    found, indexes,
                    "bit {place} changed what was issued without a word"
                );
            }
        }
    }
    assert!(refused > 0, "the flips hit nothing that matters");
}

#[test]
fn an_older_data_file_put_back_is_noticed() {
    let (folder, registry) = registry();
    let first = issued(&registry);
    drop(registry);
    let file = folder.path().join("db");
    let older = std::fs::read(&file).unwrap();
    let registry = reopened(&folder).unwrap();
    registry
        .change_status(first[0], StatusChange::Revoke, noon())
        .unwrap();
    drop(registry);
    std::fs::write(&file, older).unwrap();
    let damaged = Err(StoreError::Damaged.into());
    assert_eq!(
        reopened(&folder).map(drop),
        damaged,
        "a revocation would be forgotten"
    );
}

#[test]
fn a_torn_mark_falls_back_to_the_one_before_and_is_mended() {
    let (folder, registry) = registry();
    let indexes = issued(&registry);
    drop(registry);
    let file = folder.path().join("mark");
    let whole = std::fs::read(&file).unwrap();
    assert_eq!(whole.len(), 80);
    let newest = if whole[..8] > whole[40..48] { 0 } else { 40 };
    let mut torn = whole.clone();
    torn[newest + 20] ^= 1;
    std::fs::write(&file, torn).unwrap();
    let registry = reopened(&folder).unwrap();
    assert_eq!(registry.issued().unwrap().len(), indexes.len());
    assert_eq!(std::fs::read(&file).unwrap(), whole);
    drop(registry);
    std::fs::write(&file, [0; 80]).unwrap();
    assert_eq!(reopened(&folder).map(drop), Err(StoreError::Damaged.into()));
}

#[test]
fn another_key_another_program_and_no_registry_are_different_answers() {
    let (folder, registry) = registry();
    assert_eq!(reopened(&folder).map(drop), Err(StoreError::InUse.into()));
    drop(registry);
    let rng = Arc::new(SystemRng::default());
    let other = SealingKey::from_bytes(&[8; 32]).unwrap();
    let damaged = Registry::open(folder.path(), &other, rng.clone()).map(drop);
    assert_eq!(damaged, Err(StoreError::Damaged.into()));
    let exists = Registry::create(folder.path(), &sealing_key(), rng.clone()).map(drop);
    assert_eq!(exists, Err(StoreError::Exists.into()));
    let empty = tempfile::tempdir().unwrap();
    let missing = Registry::open(empty.path(), &sealing_key(), rng).map(drop);
    assert_eq!(missing, Err(StoreError::Missing.into()));
}

#[test]
fn offers_that_nobody_can_use_are_forgotten_with_their_claims() {
    let (_folder, registry) = registry();
    let claims = [claims(CredentialType::Qualification)];
    let [waiting, redeemed, expired] = [(); 3].map(|()| offer(&registry, &claims).unwrap());
    redeem(&registry, &redeemed, 8, "493817");
    let forget = |minute| {
        registry
            .forget_dead_offers(noon() + TimeDelta::minutes(minute))
            .unwrap()
    };
    assert_eq!(forget(9), 0);
    let rows = registry.entries();
    assert_eq!(forget(10), 2, "the two that were not redeemed");
    assert_eq!(registry.entries(), rows - 4, "each with its claims");
    assert!(collect(&registry, &redeemed, 12).is_ok());
    assert_eq!(forget(12), 0);
    assert_eq!(forget(13), 1);
    for gone in [waiting, expired, redeemed] {
        assert_eq!(redeem(&registry, &gone, 0, "493817"), Redemption::Dead);
    }
}

#[test]
fn collecting_and_dying_delete_the_claims() {
    let (_folder, registry) = registry();
    let empty = registry.entries();
    let id = offer(&registry, &[claims(CredentialType::Qualification)]).unwrap();
    assert_eq!(registry.entries(), empty + 2, "the offer and its claims");
    redeem(&registry, &id, 0, "493817");
    collect(&registry, &id, 0).unwrap();
    assert_eq!(
        registry.entries(),
        empty + 3,
        "the offer and two issued credentials"
    );
    let guessed = offer(&registry, &[claims(CredentialType::Qualification)]).unwrap();
    for _ in 0..5 {
        redeem(&registry, &guessed, 0, "000000");
    }
    assert_eq!(
        registry.entries(),
        empty + 3,
        "an offer that was guessed at is gone at once"
    );
}

/// A generator that always gives the same.
#[derive(Debug)]
struct Stuck;

impl Rng for Stuck {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.fill(3);
        Ok(())
    }
}

#[test]
fn a_broken_generator_ends_in_an_error_and_not_in_a_loop() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::create(folder.path(), &sealing_key(), Arc::new(Stuck)).unwrap();
    let id = offer(&registry, &[claims(CredentialType::Qualification)]).unwrap();
    redeem(&registry, &id, 0, "493817");
    let full = CollectError::Registry(RegistryError::ListFull);
    assert_eq!(
        collect(&registry, &id, 0),
        Err(full),
        "two copies cannot share an index"
    );
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Wrong,
    Right,
    Collect,
    Wait(i64),
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => proptest::strategy::Just(Act::Wrong),
        2 => proptest::strategy::Just(Act::Right),
        3 => proptest::strategy::Just(Act::Collect),
        2 => (1_i64..6).prop_map(Act::Wait),
        1 => proptest::strategy::Just(Act::Reopen),
    ]
}

proptest! {
    #![proptest_config(cases(24))]

    /// An offer gives at most one token and one credential, in time and after fewer than five
    /// wrong codes, whatever happens in between.
    #[test]
    fn an_offer_behaves_like_its_model(acts in proptest::collection::vec(act(), 1..24)) {
        let (folder, mut registry) = registry();
        let id = offer(&registry, &[claims(CredentialType::Qualification)]).unwrap();
        let (mut minute, mut wrong, mut token, mut collected) = (0, 0, None::<i64>, false);
        for act in acts {
            let open = token.is_none() && wrong < 5 && minute < 10;
            match act {
                Act::Wait(minutes) => minute += minutes,
                Act::Reopen => {
                    drop(registry);
                    registry = reopened(&folder).unwrap();
                }
                Act::Wrong => {
                    wrong += u32::from(open);
                    let expected = if open && wrong < 5 { Redemption::CodeWrong } else { Redemption::Dead };
                    assert_eq!(redeem(&registry, &id, minute, "000000"), expected);
                }
                Act::Right => {
                    let expected = if open { Redemption::Granted } else { Redemption::Dead };
                    assert_eq!(redeem(&registry, &id, minute, "493817"), expected);
                    if open {
                        token = Some(minute + 5);
                    }
                }
                Act::Collect => {
                    let alive = token.is_some_and(|until| minute < until);
                    let outcome = collect(&registry, &id, minute);
                    match (alive, collected) {
                        (false, _) => assert_eq!(outcome, Err(CollectError::Gone)),
                        (true, true) => assert_eq!(outcome, Err(CollectError::Collected)),
                        (true, false) => assert_eq!(outcome.map(|indexes| indexes.len()), Ok(2)),
                    }
                    collected |= alive;
                }
            }
        }
        assert_eq!(registry.issued().unwrap().len(), if collected { 2 } else { 0 });
    }
}
