//! The global log: every head once, tiles that are the entries' own, and checkpoints that witnesses have
//! seen.

use std::sync::Arc;

use credential_core::{
    access_log::{verify_consistency, verify_inclusion},
    encoding::from_base64url,
    rng::SystemRng,
    transparency::{
        BlindingKey, LogSigner, Note, Resource, SignedCheckpoint, Tile, WitnessSigner, leaf_hash,
        origin_of, unbundle,
    },
};

use super::fixture::Fixture;
use crate::{
    log_check::{Against, Fault, check_logs, check_logs_against},
    storage::{Account, Advanced, Cosigned, Store},
    tests::support::noon,
};

fn log_key() -> Arc<LogSigner> {
    let pkcs8 = LogSigner::generate().unwrap();
    Arc::new(LogSigner::from_pkcs8(&origin_of("https://broker.example"), &pkcs8).unwrap())
}

fn witness(name: &str) -> WitnessSigner {
    WitnessSigner::from_pkcs8(name, &WitnessSigner::generate().unwrap()).unwrap()
}

async fn advance(f: &Fixture<impl Store>, most: usize, signer: &Arc<LogSigner>) -> Advanced {
    let advanced = f.store.advance_log(most, &f.notary, signer);
    advanced.await.unwrap()
}

async fn newest(f: &Fixture<impl Store>, signer: &LogSigner) -> SignedCheckpoint {
    let found = f.store.checkpoints().await.unwrap().unwrap();
    SignedCheckpoint::verify(&found.newest, signer.verifier()).unwrap()
}

/// Many accounts with one entry each, which is cheap.
async fn many(f: &Fixture<impl Store>, count: u16) -> Vec<Account> {
    let given = f.give(None).await;
    let mut accounts = vec![given.account.clone()];
    for _one in 1..count {
        let (order, account) = f.order(None).await;
        f.store
            .decide(order, &f.notary, noon())
            .await
            .unwrap()
            .unwrap();
        accounts.push(account);
    }
    accounts
}

pub(super) async fn every_head_that_moved_is_appended_once(f: &Fixture<impl Store>) {
    let signer = log_key();
    assert_eq!(f.store.checkpoints().await, Ok(None));
    let nothing = advance(f, 10, &signer).await;
    assert_eq!(
        (nothing.appended, nothing.size, nothing.is_more),
        (0, 0, false)
    );
    assert_eq!(newest(f, &signer).await.checkpoint().size, 0);

    let accounts = many(f, 5).await;
    let first = advance(f, 3, &signer).await;
    assert_eq!((first.appended, first.size, first.is_more), (3, 3, true));
    let rest = advance(f, 3, &signer).await;
    assert_eq!((rest.appended, rest.size, rest.is_more), (2, 5, false));
    let signed = newest(f, &signer).await;
    assert_eq!(advance(f, 3, &signer).await.appended, 0);
    assert_eq!(
        newest(f, &signer).await,
        signed,
        "nothing is signed for nothing"
    );

    // Two entries later it is one head more.
    let given = f.give(None).await;
    let again = advance(f, 10, &signer).await;
    assert_eq!((again.appended, again.size), (1, 6));
    let place = f.store.place_in_global_log(given.account.subject_id);
    let place = place.await.unwrap().unwrap();
    assert_eq!((place.index, place.size), (5, 2));
    for account in accounts {
        let place = f.store.place_in_global_log(account.subject_id).await;
        assert!(place.unwrap().unwrap().index < 5);
    }
}

pub(super) async fn an_entry_is_the_blinded_head_and_is_proved_to_a_checkpoint(
    f: &Fixture<impl Store>,
) {
    let signer = log_key();
    let key = BlindingKey::random(&SystemRng::default()).unwrap();
    many(f, 7).await;
    advance(f, 100, &signer).await;
    let known = newest(f, &signer).await;
    let given = f.give(None).await;
    let subject = given.account.subject_id;
    f.store.give_log_key(subject, key.clone()).await.unwrap();
    let other = BlindingKey::random(&SystemRng::default()).unwrap();
    f.store.give_log_key(subject, other).await.unwrap();
    assert_eq!(f.store.prove_in_global_log(subject, 0).await, Ok(None));
    advance(f, 100, &signer).await;

    let log = f.store.log_since(subject, 0).await.unwrap().unwrap();
    let id: [u8; 16] = from_base64url(&log.log_id).unwrap().try_into().unwrap();
    let entry = key.entry(&id, log.frontier.size(), &log.frontier.root());
    let proof = f
        .store
        .prove_in_global_log(subject, known.checkpoint().size);
    let proof = proof.await.unwrap().unwrap();
    assert_eq!((proof.place.entry, &proof.drawn_key), (entry, &None));
    let signed = SignedCheckpoint::verify(&proof.checkpoint, signer.verifier()).unwrap();
    let (size, root) = (signed.checkpoint().size, &signed.checkpoint().root);
    let leaf = leaf_hash(&entry);
    assert!(verify_inclusion(
        &leaf,
        proof.place.index,
        size,
        &proof.inclusion,
        root
    ));
    let older = (known.checkpoint().size, &known.checkpoint().root);
    assert!(verify_consistency(older, (size, root), &proof.consistency));
    assert_eq!(
        f.store.prove_growth(older.0, size).await,
        Ok(Some(proof.consistency))
    );
    assert_eq!(f.store.prove_growth(size, size + 1).await, Ok(None));
}

