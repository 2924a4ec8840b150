//! The institution's keys as users of `issuer` meet them: encrypted, rotated, and still verifying.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::path::Path;

use chrono::TimeDelta;
use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::{Es256Key, Signer as _},
    network::Network,
    trust::{self, Entry, TrustList},
};
use serde_json::Value;
use verifier_sdk::{Verifier, http::HttpClient};

use support::{
    Institution, Server, assert_private, collect, data, exit_code, init, stderr, stdout,
};

const PASSPHRASE: &str = "kolme koivua kasvaa pihalla";
const RECORD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/koski/ammatillinen-perustutkinto.json"
);

/// A file with a passphrase, and the arguments that name it.
fn passphrase(folder: &Path, text: &str) -> [String; 2] {
    let path = folder.join("passphrase.txt");
    std::fs::write(&path, format!("{text}\n")).unwrap();
    ["--passphrase-file".into(), path.to_str().unwrap().into()]
}

#[test]
fn init_encrypts_the_keys_and_asks_for_a_passphrase_that_is_no_argument() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("issuer");
    let without = init(&folder, &[]);
    assert_eq!(exit_code(&without), 2);
    assert!(
        stderr(&without).contains("--passphrase-file"),
        "{}",
        stderr(&without)
    );
    let short = passphrase(parent.path(), "short");
    assert_eq!(
        exit_code(&init(&folder, &short.each_ref().map(String::as_str))),
        2
    );
    assert!(!folder.exists());

    let file = passphrase(parent.path(), PASSPHRASE);
    let file = file.each_ref().map(String::as_str);
    let made = init(&folder, &file);
    assert_eq!(exit_code(&made), 0, "{}", stderr(&made));
    assert!(!folder.join("sealing-key").exists());
    assert_private(&folder.join("keys.json"));
    for key in std::fs::read_dir(folder.join("keys")).unwrap() {
        let key = key.unwrap().path();
        assert_eq!(key.extension().unwrap(), "sealed");
        assert_private(&key);
    }
    let run = |more: &[&str]| {
        let place = ["credential", "list", "--data", folder.to_str().unwrap()];
        support::issuer(&[&place, more].concat())
    };
    assert_eq!(exit_code(&run(&[])), 2);
    assert_eq!(exit_code(&run(&file)), 0);
    let wrong = passphrase(parent.path(), "kolme koivua kasvaa metsässä");
    let wrong = run(&wrong.each_ref().map(String::as_str));
    assert_eq!(exit_code(&wrong), 6);
    assert!(
        stderr(&wrong).contains("passphrase_wrong"),
        "{}",
        stderr(&wrong)
    );
    // Public keys need no passphrase.
    let entry = support::issuer(&["entry", "--data", folder.to_str().unwrap()]);
    assert_eq!(entry.stdout, made.stdout);
}

#[test]
fn protect_encrypts_plain_keys_and_keeps_them() {
    let institution = Institution::init(&[]);
    let listed = || data(&institution.run(&["key", "list", "--json"], &[]));
    let before = listed();
    assert_eq!(before["encrypted"], false);
    let file = passphrase(institution.parent.path(), PASSPHRASE);
    let file = file.each_ref().map(String::as_str);
    let done = institution.run(&["key", "protect"], &file);
    assert_eq!(exit_code(&done), 0, "{}", stderr(&done));
    let after = listed();
    assert_eq!(after["encrypted"], true);
    assert_eq!(after["keys"], before["keys"]);
    let again = institution.run(&["key", "protect"], &file);
    assert_eq!(exit_code(&again), 6);
    assert_eq!(
        exit_code(&institution.run(&["credential", "list"], &file)),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_the_old_key_verify_after_a_rotation_beside_those_of_the_new_one() {
    let institution = Institution::init(&[]);
    let mut server = Server::start(&institution, &["--record", RECORD]);
    let address = server.identifier.trim_start_matches("http://").to_owned();
    let offer = server.event("offer");
    let of_old = collected(&server, &offer).await;
    server.kill();

    let rotated = institution.run(&["key", "rotate", "--json"], &["--overlap", "365"]);
    let keys = data(&rotated)["keys"].take();
    assert_eq!(keys.as_array().unwrap().len(), 3);
    assert!(keys[0]["retired"].is_string() && keys[0]["published_until"].is_string());
    assert!(
        stderr(&rotated).contains("issuer entry"),
        "{}",
        stderr(&rotated)
    );

    let mut server = Server::at(&institution, &address, &["--record", RECORD]);
    let offer = server.event("offer");
    let of_new = collected(&server, &offer).await;
    let entry = institution.run(&["entry"], &["--identifier", &server.identifier]);
    let entry: Entry = serde_json::from_str(&stdout(&entry)).unwrap();
    let jwks = support::http()
        .get(format!("{}/jwks", server.identifier))
        .send()
        .await
        .unwrap();
    let jwks: Value = jwks.json().await.unwrap();
    let kids = |keys: &Value| -> Vec<String> {
        let keys = keys.as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        kids(&jwks["keys"]),
        [&keys[2], &keys[0]].map(|key| key["kid"].as_str().unwrap())
    );

    let verifier = verifier(&entry);
    for credential in [of_old, of_new] {
        let (report, verified) = verifier.verify_credential(&credential).await.unwrap();
        assert!(verified.is_some(), "{report:?}");
        assert_eq!(
            serde_json::to_value(&report).unwrap()["verdict"],
            "valid",
            "{report:?}"
        );
    }
}

async fn collected(server: &Server, offer: &Value) -> String {
    let key = Es256Key::generate().unwrap().0;
    let text = |name: &str| offer[name].as_str().unwrap().to_owned();
    let (link, code) = (text("link"), text("tx_code"));
    collect(&server.identifier, &link, &code, "qualification", &key)
        .await
        .unwrap()
}

fn verifier(entry: &Entry) -> Verifier {
    let registrar = Es256Key::generate().unwrap().0;
    let (now, name) = (SystemClock.now(), "https://registrar.example");
    let until = now + TimeDelta::days(20);
    let statements = [entry.statement(name, now, until)];
    let list = trust::publish(name, 1, now, until, &statements, &registrar).unwrap();
    let trust = TrustList::verify(&list, registrar.public_jwk(), None, now).unwrap();
    let _installed_before = rustls::crypto::ring::default_provider().install_default();
    let http = HttpClient::new(Network::Loopback).unwrap();
    let builder = Verifier::builder().trust(trust).clock(SystemClock);
    builder.http(http).build().unwrap()
}
