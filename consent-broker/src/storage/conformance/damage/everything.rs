//! A store with something of every kind, and everything that it says about it.

use std::{fmt::Write as _, path::Path, sync::Arc};

use chrono::TimeDelta;
use credential_core::{
    encoding::{base64url, sha256},
    id::{GrantId, MessageId, ReadId, SubjectId},
    transparency::{LogSigner, Resource, Tile, origin_of},
};

use crate::{
    storage::{
        AcknowledgeRead, GlobalLog as _, LeaveMessage, ListMark, LocalStore, StorageError,
        Store as _, Topic,
        conformance::fixture::{Fixture, Given},
    },
    suspension::Suspension,
    tests::support::noon,
};

/// What is asked about.
pub(super) struct Names {
    client: String,
    subjects: Vec<SubjectId>,
    grants: Vec<GrantId>,
    accounts: Vec<String>,
}

/// Fills a new store: grants of every fate, readings, tokens, messages, notices, a suspension,
/// the newest list, and the global log.
pub(super) async fn fill(folder: &Path, grants: u8) -> Names {
    let f = Fixture::new(LocalStore::open(folder).unwrap());
    let mut all = Vec::new();
    for number in 0..grants {
        let given = match number % 4 {
            0 => f.give(Some(2)).await,
            1 => f.give(None).await,
            _ => f.redeemed().await,
        };
        live(&f, &given, number).await;
        all.push(given);
    }
    let (refused, _account) = f.order(None).await;
    let decided = f.store.decide(refused, &f.notary, noon()).await.unwrap();
    decided.unwrap();
    f.push().await;
    let list = ListMark {
        sequence: 7,
        hash: "hash".into(),
    };
    let accepted = f.store.accept_list("registrar", list).await.unwrap();
    accepted.unwrap();
    let suspension = Suspension {
        participant: "https://elsewhere.example".parse().unwrap(),
        note: "case 17".parse().unwrap(),
        since: noon(),
    };
    f.store.suspend(suspension).await.unwrap();
    let pkcs8 = LogSigner::generate().unwrap();
    let signer = LogSigner::from_pkcs8(&origin_of("https://broker.example"), &pkcs8).unwrap();
    let signer = Arc::new(signer);
    f.store.advance_log(100, &f.notary, &signer).await.unwrap();
    Names {
        client: f.recipient.client_id(),
        subjects: all.iter().map(|given| given.account.subject_id).collect(),
        grants: all.iter().map(|given| given.grant_id).collect(),
        accounts: all
            .iter()
            .map(|given| given.account.log_id.clone())
            .collect(),
    }
}

/// What becomes of a grant.
async fn live(f: &Fixture<LocalStore>, given: &Given, number: u8) {
    f.read(given, number).await.unwrap();
    if number.is_multiple_of(3) {
        f.withdraw(given).await;
        return;
    }
    let (_, papers) = f.grant(given).await;
    let message = LeaveMessage {
        grant_id: given.grant_id,
        sender: f.recipient.client_id(),
        message_id: MessageId::from_bytes([number; 16]),
        kid: papers.reply_key().unwrap().thumbprint(),
        exp: noon() + TimeDelta::days(90),
        message: format!("message {number} {}", "x".repeat(9_000)),
    };
    let left = f.store.leave_message(message, &f.notary, noon());
    left.await.unwrap().unwrap().unwrap();
    let ack = AcknowledgeRead {
        grant_id: given.grant_id,
        recipient: f.recipient.client_id(),
        read_id: ReadId::from_bytes([number; 16]),
        ack: "signed ".repeat(200),
    };
    let kept = f.store.acknowledge_read(ack, &f.notary, noon());
    kept.await.unwrap().unwrap();
}

/// Opens the store and reads all of it: every question of the trait that changes nothing, and every row.
pub(super) fn read(folder: &Path, names: &Names) -> Result<String, StorageError> {
    let store = LocalStore::open(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut said = runtime.block_on(async {
        let mut said = of_everybody(&store, names).await?;
        for subject in &names.subjects {
            said += &of_person(&store, *subject).await?;
        }
        for grant in &names.grants {
            let held = store.held(*grant).await?;
            let receipts = store.receipts_of_recipient(*grant, &names.client).await?;
            let _fits = writeln!(said, "{held:?} {receipts:?}");
            for deposit in held.iter().flat_map(|held| &held.deposits) {
                said += &deposit.ciphertext;
            }
        }
        Ok::<_, StorageError>(said)
    })?;
    store.copy(|key, value| {
        let row = base64url(sha256([sha256(key), sha256(value)].concat()));
        said += &row;
        Ok(())
    })?;
    Ok(said)
}

async fn of_everybody(store: &LocalStore, names: &Names) -> Result<String, StorageError> {
    let mut said = String::new();
    for account in &names.accounts {
        let known = store.known_account(account).await?;
        let _fits = writeln!(said, "{known:?}");
    }
    let client = &names.client;
    let first = Tile {
        level: 0,
        index: 0,
        width: 1,
    };
    let _fits = writeln!(
        said,
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        store.subjects().await?,
        store.suspensions().await?,
        store.waiting_notices(client, 100).await?,
        store.grants_of_recipient(client, None, 100, noon()).await?,
        store.count_grants_of_recipient(client, 100, noon()).await?,
        store.checkpoints().await?,
        store.log_tile(Resource::Entries(first)).await?,
    );
    drop(store.listen(&Topic::Notices(client.clone())));
    Ok(said)
}

async fn of_person(store: &LocalStore, subject: SubjectId) -> Result<String, StorageError> {
    let mut said = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        store.grants(subject).await?,
        store.receipts(subject, None).await?,
        store.log_since(subject, 0).await?,
        store.log_end(subject).await?,
        store.waiting_messages(subject, noon()).await?,
    );
    let place = store.place_in_global_log(subject).await?;
    let proof = store.prove_in_global_log(subject, 0).await?;
    let _fits = writeln!(said, "{place:?} {proof:?}");
    Ok(said)
}
