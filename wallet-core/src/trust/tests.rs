use chrono::TimeDelta;
use credential_core::{jose::Signer as _, trust::TrustError};
use serde_json::json;

use super::*;
use crate::test_support::{ISSUER, Parties, noon, query};

fn list(parties: &Parties, sequence: u64) -> String {
    parties.list(sequence, ISSUER, &query(&[("title", json!(["title"]))]))
}

#[test]
fn a_wallet_without_a_list_trusts_nobody_and_says_why() {
    let (wallet, _clock, _folder) = Parties::new().wallet();
    assert_eq!(wallet.trust().unwrap_err(), Error::NoTrustList);
}

#[test]
fn an_older_list_is_refused_and_the_known_one_stays() {
    let parties = Parties::new();
    let (wallet, _clock, _folder) = parties.wallet();
    wallet.import_trust_list(&list(&parties, 5)).unwrap();
    let refused = wallet.import_trust_list(&list(&parties, 4)).unwrap_err();
    assert_eq!(refused, Error::Trust(TrustError::Older { known: 5 }));
    assert_eq!(wallet.trust().unwrap().sequence(), 5);
}

#[test]
fn the_same_list_may_come_again_and_another_of_its_number_may_not() {
    let parties = Parties::new();
    let (wallet, _clock, _folder) = parties.wallet();
    let known = list(&parties, 5);
    wallet.import_trust_list(&known).unwrap();
    wallet.import_trust_list(&format!("{known}\n")).unwrap();
    let other = parties.list(5, "https://elsewhere.example", &query(&[]));
    let refused = wallet.import_trust_list(&other).unwrap_err();
    assert_eq!(refused, Error::TrustListChanged);
    assert!(wallet.trust().unwrap().issuer(ISSUER).is_some());
}

#[test]
fn a_list_that_has_run_out_is_not_used() {
    let parties = Parties::new();
    let (wallet, clock, _folder) = parties.wallet();
    wallet.import_trust_list(&list(&parties, 1)).unwrap();
    clock.advance(TimeDelta::days(30));
    assert!(wallet.now() > noon());
    let refused = wallet.trust().unwrap_err();
    assert_eq!(refused, Error::Trust(TrustError::NotOfThisMoment));
}

#[test]
fn a_key_that_verifies_nothing_is_not_pinned() {
    let parties = Parties::new();
    let (wallet, _clock, folder) = parties.wallet();
    let mut unusable = parties.registrar.public_jwk().clone();
    unusable.crv = "P-521".into();
    let path = folder.path().join("second");
    let made = Wallet::create(
        &path,
        &crate::vault::Passphrase::from("koivu lumi silta aamu".to_owned()),
        crate::vault::KdfCost::danger_cheap_for_tests(),
        &unusable,
        crate::Surroundings {
            clock: wallet.clock(),
            rng: std::sync::Arc::new(credential_core::rng::SystemRng::default()),
            http: wallet.http().clone(),
        },
    );
    assert_eq!(made.unwrap_err(), Error::Trust(TrustError::RegistrarKey));
    assert!(!path.exists(), "nothing was made");
}

#[tokio::test]
async fn an_answer_that_is_no_list_is_told_as_such() {
    let parties = Parties::new();
    let (wallet, _clock, _folder) = parties.wallet();
    let url = crate::test_support::serve(axum::Router::new()).await;
    let refused = wallet.fetch_trust_list(&format!("{url}/trust-list")).await;
    assert_eq!(
        refused.unwrap_err(),
        Error::TrustListNotServed { status: 404 }
    );
}
