use std::{fs, sync::Arc};

use credential_core::{
    access_log::{Hash, consistency_proof, root},
    clock::FixedClock,
    encoding::sha256,
    http::{Answer, Body, HttpClient},
    network::Network,
    transparency::{
        AddCheckpoint, Checkpoint, LogSigner, Refusal, SignedCheckpoint, VerifierKey, WitnessSigner,
    },
};
use tempfile::TempDir;

use super::{FolderError, Witness, WitnessError, WitnessFolder, create, witness_router};

const ORIGIN: &str = "broker.example/log";

fn log(origin: &str) -> LogSigner {
    LogSigner::from_pkcs8(origin, &LogSigner::generate().unwrap()).unwrap()
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| sha256(n.to_be_bytes())).collect()
}

fn request(log: &LogSigner, all: &[Hash], old: usize) -> AddCheckpoint {
    let size = u64::try_from(all.len()).unwrap();
    let checkpoint = Checkpoint::new(log.verifier().name(), size, root(all));
    let proof = consistency_proof(all, old).filter(|_| old < all.len());
    AddCheckpoint {
        old_size: u64::try_from(old).unwrap(),
        proof: proof.unwrap_or_default(),
        checkpoint: log.sign(&checkpoint).unwrap().to_string(),
    }
}

fn open(folder: &TempDir, logs: &[&LogSigner]) -> Result<Witness, FolderError> {
    let logs: Vec<VerifierKey> = logs.iter().map(|log| log.verifier().clone()).collect();
    let clock = FixedClock::at("2026-05-29T09:14:00Z".parse().unwrap());
    Witness::new(WitnessFolder::open(folder.path())?, logs, Arc::new(clock))
}

fn made() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), "witness.example/1").unwrap();
    folder
}

#[test]
fn a_witness_does_not_go_back_after_it_was_started_again() {
    let (folder, log, all) = (made(), log(ORIGIN), leaves(9));
    let ask = |request: &AddCheckpoint| {
        let witness = open(&folder, &[&log]).unwrap();
        witness.add_checkpoint(&request.to_string())
    };
    assert!(ask(&request(&log, &all[..6], 0)).is_ok());

    let conflict = |size| Err(Refusal::Conflict { size }.into());
    assert_eq!(ask(&request(&log, &all[..4], 0)), conflict(6));
    assert_eq!(ask(&request(&log, &all, 4)), conflict(6));
    let mut forked = all.clone();
    forked[2] = sha256("forked");
    assert_eq!(
        ask(&request(&log, &forked, 6)),
        Err(Refusal::Inconsistent.into())
    );
    assert_eq!(ask(&request(&log, &forked[..6], 6)), conflict(6));
    assert!(ask(&request(&log, &all, 6)).is_ok());
}

#[test]
fn what_is_cosigned_is_on_disk_before_the_answer_is_there() {
    let (folder, log, all) = (made(), log(ORIGIN), leaves(3));
    let witness = open(&folder, &[&log]).unwrap();
    let asked = request(&log, &all, 0);
    let line = witness.add_checkpoint(&asked.to_string()).unwrap();
    let kept = witness
        .0
        .folder
        .lock()
        .unwrap()
        .seen(ORIGIN)
        .unwrap()
        .unwrap();
    assert_eq!((kept.size, kept.root), (3, root(&all)));

    let signed = SignedCheckpoint::verify(&asked.checkpoint, log.verifier()).unwrap();
    let trusted = [witness.verifier().clone()];
    let cosigned = signed.cosigned_by(&trusted[0], &line).unwrap();
    let at = "2026-05-29T09:14:00Z".parse().unwrap();
    assert_eq!(cosigned.witnesses(&trusted), [(&trusted[0], at)]);
}

#[test]
fn a_witness_that_cannot_keep_what_it_signs_signs_nothing() {
    let (folder, log) = (made(), log(ORIGIN));
    let witness = open(&folder, &[&log]).unwrap();
    fs::remove_dir(folder.path().join("seen")).unwrap();
    let asked = request(&log, &leaves(3), 0).to_string();
    let answer = witness.add_checkpoint(&asked);
    assert!(matches!(answer, Err(WitnessError::Folder(_))), "{answer:?}");
}

#[test]
fn a_damaged_memory_is_an_error_and_not_an_empty_one() {
    let (folder, log) = (made(), log(ORIGIN));
    let asked = request(&log, &leaves(3), 0).to_string();
    open(&folder, &[&log])
        .unwrap()
        .add_checkpoint(&asked)
        .unwrap();
    let seen = fs::read_dir(folder.path().join("seen"))
        .unwrap()
        .next()
        .unwrap();
    let path = seen.unwrap().path();
    let whole = fs::read(&path).unwrap();
    for damaged in [&whole[..whole.len() / 2], &[], &[0xff; 40]] {
        fs::write(&path, damaged).unwrap();
        assert_eq!(open(&folder, &[&log]).map(drop), Err(FolderError::Damaged));
    }
}

