//! Credentials that are handed out: what they say, how many, and how often.

use chrono::TimeDelta;
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    jose::Signer as _,
};
use serde_json::json;

use super::world::{World, asking, claims, issuer, key};
use crate::server::{Confirmation, HolderMatch};

const DEGREE: &[CredentialType] = &[CredentialType::Qualification, CredentialType::Transcript];

#[tokio::test]
async fn an_issued_credential_says_who_what_when_and_to_which_key() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let holder = key();
    let answer = world.collect(&token, "qualification", &[&holder]).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let credential = world.verified(&answer).remove(0);
    let kind = CredentialType::Qualification;
    assert_eq!(credential.issuer(), world.identifier);
    assert_eq!(credential.vct(), kind.vct());
    assert_eq!(credential.vct_integrity(), Some(kind.integrity().as_str()));
    // The day alone: see `issue_day`.
    assert_eq!(credential.issued_at(), "2026-05-29T00:00:00Z".parse().ok());
    assert_eq!(credential.expires_at(), None);
    assert_eq!(credential.holder_key(), Some(&holder.public_jwk().bare()));
    assert_eq!(
        credential.status().unwrap().uri,
        format!("{}/status/1", world.identifier)
    );
    assert_eq!(credential.withheld(), 0);
    for (name, value) in claims(kind).claims() {
        assert_eq!(&credential.claims()[name], value);
    }
    assert_eq!(
        credential.disclosures().count(),
        5,
        "every subject claim can be hidden"
    );
}

#[tokio::test]
async fn a_credential_ends_with_the_last_day_on_which_it_can_be_true() {
    let world = World::new().await;
    let body = json!({"title": {"fi": "Opinnot"}, "state": "active"});
    let enrolment = CredentialClaims::new(
        CredentialType::Enrolment,
        body.as_object().unwrap().clone(),
        "2026-05-31".parse().ok(),
    );
    let offers = world
        .state
        .offer(
            vec![enrolment.unwrap()],
            HolderMatch::SchoolAccount,
            Confirmation::LinkAlone,
        )
        .unwrap();
    let code = world.code(&offers[0]).await;
    let token = world.redeem(&code, None).await.body["access_token"].take();
    let answer = world
        .collect(token.as_str().unwrap(), "enrolment", &[&key()])
        .await;
    let end = world.verified(&answer)[0].expires_at();
    assert_eq!(end, "2026-06-01T00:00:00Z".parse().ok());
}

#[tokio::test]
async fn c15_each_proof_binds_one_credential_to_one_key() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let keys: Vec<_> = (0..8).map(|_| key()).collect();
    let answer = world
        .collect(&token, "qualification", &keys.iter().collect::<Vec<_>>())
        .await;
    let credentials = world.verified(&answer);
    assert_eq!(credentials.len(), 8);
    let mut indexes = std::collections::HashSet::new();
    for (credential, key) in credentials.iter().zip(&keys) {
        assert_eq!(credential.holder_key(), Some(&key.public_jwk().bare()));
        assert!(indexes.insert(credential.status().unwrap().idx));
    }
    assert_eq!(world.state.issued().unwrap().len(), 8);
}

#[tokio::test]
async fn c15_a_key_used_twice_or_nine_proofs_give_nothing() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let (one, other) = (key(), key());
    let answer = world
        .collect(&token, "qualification", &[&one, &other, &one])
        .await;
    assert_eq!(answer.shown(), "400 invalid_proof (proof_key_repeated)");
    let keys: Vec<_> = (0..9).map(|_| key()).collect();
    let answer = world
        .collect(&token, "qualification", &keys.iter().collect::<Vec<_>>())
        .await;
    assert_eq!(answer.shown(), "400 invalid_proof (proofs_missing)");
    let mut proofs = vec![world.proof(&one).await, "broken".into()];
    let answer = world
        .credential(&token, &asking("qualification", &proofs))
        .await;
    assert_eq!(
        answer.shown(),
        "400 invalid_proof (proof_refused)",
        "one bad proof spoils all"
    );
    assert_eq!(world.state.issued().unwrap(), []);
    proofs.truncate(1);
    assert_eq!(
        world
            .credential(&token, &asking("qualification", &proofs))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn every_credential_of_an_offer_is_collected_with_the_same_token() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    for what in ["qualification", "transcript"] {
        assert_eq!(world.collect(&token, what, &[&key()]).await.status, 200);
    }
    let denied = "400 credential_request_denied (credential_collected)";
    for what in ["qualification", "transcript"] {
        assert_eq!(world.collect(&token, what, &[&key()]).await.shown(), denied);
    }
    assert_eq!(world.state.issued().unwrap().len(), 2);
}

