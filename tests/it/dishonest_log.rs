//! An operator that edits, drops, forks or takes back the global log, and who notices it.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use consent_broker::{LogKeeper, WitnessAt};
use credential_core::{
    access_log::root,
    clock::FixedClock,
    encoding::{base64url, sha256},
    http::HttpClient,
    network::Network,
    transparency::{Checkpoint, LogSigner, Note, SignedCheckpoint},
};
use serde_json::Value;
use tempfile::TempDir;
use verifier_sdk::witness::{Witness, WitnessFolder, create, witness_router};
use wallet_core::{
    Wallet,
    consent::global_log::{GlobalLog, Inclusion},
};

use crate::support::{SAMPLE, Scene, front, noon};

const PROOF: &str = "/wallet/log/inclusion";

/// A witness that listens, for a log whose key is known only once its broker is made.
struct Listening {
    folder: TempDir,
    listener: tokio::net::TcpListener,
    at: WitnessAt,
}

impl Listening {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = create(folder.path(), "witness.example/1").unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}={key}", listener.local_addr().unwrap());
        Self {
            folder,
            listener,
            at: at.parse().unwrap(),
        }
    }

    /// Begins to witness this log, and gives the folder to keep.
    fn serve(self, log: &LogSigner, clock: &FixedClock) -> TempDir {
        let folder = WitnessFolder::open(self.folder.path()).unwrap();
        let logs = vec![log.verifier().clone()];
        let witness = Witness::new(folder, logs, Arc::new(clock.clone())).unwrap();
        tokio::spawn(async move { axum::serve(self.listener, witness_router(witness)).await });
        self.folder
    }
}

async fn keep(scene: &Scene, witnesses: Vec<WitnessAt>) {
    let keeper = LogKeeper::new(scene.world.broker().clone(), Network::Loopback, witnesses);
    keeper.unwrap().round().await.unwrap();
}

async fn sync(wallet: &Wallet, scene: &Scene) -> Result<GlobalLog, &'static str> {
    let synced = wallet.sync_log(&scene.world.broker().issuer).await;
    synced
        .map(|sync| sync.global)
        .map_err(|error| error.reason())
}

fn included(found: Result<GlobalLog, &'static str>) -> Inclusion {
    let inclusion = match found {
        Ok(GlobalLog::Included(inclusion)) => Ok(inclusion),
        other => Err(other),
    };
    inclusion.unwrap()
}

