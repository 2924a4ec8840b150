//! The program `witness`: made, asked, stopped, started again.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use credential_core::{
    access_log::{Hash, consistency_proof, root},
    encoding::sha256,
    http::{Answer, Body, HttpClient},
    network::Network,
    transparency::{AddCheckpoint, Checkpoint, LogSigner, SignedCheckpoint, VerifierKey},
};
use serde_json::Value;

fn witness(arguments: &[&str], data: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_witness"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .unwrap()
}

/// A witness at work; stopped when dropped.
struct Serving {
    child: Child,
    address: String,
    /// Open to the end: the program has to be able to say something.
    _said: BufReader<ChildStderr>,
}

impl Serving {
    fn start(data: &Path, log: &VerifierKey) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_witness"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log",
                &log.to_string(),
            ])
            .arg("--data")
            .arg(data)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        said.read_line(&mut line).unwrap();
        let at = line.find("http://").unwrap_or_else(|| panic!("{line}"));
        let address = format!("{}/add-checkpoint", line[at..].trim());
        Self {
            child,
            address,
            _said: said,
        }
    }

    fn ask(&self, request: &AddCheckpoint) -> Answer {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let text = request.to_string();
        let body = Body::Text {
            media_type: "text/plain",
            text: &text,
        };
        let http = HttpClient::new(Network::Loopback).unwrap();
        runtime
            .block_on(http.send(&self.address, &[], body))
            .unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn request(log: &LogSigner, all: &[Hash], old: usize) -> AddCheckpoint {
    let size = u64::try_from(all.len()).unwrap();
    let checkpoint = Checkpoint::new(log.verifier().name(), size, root(all));
    AddCheckpoint {
        old_size: u64::try_from(old).unwrap(),
        proof: consistency_proof(all, old).unwrap_or_default(),
        checkpoint: log.sign(&checkpoint).unwrap().to_string(),
    }
}

#[test]
fn a_witness_that_was_killed_remembers_what_it_has_cosigned() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("witness");
    let made = witness(&["init", "--name", "witness.example/1"], &data);
    let key = String::from_utf8(made.stdout).unwrap();
    let key: VerifierKey = key.trim().parse().unwrap();
    let log = LogSigner::from_pkcs8("log.example", &LogSigner::generate().unwrap()).unwrap();
    let all: Vec<Hash> = (0..9_u8).map(|n| sha256([n])).collect();

    let serving = Serving::start(&data, log.verifier());
    let asked = request(&log, &all[..5], 0);
    let answer = serving.ask(&asked);
    assert_eq!(answer.status, 200);
    let signed = SignedCheckpoint::verify(&asked.checkpoint, log.verifier()).unwrap();
    let line = String::from_utf8(answer.body).unwrap();
    assert!(signed.cosigned_by(&key, &line).is_ok());
    // The folder is the running witness's alone; looking is free.
    let second = Command::new(env!("CARGO_BIN_EXE_witness"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log",
            &log.verifier().to_string(),
        ])
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(6));
    drop(serving);

    let shown = witness(&["show", "--json"], &data);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["key"], key.to_string());
    assert_eq!(shown["logs"][0]["origin"], "log.example");
    assert_eq!(shown["logs"][0]["size"], 5);

    let serving = Serving::start(&data, log.verifier());
    let conflict = serving.ask(&request(&log, &all[..3], 0));
    assert_eq!(
        (conflict.status, conflict.body.as_slice()),
        (409, b"5\n".as_slice())
    );
    let mut forked = all.clone();
    forked[1] = sha256("forked");
    assert_eq!(serving.ask(&request(&log, &forked, 5)).status, 422);
    assert_eq!(serving.ask(&request(&log, &all, 5)).status, 200);
}

#[test]
fn what_a_witness_cannot_do_it_says_with_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("witness");
    assert_eq!(witness(&["show"], &data).status.code(), Some(5));
    let unnamed = witness(&["init", "--name", "two words"], &data);
    assert_eq!(unnamed.status.code(), Some(2));
    assert!(witness(&["init", "--name", "w"], &data).status.success());
    let again = witness(&["init", "--name", "w2"], &data);
    assert_eq!(again.status.code(), Some(6));
    assert!(witness(&["show"], &data).stdout.starts_with(b"w+"));
    let unkeyed = witness(
        &["serve", "--listen", "127.0.0.1:0", "--log", "w+0+x"],
        &data,
    );
    assert_eq!(unkeyed.status.code(), Some(2));
}