#[tokio::test]
async fn a_lost_answer_is_given_again_to_the_same_keys_and_to_no_others() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let (mine, other) = (key(), key());
    let first = world.collect(&token, "qualification", &[&mine]).await;
    let again = world.collect(&token, "qualification", &[&mine]).await;
    assert_eq!((again.status, &again.text), (200, &first.text));
    for keys in [vec![&other], vec![&mine, &other]] {
        let answer = world.collect(&token, "qualification", &keys).await;
        assert_eq!(
            answer.shown(),
            "400 credential_request_denied (credential_collected)"
        );
    }
    assert_eq!(
        world.state.issued().unwrap().len(),
        1,
        "one index, however often it is asked for"
    );
    world.clock.advance(TimeDelta::minutes(5));
    let late = world.collect(&token, "qualification", &[&mine]).await;
    assert_eq!(late.shown(), "401 invalid_token (token_refused)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_collections_at_once_hand_a_credential_out_once() {
    let world = World::new().await;
    let token = world.token(DEGREE).await;
    let mut racers = Vec::new();
    for _ in 0..20 {
        let body = asking("qualification", &[world.proof(&key()).await]);
        let request = world.request(reqwest::Method::POST, "/credential");
        let request = request.bearer_auth(&token).json(&body);
        racers.push(tokio::spawn(super::world::Answer::to(request)));
    }
    let mut given = 0;
    for racer in racers {
        let answer = racer.await.unwrap();
        given += u32::from(answer.status == 200);
        assert!(answer.status == 200 || answer.shown().ends_with("(credential_collected)"));
    }
    assert_eq!((given, world.state.issued().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn after_pick_up_only_a_pseudonymous_entry_is_left() {
    let world = World::new().await;
    let offer = world.offer(&[CredentialType::Qualification]);
    let code = world.code(&offer).await;
    let token = world.redeem(&code, offer.tx_code.as_deref()).await.body["access_token"].take();
    let answer = world
        .collect(token.as_str().unwrap(), "qualification", &[&key()])
        .await;
    let index = world.verified(&answer)[0].status().unwrap().idx;
    let entries = world.state.issued().unwrap();
    assert_eq!(
        serde_json::to_value(&entries).unwrap(),
        json!([{
            "index": index, "offer": offer.id, "vct": CredentialType::Qualification.vct(),
            "matched": "in_person", "issued_at": "2026-05-29T12:00:00Z", "status": "valid"
        }])
    );
}

#[tokio::test]
async fn the_disk_never_shows_a_claim_nor_a_transaction_code() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let code = world.code(&offer).await;
    let token = world.redeem(&code, offer.tx_code.as_deref()).await.body["access_token"].take();
    world
        .collect(token.as_str().unwrap(), "qualification", &[&key()])
        .await;
    let disk = everything_in(world.folder.path());
    assert!(disk.len() > 1000);
    for canary in [
        "Esimerkki-Lahti",
        "Orvokki",
        "Lähihoitaja",
        "2001-02-03",
        "osaamislompakko.example",
    ] {
        assert!(!contains(&disk, canary.as_bytes()), "{canary}");
    }
}

fn everything_in(folder: &std::path::Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(everything_in(&path));
        } else {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[tokio::test]
async fn an_offer_survives_a_restart_and_its_old_nonces_do_not() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let (clock, identifier) = (world.clock.clone(), world.identifier.clone());
    let old = world.nonce().await;
    let folder = world.stop().await;
    let state = issuer(&identifier, folder.path(), &clock);
    let now = state.now();
    assert!(
        state
            .registry()
            .open_offer(&offer.id, now)
            .unwrap()
            .is_some()
    );
    assert!(state.nonces().spend(&[&old], now).is_err());
}