/// The answer's checkpoint with another root or size, signed with the log's own key.
fn resign(answer: &mut Value, log: &LogSigner, change: impl FnOnce(&mut Checkpoint)) {
    let note = Note::parse(answer["checkpoint"].as_str().unwrap()).unwrap();
    let mut checkpoint = Checkpoint::parse(note.text()).unwrap();
    change(&mut checkpoint);
    answer["checkpoint"] = log.sign(&checkpoint).unwrap().to_string().into();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_sees_how_far_its_log_is_in_the_global_one_and_when_a_witness_saw_it() {
    let witness = Listening::new().await;
    let at = witness.at.clone();
    let mut scene = Scene::witnessed(vec![at.clone()]).await;
    let wallet = scene.wallet_with(SAMPLE).await;
    scene.shared(&wallet).await;

    // Nobody answers at the witness's address yet: the log goes on, and the wallet is told.
    keep(&scene, vec![at.clone()]).await;
    let alone = included(sync(&wallet, &scene).await);
    assert_eq!((alone.witnessed, alone.lacks_witness), (None, true));
    assert!(alone.entries >= 2 && !alone.is_late);

    let log = scene.world.broker().log_signer().unwrap();
    let _folder = witness.serve(&log, &scene.clock);
    keep(&scene, vec![at]).await;
    let seen = included(sync(&wallet, &scene).await);
    assert_eq!((seen.witnessed, seen.lacks_witness), (Some(noon()), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forked_global_log_is_noticed_by_the_wallet_which_keeps_both_checkpoints() {
    let (mut scene, front) = front::scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    scene.shared(&wallet).await;
    keep(&scene, vec![]).await;
    included(sync(&wallet, &scene).await);
    let log = scene.world.broker().log_signer().unwrap();
    front.lies(move |path, answer| {
        if path.starts_with(PROOF) {
            resign(answer, &log, |shown| shown.root = sha256("another tree"));
        }
    });
    assert_eq!(sync(&wallet, &scene).await, Err("global_log_forked"));
    let kept = wallet.global_log_evidence().unwrap();
    let signer = scene.world.broker().log_signer().unwrap();
    let both = [
        kept[0].known.clone().unwrap(),
        kept[0].shown.checkpoint.clone(),
    ];
    let [known, shown] = both.map(|note| {
        let signed = SignedCheckpoint::verify(&note, signer.verifier()).unwrap();
        signed.checkpoint().clone()
    });
    // Two roots of one size, both signed: nobody needs to believe the wallet.
    assert!(known.size == shown.size && known.root != shown.root);
    // An honest answer is believed again; the evidence stays.
    front.lies(|_path, _answer| {});
    included(sync(&wallet, &scene).await);
    assert_eq!(wallet.global_log_evidence().unwrap(), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_global_log_that_was_taken_back_is_noticed_by_the_wallet() {
    let (mut scene, front) = front::scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let mut shared = scene.shared(&wallet).await;
    keep(&scene, vec![]).await;
    let earlier = Arc::new(Mutex::new(Value::Null));
    let heard = Arc::clone(&earlier);
    front.lies(move |path, answer| {
        if path.starts_with(PROOF) {
            *heard.lock().unwrap() = answer.clone();
        }
    });
    let first = included(sync(&wallet, &scene).await);
    front.lies(|_path, _answer| {});
    let read = osaamislompakko::stages::read(&scene.world, &shared.recipient, &mut shared.grant);
    read.await.unwrap().unwrap();
    keep(&scene, vec![]).await;
    let second = included(sync(&wallet, &scene).await);
    assert!(second.size > first.size && second.entries > first.entries);
    front.lies(move |path, answer| {
        if path.starts_with(PROOF) {
            *answer = earlier.lock().unwrap().clone();
        }
    });
    assert_eq!(sync(&wallet, &scene).await, Err("global_log_rolled_back"));
    assert_eq!(wallet.global_log_evidence().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_was_edited_or_dropped_is_noticed_by_its_own_wallet() {
    let (mut scene, front) = front::scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    scene.shared(&wallet).await;
    keep(&scene, vec![]).await;
    // Its place has another entry: a tree of one leaf that is not the person's.
    let log = scene.world.broker().log_signer().unwrap();
    front.lies(move |path, answer| {
        if path.starts_with(PROOF) {
            answer["index"] = 0.into();
            answer["inclusion"] = Value::Array(vec![]);
            resign(answer, &log, |shown| {
                (shown.size, shown.root) = (1, sha256("another's entry"));
            });
        }
    });
    assert_eq!(sync(&wallet, &scene).await, Err("global_log_not_included"));
    // It stands for a history that the person does not have.
    front.lies(|path, answer| {
        if path.starts_with(PROOF) {
            answer["root"] = base64url(sha256("another history")).into();
        }
    });
    assert_eq!(sync(&wallet, &scene).await, Err("global_log_other_head"));
    // What the log's key has not signed is no evidence, and not believed.
    let stranger = LogSigner::generate().unwrap();
    let origin = scene.world.broker().log_signer().unwrap();
    let stranger = LogSigner::from_pkcs8(origin.verifier().name(), &stranger).unwrap();
    front.lies(move |path, answer| {
        if path.starts_with(PROOF) {
            resign(answer, &stranger, |_shown| {});
        }
    });
    assert_eq!(sync(&wallet, &scene).await, Err("note_not_signed"));
    front.lies(|_path, _answer| {});
    included(sync(&wallet, &scene).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_kept_out_of_the_global_log_is_a_warning_after_ten_minutes() {
    let (mut scene, front) = front::scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    scene.shared(&wallet).await;
    front.lies(|path, answer| {
        if path.starts_with(PROOF) {
            *answer = serde_json::json!({ "checkpoint": 0 });
        }
    });
    let unread = sync(&wallet, &scene).await;
    assert_eq!(
        unread,
        Ok(GlobalLog::Unavailable("broker_answer_not_understood"))
    );
    front.lies(|_path, _answer| {});
    let refusal = serde_json::json!({
        "error": "invalid_request", "reason": "log_not_included_yet", "error_description": "not yet",
    });
    front.answers_instead("/wallet/log/inclusion?known=0", 404, refusal);
    let waiting = |is_late| Ok(GlobalLog::Waiting { is_late });
    assert_eq!(sync(&wallet, &scene).await, waiting(false));
    scene.clock.advance(TimeDelta::minutes(11));
    assert_eq!(sync(&wallet, &scene).await, waiting(true));
    front.tells_the_truth();
    keep(&scene, vec![]).await;
    included(sync(&wallet, &scene).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_views_of_the_log_are_not_both_cosigned_and_the_wallet_with_the_other_is_told() {
    let witness = Listening::new().await;
    let at = witness.at.clone();
    let url = format!(
        "http://{}/add-checkpoint",
        witness.listener.local_addr().unwrap()
    );
    let (mut scene, front) = front::scene_witnessed(vec![at.clone()]).await;
    let log = scene.world.broker().log_signer().unwrap();
    let folder = witness.serve(&log, &scene.clock);
    let wallet = scene.wallet_with(SAMPLE).await;
    scene.shared(&wallet).await;
    keep(&scene, vec![at]).await;
    let honest = scene.world.broker().store.checkpoints().await;
    let honest = honest.unwrap().unwrap().cosigned.unwrap();

    // The wallet alone is shown a tree of its own, in which its entry is: it has seen no other yet.
    let place = Arc::new(Mutex::new(None));
    let (seen, signer) = (
        Arc::clone(&place),
        scene.world.broker().log_signer().unwrap(),
    );
    let entry = {
        let subjects = scene.world.broker().store.subjects().await.unwrap();
        let found = scene
            .world
            .broker()
            .store
            .place_in_global_log(subjects[0])
            .await;
        credential_core::transparency::leaf_hash(&found.unwrap().unwrap().entry)
    };
    let other = sha256("somebody who does not exist");
    let forged = root(&[other, entry]);
    front.lies(move |path, answer| {
        if path.starts_with(PROOF) {
            answer["index"] = 1.into();
            answer["inclusion"] = serde_json::json!([base64url(other)]);
            resign(answer, &signer, |shown| {
                (shown.size, shown.root) = (2, forged);
            });
            *seen.lock().unwrap() = answer["checkpoint"].as_str().map(str::to_owned);
        }
    });
    let view = included(sync(&wallet, &scene).await);
    assert_eq!(
        (view.size, view.witnessed, view.lacks_witness),
        (2, None, true)
    );

    // The witness, asked for that view too, keeps to the one it knows.
    let other = place.lock().unwrap().clone().unwrap();
    let shown = Note::parse(&honest).unwrap();
    let known = Checkpoint::parse(shown.text()).unwrap();
    let kept = WitnessFolder::look(folder.path()).unwrap();
    let kept = kept.checkpoint(log.verifier().name()).unwrap().unwrap().0;
    assert_eq!((kept.size, kept.root), (known.size, known.root));
    let http = HttpClient::new(Network::Loopback).unwrap();
    let asked = credential_core::transparency::AddCheckpoint {
        old_size: known.size,
        proof: vec![],
        checkpoint: other,
    };
    let body = credential_core::http::Body::Text {
        media_type: "text/plain",
        text: &asked.to_string(),
    };
    let answer = http.send(&url, &[], body).await.unwrap();
    assert_eq!(answer.status, 422);
}