#[test]
fn two_logs_are_remembered_apart() {
    let (folder, ours, theirs) = (made(), log(ORIGIN), log("other.example/log"));
    let witness = open(&folder, &[&ours, &theirs]).unwrap();
    let all = leaves(9);
    let ask = |log, size: usize, old| {
        let asked = request(log, &all[..size], old).to_string();
        witness.add_checkpoint(&asked).map(drop)
    };
    assert_eq!(ask(&ours, 5, 0), Ok(()));
    assert_eq!(ask(&theirs, 7, 0), Ok(()));
    assert_eq!(ask(&ours, 9, 5), Ok(()));
    assert_eq!(
        ask(&theirs, 9, 5),
        Err(Refusal::Conflict { size: 7 }.into())
    );
}

#[test]
fn one_folder_is_one_witness_at_a_time_and_is_made_once() {
    let (folder, log) = (made(), log(ORIGIN));
    let again = create(folder.path(), "witness.example/2").map(drop);
    assert_eq!(again, Err(FolderError::AlreadyThere));
    let first = open(&folder, &[&log]).unwrap();
    assert_eq!(open(&folder, &[&log]).map(drop), Err(FolderError::InUse));
    drop(first);
    assert!(open(&folder, &[&log]).is_ok());
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(open(&empty, &[&log]).map(drop), Err(FolderError::Missing));
    assert_eq!(
        create(empty.path(), "two words").map(drop),
        Err(FolderError::Name)
    );
}

#[test]
fn a_witness_takes_log_keys_alone_and_each_origin_once() {
    let (folder, ours, again) = (made(), log(ORIGIN), log(ORIGIN));
    assert_eq!(open(&folder, &[]).map(drop), Err(FolderError::Logs));
    assert_eq!(
        open(&folder, &[&ours, &again]).map(drop),
        Err(FolderError::Logs)
    );
    let witness = WitnessSigner::from_pkcs8("w", &WitnessSigner::generate().unwrap()).unwrap();
    let clock = Arc::new(FixedClock::at("2026-05-29T09:14:00Z".parse().unwrap()));
    let folder = WitnessFolder::open(folder.path()).unwrap();
    let as_log = Witness::new(folder, vec![witness.verifier().clone()], clock);
    assert_eq!(as_log.map(drop), Err(FolderError::Logs));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, log) = (made(), log(ORIGIN));
    let key = folder.path().join("witness-key.p8");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(open(&folder, &[&log]).map(drop), Err(FolderError::TooOpen));
}

#[tokio::test]
async fn over_http_each_answer_has_the_status_and_the_media_type_of_the_standard() {
    let (folder, ours, all) = (made(), log(ORIGIN), leaves(9));
    let witness = open(&folder, &[&ours]).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/add-checkpoint", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, witness_router(witness)).await });
    let http = HttpClient::new(Network::Loopback).unwrap();
    let ask = async |text: String| -> Answer {
        let body = Body::Text {
            media_type: "text/plain",
            text: &text,
        };
        http.send(&address, &[], body).await.unwrap()
    };
    let shown = |answer: &Answer| {
        let media_type = answer.header("content-type").unwrap_or_default().to_owned();
        (answer.status, media_type)
    };
    let plain = |status| (status, "text/plain; charset=utf-8".to_owned());

    let cosigned = ask(request(&ours, &all[..5], 0).to_string()).await;
    assert_eq!(shown(&cosigned), plain(200));
    assert!(
        cosigned
            .body
            .starts_with("\u{2014} witness.example/1 ".as_bytes())
    );
    let conflict = ask(request(&ours, &all, 2).to_string()).await;
    assert_eq!(shown(&conflict), (409, "text/x.tlog.size".to_owned()));
    assert_eq!(conflict.body, b"5\n");
    let wrong = AddCheckpoint {
        proof: vec![[0; 32]; 3],
        ..request(&ours, &all, 5)
    };
    assert_eq!(shown(&ask(wrong.to_string()).await), plain(422));
    let unknown = request(&log("other.example/log"), &all, 5);
    assert_eq!(shown(&ask(unknown.to_string()).await), plain(404));
    let forged = request(&log(ORIGIN), &all, 5);
    assert_eq!(shown(&ask(forged.to_string()).await), plain(403));
    assert_eq!(shown(&ask("old 5\n".into()).await), plain(400));
    assert_eq!(shown(&ask("x".repeat(100_000)).await), plain(400));
    serving.abort();
}

#[test]
fn requests_at_once_leave_the_largest_head_that_was_cosigned() {
    let (folder, log, all) = (made(), log(ORIGIN), leaves(40));
    let witness = open(&folder, &[&log]).unwrap();
    let cosigned: Vec<u64> = std::thread::scope(|scope| {
        let ask = |size: usize| {
            let (witness, log, all) = (&witness, &log, &all);
            scope.spawn(move || {
                let mut old = 0;
                loop {
                    let asked = request(log, &all[..size], old).to_string();
                    match witness.add_checkpoint(&asked) {
                        Ok(_line) => return Some(u64::try_from(size).unwrap()),
                        Err(WitnessError::Refused(Refusal::Conflict { size: known })) => {
                            old = usize::try_from(known).unwrap();
                            if old >= size {
                                return None;
                            }
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        };
        let asking: Vec<_> = (10..40).map(ask).collect();
        let answers = asking.into_iter().map(|thread| thread.join().unwrap());
        answers.flatten().collect()
    });
    let kept = witness
        .0
        .folder
        .lock()
        .unwrap()
        .seen(ORIGIN)
        .unwrap()
        .unwrap();
    assert_eq!(Some(kept.size), cosigned.into_iter().max());
}