pub(super) async fn where_the_wallet_gave_no_key_the_broker_draws_one_and_says_so(
    f: &Fixture<impl Store>,
) {
    let signer = log_key();
    let subject = f.give(None).await.account.subject_id;
    advance(f, 100, &signer).await;
    let late = BlindingKey::random(&SystemRng::default()).unwrap();
    f.store.give_log_key(subject, late).await.unwrap();
    let proof = f
        .store
        .prove_in_global_log(subject, 0)
        .await
        .unwrap()
        .unwrap();
    let log = f.store.log_since(subject, 0).await.unwrap().unwrap();
    let id: [u8; 16] = from_base64url(&log.log_id).unwrap().try_into().unwrap();
    let drawn = proof.drawn_key.unwrap();
    let entry = drawn.entry(&id, log.frontier.size(), &log.frontier.root());
    assert_eq!(entry, proof.place.entry);
}

pub(super) async fn tiles_built_again_from_the_entries_have_the_same_octets(
    f: &Fixture<impl Store>,
) {
    let signer = log_key();
    many(f, 300).await;
    while advance(f, 64, &signer).await.is_more {}
    let serve = async |resource| f.store.log_tile(resource).await.unwrap();
    let tile = |level, index, width| Tile {
        level,
        index,
        width,
    };

    let mut leaves = Vec::new();
    for tile in [tile(0, 0, 256), tile(0, 1, 44)] {
        let entries = serve(Resource::Entries(tile)).await.unwrap();
        let entries = unbundle(tile, &entries).unwrap();
        let hashes: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        assert!(entries.iter().all(|entry| entry.len() == 32));
        assert_eq!(serve(Resource::Hashes(tile)).await, Some(hashes.concat()));
        leaves.extend(hashes);
    }
    let above = serve(Resource::Hashes(tile(1, 0, 1))).await;
    assert_eq!(
        above,
        Some(credential_core::access_log::root(&leaves[..256]).to_vec())
    );
    let signed = newest(f, &signer).await;
    assert_eq!(
        signed.checkpoint().root,
        credential_core::access_log::root(&leaves)
    );
    // An older checkpoint's tiles are there too; what is beyond the end is not.
    assert!(serve(Resource::Hashes(tile(0, 1, 7))).await.is_some());
    for beyond in [tile(0, 1, 45), tile(0, 2, 1), tile(1, 0, 2), tile(2, 0, 1)] {
        assert_eq!(serve(Resource::Hashes(beyond)).await, None);
    }
    let against = Against {
        log: Some(signer.verifier().clone()),
        kept: vec![signed.note().to_string()],
        ..Against::default()
    };
    let found = check_logs_against(&f.store, &against).await.unwrap();
    assert_eq!(
        (found.logs, found.global.entries, found.global.heads),
        (300, 300, 300)
    );
    assert_eq!(found.global.faults, []);
}

pub(super) async fn what_witnesses_have_said_of_the_newest_checkpoint_is_kept_together(
    f: &Fixture<impl Store>,
) {
    let (signer, one, two) = (log_key(), witness("w.example/1"), witness("w.example/2"));
    many(f, 3).await;
    advance(f, 2, &signer).await;
    let earlier = newest(f, &signer).await;
    advance(f, 2, &signer).await;
    let now = newest(f, &signer).await;
    let keep = async |of: &SignedCheckpoint, by: &WitnessSigner, as_if: &WitnessSigner| {
        let cosigned = Cosigned {
            checkpoint: of.note().to_string(),
            lines: by.cosign(of.note(), noon()).to_string(),
            witness: as_if.verifier().clone(),
            log: signer.verifier().clone(),
        };
        f.store.keep_cosignature(cosigned).await.unwrap()
    };
    let seen = async || {
        let found = f.store.checkpoints().await.unwrap().unwrap();
        let names = |note: &str| {
            let note = Note::parse(note).unwrap();
            let names = note.signatures().iter().skip(1);
            names.map(|line| line.name().to_owned()).collect::<Vec<_>>()
        };
        (names(&found.newest), found.cosigned.as_deref().map(names))
    };
    assert_eq!(seen().await, (vec![], None));
    assert!(!keep(&now, &two, &one).await, "another witness's line");
    assert!(keep(&earlier, &one, &one).await);
    assert_eq!(seen().await, (vec![], Some(vec!["w.example/1".into()])));
    assert!(keep(&now, &one, &one).await);
    assert!(keep(&now, &two, &two).await);
    assert!(!keep(&earlier, &two, &two).await, "an older one");
    let both = vec!["w.example/1".to_owned(), "w.example/2".to_owned()];
    assert_eq!(seen().await, (both.clone(), Some(both)));

    let witnesses = vec![
        one.verifier().clone(),
        witness("w.example/3").verifier().clone(),
    ];
    let against = Against {
        witnesses,
        ..Against::default()
    };
    let found = check_logs_against(&f.store, &against).await.unwrap();
    assert_eq!(
        found.global.faults,
        [Fault::NotCosigned("w.example/3".into())]
    );
}

pub(super) async fn a_proof_goes_to_what_witnesses_have_seen_where_that_is_new_enough(
    f: &Fixture<impl Store>,
) {
    let (signer, witness) = (log_key(), witness("w.example/1"));
    let first = f.give(None).await.account.subject_id;
    advance(f, 100, &signer).await;
    let seen = newest(f, &signer).await;
    let cosigned = Cosigned {
        checkpoint: seen.note().to_string(),
        lines: witness.cosign(seen.note(), noon()).to_string(),
        witness: witness.verifier().clone(),
        log: signer.verifier().clone(),
    };
    assert!(f.store.keep_cosignature(cosigned).await.unwrap());
    let second = f.give(None).await.account.subject_id;
    advance(f, 100, &signer).await;
    let proved = async |subject, known| {
        let proof = f.store.prove_in_global_log(subject, known).await;
        let proof = proof.unwrap().unwrap();
        let signed = SignedCheckpoint::verify(&proof.checkpoint, signer.verifier()).unwrap();
        let trusted = [witness.verifier().clone()];
        (signed.checkpoint().size, signed.witnesses(&trusted).len())
    };
    assert_eq!(proved(first, 0).await, (1, 1));
    assert_eq!(proved(first, 2).await, (2, 0));
    assert_eq!(proved(second, 0).await, (2, 0));
}

pub(super) async fn erasing_what_entries_say_leaves_every_proof_as_it_was(f: &Fixture<impl Store>) {
    let signer = log_key();
    let given = f.give(None).await;
    let subject = given.account.subject_id;
    f.read(&given, 1).await.unwrap();
    advance(f, 100, &signer).await;
    let before = f.store.log_since(subject, 0).await.unwrap().unwrap();
    let proof = f.store.prove_in_global_log(subject, 0).await.unwrap();
    let signed = newest(f, &signer).await;

    let salts: Vec<_> = before
        .entries
        .iter()
        .map(|entry| entry.salt.clone())
        .collect();
    assert_eq!(f.store.erase_log(subject).await, Ok(3));
    assert_eq!(f.store.erase_log(subject).await, Ok(0));
    let after = f.store.log_since(subject, 0).await.unwrap().unwrap();
    assert_eq!(
        (after.leaves, after.frontier),
        (before.leaves, before.frontier)
    );
    assert!(after.entries.is_empty() && salts.len() == 3);
    assert_eq!(
        f.store.prove_in_global_log(subject, 0).await.unwrap(),
        proof
    );
    let against = Against {
        log: Some(signer.verifier().clone()),
        kept: vec![signed.note().to_string()],
        ..Against::default()
    };
    let found = check_logs_against(&f.store, &against).await.unwrap();
    assert!(found.is_sound(), "{found:?}");
    assert_eq!((found.entries, found.erased, found.global.heads), (3, 3, 1));

    // Life goes on, and what is new is whole.
    f.read(&given, 2).await.unwrap();
    advance(f, 100, &signer).await;
    let next = f.store.log_since(subject, 3).await.unwrap().unwrap();
    assert_eq!(next.entries.len(), 1);
    let found = check_logs_against(&f.store, &against).await.unwrap();
    assert!(
        found.is_sound() && (found.entries, found.erased) == (4, 3),
        "{found:?}"
    );
}

pub(super) async fn turns_at_once_append_every_head_once(
    f: &Fixture<impl Store + Clone + 'static>,
) {
    let signer = log_key();
    let accounts = many(f, 40).await;
    let turns = (0..4).map(|_turn| {
        let (store, notary, signer) = (f.store.clone(), f.notary.clone(), Arc::clone(&signer));
        tokio::spawn(async move {
            let mut appended = 0;
            loop {
                let advanced = store.advance_log(4, &notary, &signer).await.unwrap();
                appended += advanced.appended;
                if !advanced.is_more {
                    return appended;
                }
            }
        })
    });
    let mut appended = 0;
    for turn in turns.collect::<Vec<_>>() {
        appended += turn.await.unwrap();
    }
    assert_eq!(appended, accounts.len() as u64);
    let found = check_logs(&f.store).await.unwrap();
    assert!(found.is_sound(), "{found:?}");
    assert_eq!(found.global.entries, appended);
}
